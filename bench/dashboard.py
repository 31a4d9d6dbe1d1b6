"""How long the pages of the figures take at 10,000, 100,000 and 1,000,000 journeys, and how long these are summed."""

import argparse
import logging
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SIZES = (10_000, 100_000, 1_000_000)
PROGRAMME = "kube-kaltim-2023"
DAYS = 540
"""Over so many days the journeys set out; the journey of a group takes some four months here, so a fifth is open."""
SOME = 20
"""One in so many groups is sent back to mend its file, and as many are refused at the end."""
TOLD = 10
"""One in so many journeys has its story told, for the page of one journey."""

JOURNEYS = """
CREATE TEMP TABLE seed AS
SELECT i, uuidv7(- make_interval(secs => (:count - i) * :days * 86400.0 / :count)) AS id,
    kail_now() - make_interval(secs => (:count - i) * :days * 86400.0 / :count) AS opened_at,
    (:areas)[1 + i::bigint * 7919 % cardinality(:areas)] AS area
FROM generate_series(1, :count) AS i
"""
TURNS = """
CREATE TEMP TABLE turn AS
WITH lasting AS (
    SELECT seed.i, seed.opened_at, stage.number, stage.name, stage.agency,
        make_interval(hours => 72 + abs(hashint8(seed.i::bigint * 100 + stage.number)) % 600) AS lasts
    FROM seed CROSS JOIN unnest(:stages, :agencies) WITH ORDINALITY AS stage (name, agency, number)
    WHERE seed.i % :some <> 1 OR stage.number <= 4
), begun AS (
    SELECT *, opened_at + coalesce(sum(lasts) OVER (PARTITION BY i ORDER BY number
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), interval '0') AS offered_at FROM lasting
)
SELECT uuidv7(offered_at - clock_timestamp()) AS id, *,
    date_trunc('day', offered_at + interval '21 days', :zone) + interval '23:59:59' AS due_at,
    CASE WHEN offered_at + lasts < kail_now() THEN offered_at + lasts END AS closed_at,
    CASE WHEN i % :some = 1 AND number = 4 THEN 'refused' WHEN i % :some = 2 AND number = 3 THEN 'mend'
        ELSE 'done' END AS outcome
FROM begun WHERE offered_at < kail_now()
"""
AGAIN = """
INSERT INTO turn SELECT uuidv7(closed_at - clock_timestamp()), i, opened_at, number, name, agency, lasts,
    closed_at, due_at + lasts, CASE WHEN closed_at + lasts < kail_now() THEN closed_at + lasts END, 'done'
FROM turn WHERE outcome = 'mend' AND closed_at IS NOT NULL
"""
FIGURES = (
    """
    INSERT INTO journey_figure (id, programme, version, area, subject_kind, members, lead_office, opened_on, opened_at,
        ended_at, outcome, because)
    SELECT seed.id, :programme, 1, seed.area, 'group', 5, 'dinsos-kaltim', (seed.opened_at AT TIME ZONE :zone)::date,
        seed.opened_at, last.closed_at, CASE WHEN last.closed_at IS NOT NULL
            THEN CASE last.outcome WHEN 'refused' THEN 'refused' ELSE 'graduated' END END,
        CASE WHEN last.closed_at IS NOT NULL AND last.outcome = 'refused' THEN last.name END
    FROM seed LEFT JOIN turn AS last ON last.i = seed.i
        AND last.number = CASE WHEN seed.i % :some = 1 THEN 4 ELSE cardinality(:stages) END
    """,
    """
    INSERT INTO stage_figure (id, journey_id, stage, attempt, agency, office, sender_office, offered_at, remind_at,
        due_at)
    SELECT turn.id, seed.id, name, 1, agency, agency || '-kukar', 'dinsos-kaltim', offered_at,
        offered_at + (due_at - offered_at) / 2, due_at FROM turn JOIN seed USING (i)
    """,
    """
    INSERT INTO referral_figure (id, journey_id, stage, agency, office, opened_at, accepted_at, closed_at, closed_as,
        outcome)
    SELECT turn.id, seed.id, name, agency, agency || '-kukar', offered_at, offered_at + interval '1 day', closed_at,
        CASE WHEN closed_at IS NOT NULL THEN 'completed' END, CASE WHEN closed_at IS NOT NULL THEN outcome END
    FROM turn JOIN seed USING (i) WHERE closed_at IS NOT NULL OR offered_at + interval '1 day' < kail_now()
    """,
    """
    INSERT INTO visit_figure (referral_id, number, journey_id, stage, office, month, visited_on, condition, recorded_at)
    SELECT turn.id, 1, seed.id, name, 'dinsos-kukar', 3, closed_at::date,
        (ARRAY['growing', 'steady', 'stalled'])[1 + i % 3], closed_at
    FROM turn JOIN seed USING (i) WHERE number = cardinality(:stages) AND closed_at IS NOT NULL
    """,
    """
    INSERT INTO timeline_entry (id, journey_id, happened_at, service, type, stage, agency, office, referral_id,
        trace_id, said)
    SELECT uuidv7(), seed.id, offered_at, 'intake', 'stage-offered', name, agency, agency || '-kukar', turn.id,
        seed.id, '{"attempt": 1}' FROM turn JOIN seed USING (i) WHERE i % :told = 0
    """,
    "INSERT INTO touched_journey (journey_id) SELECT id FROM seed ORDER BY i",
)


