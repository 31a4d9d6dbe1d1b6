"""Whether an officer holds a permission: the table of `identity.permissions`, asked with what her office is for."""

from flask import g, has_request_context

from shared.identity import offices
from shared.identity.areas import meet
from shared.identity.officer import Officer
from shared.identity.permissions import (
    NEVER_BY_ACTING,
    NEVER_BY_KEY,
    Kind,
    Permission,
    Right,
    Workplace,
    rights_of,
    roles_of,
)
from shared.identity.rules import RoleMissing
from shared.kernel.errors import Forbidden
from shared.programmes import library


class NotItsWork(Forbidden):
    """Your office does not have this work ({permission})."""

    indonesian = "Urusan ini bukan tugas kantor Anda ({permission})."


class NotByActing(Forbidden):
    """Whoever acts for a post does not get this with it."""

    indonesian = "Wewenang ini tidak ikut diperoleh pelaksana tugas atau pelaksana harian."


class NotWithThisKey(Forbidden):
    """The key with which this program signed in does not allow this ({permission})."""

    indonesian = "Kunci yang dipakai program ini tidak mengizinkan urusan ini ({permission})."


def workplace(officer: Officer) -> Workplace:
    """What her office is there for: whether it registers, and what the programmes of her areas give to her agency.

    A page asks dozens of times, and looks into the folders of offices and programmes once.
    """
    if not has_request_context():
        return _workplace(officer)
    known: dict[tuple[str, tuple[str, ...]], Workplace] = g.setdefault("workplaces", {})
    key = officer.office, officer.areas
    if key not in known:
        known[key] = _workplace(officer)
    return known[key]


def _workplace(officer: Officer) -> Workplace:
    here = [each for each in library.published().values() if meet(officer.areas, each.region)]
    stages = [stage for programme in here for stage in programme.stages.values()]
    return Workplace(
        officer.agency,
        registers=offices.registers(officer.office),
        leads=any(each.lead == officer.agency for each in here),
        does=frozenset(stage.does for stage in stages if stage.agency == officer.agency),
        around=frozenset(stage.does for stage in stages),
    )


def rights(officer: Officer, permission: Permission) -> tuple[Right, ...]:
    """By which rights she holds a permission; by none, she does not."""
    if _is_kept_from(officer, permission):
        return ()
    roles = officer.own_roles if permission in NEVER_BY_ACTING else officer.roles
    return rights_of(permission, roles, workplace(officer))


def holds(officer: Officer, *permissions: Permission) -> bool:
    """Whether she holds one of these permissions."""
    return any(rights(officer, each) for each in permissions)


def require(
    officer: Officer,
    permission: Permission,
    *,
    agency: str | None = None,
    office: str | None = None,
    area: str | None = None,
) -> tuple[Right, ...]:
    """The rights by which she holds a permission, held to agency, office and area where given.

    Raises NotWithThisKey, RoleMissing or NotItsWork; OtherOffice or OutsideArea.
    """
    if found := rights(officer, permission):
        officer.require(agency=agency, office=office, area=area)
        return found
    if _is_kept_from(officer, permission):
        raise NotWithThisKey(permission=permission.value)
    possible = roles_of(permission)
    if permission in NEVER_BY_ACTING and not officer.own_roles & possible and officer.roles & possible:
        raise NotByActing
    if officer.roles.isdisjoint(possible):
        raise RoleMissing(needed=" / ".join(sorted(role.value for role in possible)))
    raise NotItsWork(permission=permission.value)


def for_keys(officer: Officer) -> tuple[Permission, ...]:
    """The permissions that a key of hers may have: those that she holds, but for what no key may do."""
    return tuple(each for each in Permission if each not in NEVER_BY_KEY and holds(officer, each))


def _is_kept_from(officer: Officer, permission: Permission) -> bool:
    """Whether it is a program that asks, whose key does not allow this."""
    return officer.scopes is not None and (permission not in officer.scopes or permission in NEVER_BY_KEY)


def works_at(officer: Officer, *kinds: Kind) -> bool:
    """Whether her office is of one of these kinds."""
    here = workplace(officer)
    return any(here.is_a(kind) for kind in kinds)
