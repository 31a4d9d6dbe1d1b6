"""Dinas Sosial at intake: forms groups, checks registries, papers and places."""

from datetime import datetime

from services.simulate.case import Case, working_days_later

LEADERS = ("chair", "secretary", "treasurer")


def form_group(case: Case) -> datetime | None:
    """Hold the deliberation, one day, and close the stage with its minutes."""
    work = case.work
    luck = case.chance("members")
    size = work["size"]["most"]
    living_near = [each["id"] for each in work["possible"]]
    if luck.random() < 0.95:  # a careful officer proposes only those who would qualify
        qualify = case.colleague("officer").every(
            "/intake/v1/dinsos/candidates", programme=case.row["programme"], area=case.row["area"][:8]
        )
        wanted = {each["id"] for each in qualify}
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
            findings = {"registry": {"evidence": "Surat keterangan Dukcapil"} if case.attempt > 1 else {}}
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


ACTS = {"intake.group-formation": form_group, "intake.verification": verify}
