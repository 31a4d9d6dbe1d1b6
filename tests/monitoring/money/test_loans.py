"""What monitoring shows of a fund that gives and lends."""

from datetime import UTC, datetime, timedelta

from services.monitoring.money import queries
from shared.events.grants import FundMoved, FundOpened
from shared.storage import Database
from tests.monitoring import stories

FUND = "zakat-mataram-kusiapp"
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


def moved(**stands: int) -> FundMoved:
    amounts = {"reserved": 0, "committed": 0, "realised": 0, "returned": 0, **stands}
    return FundMoved(fund_id=FUND, ceiling=75_000_000, moves={}, closed=False, **amounts)


def test_a_loan_is_never_added_to_grants_on_the_dashboard(monitoring_db: Database) -> None:
    story = stories.Story()
    opened = FundOpened(
        fund_id=FUND,
        title="Zakat",
        title_en="Alms",
        source="zakat",
        owner_office="baznas-mataram",
        budget_year=2026,
        ceiling=75_000_000,
    )
    story.tell("grants", opened, NOW)
    story.tell("grants", moved(realised=2_500_000), NOW + timedelta(days=1))  # announced before there were loans
    story.tell("grants", moved(realised=2_500_000, lent=4_000_000, repaid=1_000_000), NOW + timedelta(days=2))
    stories.hear(monitoring_db, story.heard)
    stories.hear(monitoring_db, story.heard)
    with monitoring_db.reading() as session:
        (fund,) = queries.funds(session, [FUND])
    assert (fund.realised, fund.lent, fund.repaid, fund.returned) == (2_500_000, 4_000_000, 1_000_000, 0)
    assert (fund.title, fund.title_en) == ("Zakat", "Alms")
    assert fund.free == 75_000_000 - 2_500_000 - 4_000_000


def test_what_was_announced_before_there_were_loans_lent_nothing(monitoring_db: Database) -> None:
    story = stories.Story()
    story.tell(
        "grants",
        FundOpened(fund_id=FUND, title="Z", source="zakat", owner_office="o", budget_year=2026, ceiling=75_000_000),
        NOW,
    )
    story.tell("grants", moved(realised=2_500_000), NOW + timedelta(days=1))
    stories.hear(monitoring_db, story.heard)
    with monitoring_db.reading() as session:
        (fund,) = queries.funds(session, [FUND])
    assert (fund.lent, fund.repaid) == (0, 0)
