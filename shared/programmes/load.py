"""Reads a programme's file: YAML with its line numbers, then its shape, then its meaning.

Every stage of reading tells all that it finds at once; the next one is only entered when the one before found nothing.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path as File
from typing import Any

from marshmallow import ValidationError

from shared.kernel import yaml
from shared.kernel.calendar import Within, parse_within
from shared.kernel.errors import DomainError
from shared.programmes import check as meaning
from shared.programmes.definition import (
    DECIDES_WITHIN,
    Basis,
    Clause,
    Compatibility,
    Ends,
    Example,
    Figure,
    Policy,
    Programme,
    Repeat,
    Return,
    Source,
    SourceKind,
    Spawn,
    Stage,
    Subject,
    SubjectKind,
    Text,
    usual_basis,
)
from shared.programmes.findings import Finding, Findings, Path, ProgrammeInvalid
from shared.programmes.shape import ProgrammeShape

REMEDY = "Mend it as docs/programmes.md shows."
LIMIT = "Write for example `7 working days`, `10 days` or `3 months`."


def load(path: File) -> Programme:
    """The programme that a file defines; raises ProgrammeInvalid with everything that is wrong in it."""
    return read(text_of(path), path.name)


def text_of(path: File) -> str:
    """What a file says; raises ProgrammeInvalid where it is no text."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as unreadable:
        raise ProgrammeInvalid(
            path.name, [Finding(1, "This is not text (UTF-8).", "Save it as UTF-8.")]
        ) from unreadable


def check(path: File) -> list[Finding]:
    """What is wrong in a file; nothing when it can be published."""
    try:
        load(path)
    except ProgrammeInvalid as invalid:
        return list(invalid.found)
    return []


MOST_KNOWN = 64
"""Texts whose programme a process remembers: reading one takes a tenth of a second, and it never changes."""


@lru_cache(MOST_KNOWN)
def read_again(text: str, name: str = "the text") -> Programme:
    """The programme of a text that was found sound when it was taken in; whether it makes sense is not asked anew."""
    return _shaped(text, name)[0]


@lru_cache(MOST_KNOWN)
def read(text: str, name: str = "the text") -> Programme:
    """The programme that a text defines; raises ProgrammeInvalid.

    Its conditions and examples are asked here and now: what a stranger wrote is read by `apart` instead.
    """
    programme, findings = _shaped(text, name)
    meaning.check(programme, findings)
    _refuse(findings, name)
    return programme


def _shaped(text: str, name: str) -> tuple[Programme, Findings]:
    tree = _tree_of(text, name)
    findings = Findings(tree)
    if not isinstance(tree, dict):
        raise ProgrammeInvalid(name, [Finding(1, "This is not a programme.", REMEDY)])
    shaped: dict[str, Any] = {}
    try:
        shaped = ProgrammeShape().load(_plain(tree))
    except ValidationError as wrong:
        for path, complaint in _complaints(wrong.messages, ()):
            findings.add(path, f"{_spoken(path)} {complaint}.", REMEDY)
    _refuse(findings, name)
    _read_limits(shaped, findings)
    _sort_stages(shaped, findings)
    _refuse(findings, name)
    return _built(shaped, text), findings


def _refuse(findings: Findings, name: str) -> None:
    if findings.found:
        raise ProgrammeInvalid(name, findings.all)


def _tree_of(text: str, name: str) -> Any:
    try:
        return yaml.read(text)
    except yaml.YamlRefused as refused:
        raise ProgrammeInvalid(name, [Finding(refused.line, refused.what, refused.remedy)]) from refused


