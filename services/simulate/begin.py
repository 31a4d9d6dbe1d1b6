"""How a demonstration begins: registries come in, funds open, people and groups set out. All of it over HTTP."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from services.simulate.chance import Chance
from services.simulate.client import Client, Json
from services.simulate.standstill import Standstill
from services.simulate.work.grants import KITS

STANDS_AFTER = 300.0
"""Seconds without a row coming in after which nobody waits for the registries any more."""
MOST_LOOKED_AT = 6_000
"""Candidates of one region beyond which nobody reads on."""
ONE_DOUBLED_IN = 50
"""Of so many women one is in a group already. Source: assumption; one in a demonstration: her group is refused."""
KECAMATAN_CODE = 8
"""Characters of a kecamatan's code: `64.02.01`."""

KUBE, WRSE = "kube-kaltim-2023", "wrse-kaltim-2023"
USAHA_MIKRO = "usaha-mikro-kaltim-2023"
KUSIAPP, KUKAR, P2WKSS = "kusiapp-mataram", "pemberdayaan-kukar", "p2wkss-tangsel"

KALTIM, MATARAM, TANGSEL, DP3A_KUKAR = "dinsos-kaltim", "dinsos-mataram", "dpmp3akb-tangsel", "dp3a-kukar"

NAMES = ("Mawar", "Melati", "Etam", "Mahakam", "Sejahtera", "Harapan", "Bersama", "Mandiri", "Berkah", "Maju Jaya")
MATARAM_NAMES = ("Sekar Ampenan", "Tunas Bintaro", "Melati Sasak", "Sinar Lombok", "Berugak Maju", "Mandalika")
FOOD = ("kerupuk ikan", "jajan basah", "abon ikan", "keripik singkong")
"""Processed food; kerupuk ikan and jajan basah are the article's own examples for Ampenan."""


def agency_of(office: str) -> str:
    """The role that a leading office holds."""
    return "dp3a" if office in (DP3A_KUKAR, TANGSEL) else "dinsos"


@dataclass(frozen=True)
class Registry:
    """A registry file that an office brings in: whose region, how many rows; only vulnerable women where it says so."""

    office: str
    region: str
    persons: int
    vulnerable_women: bool = False


@dataclass(frozen=True)
class Fund:
    """A fund that an office may spend from."""

    id: str
    title: str
    title_en: str
    office: str
    source: str
    ceiling: int
    note: str


@dataclass(frozen=True)
class Beginning:
    """How one programme begins: which office lets whom set out, and how many there usually are."""

    programme: str
    office: str
    usual: int
    choose: Callable[["Beginning", Client, Chance, int], Iterable[str]]
    regions: tuple[str, ...]
    members: int = 1
    later: int = 1
    """How many set out in each of a demonstration's later intakes."""
    first: int = 1
    """What the first of the groups is numbered."""
    called: str = ""
    trades: tuple[str, ...] = ()
    names: tuple[str, ...] = NAMES
    doubled: str = ""
    """A programme that excludes this one: a few out of its proposed groups set out here, too."""

    @property
    def agency(self) -> str:
        """The role of the office that leads, which its addresses name."""
        return agency_of(self.office)


ARTICLE = "pagu menurut artikel sumber program"
EXAMPLE = "angka contoh peragaan: artikel tidak menyebut pagu"
FUNDS = (
    Fund(
        "apbd-kaltim-2023-kube",
        "APBD Kaltim 2023: KUBE",
        "East Kalimantan 2023: KUBE",
        KALTIM,
        "apbd",
        600_000_000,
        ARTICLE,
    ),
    Fund(
        "apbd-kaltim-2023-wrse",
        "APBD Kaltim 2023: WRSE",
        "East Kalimantan 2023: WRSE",
        KALTIM,
        "apbd",
        150_000_000,
        ARTICLE,
    ),
    Fund(
        "apbd-kaltim-2023-usaha-mikro",
        "APBD Kaltim 2023: usaha mikro",
        "East Kalimantan 2023: micro-business",
        KALTIM,
        "apbd",
        200_000_000,
        EXAMPLE,
    ),
    Fund(
        "zakat-mataram-kusiapp",
        "Zakat untuk KUsiAPP",
        "Zakat for KUsiAPP",
        "baznas-mataram",
        "zakat",
        75_000_000,
        EXAMPLE,
    ),
)

