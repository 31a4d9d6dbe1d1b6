"""Whether an officer holds a permission: the table of `identity.permissions`, asked with what her office is for."""

from collections.abc import Mapping

from shared.identity import offices
from shared.identity.areas import meet
from shared.identity.officer import Officer
from shared.identity.permissions import Kind, Permission, Right, Workplace, rights_of, roles_of
from shared.identity.rules import RoleMissing
from shared.kernel.errors import Forbidden
from shared.programmes import library
from shared.programmes.definition import Programme


class NotItsWork(Forbidden):
    """Your office does not have this work ({permission})."""

    indonesian = "Urusan ini bukan tugas kantor Anda ({permission})."


class NotWithThisKey(Forbidden):
    """The key with which this program signed in does not allow this ({permission})."""

    indonesian = "Kunci yang dipakai program ini tidak mengizinkan urusan ini ({permission})."


def workplace(officer: Officer) -> Workplace:
    """What her office is there for: whether it registers, and what the programmes of her areas give to her agency."""
    home = offices.all_offices().get(officer.office)
    leads, does = _in_programmes(officer)
    return Workplace(
        officer.agency,
        registers=home is not None and home.registers,
        leads=leads,
        does=does,
    )


def rights(officer: Officer, permission: Permission) -> tuple[Right, ...]:
    """By which rights she holds a permission; by none, she does not."""
    if officer.scopes is not None and permission not in officer.scopes:
        return ()
    return rights_of(permission, officer.roles, workplace(officer))


def holds(officer: Officer, *permissions: Permission) -> bool:
    """Whether she holds one of these permissions."""
    return any(rights(officer, each) for each in permissions)


def require(officer: Officer, permission: Permission) -> tuple[Right, ...]:
    """The rights by which she holds a permission; raises NotWithThisKey, RoleMissing or NotItsWork."""
    if found := rights(officer, permission):
        return found
    if officer.scopes is not None and permission not in officer.scopes:
        raise NotWithThisKey(permission=permission.value)
    possible = roles_of(permission)
    if officer.roles.isdisjoint(possible):
        raise RoleMissing(needed=" / ".join(sorted(role.value for role in possible)))
    raise NotItsWork(permission=permission.value)


def works_at(officer: Officer, *kinds: Kind) -> bool:
    """Whether her office is of one of these kinds."""
    here = workplace(officer)
    return any(here.is_a(kind) for kind in kinds)


def kinds_around(officer: Officer) -> frozenset[str]:
    """The kinds of stages that the programmes of her areas have, whichever agency does them."""
    found = (each for each in library.published().values() if meet(officer.areas, each.region))
    return frozenset(stage.does for programme in found for stage in programme.stages.values())


def _in_programmes(officer: Officer) -> "InProgrammes":
    """Whether a programme of her areas is led by her agency, and the kinds of stages that such programmes give to it.

    It is asked several times for a page, so the answer is kept until a programme is published.
    """
    global _answers
    published = library.published()
    if _answers[0] is not published:
        _answers = published, {}
    key = officer.agency, officer.areas
    if key not in _answers[1]:
        here = [each for each in published.values() if meet(officer.areas, each.region)]
        stages = (stage for programme in here for stage in programme.stages.values())
        _answers[1][key] = (
            any(each.lead == officer.agency for each in here),
            frozenset(stage.does for stage in stages if stage.agency == officer.agency),
        )
    return _answers[1][key]


InProgrammes = tuple[bool, frozenset[str]]
_answers: tuple[Mapping[library.Key, Programme], dict[tuple[str, tuple[str, ...]], InProgrammes]] = ({}, {})
