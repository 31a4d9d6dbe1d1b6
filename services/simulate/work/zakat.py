"""Baznas at grants: an officer assesses who asks for zakat, an approver gives, lends or refuses."""

from datetime import datetime

from services.simulate.case import Case, working_days_later
from services.simulate.client import Json
from services.simulate.work.grants import beside_other_aid, note_other_aid

CEILING = 150_000_000
"""What a demonstration fund of zakat holds. Source: assumption; the article names no amount."""
HAD_KIFAYAH = 3_000_000
"""A household's line in rupiah a month. Source: assumption, for the demonstration; each province sets its own."""
ASNAF = ("miskin", "miskin", "miskin", "fakir", "gharimin")
REFUSED = 0.08


def support(case: Case) -> datetime | None:
    """Assess first; some days later an approver who did not assess decides and hands over."""
    if case.work["aid"] is None:
        return working_days_later(1)  # who is behind it is still on its way
    if case.work["case"].get("state", "open") == "open":
        _assess(case)
        return working_days_later(case.chance("days").randint(2, 6))
    proposed = case.work["case"]["form"]
    beside = beside_other_aid(case)
    refused = proposed is None or beside is None or case.chance("verdict").random() < REFUSED
    if beside is None or not refused:
        note_other_aid(case, beside)
    if refused:
        case.complete({"verdict": "refused", "reason": "Belum memenuhi syarat penyaluran tahun ini."}, by="approver")
        return None
    word = "AKAD" if proposed == "qardhul-hasan" else "TT"
    handed_over = {"document": f"{word}-{case.number:04}/{case.attempt}", "handed_over_on": case.today.isoformat()}
    case.complete({"verdict": "approved", **handed_over, **(beside or {})}, by="approver")
    return None


def _assess(case: Case) -> None:
    luck, settings = case.chance("assessment"), case.seen["settings"]
    households = case.work["members_known"] or 1
    found: Json = {
        "income": households * luck.randint(9, 24) * 100_000,
        "households": households,
        "members": households * luck.randint(3, 5),
        "asnaf": luck.choice(ASNAF),
    }
    if settings.get("had_kifayah"):
        line = settings["had_kifayah"] * found["members"]
    else:
        line = (settings.get("household") or HAD_KIFAYAH) * households
    if not settings.get("had_kifayah") and not settings.get("household"):
        found |= {"line": line, "line_source": "Contoh untuk peragaan; ditetapkan Baznas provinsi"}
    if found["income"] >= line:
        found["asnaf"] = "gharimin"
    beside = beside_other_aid(case)
    case.save(found if beside is None else found | beside | _proposed(case))


def _proposed(case: Case) -> Json:
    """A grant or a loan, as the programme offers it and the fund has money left; otherwise a refusal."""
    luck, settings, members = case.chance("proposal"), case.seen["settings"], case.work["members_known"]
    forms = [each for each in settings["forms"] if each == "grant" or members is None or 5 <= members <= 10]
    if case.work["fund"] is None:
        open_fund(case, "zakat", ("Dana zakat (peragaan)", "Zakat (demonstration)"), CEILING)
    left = case.work["fund"]["free"] if case.work["fund"] else CEILING
    amount = min(luck.randint(2, 10) * 500_000, settings.get("ceiling") or CEILING)
    if not forms or amount > left:
        return {}
    form = luck.choice(forms)
    if form == "grant":
        return {"form": form, "amount": amount}
    due = working_days_later(45).date().isoformat()
    return {"form": form, "amount": amount, "instalments": luck.choice((6, 10, 12)), "first_due": due}


def open_fund(case: Case, source: str, titles: tuple[str, str], ceiling: int) -> None:
    """The head opens the fund that the stage names; saying the same again changes nothing."""
    head = case.colleague("head")
    head.post(
        f"/grants/v1/{case.row['agency']}/funds",
        {
            "id": case.seen["settings"]["fund"],
            "title": titles[0],
            "title_en": titles[1],
            "source": source,
            "owner_office": head.office,
            "budget_year": case.today.year,
            "ceiling": ceiling,
            "ceiling_note": "contoh untuk peragaan; artikel tidak menyebut jumlahnya",
        },
    )


ACTS = {"grants.zakat": support}
