"""The one table that says who may do what: a permission, the roles that hold it, at which kinds of agency, how far.

A route names a permission and nothing else. Whether somebody holds it follows from her roles and from what her office
is there for: who registers is said by the files of offices, who leads and who does a stage by the published
programmes. Nothing is granted by silence: a permission without a right is held by nobody, and where every agency is
meant it says so. `docs/access.md` is this table, printed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from shared.identity.rules import Role


class Permission(StrEnum):
    """A piece of work, named for it."""

    ACCOUNT_OWN = "account.own"  # her language, what she had typed, her own account
    ACCOUNTS_ACTING = "accounts.acting"  # name who acts for a post, by which letter
    ACCOUNTS_AUDIT = "accounts.audit"  # the log of all that befell officers' accounts
    ACCOUNTS_LEAVE = "accounts.leave"  # note who is on leave, and who stands in
    ACCOUNTS_MANAGE = "accounts.manage"  # invite, change, suspend, reset, close
    ACCOUNTS_READ = "accounts.read"
    ACCOUNTS_REVIEW = "accounts.review"  # confirm once a year who has which right
    API_KEYS_ISSUE = "api-keys.issue"  # a key for a system of her office, within her own rights
    API_KEYS_READ = "api-keys.read"
    API_KEYS_REVOKE = "api-keys.revoke"
    AUDITS_READ = "audits.read"
    BREACHES_READ = "breaches.read"
    BREACHES_REACH = "breaches.reach"  # see who is concerned, and note who was told
    BREACHES_RECORD = "breaches.record"
    CALENDARS_CHANGE = "calendars.change"  # add a decree to a region's calendar, or take it out
    CALENDARS_READ = "calendars.read"
    CANDIDATES_READ = "candidates.read"  # who in the registry qualifies for a programme
    OVERRIDES_DECIDE = "overrides.decide"  # the second person, where a verification departs from the registries
    CASH_BOOKS_READ = "cash-books.read"
    CASH_BOOKS_WRITE = "cash-books.write"
    CONSENTS_ASK = "consents.ask"
    COOPERATIVES_READ = "cooperatives.read"
    COOPERATIVES_RUN = "cooperatives.run"
    CORRECTIONS_DECIDE = "corrections.decide"
    CORRECTIONS_NOTE = "corrections.note"
    CORRECTIONS_READ = "corrections.read"
    COURSES_READ = "courses.read"
    COURSES_PLAN = "courses.plan"
    COURSES_RUN = "courses.run"  # enrol, note attendance
    DEATHS_READ = "deaths.read"
    DEATHS_UNDO = "deaths.undo"
    DISCLOSURES_SERVE = "disclosures.serve"
    ENTITLEMENTS_READ = "entitlements.read"
    FAIRS_READ = "fairs.read"
    FAIRS_PLAN = "fairs.plan"
    FAIRS_RUN = "fairs.run"  # give stands
    FIGURES_READ = "figures.read"  # the process map, journeys by number, dashboard, promises: nobody's name
    FUNDS_OPEN = "funds.open"  # and close
    FUNDS_READ = "funds.read"
    GOODS_DECIDE = "goods.decide"
    GOODS_READ = "goods.read"
    GOODS_RUN = "goods.run"  # order, receive, change, divide
    GRADUATIONS_SIGN = "graduations.sign"  # that somebody stands on her own feet
    GROUPS_CHANGE = "groups.change"
    GROUPS_READ = "groups.read"
    JOURNEYS_READ = "journeys.read"
    JOURNEYS_START = "journeys.start"
    JOURNEYS_COORDINATE = "journeys.coordinate"  # nudge an office, ask it why, flag, put on an agenda
    JOURNEYS_NOTE = "journeys.note"  # write and read notes on them
    JOURNEYS_BRING_IN = "journeys.bring-in"  # that began on paper
    JOURNEYS_MOVE = "journeys.move"  # to another version of their programme
    JOURNEYS_STEER = "journeys.steer"  # offer again, withdraw, end
    LOANS_DECIDE = "loans.decide"  # lend, or say no
    LOANS_READ = "loans.read"
    LOANS_RUN = "loans.run"  # note what is paid back
    MACHINE_READ = "machine.read"
    MACHINE_RUN = "machine.run"
    MEETINGS_READ = "meetings.read"
    MEETINGS_RUN = "meetings.run"
    MENTORS_ASSIGN = "mentors.assign"
    MENTORS_RUN = "mentors.run"  # terms, students and their accounts
    OFFICES_CHANGE = "offices.change"  # add, rename, close, hand over
    OFFICES_READ = "offices.read"
    PAPERS_READ = "papers.read"  # the register of processing, how long data is kept, who is told what
    PLACEMENTS_READ = "placements.read"
    PLACEMENTS_PLAN = "placements.plan"
    PLACEMENTS_RUN = "placements.run"
    PRODUCTS_READ = "products.read"
    PRODUCTS_RUN = "products.run"  # describe, note what was made and seen
    PROGRAMMES_PUBLISH = "programmes.publish"  # propose one that was tried, and decide on what somebody else proposed
    PROGRAMMES_READ = "programmes.read"
    PROGRAMMES_TRY = "programmes.try"
    PROTECTION_ASK = "protection.ask"  # write down that a woman asks for a talk
    PROTECTION_BREAK_GLASS = "protection.break-glass"  # ask to read without the role
    PROTECTION_WORK = "protection.work"
    RECRUITMENT_READ = "recruitment.read"
    REFERRALS_READ = "referrals.read"  # the lists; names only for whoever may open a referral
    REFERRALS_WORK = "referrals.work"
    REGISTRY_CHANGE = "registry.change"
    REGISTRY_IMPORT = "registry.import"
    REGISTRY_NOTE = "registry.note"  # write and read notes on persons
    REGISTRY_READ = "registry.read"
    RIGHTS_SEE = "rights.see"  # the page that leads to the rights over one's data and to what keeps the records right
    SOLD_GOODS_READ = "sold-goods.read"
    TASKS_DO = "tasks.do"
    TASKS_READ = "tasks.read"
    ZAKAT_ASSESS = "zakat.assess"
    ZAKAT_DECIDE = "zakat.decide"
    ZAKAT_READ = "zakat.read"


class Scope(StrEnum):
    """How far a right reaches; the queries of the work hold to it."""

    OWN = "own"  # what is hers alone
    REFERRAL = "referral"  # what referrals to her office share with it
    OFFICE = "office"  # what her office has done, in her areas
    AREAS = "areas"  # all that lies in her areas, as her own agency
    EVERY_AGENCY = "every-agency"  # what any agency has done in her areas; for looking, never for changing
    INSTALLATION = "installation"  # the whole deployment


@dataclass(frozen=True)
class Kind:
    """A kind of agency; `does` holds stage kinds, or beginnings of such that end in a dot or a hyphen."""

    name: str
    does: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name if not self.does else f"{self.name} {', '.join(self.does)}"


EVERY = Kind("every agency")
REGISTERING = Kind("registers")
"""Its file of offices says that it registers persons."""
LEADING = Kind("leads")
"""A published programme of her region is led by it."""
PROTECTING = Kind("protects")
"""It holds the protection compartment (DP3A and its UPTD PPA)."""
COORDINATING = Kind("coordinates")
"""It brings the agencies of its region together (Bappeda)."""


def doing(*kinds: str) -> Kind:
    """Agencies to which a published programme of her region gives a stage of one of these kinds."""
    return Kind("does", kinds)


@dataclass(frozen=True)
class Workplace:
    """What an officer's office is there for, as far as a right may depend on it.

    `does` are the kinds of stages that the programmes of her areas give to her agency, `around` all that they have.
    """

    agency: str
    registers: bool = False
    leads: bool = False
    does: frozenset[str] = frozenset()
    around: frozenset[str] = frozenset()

    def is_a(self, kind: Kind) -> bool:
        """Whether it is of this kind."""
        if kind.does:
            return any(_matches(stage, wanted) for stage in self.does for wanted in kind.does)
        return {
            EVERY.name: True,
            REGISTERING.name: self.registers,
            LEADING.name: self.leads,
            PROTECTING.name: self.agency == "dp3a",
            COORDINATING.name: self.agency == "bappeda",
        }[kind.name]


@dataclass(frozen=True)
class Right:
    """Officers with one of these roles, at agencies of one of these kinds, as far as the scope reaches."""

    roles: frozenset[Role]
    at: tuple[Kind, ...]
    scope: Scope

    def is_for(self, roles: Iterable[Role], workplace: Workplace) -> bool:
        """Whether somebody with these roles who works there has it."""
        return not self.roles.isdisjoint(roles) and any(workplace.is_a(kind) for kind in self.at)


def _matches(stage: str, wanted: str) -> bool:
    return stage.startswith(wanted) if wanted.endswith((".", "-")) else stage == wanted


def _right(roles: Iterable[Role], *at: Kind, scope: Scope) -> Right:
    return Right(frozenset(roles), at, scope)


OFFICER, APPROVER, HEAD = frozenset({Role.OFFICER}), frozenset({Role.APPROVER}), frozenset({Role.HEAD})
WORKERS = OFFICER | APPROVER | HEAD
"""Who works through referrals."""
OVERSIGHT = frozenset({Role.COORDINATOR, Role.AUDITOR})
"""Who looks at what every agency does in her areas, and changes nothing of theirs."""
ADMINISTRATION = frozenset({Role.ADMINISTRATOR})
EVERYBODY = frozenset(Role)
STAFF = EVERYBODY - {Role.MENTOR}
"""Everybody who works for an office for good: a student mentor has her cash books and nothing else."""

LOOKING_ON = _right(OVERSIGHT, EVERY, scope=Scope.EVERY_AGENCY)
REGISTRARS = _right(OFFICER | HEAD, REGISTERING, scope=Scope.AREAS)
REGISTERED_BY = _right(OFFICER, REGISTERING, scope=Scope.AREAS)
LEADERS = _right(OFFICER | HEAD, LEADING, scope=Scope.AREAS)
MONEY = doing("grants.")
GOODS = doing("grants.goods-")
COOPERATIVE, ZAKAT = doing("grants.cooperative"), doing("grants.zakat")
FORMING = doing("intake.group-formation", "intake.recruitment")
COURSE, MENTORING, MARKET = doing("training.course"), doing("training.mentoring"), doing("training.market")
PLACEMENT, PRODUCTS = doing("training.placement"), doing("training.products")

RIGHTS: dict[Permission, tuple[Right, ...]] = {
    Permission.ACCOUNT_OWN: (_right(EVERYBODY, EVERY, scope=Scope.OWN),),
    # ---- the registry and the rights over it: whoever registers, and nobody else
    Permission.REGISTRY_READ: (REGISTRARS,),
    Permission.REGISTRY_CHANGE: (REGISTERED_BY,),
    Permission.REGISTRY_NOTE: (REGISTRARS,),
    Permission.REGISTRY_IMPORT: (_right(OFFICER, REGISTERING, scope=Scope.OFFICE),),
    Permission.DEATHS_READ: (_right(WORKERS, REGISTERING, scope=Scope.AREAS),),
    Permission.DEATHS_UNDO: (_right(APPROVER | HEAD, REGISTERING, scope=Scope.AREAS),),
    Permission.DISCLOSURES_SERVE: (REGISTRARS,),
    Permission.CORRECTIONS_READ: (_right(WORKERS, REGISTERING, scope=Scope.AREAS),),
    Permission.CORRECTIONS_NOTE: (REGISTERED_BY,),
    Permission.CORRECTIONS_DECIDE: (_right(APPROVER | HEAD, REGISTERING, scope=Scope.AREAS),),
    Permission.BREACHES_READ: (
        REGISTRARS,
        _right(ADMINISTRATION, EVERY, scope=Scope.AREAS),
        LOOKING_ON,
    ),
    Permission.BREACHES_RECORD: (_right(ADMINISTRATION | {Role.COORDINATOR}, EVERY, scope=Scope.OFFICE),),
    Permission.BREACHES_REACH: (REGISTRARS,),
    Permission.RIGHTS_SEE: (
        _right(WORKERS, REGISTERING, scope=Scope.AREAS),
        _right(ADMINISTRATION, EVERY, scope=Scope.AREAS),
        LOOKING_ON,
    ),
    # ---- groups and journeys: whoever registers, leads or forms groups
    Permission.GROUPS_READ: (_right(OFFICER | HEAD, REGISTERING, LEADING, FORMING, scope=Scope.AREAS),),
    Permission.GROUPS_CHANGE: (_right(OFFICER, REGISTERING, LEADING, FORMING, scope=Scope.AREAS),),
    Permission.CANDIDATES_READ: (_right(OFFICER | HEAD, REGISTERING, LEADING, scope=Scope.AREAS),),
    Permission.OVERRIDES_DECIDE: (_right(WORKERS, REGISTERING, LEADING, scope=Scope.AREAS),),
    Permission.JOURNEYS_READ: (_right(OFFICER | HEAD, REGISTERING, LEADING, scope=Scope.AREAS), LOOKING_ON),
    Permission.JOURNEYS_NOTE: (_right(OFFICER | HEAD, REGISTERING, LEADING, scope=Scope.AREAS),),
    Permission.JOURNEYS_START: (_right(OFFICER, LEADING, scope=Scope.AREAS),),
    Permission.JOURNEYS_STEER: (LEADERS,),
    Permission.JOURNEYS_MOVE: (_right(HEAD, LEADING, scope=Scope.AREAS),),
    Permission.JOURNEYS_BRING_IN: (_right(HEAD, LEADING, scope=Scope.AREAS),),
    Permission.CONSENTS_ASK: (_right(OFFICER | HEAD, REGISTERING, LEADING, scope=Scope.AREAS),),
    Permission.RECRUITMENT_READ: (
        _right(OFFICER | HEAD, LEADING, doing("intake.recruitment"), scope=Scope.AREAS),
        LOOKING_ON,
    ),
    Permission.PROGRAMMES_READ: (
        _right(STAFF - OVERSIGHT, EVERY, scope=Scope.INSTALLATION),
        _right(OVERSIGHT, EVERY, scope=Scope.EVERY_AGENCY),
    ),
    Permission.PROGRAMMES_PUBLISH: (
        _right(HEAD, REGISTERING, LEADING, scope=Scope.AREAS),
        _right(ADMINISTRATION | {Role.COORDINATOR}, EVERY, scope=Scope.AREAS),
    ),
    Permission.PROGRAMMES_TRY: (
        _right(HEAD, REGISTERING, LEADING, scope=Scope.AREAS),
        _right(ADMINISTRATION, EVERY, scope=Scope.AREAS),
        _right({Role.COORDINATOR}, EVERY, scope=Scope.EVERY_AGENCY),
    ),
    # ---- the compartment
    Permission.PROTECTION_ASK: (_right(WORKERS | {Role.COUNSELLOR}, PROTECTING, scope=Scope.OFFICE),),
    Permission.PROTECTION_WORK: (_right({Role.COUNSELLOR}, PROTECTING, scope=Scope.OFFICE),),
    Permission.PROTECTION_BREAK_GLASS: (_right(HEAD, PROTECTING, scope=Scope.OFFICE),),
    # ---- every agency's worklist: what a referral shares, and not a word more
    Permission.REFERRALS_READ: (_right(WORKERS, EVERY, scope=Scope.REFERRAL), LOOKING_ON),
    Permission.REFERRALS_WORK: (_right(WORKERS, EVERY, scope=Scope.REFERRAL),),
    # ---- money and goods
    Permission.FUNDS_READ: (_right(WORKERS, MONEY, scope=Scope.OFFICE), LOOKING_ON),
    Permission.FUNDS_OPEN: (_right(HEAD, MONEY, scope=Scope.OFFICE),),
    Permission.ENTITLEMENTS_READ: (_right(WORKERS, MONEY, scope=Scope.OFFICE), LOOKING_ON),
    Permission.GOODS_READ: (_right(WORKERS, GOODS, scope=Scope.OFFICE), LOOKING_ON),
    Permission.GOODS_RUN: (_right(OFFICER, GOODS, scope=Scope.OFFICE),),
    Permission.GOODS_DECIDE: (_right(APPROVER | HEAD, GOODS, scope=Scope.OFFICE),),
    Permission.ZAKAT_ASSESS: (_right(OFFICER, EVERY, scope=Scope.REFERRAL),),
    Permission.ZAKAT_DECIDE: (_right(APPROVER | HEAD, EVERY, scope=Scope.REFERRAL),),
    Permission.ZAKAT_READ: (_right(WORKERS, ZAKAT, scope=Scope.OFFICE), LOOKING_ON),
    Permission.COOPERATIVES_READ: (_right(WORKERS, COOPERATIVE, scope=Scope.OFFICE), LOOKING_ON),
    Permission.COOPERATIVES_RUN: (_right(OFFICER, COOPERATIVE, scope=Scope.OFFICE),),
    Permission.LOANS_READ: (_right(WORKERS, ZAKAT, COOPERATIVE, scope=Scope.OFFICE), LOOKING_ON),
    Permission.LOANS_DECIDE: (_right(APPROVER | HEAD, EVERY, scope=Scope.REFERRAL),),
    Permission.LOANS_RUN: (_right(OFFICER, ZAKAT, COOPERATIVE, scope=Scope.OFFICE),),
    # ---- training and markets
    Permission.COURSES_READ: (_right(OFFICER | HEAD, COURSE, scope=Scope.OFFICE),),
    Permission.COURSES_PLAN: (_right(OFFICER | HEAD, COURSE, scope=Scope.OFFICE),),
    Permission.COURSES_RUN: (_right(OFFICER, COURSE, scope=Scope.OFFICE),),
    Permission.MENTORS_RUN: (_right(OFFICER | HEAD, MENTORING, scope=Scope.OFFICE),),
    Permission.MENTORS_ASSIGN: (_right(OFFICER, EVERY, scope=Scope.REFERRAL),),
    Permission.CASH_BOOKS_READ: (
        _right(OFFICER | HEAD, MENTORING, scope=Scope.OFFICE),
        _right({Role.MENTOR}, MENTORING, scope=Scope.OWN),
    ),
    Permission.CASH_BOOKS_WRITE: (
        _right(OFFICER, MENTORING, scope=Scope.OFFICE),
        _right({Role.MENTOR}, MENTORING, scope=Scope.OWN),
    ),
    Permission.PRODUCTS_READ: (_right(OFFICER | HEAD, PRODUCTS, scope=Scope.OFFICE),),
    Permission.PRODUCTS_RUN: (_right(OFFICER, EVERY, scope=Scope.REFERRAL),),
    Permission.FAIRS_READ: (_right(OFFICER | HEAD, MARKET, scope=Scope.OFFICE),),
    Permission.FAIRS_PLAN: (_right(OFFICER | HEAD, MARKET, scope=Scope.OFFICE),),
    Permission.FAIRS_RUN: (_right(OFFICER, MARKET, scope=Scope.OFFICE),),
    Permission.PLACEMENTS_READ: (_right(OFFICER | HEAD, PLACEMENT, scope=Scope.OFFICE),),
    Permission.PLACEMENTS_PLAN: (_right(OFFICER | HEAD, PLACEMENT, scope=Scope.OFFICE),),
    Permission.PLACEMENTS_RUN: (_right(OFFICER, PLACEMENT, scope=Scope.OFFICE),),
    # ---- what became of everybody: numbers and no names
    Permission.FIGURES_READ: (_right(STAFF - OVERSIGHT, EVERY, scope=Scope.AREAS), LOOKING_ON),
    Permission.JOURNEYS_COORDINATE: (_right({Role.COORDINATOR}, EVERY, scope=Scope.AREAS),),
    Permission.GRADUATIONS_SIGN: (_right(HEAD, EVERY, scope=Scope.REFERRAL),),
    Permission.SOLD_GOODS_READ: (
        _right(OFFICER | HEAD, COORDINATING, doing("monitoring.visits"), scope=Scope.OFFICE),
        LOOKING_ON,
    ),
    Permission.MEETINGS_READ: (_right(STAFF - OVERSIGHT, EVERY, scope=Scope.AREAS), LOOKING_ON),
    Permission.MEETINGS_RUN: (
        _right(OFFICER | HEAD, LEADING, COORDINATING, doing("monitoring.meeting"), scope=Scope.OFFICE),
        _right({Role.COORDINATOR}, EVERY, scope=Scope.OFFICE),
    ),
    Permission.TASKS_READ: (_right(STAFF - OVERSIGHT, EVERY, scope=Scope.AREAS), LOOKING_ON),
    Permission.TASKS_DO: (_right(WORKERS | {Role.COORDINATOR}, EVERY, scope=Scope.OFFICE),),
    # ---- the deployment and its machine
    Permission.ACCOUNTS_READ: (
        _right(ADMINISTRATION | {Role.AUDITOR}, EVERY, scope=Scope.AREAS),
        _right(HEAD, EVERY, scope=Scope.OFFICE),
    ),
    Permission.ACCOUNTS_LEAVE: (
        _right(ADMINISTRATION, EVERY, scope=Scope.AREAS),
        _right(HEAD, EVERY, scope=Scope.OFFICE),
    ),
    Permission.ACCOUNTS_ACTING: (
        _right(ADMINISTRATION, EVERY, scope=Scope.AREAS),
        _right(HEAD, EVERY, scope=Scope.OFFICE),
    ),
    Permission.ACCOUNTS_MANAGE: (_right(ADMINISTRATION, EVERY, scope=Scope.AREAS),),
    Permission.ACCOUNTS_REVIEW: (
        _right(ADMINISTRATION, EVERY, scope=Scope.AREAS),
        _right(HEAD, EVERY, scope=Scope.OFFICE),
    ),
    Permission.ACCOUNTS_AUDIT: (_right(ADMINISTRATION | {Role.AUDITOR}, EVERY, scope=Scope.AREAS),),
    Permission.API_KEYS_READ: (
        _right(ADMINISTRATION | {Role.AUDITOR}, EVERY, scope=Scope.AREAS),
        _right(HEAD, EVERY, scope=Scope.OFFICE),
    ),
    Permission.API_KEYS_ISSUE: (_right(ADMINISTRATION | HEAD, EVERY, scope=Scope.OWN),),
    Permission.API_KEYS_REVOKE: (
        _right(ADMINISTRATION, EVERY, scope=Scope.AREAS),
        _right(HEAD, EVERY, scope=Scope.OFFICE),
    ),
    Permission.OFFICES_READ: (_right(ADMINISTRATION | {Role.AUDITOR}, EVERY, scope=Scope.INSTALLATION),),
    Permission.OFFICES_CHANGE: (_right(ADMINISTRATION, EVERY, scope=Scope.INSTALLATION),),
    Permission.CALENDARS_READ: (_right(ADMINISTRATION | {Role.AUDITOR}, EVERY, scope=Scope.AREAS),),
    Permission.CALENDARS_CHANGE: (_right(ADMINISTRATION, EVERY, scope=Scope.AREAS),),
    Permission.AUDITS_READ: (_right(ADMINISTRATION | {Role.AUDITOR}, EVERY, scope=Scope.INSTALLATION),),
    Permission.PAPERS_READ: (_right(ADMINISTRATION | OVERSIGHT, EVERY, scope=Scope.INSTALLATION),),
    Permission.MACHINE_READ: (_right(ADMINISTRATION | {Role.AUDITOR}, EVERY, scope=Scope.INSTALLATION),),
    Permission.MACHINE_RUN: (_right(ADMINISTRATION, EVERY, scope=Scope.INSTALLATION),),
}

NEVER_BY_ACTING = frozenset(
    {
        Permission.PROTECTION_ASK,
        Permission.PROTECTION_WORK,
        Permission.PROTECTION_BREAK_GLASS,
        Permission.ACCOUNTS_ACTING,
    }
)
"""What nobody gets by acting for a post: the compartment, and naming who acts further."""


NEVER_BY_KEY = frozenset(
    {
        # what would let a key outlive its end, or give more than it has
        Permission.ACCOUNT_OWN,
        Permission.ACCOUNTS_ACTING,
        Permission.ACCOUNTS_AUDIT,
        Permission.ACCOUNTS_LEAVE,
        Permission.ACCOUNTS_MANAGE,
        Permission.ACCOUNTS_READ,
        Permission.ACCOUNTS_REVIEW,
        Permission.API_KEYS_ISSUE,
        Permission.API_KEYS_READ,
        Permission.API_KEYS_REVOKE,
        Permission.MACHINE_RUN,
        Permission.OFFICES_CHANGE,
        # the compartment
        Permission.PROTECTION_ASK,
        Permission.PROTECTION_BREAK_GLASS,
        Permission.PROTECTION_WORK,
        # what a second person has to consent to or decide on
        Permission.CORRECTIONS_DECIDE,
        Permission.DEATHS_UNDO,
        Permission.GOODS_DECIDE,
        Permission.GRADUATIONS_SIGN,
        Permission.LOANS_DECIDE,
        Permission.PROGRAMMES_PUBLISH,
        Permission.ZAKAT_DECIDE,
    }
)
"""What no program does with a key, whoever made it: somebody signs in herself for it."""


def rights_of(permission: Permission, roles: Iterable[Role], workplace: Workplace) -> tuple[Right, ...]:
    """By which rights somebody with these roles who works there holds a permission; by none, she does not."""
    held = tuple(roles)
    return tuple(right for right in RIGHTS.get(permission, ()) if right.is_for(held, workplace))


def roles_of(permission: Permission) -> frozenset[Role]:
    """The roles that hold a permission at some kind of agency."""
    return frozenset[Role]().union(*(right.roles for right in RIGHTS.get(permission, ())))