def _plain(node: Any) -> Any:
    """The tree without YAML's own kinds of number and text, which JSON and CEL would not know."""
    if isinstance(node, Mapping):
        return {_plain(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(each) for each in node]
    for kind in (bool, int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return node


def _complaints(messages: Any, path: Path) -> Iterable[tuple[Path, str]]:
    if isinstance(messages, Mapping):
        for step, inner in messages.items():
            # marshmallow splits what it says of a mapping's entry into `key` and `value`
            aside = step == "_schema" or (isinstance(inner, dict | list) and _is_entry(messages, step))
            yield from _complaints(inner, path if aside else (*path, step))
    else:
        for message in messages:
            yield path, str(message).rstrip(".")


def _is_entry(messages: Mapping[Any, Any], step: Any) -> bool:
    return (
        step in ("key", "value")
        and set(messages) <= {"key", "value"}
        and not (step == "value" and isinstance(messages[step], list))
    )


def _spoken(path: Path) -> str:
    if not path:
        return "The file"
    said = str(path[0])
    for step in path[1:]:
        said += f" number {step + 1}" if isinstance(step, int) else f".{step}"
    return f"`{said}`"


def _read_limits(shaped: dict[str, Any], findings: Findings) -> None:
    levels = shaped["service_levels"]
    general = levels["grace"]
    try:
        levels["decision"] = parse_within(levels["decision"]) if levels["decision"] else DECIDES_WITHIN
    except DomainError as unreadable:
        said = unreadable.message("en").split(":")[0]
        findings.add(("service_levels", "decision"), f"Of the leading office's decision, {said}.", LIMIT)
    for name, stage in shaped["stages"].items():
        stage["grace"] = stage["grace"] or general
        for key, meant in (("within", "by when it is due"), ("grace", "how long after that it may stay unanswered")):
            path: Path = ("stages", name, key)
            if not stage[key]:
                place = "here or under `service_levels`" if key == "grace" else "here"
                remedy = f"Write `{key}: 7 working days` {place}."
                findings.add(path, f"The stage {name} has no limit: nothing says {meant}.", remedy)
                continue
            try:
                stage[key] = parse_within(stage[key])
            except DomainError as unreadable:
                findings.add(
                    path,
                    f"In the stage {name}, {unreadable.message('en').split(':')[0]}.",
                    LIMIT,
                )


def _sort_stages(shaped: dict[str, Any], findings: Findings) -> None:
    stages = shaped["stages"]
    if not stages:
        findings.add(("stages",), "The programme has no stage.", "Name at least one under `stages`.")
    for name, stage in stages.items():
        for position, need in enumerate(stage["needs"]):
            if need not in stages:
                findings.add(
                    ("stages", name, "needs", position),
                    f"The stage {name} needs {need}, which is not a stage of this programme.",
                    f"The stages are {', '.join(stages)}.",
                )
    if findings.found:
        return
    try:
        # static_order() alone would shuffle stages side by side; the file's order is the one people read
        rank = {name: position for position, name in enumerate(stages)}
        sorter = TopologicalSorter({name: stage["needs"] for name, stage in stages.items()})
        sorter.prepare()
        order: list[str] = []
        ready: list[str] = []
        while sorter.is_active():
            ready = sorted([*ready, *sorter.get_ready()], key=rank.__getitem__)
            order.append(ready.pop(0))
            sorter.done(order[-1])
        shaped["stages"] = {name: stages[name] for name in order}
    except CycleError as cycle:
        circle = list(reversed(cycle.args[1]))
        findings.add(
            ("stages", circle[0], "needs"),
            f"These stages wait for each other: {' → '.join(circle)}.",
            "Take one of the needs away.",
        )


def _text(given: dict[str, str] | None) -> Text | None:
    return Text(**given) if given else None


def _built(shaped: dict[str, Any], text: str) -> Programme:
    size = shaped["subject"]["size"] or {"min": 1, "max": 1}
    return Programme(
        id=shaped["id"],
        version=shaped["version"],
        title=Text(**shaped["title"]),
        budget_year=shaped["budget_year"],
        reference_date=shaped["reference_date"],
        region=tuple(shaped["region"]),
        lead=shaped["lead"],
        offices=shaped["offices"],
        subject=Subject(SubjectKind(shaped["subject"]["kind"]), size["min"], size["max"]),
        sources=tuple(Source(SourceKind(each["kind"]), each["title"], each["file"]) for each in shaped["sources"]),
        figures={
            name: Figure(name, each["value"], each["unit"], SourceKind(each["source"]), _text(each["note"]))
            for name, each in shaped["figures"].items()
        },
        eligibility=tuple(
            Clause(each["id"], each["when"], Text(**each["text"]), SourceKind(each["source"]))
            for each in shaped["eligibility"]
        ),
        compatibility=tuple(
            Compatibility(each["other"], Policy(each["policy"]), each["per"], SourceKind(each["source"]))
            for each in shaped["compatibility"]
        ),
        stages={name: _stage(name, each) for name, each in shaped["stages"].items()},
        graduates=shaped["graduates"],
        examples=tuple(Example(Text(**each["title"]), each["given"], each["expect"]) for each in shaped["examples"]),
        decides_within=shaped["service_levels"]["decision"],
        text=text,
    )


def _stage(name: str, said: dict[str, Any]) -> Stage:
    back, again, spawns = said["returns_to"], said["repeat"], said["spawns"]
    within: Within = said["within"]
    return Stage(
        name=name,
        title=Text(**said["title"]),
        agency=said["agency"],
        does=said["does"],
        within=within,
        grace=said["grace"],
        office=said["office"],
        needs=tuple(said["needs"]),
        when=said["when"],
        settings=said["settings"],
        shares=tuple(said["shares"]),
        basis=Basis(said["basis"]) if said["basis"] else usual_basis(said["agency"]),
        ends={outcome: Ends(how) for outcome, how in said["ends"].items()},
        returns_to=Return(frozenset(back["on"]), back["stage"], back["most"]) if back else None,
        repeat=Repeat(frozenset(again["on"]), again["most"]) if again else None,
        spawns=Spawn(frozenset(spawns["on"]), spawns["programme"], spawns["subjects"]) if spawns else None,
    )
