"""What counts as a market: which channel was reached, what may be sold when, and never more than was agreed."""

from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum

from shared.kernel.errors import Conflict, Invalid

LONGEST_FAIR = 31
"""Days between the first and the last day of a fair. Source: assumption; a longer one is a shop, and is listed."""


class Channel(StrEnum):
    """The way in which a product reaches its buyers, in the order in which a product climbs to it."""

    FAIR = "fair"  # a stand at a fair (pameran), in the city or outside
    MODERN = "modern"  # a shelf in a modern shop
    DIGITAL = "digital"  # a shop on an online platform
    OFF_TAKER = "off-taker"  # an entrepreneur has agreed to take up the output


class MarketOutcome(StrEnum):
    """How a referral to a market ends."""

    MARKETED = "marketed"  # at least one channel was reached
    NOT_MARKETED = "not-marketed"  # none was, and it is known why


class Obstacle(StrEnum):
    """Why a product did not get to the market. Source: assumption; the articles name only quality and steadiness."""

    NOT_STEADY = "not-steady"  # production is not steady enough to sell from
    BELOW_STANDARD = "below-standard"  # quality or packaging is not what buyers ask for
    NO_LICENCE = "no-licence"  # the channel asks for a licence that the product lacks
    NO_BUYER = "no-buyer"  # nobody wants it at this price
    NO_STAND = "no-stand"  # no fair had a stand left
    STEPPED_BACK = "stepped-back"  # she no longer wants to
    OTHER = "other"  # the explanation says what


class Freed(StrEnum):
    """Why a stand that was booked is free again."""

    RELEASED = "released"  # the office let it go
    REFERRAL_CLOSED = "referral-closed"  # the referral ended without her selling there
    FAIR_CANCELLED = "fair-cancelled"  # the fair does not take place


OBSTACLES: Mapping[Obstacle, dict[str, str]] = {
    Obstacle.NOT_STEADY: {"id": "Produksi belum ajek", "en": "Production is not steady yet"},
    Obstacle.BELOW_STANDARD: {
        "id": "Mutu atau kemasan belum memenuhi syarat",
        "en": "Quality or packaging falls short",
    },
    Obstacle.NO_LICENCE: {"id": "Izin yang diminta belum ada", "en": "A licence that is asked for is missing"},
    Obstacle.NO_BUYER: {"id": "Tidak ada pembeli", "en": "No buyer"},
    Obstacle.NO_STAND: {"id": "Tidak ada stan yang tersisa", "en": "No stand was left"},
    Obstacle.STEPPED_BACK: {"id": "Ia mengundurkan diri", "en": "She stepped back"},
    Obstacle.OTHER: {"id": "Lainnya", "en": "Other"},
}
CHANNELS: Mapping[Channel, dict[str, str]] = {
    Channel.FAIR: {"id": "Pameran", "en": "Fair"},
    Channel.MODERN: {"id": "Toko modern", "en": "Modern shop"},
    Channel.DIGITAL: {"id": "Pasar digital", "en": "Online shop"},
    Channel.OFF_TAKER: {"id": "Pembeli tetap (off-taker)", "en": "Off-taker"},
}


class ChannelNotOffered(Invalid):
    """The programme does not open the channel '{channel}' for her."""

    indonesian = "Program tidak membuka saluran ini; pilih yang lain."


class EndsBeforeItBegins(Invalid):
    """The last day lies before the first; mend one of them."""

    indonesian = "Hari terakhir mendahului hari pertama; perbaiki salah satunya."


class FairTooLong(Invalid):
    """A fair lasts at most {days} days; note a longer one as a shop."""

    indonesian = "Pameran berlangsung paling lama {days} hari; catat yang lebih lama sebagai toko."


class FairOver(Invalid):
    """This fair was over on {day}; choose another one."""

    indonesian = "Pameran ini sudah selesai pada {day}; pilih yang lain."


class FairCancelled(Invalid):
    """This fair does not take place; choose another one."""

    indonesian = "Pameran ini dibatalkan; pilih yang lain."


class FairHasBegun(Conflict):
    """Sales at this fair are on record, or it is over; it can no longer be cancelled."""

    indonesian = "Penjualan di pameran ini sudah dicatat, atau pamerannya sudah selesai; tidak dapat dibatalkan lagi."


class NoStandsLeft(Invalid):
    """This fair has {free} stands left, and {wanted} are needed: choose another fair, or let a stand go."""

    indonesian = (
        "Pameran ini tinggal {free} stan, sedangkan diperlukan {wanted}: pilih pameran lain atau lepaskan stan."
    )


class NoStandBooked(Invalid):
    """She has no stand at this fair; book one first."""

    indonesian = "Ia belum mempunyai stan di pameran ini; pesan dahulu."


class SoldThere(Invalid):
    """Sales from this stand are on record; it can no longer be let go."""

    indonesian = "Penjualan dari stan ini sudah dicatat; stan tidak dapat dilepaskan lagi."


class NotOnThatDay(Invalid):
    """The fair is held from {opens_on} to {closes_on}; sales are noted for one of these days, up to today."""

    indonesian = (
        "Pameran berlangsung {opens_on} sampai {closes_on}; "
        "penjualan dicatat untuk salah satu hari itu, paling lambat hari ini."
    )


class NotListedThen(Invalid):
    """She is listed there from {listed_from} on; sales are noted for a day from then up to today."""

    indonesian = "Produknya terdaftar sejak {listed_from}; penjualan dicatat untuk hari sejak itu sampai hari ini."


