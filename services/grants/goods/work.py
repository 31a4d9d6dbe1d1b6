"""The four stages of a goods grant as the common worklist knows them: what is saved, when it is done, what is shown."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.grants.entitlements import queries as entitlements
from services.grants.goods import findings, queries, schemas
from services.grants.goods.commands import accounts, calling_off, decisions, hand_overs, orders, proposals
from services.grants.goods.models import Grant
from services.grants.goods.rules import Condition, ProposalOutcome, Verdict
from services.grants.groups import queries as groups
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.identity.rules import Role
from shared.referrals.models import Referral
from shared.referrals.work import Completion, StageWork
from shared.web import access

RAB_FIELDS = ("item", "quantity", "unit", "unit_price")
ORDER_FIELDS = ("number", "vendor", "ordered_on")
DEED_FIELDS = ("number", "handed_over_on", "witnesses")

Pairs = Sequence[tuple[Referral, dict[str, Any]]]


class Proposal(StageWork):
    """The itemised budget (RAB) is written and submitted."""

    kind = "grants.goods-proposal"
    work_schema = schemas.ProposalSchema
    completion_schema = schemas.ProposalDoneSchema
    template = "goods/proposal.html"
    told_as: Mapping[str, str] = {"lines": "rab"}
    not_told: Mapping[str, str] = {"outcome": "It is the outcome."}

    def opened(self, session: Session, referrals: Sequence[Referral]) -> None:
        """Open a grant for each journey."""
        proposals.open_grants(session, referrals)

    def view(self, session: Session, referral: Referral) -> dict[str, Any]:
        """The grant, and the RAB as its form shows it."""
        grant = _standing(session, referral)
        lines = [_chosen(each, RAB_FIELDS) for each in _lines(grant)]
        return {"grant": grant, "lines": lines, "aid": entitlements.shown(session, referral)["aid"]}

    def record(self, session: Session, officer: Officer, referral: Referral, work: dict[str, Any]) -> None:
        """Save the RAB."""
        proposals.record_proposals(session, officer, {referral.journey_id: work["lines"]})

    def finish(self, session: Session, officer: Officer, pairs: Pairs) -> list[Completion]:
        """Submit the proposals, or note that the applicants stepped back."""
        budgets = {
            referral.journey_id: done["lines"]
            for referral, done in pairs
            if done.get("lines") and done["outcome"] is ProposalOutcome.SUBMITTED
        }
        if budgets:
            proposals.record_proposals(session, officer, budgets)
        outcomes = {referral.journey_id: done["outcome"] for referral, done in pairs}
        grants = proposals.submit_proposals(session, officer, outcomes)
        lines = queries.lines_by_grant(session, [grant.id for grant in grants.values()])
        return [
            Completion(
                done["outcome"].value,
                {"total": grants[referral.journey_id].total, "lines": lines.get(grants[referral.journey_id].id, 0)},
            )
            for referral, done in pairs
        ]

    def found(self, session: Session, referrals: Sequence[Referral]) -> dict[UUID, dict[str, Any]]:
        """The RAB, line by line: whoever checks the file or decides sees what it is about."""
        grants = findings.grants_of(session, referrals)
        lines = findings.budgets(session, grants.values())
        return {referral: {"rab": lines[grant]} for referral, grant in grants.items() if lines[grant]}


class DecisionOnGoods(StageWork):
    """An officer prepares the SK, an approver signs it."""

    kind = "grants.goods-decision"
    roles = (Role.OFFICER, Role.APPROVER, Role.HEAD)
    signed_by = (Role.APPROVER, Role.HEAD)
    work_schema = schemas.DecisionSchema
    completion_schema = schemas.DecisionSignedSchema
    together = "goods/decided_together.html"
    saved_together = "goods/prepared_together.html"
    template = "goods/decision.html"
    not_told: Mapping[str, str] = {
        "verdict": "It is the outcome.",
        "aid_acknowledged": "It stands with the claims on aid, where every office that gives aid reads it.",
    }

    def view(self, session: Session, referral: Referral) -> dict[str, Any]:
        """The proposal, the decision as prepared, what the fund has left, and other aid that the people have."""
        grant = _standing(session, referral)
        prepared = queries.prepared_decision(session, referral.id)
        fund = queries.fund_free(session, referral.settings["fund"])
        return {"grant": grant, "fund": fund, **entitlements.shown(session, referral), **prepared}

    def record(self, session: Session, officer: Officer, referral: Referral, work: dict[str, Any]) -> None:
        """Prepare the decision; a favourable one reserves its money."""
        self.record_many(session, officer, [(referral, work)])

    def record_many(self, session: Session, officer: Officer, pairs: Pairs) -> None:
        """Prepare the decisions of a whole list, under one SK or several."""
        decisions.prepare_decisions(session, officer, [decisions.Prepared(each, **said) for each, said in pairs])

    def finish(self, session: Session, officer: Officer, pairs: Pairs) -> list[Completion]:
        """Sign the decisions, all of them or none."""
        access.require(officer, Permission.GOODS_DECIDE)
        if said_anew := [(referral, said) for referral, said in pairs if "verdict" in said]:
            self.record_many(session, officer, said_anew)
        answers = {referral.id: said.get("aid_acknowledged") for referral, said in pairs}
        signed = decisions.sign_decisions(session, officer, [referral for referral, _ in pairs], answers)
        grants = proposals.locked_grants(session, [referral.journey_id for referral, _ in pairs])
        return [
            Completion(
                signed[referral.id].verdict.value,
                {
                    "sk_number": signed[referral.id].sk_number,
                    "sk_date": signed[referral.id].sk_date.isoformat(),
                    "amount": grants[referral.journey_id].total
                    if signed[referral.id].verdict is Verdict.ACCEPTED
                    else 0,
                },
            )
            for referral, _ in pairs
        ]

    def withdrawn(self, session: Session, referrals: Sequence[Referral]) -> None:
        """Take back what was prepared and not signed, with its reservations."""
        decisions.drop_preparations(session, referrals)


class GoodsHandOver(StageWork):
    """The goods are ordered and handed over line by line, before witnesses."""

    kind = "grants.goods-hand-over"
    work_schema = schemas.HandOverSchema
    completion_schema = schemas.HandOverDoneSchema
    together = "goods/handed_over_together.html"
    rows_together = "goods/handed_over_rows.html"
    saved_together = "goods/ordered_together.html"
    template = "goods/hand_over.html"
    told_as: Mapping[str, str] = {
        "order": "orders",
        "deed": "bast_number",
        **dict.fromkeys(("lines", "all_as_agreed"), "handed_over"),
    }

    def view(self, session: Session, referral: Referral) -> dict[str, Any]:
        """The grant, and order and deed as their form shows them: what was drafted, else what was agreed.

        `funds` are those that a new order may name, when nothing is committed any more.
        """
        found = queries.grant_of_journey(session, referral.journey_id)
        grant = queries.standing(session, found) if found else None
        order = _chosen(next((each for each in _of(grant, "orders") if each["state"] == "placed"), {}), ORDER_FIELDS)
        funds = queries.funds_to_choose(session, found) if found else []
        if len(funds) == 1:  # of several, whoever orders says which pays
            order["fund"] = funds[0]["id"]
        deed = next((each for each in _of(grant, "deeds") if not each["signed"]), {})
        drafted = {each["number"]: each for each in deed.get("lines", ())}
        return {
            "grant": grant,
            "frozen_until": groups.frozen_until(session, referral.journey_id),
            "order": order,
            "funds": funds,
            "deed": _chosen(deed, DEED_FIELDS),
            "lines": [
                drafted.get(each["number"]) or _as_agreed(each) for each in _lines(grant) if not each["closed_at"]
            ],
        }

    def record(self, session: Session, officer: Officer, referral: Referral, work: dict[str, Any]) -> None:
        """Save the order and the draft of the deed."""
        self.record_many(session, officer, [(referral, work)])

    def record_many(self, session: Session, officer: Officer, pairs: Pairs) -> None:
        """Save the orders and the drafts of the deeds; what is ordered alike is ordered in one go."""
        grants = proposals.locked_grants(session, [each.journey_id for each, _ in pairs])
        alike: dict[tuple[Any, ...], list[tuple[Grant, str | None]]] = {}
        drafts = []
        for referral, work in pairs:
            grant = grants[referral.journey_id]
            if order := work.get("order"):
                key = tuple(order[name] for name in ORDER_FIELDS)
                alike.setdefault(key, []).append((grant, order["fund"]))
            if deed := work.get("deed"):
                as_agreed = work.get("all_as_agreed", False)
                drafts.append(hand_overs.Drafted(grant, **deed, lines=work["lines"], all_as_agreed=as_agreed))
        for (number, vendor, ordered_on), ordered in alike.items():
            named = {grant.id: fund for grant, fund in ordered if fund}
            whose = [grant for grant, _ in ordered]
            orders.place_orders(
                session, officer, whose, number=number, vendor=vendor, ordered_on=ordered_on, named=named
            )
        if drafts:
            hand_overs.draft_deeds(session, officer, drafts)

    def before_together(self, session: Session, referrals: Sequence[Referral]) -> dict[UUID, dict[str, Any]]:
        """What each of many is to get: the lines that are still open."""
        return queries.open_lines(session, referrals)

    def finish(self, session: Session, officer: Officer, pairs: Pairs) -> list[Completion]:
        """Sign the deeds; how each stage ended follows from its lines."""
        if told := [(referral, done) for referral, done in pairs if done.get("order") or done.get("deed")]:
            self.record_many(session, officer, told)
        grants = proposals.locked_grants(session, [referral.journey_id for referral, _ in pairs])
        signed = hand_overs.sign_deeds(session, officer, list(grants.values()), every_line=True)
        return [
            Completion(
                signed[grant.id].outcome.value,
                {
                    "amount": signed[grant.id].realised,
                    "lines": signed[grant.id].lines,
                    "handed_over_on": signed[grant.id].handed_over_on.isoformat(),
                    "bast_number": signed[grant.id].number,
                },
            )
            for grant in (grants[referral.journey_id] for referral, _ in pairs)
        ]

    def found(self, session: Session, referrals: Sequence[Referral]) -> dict[UUID, dict[str, Any]]:
        """The orders, what was found of every line, and the witnesses."""
        grants = findings.grants_of(session, referrals)
        placed, deeds = findings.orders(session, grants.values()), findings.deeds(session, grants.values())
        return {
            referral: {
                "orders": placed[grant],
                "handed_over": deeds[grant]["handed_over"],
                "witnesses": deeds[grant]["witnesses"],
            }
            for referral, grant in grants.items()
            if grant in deeds
        }

    def withdrawn(self, session: Session, referrals: Sequence[Referral]) -> None:
        """Free what was committed and not handed over; a new order commits it again."""
        grants = proposals.locked_grants(session, [each.journey_id for each in referrals], missing_ok=True)
        calling_off.cancel_orders(session, grants.values())


class Accountability(StageWork):
    """The money is accounted for, line by line, with receipts."""

    kind = "grants.goods-accountability"
    work_schema = schemas.AccountSchema
    completion_schema = schemas.AccountDoneSchema
    template = "goods/accountability.html"
    told_as: Mapping[str, str] = {"lines": "receipts"}
    not_told: Mapping[str, str] = {"outcome": "It is the outcome."}

    def view(self, session: Session, referral: Referral) -> dict[str, Any]:
        """The grant, and the report as its form shows it: what was written, else what was spent."""
        grant = _standing(session, referral)
        written = {each["number"]: each for each in _of(grant, "account")}
        spent = [{"number": each["number"], "spent": each["realised"], "receipt": None} for each in _lines(grant)]
        return {"grant": grant, "lines": [written.get(each["number"], each) for each in spent]}

    def record(self, session: Session, officer: Officer, referral: Referral, work: dict[str, Any]) -> None:
        """Save the report."""
        accounts.record_report(session, officer, referral.journey_id, work["lines"])

    def finish(self, session: Session, officer: Officer, pairs: Pairs) -> list[Completion]:
        """Accept the reports that reconcile, or close them as incomplete."""
        for referral, done in pairs:
            if done.get("lines"):
                self.record(session, officer, referral, done)
        outcomes = {referral.journey_id: done["outcome"] for referral, done in pairs}
        spent = accounts.close_reports(session, outcomes)
        return [Completion(done["outcome"].value, {"spent": spent[referral.journey_id]}) for referral, done in pairs]

    def found(self, session: Session, referrals: Sequence[Referral]) -> dict[UUID, dict[str, Any]]:
        """What was spent on every line, and the number of its receipt."""
        grants = findings.grants_of(session, referrals)
        lines = findings.receipts(session, grants.values())
        return {referral: {"receipts": lines[grant]} for referral, grant in grants.items() if lines.get(grant)}


def _standing(session: Session, referral: Referral) -> dict[str, Any] | None:
    grant = queries.grant_of_journey(session, referral.journey_id)
    return queries.standing(session, grant) if grant else None


def _of(grant: dict[str, Any] | None, part: str) -> list[dict[str, Any]]:
    return grant[part] if grant else []


def _lines(grant: dict[str, Any] | None) -> list[dict[str, Any]]:
    return _of(grant, "lines")


def _chosen(found: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: found[name] for name in names if name in found}


def _as_agreed(line: dict[str, Any]) -> dict[str, Any]:
    return {
        "number": line["number"],
        "condition": Condition.AS_AGREED.value,
        "quantity": line["open_quantity"],
        "unit_price": line["unit_price"],
        "serial": None,
        "photo": None,
    }


WORKS = (Proposal(), DecisionOnGoods(), GoodsHandOver(), Accountability())
