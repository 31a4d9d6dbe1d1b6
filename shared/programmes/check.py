"""Asks whether a programme that can be read also makes sense: names, reports, ways through it, sources, examples."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import partial
from itertools import product
from typing import Any

from shared.identity.rules import AGENCIES
from shared.kernel.errors import DomainError
from shared.programmes import examples, kinds
from shared.programmes.definition import Basis, Programme, SourceKind, Stage, SubjectKind
from shared.programmes.eligibility import PERSON_FACTS, REGISTRIES
from shared.programmes.engine import SKIPPED_OUTCOME
from shared.programmes.expressions import MISSING, Expression, compile_expression
from shared.programmes.findings import Findings, Path
from shared.programmes.kinds import CATALOGUE, Fact, StageKind

SHAREABLE = ("name", "nik", "phone", "address", "village", "safe_contact", "members")
"""The fields of a person or group that a stage may be shown."""

MOST_WAYS = 4096
"""Beyond so many combinations of outcomes, whether a stage can be reached is not tried out."""


def check(programme: Programme, findings: Findings) -> None:
    """Note everything in a programme that does not make sense."""
    _check_frame(programme, findings)
    _check_sources(programme, findings)
    for stage in programme.stages.values():
        _check_stage(programme, stage, findings)
    _check_clauses(programme, findings)
    if not findings.found:
        _check_ways(programme, findings)
    if not findings.found:
        _check_examples(programme, findings)


def _check_frame(programme: Programme, findings: Findings) -> None:
    for path, agency in [(("lead",), programme.lead), *[(("offices", role), role) for role in programme.offices]]:
        _check_agency(agency, path, findings)
    subject = programme.subject
    if subject.kind is SubjectKind.GROUP and (subject.least, subject.most) == (1, 1):
        findings.add(("subject",), "Nothing says how many members a group has.", "Write `size: {min: 5, max: 5}`.")
    if subject.least > subject.most:
        findings.add(("subject", "size"), "The group's least size is above its greatest.", "Let min be at most max.")
    if not programme.region:
        findings.add(("region",), "The programme has no region.", 'Name its areas, as in ["64.02"].')


def _check_agency(agency: str, path: Path, findings: Findings) -> None:
    if agency not in AGENCIES:
        findings.add(path, f"There is no agency role {agency}.", f"The roles are {', '.join(AGENCIES)}.")


def _check_sources(programme: Programme, findings: Findings) -> None:
    given = {source.kind for source in programme.sources}
    if not given:
        findings.add(("sources",), "The programme rests on no source.", "Name the article or regulation.")
    claims: list[tuple[Path, SourceKind]] = [
        *[((("figures", name, "source")), figure.source) for name, figure in programme.figures.items()],
        *[(("eligibility", at, "source"), clause.source) for at, clause in enumerate(programme.eligibility)],
        *[(("compatibility", at, "source"), each.source) for at, each in enumerate(programme.compatibility)],
    ]
    for path, claimed in claims:
        if claimed in (SourceKind.ARTICLE, SourceKind.REGULATION) and claimed not in given:
            findings.add(
                path,
                f"This claims {claimed.value} as its source, but no such source is listed.",
                "List it under `sources`, or call it an assumption.",
            )
    for name, figure in programme.figures.items():
        if figure.source is SourceKind.DERIVED and not figure.note:
            findings.add(
                ("figures", name),
                f"The figure {name} is derived, but not how.",
                "Say it in a note, as in `note: {id: 40 kelompok x 15.000.000, en: '40 groups x 15,000,000'}`.",
            )


def _check_stage(programme: Programme, stage: Stage, findings: Findings) -> None:
    here: Path = ("stages", stage.name)
    _check_agency(stage.agency, (*here, "agency"), findings)
    kind = CATALOGUE.get(stage.does)
    if kind is None:
        findings.add(
            (*here, "does"),
            f"The stage {stage.name} does {stage.does}, which no service offers.",
            f"The kinds are {', '.join(CATALOGUE)}.",
        )
        return
    for setting, complaint in kind.wrong_settings(stage.settings).items():
        listed = ", ".join(map(str, complaint)) if isinstance(complaint, list) else str(complaint)
        findings.add(
            (*here, "with", setting),
            f"The setting {setting} does not fit {kind.name}: {listed}",
            f"It takes {', '.join(kind.settings_schema.fields) or 'no settings'}.",
        )
    for at, field in enumerate(stage.shares):
        if field not in SHAREABLE:
            findings.add(
                (*here, "shares", at),
                f"There is no field {field} to share.",
                f"It may be any of {', '.join(SHAREABLE)}.",
            )
    _check_outcomes(kind, stage.ends, (*here, "ends"), findings)
    _check_second_chances(programme, stage, kind, findings)
    if stage.when is not None:
        upstream = programme.upstream(stage.name)
        _check_condition(programme, stage.when, upstream, (*here, "when"), findings)


def _check_outcomes(kind: StageKind, outcomes: Iterable[str], path: Path, findings: Findings) -> None:
    for outcome in outcomes:
        if outcome not in kind.outcomes:
            findings.add(
                (*path, outcome),
                f"{kind.name} never reports the outcome {outcome}.",
                f"It reports {', '.join(kind.outcomes)}.",
            )


def _check_second_chances(programme: Programme, stage: Stage, kind: StageKind, findings: Findings) -> None:
    here: Path = ("stages", stage.name)
    back = stage.returns_to
    if back:
        _check_outcomes(kind, sorted(back.on), (*here, "returns_to"), findings)
        if back.stage not in programme.upstream(stage.name):
            findings.add(
                (*here, "returns_to", "stage"),
                f"{stage.name} cannot return to {back.stage}, which does not come before it.",
                f"It may return to {', '.join(sorted(programme.upstream(stage.name))) or 'none'}.",
            )
        for outcome in sorted(back.on - set(stage.ends)):
            if not any(stage.name in _asked(each.when) for each in programme.stages.values()):
                findings.add(
                    (*here, "returns_to"),
                    f"Nothing says what {outcome} means when no return is left.",
                    f"Write `ends: {{{outcome}: refused}}`, or ask {stage.name}.outcome in a later `when`.",
                )
    if stage.repeat:
        _check_outcomes(kind, sorted(stage.repeat.on), (*here, "repeat"), findings)
        for outcome in sorted(stage.repeat.on & (back.on if back else frozenset())):
            findings.add(
                (*here, "repeat"),
                f"{outcome} both repeats the stage and returns to {back and back.stage}.",
                "Let it do one of the two.",
            )
    if stage.spawns:
        _check_outcomes(kind, sorted(stage.spawns.on), (*here, "spawns"), findings)
        if kind.facts.get(stage.spawns.subjects) is not list or stage.spawns.subjects in kind.words:
            findings.add(
                (*here, "spawns", "subjects"),
                f"{kind.name} reports no list called {stage.spawns.subjects}.",
                "Name a fact that lists identifiers.",
            )


def _asked(condition: str | None) -> set[str]:
    try:
        return {thing for thing, _ in compile_expression(condition).asks} if condition else set()
    except DomainError:
        return set()


def _check_condition(programme: Programme, text: str, known: Iterable[str], path: Path, findings: Findings) -> None:
    try:
        condition = compile_expression(text)
    except DomainError as unreadable:
        findings.add(path, unreadable.message("en"), "Compare it with the examples in docs/programmes.md.")
        return
    facts = {name: _facts_of(programme.stages[name]) for name in known}
    if any(not facts.get(thing, {"": None}) for thing, _ in condition.asks):
        return  # a stage of an unknown kind: already told, and nobody knows its facts
    if not _names_are_known(condition, facts, path, findings):
        return
    if not _words_are_offered(condition, programme, path, findings):
        return
    for samples in _sample_reports(condition, programme):
        try:
            condition.holds(partial(_reported, samples))
        except DomainError as failed:
            findings.add(
                path,
                failed.message("en"),
                "A fact may be missing: guard it, as in `has(decision.amount) && decision.amount > 0`.",
            )
            return


def _facts_of(stage: Stage) -> dict[str, Fact]:
    kind = CATALOGUE.get(stage.does)
    if kind is None:
        return {}
    return {"outcome": (*kind.outcomes, SKIPPED_OUTCOME), "attempt": int, **kind.facts}


def _names_are_known(
    condition: Expression, facts: Mapping[str, Mapping[str, Fact]], path: Path, findings: Findings
) -> bool:
    before = len(findings.found)
    for thing, fact in condition.asks:
        if thing not in facts:
            findings.add(path, f"`{thing}` is not known here.", f"Known here: {', '.join(facts) or 'nothing'}.")
        elif facts[thing] and fact not in facts[thing]:
            findings.add(path, f"{thing} has no fact called {fact}.", f"It has {', '.join(facts[thing])}.")
    for (thing, fact), literal in condition.compares:
        words = facts.get(thing, {}).get(fact)
        if isinstance(words, tuple) and literal not in words:
            findings.add(path, f"{thing}.{fact} is never '{literal}'.", f"It is one of {', '.join(words)}.")
    return len(findings.found) == before


def _words_are_offered(condition: Expression, programme: Programme, path: Path, findings: Findings) -> bool:
    before = len(findings.found)
    for (thing, fact), literal in condition.compares:
        stage = programme.stages[thing]
        offered = kinds.kind(stage.does).offered(fact, stage.settings)
        if offered and literal not in offered:
            remedy = f"It offers {', '.join(offered)}; add the word to its settings, or ask for one of these."
            findings.add(path, f"The stage {thing} does not offer '{literal}' among its {fact}.", remedy)
    return len(findings.found) == before


def _sample_reports(condition: Expression, programme: Programme) -> Iterable[dict[tuple[str, str], Any]]:
    """Plausible reports, with and without the facts that need not be there."""
    full: dict[tuple[str, str], Any] = {}
    bare: dict[tuple[str, str], Any] = {}
    for thing, fact in condition.asks:
        if (expected := _facts_of(programme.stages[thing]).get(fact)) is None:
            continue
        full[thing, fact] = _sample(expected)
        if expected is list:
            bare[thing, fact] = []  # as the engine reads it
        if fact in ("outcome", "attempt"):
            bare[thing, fact] = full[thing, fact]
    yield full
    yield bare
    yield bare | {ask: SKIPPED_OUTCOME for ask in bare if ask[1] == "outcome"}
    for ask in bare:
        if ask[1] == "outcome":
            for outcome in kinds.kind(programme.stages[ask[0]].does).outcomes:
                yield bare | {ask: outcome}


def _reported(reports: Mapping[tuple[str, str], Any], stage: str, fact: str) -> Any:
    return reports.get((stage, fact), MISSING)


def _sample(expected: Fact) -> Any:
    if isinstance(expected, tuple):
        return expected[0]
    samples: dict[type, Any] = {int: 1, str: "text", bool: True, date: "2023-01-02", list: ["DTKS"]}
    return samples[expected]


def _check_clauses(programme: Programme, findings: Findings) -> None:
    thing = "person" if programme.subject.kind is SubjectKind.PERSON else "member"
    seen: set[str] = set()
    for at, clause in enumerate(programme.eligibility):
        path: Path = ("eligibility", at, "when")
        if clause.id in seen or clause.id in ("region", "group-size"):
            findings.add(
                ("eligibility", at, "id"),
                f"The clause {clause.id} stands here twice, or is Kail's own.",
                "Give it another name.",
            )
        seen.add(clause.id)
        try:
            condition = compile_expression(clause.when)
        except DomainError as unreadable:
            findings.add(path, unreadable.message("en"), "Compare it with the examples in docs/programmes.md.")
            continue
        if not _names_are_known(condition, {thing: PERSON_FACTS}, path, findings):
            continue
        try:
            condition.holds(lambda _, fact: _sample(PERSON_FACTS[fact]))
        except DomainError as failed:
            findings.add(path, failed.message("en"), f"Compare like with like; registries are {', '.join(REGISTRIES)}.")


def _check_ways(programme: Programme, findings: Findings) -> None:
    known = programme.stages
    _check_condition(programme, programme.graduates, known, ("graduates",), findings)
    for stage in programme.stages.values():
        if stage.when is not None and not _can_hold(programme, compile_expression(stage.when)):
            findings.add(
                ("stages", stage.name, "when"),
                f"The stage {stage.name} can never be reached: `{stage.when}` never holds.",
                "An outcome that ends the journey lets nothing follow it.",
            )


def _can_hold(programme: Programme, condition: Expression) -> bool:
    """Whether some outcomes that let the journey go on make the condition true; unknown facts count as yes."""
    if any(fact != "outcome" for _, fact in condition.asks):
        return True
    choices = []
    for thing, _ in condition.asks:
        stage = programme.stages[thing]
        going_on = [each for each in kinds.kind(stage.does).outcomes if each not in stage.ends]
        may_be_skipped = stage.when or stage.basis is Basis.CONSENT
        choices.append([*going_on, SKIPPED_OUTCOME] if may_be_skipped else going_on)
    ways = 1
    for choice in choices:
        ways *= len(choice)
    if ways > MOST_WAYS:
        return True
    for way in product(*choices):
        if condition.holds(partial(_reported, dict(zip(condition.asks, way, strict=True)))):
            return True
    return False


def _check_examples(programme: Programme, findings: Findings) -> None:
    if not programme.examples:
        findings.add(
            ("examples",),
            "The programme has no worked example.",
            "Add at least one that qualifies and one that does not.",
        )
    for at, example in enumerate(programme.examples):
        for complaint in examples.complaints(programme, example):
            findings.add(
                ("examples", at),
                f"The example “{example.title.en}” does not hold: {complaint}.",
                "Mend the example or the programme.",
            )
