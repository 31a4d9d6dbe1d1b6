"""The leading offices at intake: form groups, check registries, papers and places."""

from datetime import datetime

from services.simulate.case import Case, working_days_later

KECAMATAN_CODE = 8
"""Characters of a kecamatan's code: `64.02.01`."""
LEADERS = ("chair", "secretary", "treasurer")


def form_group(case: Case) -> datetime | None:
    """Hold the deliberation, one day, and close the stage with its minutes."""
    work = case.work
    luck = case.chance("members")
    size = work["size"]["most"]
    verified = [each["person_id"] for each in work["members"]]  # where the programme verifies before the deliberation
    living_near = verified or [each["id"] for each in work["possible"]]
    if luck.random() < 0.95 and not verified:  # a careful officer proposes only those who would qualify
        wanted = _who_would_qualify(case)
        living_near = [each for each in living_near if each in wanted]
    if len(living_near) < size:
        size = len(living_near)
    chosen = luck.sample(sorted(living_near), size)
    if len(chosen) < len(LEADERS):
        return working_days_later(5)  # too few came; another evening
    roles = [*LEADERS, *["member"] * (len(chosen) - len(LEADERS))]
    case.save(
        {
            "members": [{"person_id": person, "role": role} for person, role in zip(chosen, roles, strict=True)],
            "berita_acara": f"BA-{case.number:04}/{case.attempt}/KUBE/{case.today:%Y}",
            "deliberated_on": case.today.isoformat(),
        }
    )
    case.complete({})
    return None


def verify(case: Case) -> datetime | None:
    """Check what the stage asks for; a first file lacks a paper at times, a place is not always there."""
    luck = case.chance("findings")
    findings: dict[str, dict[str, object]]
    match case.seen["settings"]["check"]:
        case "registry":
            findings = {"registry": {}}
            if case.attempt > 1 and not case.work["override"] and (evidence := _evidence(case)):
                _agreed_to(case, evidence)
        case "file":
            complete = luck.random() > (0.12 if case.attempt == 1 else 0.02)
            papers = ("identity_cards", "family_cards", "proposal_signed")
            findings = {"file": {**dict.fromkeys(papers, True), "budget_complete": complete}}
        case _:
            findings = {
                "field": {
                    "berita_acara": f"BA-{case.number:04}/{case.attempt}/LAP/{case.today:%Y}",
                    "visited_on": case.today.isoformat(),
                    "lives_there": luck.random() > 0.01,
                    "has_place": luck.random() > 0.02,
                }
            }
    case.complete(findings)
    return None


def _agreed_to(case: Case, evidence: dict[str, object]) -> None:
    """A colleague reads the evidence and agrees to it, where the registries still say otherwise."""
    if not case.colleague("officer").get(case.path)["work"]["may_depart"]:
        return
    asked = case.colleague("officer").post(f"{case.path}/override", dict(evidence))
    address = f"/intake/v1/{case.agency}/overrides/{asked['id']}/decide"
    case.colleague("approver").post(address, {"agreed": True, "reason": "Surat Dukcapil sudah dilihat."})


def _evidence(case: Case) -> dict[str, object]:
    """Dukcapil's letter for a NIK that disagrees with its record; who does not qualify is replaced, and not excused."""
    is_fit = case.work["eligible"]
    if not is_fit and case.row["subject_kind"] == "group":
        is_fit = _replace_unfit(case)
    return {"evidence": "Surat keterangan Dukcapil"} if is_fit else {}


def _replace_unfit(case: Case) -> bool:
    """Let others take the place of the proposed who do not qualify; whether there was somebody for every place."""
    officer, address = case.colleague("officer"), f"/intake/v1/{case.agency}/groups/{case.row['subject_id']}"
    qualify = _who_would_qualify(case)
    members = {each["person_id"] for each in officer.get(address)["members"]}
    others = sorted({each["id"] for each in officer.listed(f"{address}/candidates")} & qualify)
    unfit = sorted(members - qualify)
    for leaving, joining in zip(
        unfit, case.chance("replaced").sample(others, min(len(unfit), len(others))), strict=False
    ):
        officer.post(f"{address}/replacements", {"leaving": leaving, "joining": joining})
    return len(others) >= len(unfit)


def _who_would_qualify(case: Case) -> set[str]:
    address = f"/intake/v1/{case.agency}/candidates"
    kecamatan = case.row["area"][:KECAMATAN_CODE]
    found = case.colleague("officer").every(address, programme=case.row["programme"], area=kecamatan)
    return {each["id"] for each in found}


ACTS = {"intake.group-formation": form_group, "intake.verification": verify}
