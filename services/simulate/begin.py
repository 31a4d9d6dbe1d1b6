"""How a demonstration begins: a registry comes in, funds open, groups are founded, journeys set out. All over HTTP."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from services.simulate.chance import Chance
from services.simulate.client import Client, Json
from services.simulate.work.grants import KITS

REGIONS = {"64.02": 3_000, "64.07": 1_500, "64.72": 2_000}
"""How many people of each region the invented registry lists: Kutai Kartanegara, Kutai Barat, Samarinda."""
IMPORTS_WITHIN = 300.0
KUBE, WRSE = "kube-kaltim-2023", "wrse-kaltim-2023"
FUNDS = (
    ("apbd-kaltim-2023-kube", "APBD Kaltim 2023: KUBE", 600_000_000),
    ("apbd-kaltim-2023-wrse", "APBD Kaltim 2023: WRSE", 150_000_000),
)
NAMES = ("Mawar", "Melati", "Etam", "Mahakam", "Sejahtera", "Harapan", "Bersama", "Mandiri", "Berkah", "Maju Jaya")


def bring_in_registry(officer: Client, seed: int, regions: Mapping[str, int] = REGIONS) -> None:
    """Upload an invented registry file for each region, and wait until its rows are in; done once for each office."""
    from services.intake.registry.generate import registry_file

    if not any(True for _ in officer.every("/intake/v1/dinsos/imports")):
        for region, persons in regions.items():
            file = registry_file(region, persons, seed).encode()
            officer.upload("/intake/v1/dinsos/imports", f"registri-{region}.csv", file)
    deadline = time.monotonic() + IMPORTS_WITHIN
    while any(each["state"] != "done" for each in officer.every("/intake/v1/dinsos/imports")):
        if time.monotonic() > deadline:
            raise TimeoutError(f"the registry is not in after {IMPORTS_WITHIN:.0f} s")
        time.sleep(0.2)


def open_funds(head: Client) -> None:
    """Let the office spend what the programmes were given."""
    for fund, title, ceiling in FUNDS:
        head.post(
            "/grants/v1/dinsos/funds",
            {
                "id": fund,
                "title": title,
                "source": "apbd",
                "owner_office": head.office,
                "budget_year": 2023,
                "ceiling": ceiling,
                "ceiling_note": "pagu menurut artikel sumber program",
            },
        )


def found_groups(officer: Client, chance: Chance, count: int) -> Iterator[str]:
    """Found groups where enough people live who would qualify; gives their ids."""
    candidates: dict[str, list[Json]] = defaultdict(list)
    for region in ("64.02", "64.07"):
        for each in officer.every("/intake/v1/dinsos/candidates", programme=KUBE, area=region):
            candidates[each["area"][:8]].append(each)
    places = [
        people[turn]["area"]
        for people in candidates.values()
        for turn in range(len(people) // 8)  # five are needed, and not everybody says yes
    ]
    luck = chance.of("groups")
    if len(places) < count:
        raise ValueError(f"the registry has people for {len(places)} groups only, not for {count}")
    for number, area in enumerate(luck.sample(sorted(places), count), start=1):
        trade = luck.choice(sorted(KITS))
        name = f"KUBE {luck.choice(NAMES)} {number}"
        yield officer.post("/intake/v1/dinsos/groups", {"name": name, "area": area, "line_of_business": trade})["id"]


def choose_women(officer: Client, chance: Chance, count: int) -> list[str]:
    """Choose women who would qualify, of both regions."""
    found = [each["id"] for each in officer.every("/intake/v1/dinsos/candidates", programme=WRSE)]
    if len(found) < count:
        raise ValueError(f"only {len(found)} women of the registry would qualify, not {count}")
    return chance.of("women").sample(sorted(found), count)


def set_out(officer: Client, programme: str, subjects: Iterable[str]) -> Counter[str]:
    """Open a journey for each of these persons or groups; gives why some could not, by code."""
    wanted = list(subjects)
    if not wanted:
        return Counter()
    answer = officer.post("/intake/v1/dinsos/journeys", {"programme": programme, "subject_ids": wanted})
    return Counter(each["code"] for each in answer["refused"])
