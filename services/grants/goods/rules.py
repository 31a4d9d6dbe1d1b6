"""What a goods grant believes in: an itemised budget (RAB), a decision (SK), a deed (BAST) line by line.

The law behind most of it: a line never costs more than its RAB says. When a price rises, either less is bought or the
RAB is approved again; what was promised and not delivered stays open until somebody closes it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from shared.kernel.errors import Conflict, Forbidden, Invalid
from shared.kernel.money import format_rupiah

DECISION = "grants.goods-decision"
"""The stage kind by which a goods grant is given: its people are claimed under this name."""


class GrantState(StrEnum):
    """Where a goods grant stands."""

    DRAFTED = "drafted"  # its RAB is being written
    PROPOSED = "proposed"  # submitted, waits for checks and the decision
    ACCEPTED = "accepted"  # the SK grants it: order, deliver
    RESERVE_LISTED = "reserve-listed"  # good, but no money this time
    REFUSED = "refused"  # the SK refuses it
    HANDED_OVER = "handed-over"  # the deed is signed; single lines may still be open
    ACCOUNTED = "accounted"  # the money is accounted for
    WITHDRAWN = "withdrawn"  # called off by the applicant or by the end of the journey


class ProposalOutcome(StrEnum):
    """How the proposal stage ends."""

    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


class Verdict(StrEnum):
    """What an SK says."""

    ACCEPTED = "accepted"
    RESERVE = "reserve"
    REFUSED = "refused"


class Condition(StrEnum):
    """How one line was found at the hand-over."""

    AS_AGREED = "as-agreed"  # all that was open, in good order
    SHORT = "short"  # some of it
    DAMAGED = "damaged"  # the sound part of it was taken, the damaged part was not
    REFUSED = "refused"  # nothing was taken


class HandOverOutcome(StrEnum):
    """How the hand-over stage ends; it follows from the lines, nobody chooses it."""

    AS_AGREED = "as-agreed"
    SHORT = "short"
    REFUSED = "refused"


class AccountOutcome(StrEnum):
    """How the accountability stage ends."""

    ACCEPTED = "accepted"
    INCOMPLETE = "incomplete"


class OrderState(StrEnum):
    """Where a purchase order stands."""

    PLACED = "placed"
    DELIVERED = "delivered"
    FAILED = "failed"  # the vendor did not deliver: the commitment was freed, the SK stays
    CANCELLED = "cancelled"  # the goods are no longer wanted from here


class InTheFuture(Invalid):
    """A document cannot be dated later than today."""

    indonesian = "Tanggal dokumen tidak boleh setelah hari ini."


class EmptyRab(Invalid):
    """The budget (RAB) has no line yet; write down at least one item."""

    indonesian = "RAB belum berisi; tuliskan sedikitnya satu barang."


class RabAboveCeiling(Invalid):
    """The budget (RAB) comes to {total}; this programme grants at most {ceiling}."""

    indonesian = "Jumlah RAB {total}; program ini memberi paling banyak {ceiling}."


class NotNow(Conflict):
    """The grant is {state}; this step does not follow from there."""

    indonesian = "Pada keadaan bantuan sekarang, langkah ini belum atau tidak lagi dapat dilakukan."


class ProposerCannotDecide(Forbidden):
    """Whoever wrote or submitted a proposal does not sign its decision; another approver has to."""

    indonesian = "Penyusun atau pengaju usulan tidak menandatangani keputusannya; mintalah penyetuju lain."


class DecisionNotPrepared(Invalid):
    """Prepare the decision first: its verdict, and the number and date of the SK."""

    indonesian = "Siapkan keputusannya dahulu: putusan, nomor SK dan tanggalnya."


class MoreThanOpen(Invalid):
    """Line {number}: {quantity} were delivered, but only {open} are still open."""

    indonesian = "Baris {number}: diserahkan {quantity}, padahal yang belum diserahkan tinggal {open}."


class QuantityContradictsCondition(Invalid):
    """Line {number}: the quantity {quantity} does not fit '{condition}' with {open} open."""

    indonesian = "Baris {number}: jumlah {quantity} tidak sesuai dengan keadaan yang dipilih; sisa {open}."


class QuantityMissing(Invalid):
    """Line {number}: say how many were taken over."""

    indonesian = "Baris {number}: tuliskan berapa yang diserahkan."


class AboveRab(Invalid):
    """Line {number} would cost {cost}, its RAB leaves {left}: take fewer, or have the RAB approved again."""

    indonesian = "Baris {number} menjadi {cost}, sisa RAB-nya {left}: kurangi jumlahnya atau setujui ulang RAB."


class NoSuchLine(Invalid):
    """The budget (RAB) has no line {number}."""

    indonesian = "RAB tidak mempunyai baris {number}."


class LineClosed(Conflict):
    """Line {number} is closed."""

    indonesian = "Baris {number} sudah ditutup."


class BelowDelivered(Invalid):
    """Line {number}: {received} pieces for {realised} are there already; it cannot shrink to that or below."""

    indonesian = "Baris {number}: sudah diterima {received} senilai {realised}; tidak dapat diubah di bawah itu."


class NothingOrdered(Invalid):
    """Record the purchase order first."""

    indonesian = "Catat surat pesanannya dahulu."


class DeedIncomplete(Invalid):
    """The hand-over deed (BAST) needs its number, its date, a witness and a finding for every open line."""

    indonesian = "BAST perlu nomor, tanggal, saksi, dan hasil pemeriksaan setiap baris yang belum selesai."


class DoesNotReconcile(Invalid):
    """The report accounts for {spent}, {realised} were spent: mend it, or end the report as incomplete."""

    indonesian = "Laporan memuat {spent}, sedangkan realisasinya {realised}: perbaiki, atau nyatakan belum lengkap."


class LinesStillOpen(Conflict):
    """Goods are still to be delivered; complete or close every line before the account is accepted."""

    indonesian = "Masih ada barang yang belum diserahkan; selesaikan atau tutup setiap baris sebelum laporan diterima."


class CommitmentMissing(Conflict):
    """Only {committed} of the {wanted} still to be delivered are committed; place an order to commit the rest."""

    indonesian = "Komitmen tersisa {committed} dari {wanted} yang belum diserahkan; buat pesanan baru dahulu."


class NothingToDivide(Conflict):
    """The goods of this grant are divided already, or the group that split holds none of them."""

    indonesian = "Barang bantuan ini sudah dibagi, atau kelompok yang mekar tidak memegangnya."


class LineNotDivided(Invalid):
    """Say of each line with goods, once, how many units each group holds; line {number} does not."""

    indonesian = "Tuliskan untuk setiap baris barang, satu kali, berapa yang dipegang tiap kelompok; periksa {number}."


class SharesDoNotAddUp(Invalid):
    """Line {number}: the groups would hold {told} together, and {held} are there; not one may be lost or made."""

    indonesian = (
        "Baris {number}: jumlah bagian {told}, padahal barangnya {held}; tidak boleh ada yang hilang/bertambah."
    )


@dataclass(frozen=True)
class Line:
    """A line of the RAB, and what has become of it; money in rupiah."""

    number: int
    quantity: int
    unit_price: int
    received: int = 0
    realised: int = 0
    closed: bool = False

    @property
    def total(self) -> int:
        """What the line may cost."""
        return self.quantity * self.unit_price

    @property
    def open_quantity(self) -> int:
        """What was promised and is still to come."""
        return 0 if self.closed else self.quantity - self.received

    @property
    def open_money(self) -> int:
        """What stays committed for the line."""
        return 0 if self.closed else self.total - self.realised


@dataclass(frozen=True)
class Delivery:
    """What the deed says of one line."""

    number: int
    condition: Condition
    quantity: int
    unit_price: int

    @property
    def amount(self) -> int:
        """What the delivered quantity costs."""
        return self.quantity * self.unit_price


@dataclass(frozen=True)
class Settlement:
    """A line after a delivery: what it realised, and what it saved and lets go of."""

    line: Line
    realised: int
    freed: int


def total_of(lines: Iterable[tuple[int, int]], ceiling: int | None) -> int:
    """The sum of a RAB given as (quantity, unit price); raises EmptyRab or RabAboveCeiling."""
    priced = [quantity * price for quantity, price in lines]
    if not priced:
        raise EmptyRab
    total = sum(priced)
    if ceiling is not None and total > ceiling:
        raise RabAboveCeiling(total=format_rupiah(total), ceiling=format_rupiah(ceiling))
    return total


def deliver(line: Line, delivery: Delivery) -> Settlement:
    """Take over what was delivered for one line; a line that is complete is settled, and its saving freed."""
    if line.closed:
        raise LineClosed(number=line.number)
    _fits(line, delivery)
    if line.realised + delivery.amount > line.total:
        raise AboveRab(
            number=line.number, cost=format_rupiah(delivery.amount), left=format_rupiah(line.total - line.realised)
        )
    after = replace(line, received=line.received + delivery.quantity, realised=line.realised + delivery.amount)
    if after.open_quantity:
        return Settlement(after, delivery.amount, freed=0)
    return Settlement(replace(after, closed=True), delivery.amount, freed=after.open_money)


def found_of(lines: Sequence[Line], told: Sequence[Mapping[str, Any]], all_as_agreed: bool) -> list[Mapping[str, Any]]:
    """What a deed says line by line; with `all_as_agreed` it says so of each open line that it is not told of.

    Then a line may be told of by its condition alone: what was agreed stands for the quantity (none of what was
    refused) and for the price. Raises QuantityMissing where some of a line came and nobody says how much.
    """
    if not all_as_agreed:
        return list(told)
    by_number = {each["number"]: each for each in told}
    known = {each.number: each for each in lines}
    found: list[Mapping[str, Any]] = [each for each in told if each["number"] not in known]
    for number, line in known.items():
        if number in by_number or not line.closed:
            found.append(_as_told(line, by_number.get(number, {})))
    return found


def _as_told(line: Line, told: Mapping[str, Any]) -> dict[str, Any]:
    condition = told.get("condition") or Condition.AS_AGREED
    whole = {Condition.AS_AGREED: line.open_quantity, Condition.REFUSED: 0}
    quantity = told.get("quantity")
    if quantity is None and condition not in whole:
        raise QuantityMissing(number=line.number)
    return {
        **told,
        "number": line.number,
        "condition": condition,
        "quantity": whole[condition] if quantity is None else quantity,
        "unit_price": line.unit_price if told.get("unit_price") is None else told["unit_price"],
    }


def close(line: Line) -> Settlement:
    """Give up waiting for the rest of a line: its deficit is freed."""
    if line.closed:
        raise LineClosed(number=line.number)
    return Settlement(replace(line, closed=True), realised=0, freed=line.open_money)


def change(line: Line, quantity: int, unit_price: int) -> Line:
    """The line as it would stand when approved again; raises LineClosed, or BelowDelivered when less than is there."""
    if line.closed:
        raise LineClosed(number=line.number)
    after = replace(line, quantity=quantity, unit_price=unit_price)
    if after.open_quantity <= 0 or after.open_money <= 0:
        raise BelowDelivered(number=line.number, received=line.received, realised=format_rupiah(line.realised))
    return after


def divide(
    held: Mapping[int, int], told: Sequence[tuple[int, Mapping[UUID, int]]], groups: Collection[UUID]
) -> dict[int, dict[UUID, int]]:
    """Who holds how many units of each line after a split; the units of every line stay as many as they were."""
    divided: dict[int, dict[UUID, int]] = {}
    for place, (number, shares) in enumerate(told):
        if number not in held or number in divided or set(shares) != set(groups) or min(shares.values()) < 0:
            raise LineNotDivided(number=number).at(f"lines.{place}.number")
        if sum(shares.values()) != held[number]:
            wrong = SharesDoNotAddUp(number=number, told=sum(shares.values()), held=held[number])
            raise wrong.at(f"lines.{place}.shares.0.quantity")
        divided[number] = dict(shares)
    for number in held.keys() - divided.keys():
        raise LineNotDivided(number=number).at("lines")
    return divided


def outcome_of(lines: Sequence[Line]) -> HandOverOutcome:
    """What the lines say together once the deed is signed."""
    if all(line.received == line.quantity for line in lines):
        return HandOverOutcome.AS_AGREED
    if any(line.received for line in lines):
        return HandOverOutcome.SHORT
    return HandOverOutcome.REFUSED


def may_sign(signer: UUID, *proposers: UUID | None) -> None:
    """Refuse a decision to whoever had a hand in the proposal: who verifies does not approve."""
    if signer in proposers:
        raise ProposerCannotDecide


def dated(day: date, today: date, field: str) -> date:
    """The date of a document that exists already, as a field (dotted path) tells it; raises InTheFuture."""
    if day > today:
        raise InTheFuture().at(field)
    return day


def expect(state: GrantState, *allowed: GrantState) -> None:
    """Refuse a step that does not follow from where the grant stands."""
    if state not in allowed:
        raise NotNow(state=state.value)


def reconcile(spent: int, realised: int) -> None:
    """An accepted report accounts for exactly what was spent."""
    if spent != realised:
        raise DoesNotReconcile(spent=format_rupiah(spent), realised=format_rupiah(realised))


def _fits(line: Line, delivery: Delivery) -> None:
    taken, left = delivery.quantity, line.open_quantity
    if taken > left:
        raise MoreThanOpen(number=line.number, quantity=taken, open=left)
    fits = {
        Condition.AS_AGREED: taken == left,
        Condition.SHORT: 0 < taken < left,
        Condition.DAMAGED: 0 <= taken < left,
        Condition.REFUSED: taken == 0,
    }
    if not fits[delivery.condition]:
        raise QuantityContradictsCondition(
            number=line.number, quantity=taken, condition=delivery.condition.value, open=left
        )