REGISTRIES = (
    Registry(KALTIM, "64.02", 3_000),
    Registry(KALTIM, "64.07", 1_500),
    Registry(KALTIM, "64.72", 2_000),
    Registry(MATARAM, "52.71", 6_500, vulnerable_women=True),
    *(Registry(TANGSEL, f"36.74.{kelurahan}", 700) for kelurahan in ("06.1001", "06.1005", "06.1006", "06.1008")),
    Registry(TANGSEL, "36.74.05.1005", 700),
)
"""The article's 6,500 women of Mataram; the other sizes are ours."""


def bring_in_registries(officers: Mapping[str, Client], seed: int, wanted: Sequence[Registry] = REGISTRIES) -> None:
    """Upload invented registry files, each once and by an officer of its office; waits until their rows are in."""
    from services.intake.registry.generate import registry_file

    addresses = {each.office: f"/intake/v1/{agency_of(each.office)}/imports" for each in wanted}
    there = {office: {each["file_name"] for each in officers[office].every(addresses[office])} for office in addresses}
    for each in wanted:
        name = f"registri-{each.region}.csv"
        if name not in there[each.office]:
            file = registry_file(each.region, each.persons, seed, vulnerable_women=each.vulnerable_women)
            officers[each.office].upload(addresses[each.office], name, file.encode())
    standstill = Standstill(STANDS_AFTER)
    while coming := [
        (each["id"], each["rows_done"])
        for office, address in addresses.items()
        for each in officers[office].every(address)
        if each["state"] != "done"
    ]:
        if standstill.reached(coming):
            raise TimeoutError(f"the registries are not in, and no row has come in for {STANDS_AFTER:.0f} s")
        time.sleep(0.2)


def open_fund(head: Client, agency: str, fund: Fund) -> None:
    """Let an office spend what a programme was given; saying it again changes nothing."""
    head.post(
        f"/grants/v1/{agency}/funds",
        {
            "id": fund.id,
            "title": fund.title,
            "title_en": fund.title_en,
            "source": fund.source,
            "owner_office": fund.office,
            "budget_year": 2023,
            "ceiling": fund.ceiling,
            "ceiling_note": fund.note,
        },
    )