def main() -> None:
    """Make the journeys of each size, sum them, and ask for every page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--times", type=int, default=40, help="how often each page is asked for")
    wanted = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="kail-bench-", dir=os.environ.get("BENCH_DIR")))
    os.environ |= {"KAIL_HOME": str(home), "KAIL_LIMITS": "off"}

    import structlog

    from services.embedded import Embedded, remove

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    try:
        with Embedded(home):
            measured = [_measure(size, wanted.times) for size in wanted.sizes]
    finally:
        remove(home)
    if len(measured) > 1:
        _print(wanted.sizes, measured)


def _measure(count: int, times: int) -> dict[str, str]:
    """What making, summing and asking took, by name."""
    from shared.storage import database

    base = database("monitoring")
    told = {"making the figures": f"{_make(count):.0f} s"}
    begin = time.perf_counter()
    from services.monitoring.flow import summing

    with base.transaction() as session:
        summing.recount(session)
    took = time.perf_counter() - begin
    told["counting them all"] = f"{took:.0f} s, {took * 1_000 / count:.2f} ms each"
    with base.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
        for table in ("stage_figure", "stage_standing", "tally_stage", "tally_passage", "tally_promise"):
            told[f"lines of {table}"] = f"{connection.exec_driver_sql(f'SELECT count(*) FROM {table}').scalar():,}"
    for name, journeys in (("summing a fiftieth, 2,000 at most", 2_000), ("summing one", 1)):
        told[name] = f"{_sum(journeys, count):.0f} ms"
    for name, took_each in _pages(times):
        cut = statistics.quantiles(took_each, n=20)
        told[name] = f"{statistics.median(took_each):.0f} / {cut[18]:.0f} ms"
    _print([count], [told])
    return told


def _sum(journeys: int, count: int) -> float:
    """Milliseconds to sum so many open journeys whose waiting stages were taken on meanwhile; the median of seven."""
    from sqlalchemy import text

    from services.monitoring.flow import summing
    from shared.storage import database

    base, took = database("monitoring"), []
    for _ in range(7):
        with base.transaction() as session:
            session.execute(
                text(
                    "WITH chosen AS MATERIALIZED (SELECT turn, journey_id FROM stage_standing WHERE due_at IS NOT NULL"
                    " AND NOT EXISTS (SELECT FROM referral_figure WHERE id = turn AND closed_at IS NOT NULL)"
                    " LIMIT :journeys),"
                    " closed AS (INSERT INTO referral_figure (id, journey_id, stage, agency, office, accepted_at,"
                    " closed_at, closed_as, outcome) SELECT chosen.turn, chosen.journey_id, stage, agency, office,"
                    " kail_now(), kail_now(), 'completed', 'done' FROM chosen JOIN stage_figure ON id = turn"
                    " ON CONFLICT (id) DO UPDATE SET closed_at = kail_now(), closed_as = 'completed', outcome = 'done')"
                    " INSERT INTO touched_journey (journey_id) SELECT DISTINCT journey_id FROM chosen"
                ),
                {"journeys": min(journeys, count // 50)},
            )
        begin = time.perf_counter()
        summing.sum_up(base)
        took.append((time.perf_counter() - begin) * 1_000)
    return statistics.median(took)


def _make(count: int) -> float:
    from sqlalchemy import bindparam, text
    from sqlalchemy.dialects.postgresql import ARRAY, TEXT

    from services.catalogue import participants
    from shared.kernel import clock
    from shared.places import areas
    from shared.programmes import library
    from shared.storage import database, migrate
    from shared.storage.base import tables_of

    participants()
    base = database("monitoring")
    migrate.prepare("monitoring", base)
    programme = library.programme(PROGRAMME)
    stages = programme.stages.values()
    villages = [
        village.code
        for region in programme.region
        for kecamatan in areas.children(region)
        for village in areas.children(kecamatan.code)
    ]
    given: dict[str, Any] = {
        "count": count, "days": DAYS, "some": SOME, "told": TOLD, "programme": PROGRAMME, "zone": clock.zone().key,
        "areas": villages, "stages": [each.name for each in stages], "agencies": [each.agency for each in stages],
    }  # fmt: skip
    lists = [bindparam(name, type_=ARRAY(TEXT)) for name in ("areas", "stages", "agencies")]
    begin = time.perf_counter()
    with base.transaction() as session:
        kept = ("domain_clock", "schema_version")
        filled = [each.name for each in tables_of("monitoring") if each.name not in kept]
        session.execute(text(f"TRUNCATE {', '.join(filled)}"))
        for statement in (JOURNEYS, TURNS, AGAIN, *FIGURES):
            named = [each for each in lists if f":{each.key}" in statement]
            session.execute(text(statement).bindparams(*named), given)
        session.execute(text("DROP TABLE seed, turn"))
    with base.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    return time.perf_counter() - begin


def _pages(times: int) -> Iterator[tuple[str, list[float]]]:
    """Every page as a coordinator of the province opens it, and how many milliseconds each time took."""
    from sqlalchemy import select

    from services.monitoring import app as monitoring
    from services.monitoring.flow.models import JourneyFigure, TimelineEntry
    from shared.identity import tokens
    from shared.identity.officer import Officer
    from shared.identity.rules import Role
    from shared.kernel import ids
    from shared.storage import database

    base = database("monitoring")
    app = monitoring.create(base)
    app.testing = True
    officer = Officer(
        id=ids.new_id(), name="Bangku", office="bappeda-kaltim", agency="bappeda",
        roles=frozenset({Role.COORDINATOR}), areas=("64",),
    )  # fmt: skip
    with base.reading() as session:
        one = session.scalar(
            select(TimelineEntry.journey_id)
            .join(JourneyFigure, JourneyFigure.id == TimelineEntry.journey_id)
            .order_by(JourneyFigure.opened_at.desc())
            .offset(50)
            .limit(1)
        )
    with app.test_client() as client:
        with client.session_transaction() as signed_in:
            signed_in["token"] = tokens.issue(officer)
        here = f"programme={PROGRAMME}&version=1"
        for name, path in {
            "dashboard": "dashboard",
            "dashboard of a programme": f"dashboard?programme={PROGRAMME}",
            "dashboard, the live part": "dashboard/figures",
            "dashboard, its cohorts": f"dashboard/charts/funnel.svg?programme={PROGRAMME}",
            "red list": "red-list",
            "red list of an office": "red-list?office=dinsos-kukar&used=100",
            "programmes": "programmes",
            "map": f"programmes/{PROGRAMME}",
            "map, the live part": f"programmes/{PROGRAMME}/live",
            "journeys": "journeys",
            "journeys of a programme": f"journeys?{here}",
            "those at a stage": f"journeys?{here}&stage=proposal&state=open",
            "those overdue at a stage": f"journeys?{here}&stage=proposal&state=overdue",
            "those overdue anywhere": "journeys?state=overdue",
            "those who were sent back": f"journeys?{here}&stage=file_check&state=done&outcome=mend",
            "those who are stuck (nobody)": f"journeys?{here}&state=stuck",
            "those who were refused": f"journeys?{here}&state=refused",
            "one journey": f"journeys/{one}",
        }.items():
            took = []
            for _ in range(times + 3):
                begin = time.perf_counter()
                answer = client.get(f"/monitoring/bappeda/{path}")
                took.append((time.perf_counter() - begin) * 1_000)
                if answer.status_code != 200:
                    raise AssertionError(f"{path}: {answer.status}")
            yield f"page: {name}", took[3:]


def _print(sizes: list[int], measured: list[dict[str, str]]) -> None:
    print("\n" + " " * 36 + "".join(f"{size:>22,}" for size in sizes))
    for name in measured[0]:
        print(f"{name:<36}" + "".join(f"{each[name]:>22}" for each in measured))
    print("pages: p50 / p95", flush=True)


if __name__ == "__main__":
    main()
