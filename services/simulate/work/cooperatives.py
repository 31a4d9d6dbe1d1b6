"""The office for cooperatives at grants: women join a cooperative, or found one as soon as they are enough."""

from datetime import date, datetime

from services.simulate.case import Case, moment, working_days_later
from services.simulate.client import Json
from services.simulate.work.zakat import open_fund
from shared.kernel import clock

FOUNDS = 0.35
"""How many want to found a cooperative of their own. Source: assumption."""
GATHERS = 40
"""Days for which founders are awaited; then an existing cooperative is joined. Source: assumption."""
NOT_JOINED = 0.06
CAPITAL = 100_000_000
NAMES = ("Koperasi Perempuan Etam", "Koperasi Wanita Mahakam", "Koperasi Perempuan Mandiri")
EXISTING = ("Koperasi Wanita Sejahtera", "Koperasi Wanita Melati")


def join(case: Case) -> datetime | None:
    """Record the choice on the first day; close the stage when the cooperative stands."""
    work, luck = case.work, case.chance("cooperative")
    if luck.random() < NOT_JOINED:
        case.complete({"outcome": "not-joined", "reason": "Belum bersedia; usaha masih dirintis sendiri."})
        return None
    chosen = next((each for each in work["choices"] if each["id"] == work.get("cooperative_id")), None)
    if chosen is None:
        _choose(case, founds=luck.random() < FOUNDS)
        return working_days_later(luck.randint(2, 5))
    if not chosen["formed"] and chosen["persons"] < (chosen["founders_needed"] or 1):
        if (case.today - _taken_on(case)).days < GATHERS:
            return working_days_later(5)
        _choose(case, founds=False)
        return working_days_later(1)
    if not work["loan"]["amount"]:
        case.complete({"outcome": "member"})
        return None
    document = f"AKAD-K{case.number:04}/{case.attempt}"
    decided = {"loan_verdict": "approved", "document": document, "handed_over_on": case.today.isoformat()}
    case.complete({"outcome": "member", **decided}, by="approver")
    return None


def _choose(case: Case, *, founds: bool) -> None:
    work, luck = case.work, case.chance("choice")
    told: Json = {"savings": {"pokok": 100_000, "wajib": 20_000, "receipt": f"KS-{case.number:04}"}}
    if work["belongs_to"]:
        told = {"cooperative_id": work["belongs_to"][0], "savings": {}}
    elif founds:
        told["name"] = luck.choice(NAMES)
    else:
        formed = [each["id"] for each in work["choices"] if each["formed"]]
        told["cooperative_id"] = luck.choice(formed) if formed else _register(case)
    if case.row["subject_kind"] == "group":
        told["persons"] = work["members_known"] or 5
    case.save(told | _loan(case))


def _loan(case: Case) -> Json:
    """Some ask for capital where the programme has a fund for it, and nothing excludes it."""
    luck, settings = case.chance("loan"), case.seen["settings"]
    if not settings.get("fund") or luck.random() < 0.5:
        return {}
    aid = case.work["aid"]
    if aid is None or any(each["policy"] != "allow" for each in aid["met"]):
        return {}
    if case.work["fund"] is None:
        open_fund(
            case, "cooperative", ("Dana modal koperasi (peragaan)", "Cooperative capital (demonstration)"), CAPITAL
        )
    elif case.work["fund"]["free"] < CAPITAL // 10:
        return {}
    amount = min(luck.randint(2, 8) * 500_000, settings.get("ceiling") or CAPITAL)
    return {"loan": {"amount": amount, "instalments": 12, "first_due": working_days_later(45).date().isoformat()}}


def _register(case: Case) -> str:
    """One that has existed for years: the office notes it before she can join."""
    officer, path = case.colleague("officer"), f"/grants/v1/{case.row['agency']}/cooperatives"
    area = case.row["area"][:5]
    name = EXISTING[case.number % len(EXISTING)]
    formed_on = case.today.replace(year=case.today.year - 3, day=1).isoformat()
    return str(officer.post(path, {"name": name, "area": area, "formed_on": formed_on})["id"])


def _taken_on(case: Case) -> date:
    return moment(case.row["accepted_at"]).astimezone(clock.zone()).date()


ACTS = {"grants.cooperative": join}