def found_groups(beginning: Beginning, officer: Client, chance: Chance, count: int) -> Iterator[str]:
    """Found groups where enough people live who would qualify; their members are chosen later. Gives their ids."""
    places = [
        people[turn]["area"]
        for people in _candidates(beginning, officer).values()
        for turn in range(len(people) // 8)  # five are needed, and not everybody says yes
    ]
    luck = chance.of("groups")
    if len(places) < count:
        raise ValueError(f"the registry has people for {len(places)} groups only, not for {count}")
    for number, area in enumerate(luck.sample(sorted(places), count), start=beginning.first):
        trade = luck.choice(sorted(beginning.trades))
        yield _found(beginning, officer, f"{luck.choice(beginning.names)} {number}", area, trade)["id"]


def propose_groups(beginning: Beginning, officer: Client, chance: Chance, count: int) -> Iterator[str]:
    """Found groups and propose their members, who are verified first; every kecamatan has one before any has two.

    A careful officer proposes those who would qualify; now and then somebody slips in who does not.
    """
    luck = chance.of("proposals", beginning.programme)
    living = _candidates(beginning, officer)
    fullest = sorted(living, key=lambda kecamatan: (-len(living[kecamatan]), kecamatan))
    for number in range(beginning.first, beginning.first + count):
        kecamatan = fullest[(number - 1) % len(fullest)]
        qualify = {each["id"]: each["area"] for each in living[kecamatan]}
        area = luck.choice(sorted(qualify.values()))
        name = f"{beginning.names[(number - 1) % len(beginning.names)]} {number}"
        group = _found(beginning, officer, name, area, luck.choice(beginning.trades))["id"]
        address = f"/intake/v1/{beginning.agency}/groups/{group}"
        near = [each["id"] for each in officer.listed(f"{address}/candidates")]
        fit = sorted(set(near) & qualify.keys())
        if len(fit) < beginning.members:
            raise ValueError(f"{kecamatan} has {len(fit)} women who would qualify, not {beginning.members}")
        chosen = luck.sample(fit, beginning.members)
        unfit = sorted(set(near) - qualify.keys())
        if unfit and luck.random() < 0.15:
            chosen[-1] = luck.choice(unfit)
        officer.post(f"{address}/proposals", {"person_ids": chosen})
        yield group


def choose_women(beginning: Beginning, officer: Client, chance: Chance, count: int) -> list[str]:
    """Choose women who would qualify, of all the programme's regions."""
    found = [each["id"] for people in _candidates(beginning, officer).values() for each in people]
    if len(found) < count:
        raise ValueError(f"only {len(found)} women of the registry would qualify, not {count}")
    chosen = chance.of("women", *_unless_first(beginning)).sample(sorted(found), count)
    doubled = sorted(_in_groups_of(beginning, officer) & set(found) - set(chosen)) if beginning.doubled else []
    luck = chance.of("doubled", beginning.programme)
    return [*luck.sample(doubled, min(len(doubled), -(-count // ONE_DOUBLED_IN))), *chosen][:count]


def _in_groups_of(beginning: Beginning, officer: Client) -> set[str]:
    address = f"/intake/v1/{beginning.agency}"
    under_way = officer.every(f"{address}/journeys")
    groups = [each["subject_id"] for each in under_way if each["programme"] == beginning.doubled]
    return {each["person_id"] for group in groups for each in officer.get(f"{address}/groups/{group}")["members"]}


def _unless_first(beginning: Beginning) -> tuple[str, ...]:
    return () if beginning.programme == WRSE else (beginning.programme,)


def _candidates(beginning: Beginning, officer: Client) -> dict[str, list[Json]]:
    found: dict[str, list[Json]] = defaultdict(list)
    for region in beginning.regions:
        address = f"/intake/v1/{beginning.agency}/candidates"
        for each in islice(officer.every(address, programme=beginning.programme, area=region), MOST_LOOKED_AT):
            found[each["area"][:KECAMATAN_CODE]].append(each)
    return found


def _found(beginning: Beginning, officer: Client, name: str, area: str, trade: str) -> Json:
    told = {"name": f"{beginning.called} {name}", "area": area, "line_of_business": trade}
    return officer.post(f"/intake/v1/{beginning.agency}/groups", told)


def set_out(officer: Client, agency: str, programme: str, subjects: Iterable[str]) -> Counter[str]:
    """Open a journey for each of these persons or groups; gives why some could not, by code."""
    wanted = list(subjects)
    if not wanted:
        return Counter()
    answer = officer.post(f"/intake/v1/{agency}/journeys", {"programme": programme, "subject_ids": wanted})
    return Counter(each["code"] for each in answer["refused"])


BEGINNINGS = (
    Beginning(KUBE, KALTIM, 40, found_groups, ("64.02", "64.07"), members=5, called="KUBE", trades=tuple(sorted(KITS))),
    Beginning(
        USAHA_MIKRO,
        KALTIM,
        8,
        propose_groups,
        ("64.02", "64.72"),
        members=10,
        called="KUBE",
        trades=tuple(sorted(KITS)),
    ),
    Beginning(WRSE, KALTIM, 50, choose_women, ("64.02", "64.72"), doubled=USAHA_MIKRO),
    Beginning(KUSIAPP, MATARAM, 6, propose_groups, ("52.71",), 5, called="KUsiAPP", trades=FOOD, names=MATARAM_NAMES),
    Beginning(KUKAR, DP3A_KUKAR, 40, choose_women, ("64.02",), later=3),
    Beginning(P2WKSS, TANGSEL, 40, choose_women, ("36.74",), later=3),
)
"""One entry for each programme, in the order in which they begin: the article's 40 groups, 50 women and 6 pilot groups
(one in each kecamatan); the other sizes are chosen so that a demonstration on two cores stays fluent."""


def beginning_of(programme: str) -> Beginning:
    """How a programme begins."""
    return next(each for each in BEGINNINGS if each.programme == programme)


def needed(beginnings: Iterable[Beginning]) -> tuple[Registry, ...]:
    """The registries from which these programmes choose."""
    offices = {KALTIM if each.office == DP3A_KUKAR else each.office for each in beginnings}
    return tuple(each for each in REGISTRIES if each.office in offices)
