"""Intake as the bus knows it: wiring only."""

from services.intake.accounts import models as accounts  # noqa: F401 (nothing is heard, and its table stands here)
from services.intake.accounts.log import ACCOUNTS
from services.intake.assessments.work import AssessmentWork
from services.intake.audits import models as audits  # noqa: F401 (nothing is heard, and its table stands here)
from services.intake.breaches import models as breaches  # noqa: F401 (nothing is heard, and its tables stand here)
from services.intake.calendars.jobs import recount_dates
from services.intake.changes.jobs import tell_merges
from services.intake.corrections import models as corrections  # noqa: F401 (nothing is heard, and its table stands here)
from services.intake.disclosures import models as disclosures  # noqa: F401 (nothing is heard, and its table stands here)
from services.intake.eligibility.work import VerificationWork
from services.intake.groups.work import GroupFormation
from services.intake.journeys import handlers as journeys
from services.intake.journeys.deciding import DecisionWork
from services.intake.journeys.jobs import owe_decisions
from services.intake.offices import models as offices  # noqa: F401 (nothing is heard, and its table stands here)
from services.intake.proposals import models as proposals  # noqa: F401 (nothing is heard, and its table stands here)
from services.intake.protection.work import OfferedTalk
from services.intake.recruitment.work import RecruitmentWork
from services.intake.registry.jobs import resume_imports, run_import
from services.intake.sessions.jobs import forget_sessions
from services.intake.signin import models as signin  # noqa: F401 (nothing is heard, and its table stands here)
from services.intake.signin.jobs import forget_failures
from services.intake.trials.jobs import resume_trials, try_programme
from services.intake.welcome import models as welcome  # noqa: F401 (nothing is heard, and its table stands here)
from shared.anchors import handlers as anchors
from shared.anchors.jobs import anchor_log, anchor_looks
from shared.bus import Participant, Subscriber
from shared.events import grants, intake, monitoring
from shared.machine.bells import renew_keys
from shared.outages.jobs import note_rings
from shared.persons import handlers as persons
from shared.referrals import handlers as worklist
from shared.referrals import jobs
from shared.succession import handlers as succession
from shared.web.bells import forget_answers

WORKS = (DecisionWork(), GroupFormation(), VerificationWork(), AssessmentWork(), RecruitmentWork(), OfferedTalk())

INTAKE = Subscriber(
    name="intake",
    hears={**worklist.subscriber_hears(WORKS), **succession.HEARS, **journeys.HEARS, **persons.HEARS, **anchors.HEARS},
    declines={
        **journeys.DECLINES,
        grants.FundOpened: "Money is grants' affair.",
        grants.FundMoved: "Money is grants' affair.",
        grants.FundHandedOver: "Money is grants' affair.",
        grants.GoodsHandedOver: "The stage's own completion says it.",
        grants.CommitmentFreed: "Money is grants' affair.",
        intake.GroupFrozen: "Said by ourselves when it was done.",
        intake.GroupSplit: "Said by ourselves when it was done.",
        grants.GoodsDivided: "The goods are grants' affair.",
        intake.GroupMended: "Said by ourselves when it was done.",
        **dict.fromkeys((intake.OverrideAsked, intake.OverrideDecided), "Said by ourselves when it was done."),
        monitoring.VisitRecorded: "The stage's own completion says how the business does.",
        **dict.fromkeys(monitoring.STEERED, "The coordinator asks offices; nothing about the journey changes."),
        monitoring.GraduationSigned: "The stage's own completion says it, once all have signed.",
    },
)

PARTICIPANT = Participant(
    name="intake",
    subscribers=(INTAKE,),
    bells=(
        *jobs.bells("intake", WORKS),
        forget_answers("intake"),
        renew_keys("intake"),
        note_rings("intake"),
        anchor_looks("intake"),
        anchor_log("intake", ACCOUNTS),
        resume_imports,
        resume_trials,
        owe_decisions,
        tell_merges,
        recount_dates,
        forget_sessions,
        forget_failures,
    ),
    jobs=(run_import, try_programme),
)