class NoSuchListing(Invalid):
    """She has no such listing; choose one of hers."""

    indonesian = "Ia tidak mempunyai daftar jual itu; pilih salah satu miliknya."


class NoSuchAgreement(Invalid):
    """She has no such agreement; choose one of hers."""

    indonesian = "Ia tidak mempunyai perjanjian itu; pilih salah satu miliknya."


class YetToCome(Invalid):
    """This day is yet to come; note it when it has."""

    indonesian = "Hari itu belum tiba; catat setelah harinya."


class Required(Invalid):
    """Fill this in."""

    indonesian = "Wajib diisi."


class MoreThanAgreed(Invalid):
    """Of {agreed} agreed {open} are still open; write an amendment before more is delivered."""

    indonesian = "Dari {agreed} yang disepakati tinggal {open}; buat adendum sebelum menyerahkan lebih banyak."


class LessThanDelivered(Invalid):
    """{delivered} were delivered already; the quantity cannot fall below that."""

    indonesian = "Sudah diserahkan {delivered}; jumlahnya tidak dapat kurang dari itu."


class MoreThanDelivered(Invalid):
    """{delivered} were delivered; {accepted} cannot have been accepted."""

    indonesian = "Diserahkan {delivered}; tidak mungkin {accepted} diterima."


class PaidTooMuch(Invalid):
    """What was accepted comes to {most} rupiah; more than that cannot have been paid for it."""

    indonesian = "Yang diterima bernilai {most} rupiah; pembayarannya tidak mungkin lebih."


class OutsideThePeriod(Invalid):
    """The agreement runs from {from_day} to {until_day}; a delivery on another day needs an amendment."""

    indonesian = "Perjanjian berlaku {from_day} sampai {until_day}; penyerahan di luar itu memerlukan adendum."


class TravelMissing(Invalid):
    """This fair lies outside her city: note her ticket and her lodging."""

    indonesian = "Pameran ini di luar kotanya: catat tiket dan akomodasinya."


class FairNotOver(Invalid):
    """She has a stand at a fair that lasts until {day}: wait for its end, or let the stand go."""

    indonesian = "Ia mempunyai stan di pameran yang berlangsung sampai {day}: tunggu selesai, atau lepaskan stannya."


class SalesMissing(Invalid):
    """Note what she sold at the fair, 0 if it was nothing, or let the stand go."""

    indonesian = "Catat penjualannya di pameran, 0 bila tidak ada, atau lepaskan stannya."


class NotInspected(Invalid):
    """A delivery waits to be looked at: note how much of it was accepted."""

    indonesian = "Ada penyerahan yang belum diperiksa: catat berapa yang diterima."


class NoMarketReached(Invalid):
    """She has sold at no fair, is listed nowhere, and no buyer has accepted a delivery: note it, or say why not."""

    indonesian = (
        "Ia belum berjualan di pameran, belum terdaftar di toko, dan belum ada penyerahan yang diterima pembeli: "
        "catat dahulu, atau sebutkan sebabnya."
    )


class SoldAlready(Invalid):
    """Sales are on record; she has reached a market."""

    indonesian = "Penjualan sudah dicatat; ia sudah masuk pasar."


def regency_of(area: str) -> str:
    """The kabupaten or kota that an area lies in, by its code."""
    return ".".join(area.split(".")[:2])


def kecamatan_of(area: str) -> str:
    """The kecamatan that an area lies in, by its code; the area itself where it is larger."""
    return ".".join(area.split(".")[:3])


def needs_travel(travel: bool, home: str, fair_area: str) -> bool:
    """Whether the programme owes her ticket and lodging: it pays them, and the fair is outside her city."""
    return travel and regency_of(home) != regency_of(fair_area)


def plan(opens_on: date, closes_on: date, today: date) -> None:
    """Refuse a fair that cannot be held; raises EndsBeforeItBegins, FairTooLong or FairOver on its field."""
    if closes_on < opens_on:
        raise EndsBeforeItBegins().at("closes_on")
    if (closes_on - opens_on).days >= LONGEST_FAIR:
        raise FairTooLong(days=LONGEST_FAIR).at("closes_on")
    if closes_on < today:
        raise FairOver(day=closes_on.isoformat()).at("closes_on")


def inspect(delivered: int, accepted: int | None, paid: int, unit_price: int) -> None:
    """Refuse a delivery that does not add up; raises MoreThanDelivered or PaidTooMuch."""
    if accepted is not None and accepted > delivered:
        raise MoreThanDelivered(delivered=delivered, accepted=accepted).at("accepted")
    most = (accepted or 0) * unit_price
    if paid > most:
        raise PaidTooMuch(most=most).at("paid")


def counted(delivered: int, accepted: int | None) -> int:
    """How much of the agreement a delivery uses up: all of it until it was looked at, then what was accepted."""
    return delivered if accepted is None else accepted


def room(agreed: int, others: int, wanted: int) -> None:
    """Hold deliveries to the agreement; raises MoreThanAgreed."""
    if others + wanted > agreed:
        raise MoreThanAgreed(agreed=agreed, open=agreed - others).at("delivered")


def main_channel(sales: Mapping[Channel, int], reached: Collection[Channel]) -> Channel:
    """The channel that brought in most; where two brought the same, the one that is further up."""
    order = list(Channel)
    return max(reached, key=lambda each: (sales.get(each, 0), order.index(each)))
