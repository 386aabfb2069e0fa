"""Changes that need two people: one proposes, another approves. No single person sends money anywhere new.

Apps on the right describe their kinds of proposal in a subclass of ProposalKind, which `settings.PROPOSAL_KINDS` names.
A proposal never changes. It is approved once, by compare-and-set under a lock, and applied in the same transaction.
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from accounts.constraints import violated_constraint
from accounts.mail import mail_decision
from accounts.models import Proposal, ProposalState, User

logger = logging.getLogger(__name__)

type Facts = list[tuple[str, str]]
"""Pairs of a label and a value, which tell the approver what a proposal would do."""


class ProposalRefused(Exception):
    """A refused proposal or decision. Nothing was changed. The message says why."""


class ProposalKind(ABC):
    """What can be proposed, by whom, and what approval does. `code` is stored in the proposal."""

    code: ClassVar[str]
    label: ClassVar[Promise]
    propose_permission: ClassVar[str]
    approve_permission: ClassVar[str]
    gain_refusal: ClassVar[Promise] = gettext_lazy("You can't approve a change that pays you.")

    @abstractmethod
    def title(self, changes: Mapping[str, Any]) -> str:
        """Return the name of what the proposal would change, in the active language."""

    @abstractmethod
    def summarize(self, changes: Mapping[str, Any], basis: Mapping[str, Any]) -> str:
        """Return the change in one line, without secrets."""

    @abstractmethod
    def describe(self, changes: Mapping[str, Any], basis: Mapping[str, Any]) -> Facts:
        """Return what the proposal would do, in words. Its figures come from the changes and the basis only."""

    @abstractmethod
    def about(self, row: models.Model) -> Mapping[str, Any] | None:
        """Return the part of `changes` by which proposals about the row are found, or None if there can be none."""

    def basis(self, changes: Mapping[str, Any], *, is_locked: bool = False) -> dict[str, Any]:
        """Return the shown figures that are not in the changes and that somebody may still change.

        They are stored with the proposal, which cannot be approved once they differ. `is_locked` locks their rows.
        """
        return {}

    def find_obstacle(self, proposal: Proposal, *, now: datetime) -> str:
        """Return why the change is no longer possible, or "" if it is. The page says so, instead of a button that fails.

        It locks nothing: `apply` refuses what becomes impossible in the meantime.
        """
        return ""

    @abstractmethod
    def apply(self, proposal: Proposal, *, approved_by: User, now: datetime) -> None:
        """Make the change. Raises ProposalRefused if it is no longer possible."""

    def gaining_users(self, changes: Mapping[str, Any]) -> Collection[int]:
        """Return the ids of users who would be paid, or gain otherwise. They cannot approve it, as `gain_refusal` says."""
        return ()

    def redact(self, changes: dict[str, Any]) -> dict[str, Any]:
        """Return what is kept of the changes once the proposal is decided."""
        return changes


@cache
def proposal_kinds() -> Mapping[str, ProposalKind]:
    kinds = [import_string(path)() for path in settings.PROPOSAL_KINDS]
    return {kind.code: kind for kind in kinds}


def read_basis(proposal: Proposal) -> Mapping[str, Any]:
    """Return the figures that the proposal was made with. Old proposals have none and get the present ones."""
    if proposal.basis is not None:
        return dict(proposal.basis["figures"])
    return proposal_kinds()[proposal.kind].basis(proposal.changes)


def word_proposal(proposal: Proposal) -> tuple[str, str]:
    """Return the title and the change in the active language, as they were when it was proposed. Reads no other row."""
    words = (proposal.basis or {}).get("words", {}).get(get_language() or settings.LANGUAGE_CODE)
    return (words[0], words[1]) if words else (proposal.subject, "")


def _read_basis(kind: ProposalKind, changes: Mapping[str, Any]) -> dict[str, Any]:
    figures, words = kind.basis(changes), {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            words[code] = [kind.title(changes), kind.summarize(changes, figures)]
    return {"figures": figures, "words": words}


def visible_kinds(user: User) -> list[str]:
    """Return the codes of the kinds that the user may propose or approve."""
    kinds = proposal_kinds().values()
    return [kind.code for kind in kinds if _may(user, kind.propose_permission, kind.approve_permission)]


def propose(
    *, kind: str, subject: str, changes: dict[str, Any], proposed_by: User, now: datetime, reason: str = ""
) -> Proposal:
    """Record a proposal and return it. It replaces an open one for the same subject that can't be approved any more.

    Raises ProposalRefused if the user may not propose it, or if another one for the same subject is open.
    """
    if not proposed_by.has_perm(proposal_kinds()[kind].propose_permission):
        raise ProposalRefused(_("You may not propose this."))
    try:
        with transaction.atomic():
            _withdraw_outdated(kind, subject, proposed_by, now)
            proposal = Proposal.objects.create(
                kind=kind,
                subject=subject,
                changes=changes,
                basis=_read_basis(proposal_kinds()[kind], changes),
                reason=reason,
                proposed_by=proposed_by,
                proposed_at=now,
            )
    except IntegrityError as error:
        if violated_constraint(error) != "accounts_proposal_one_open":
            raise
        raise ProposalRefused(_("A proposal for this is already waiting for a second person.")) from error
    logger.info("proposed", extra={"proposal": proposal.pk, "kind": kind, "user": proposed_by.pk})
    return proposal


def find_open(*, kind: str, subject: str) -> Proposal | None:
    return Proposal.objects.open().filter(kind=kind, subject=subject).first()


def explain_outdated(proposal: Proposal, *, now: datetime, is_locked: bool = False) -> str:
    """Return why nobody can approve the open proposal as it was made, or "". `is_locked` locks the rows of its basis."""
    kind = proposal_kinds()[proposal.kind]
    if proposal.basis is None:
        return _("This was proposed before the shop's software was updated. Refuse it, and propose it again.")
    if kind.basis(proposal.changes, is_locked=is_locked) != proposal.basis["figures"]:
        return _("The figures shown here changed after this was proposed. Refuse it, and propose it again.")
    return kind.find_obstacle(proposal, now=now)


def _withdraw_outdated(kind: str, subject: str, user: User, now: datetime) -> None:
    """Withdraw an open proposal for the subject in the name of whoever proposes anew, if it can't be approved any more."""
    proposal = Proposal.objects.open().select_for_update().filter(kind=kind, subject=subject).first()
    if proposal is None or not explain_outdated(proposal, now=now):
        return
    answer = _("Replaced by a newer proposal, because something had changed in the meantime.")
    _decide(proposal, ProposalState.WITHDRAWN, user, now, answer)
    _redact(proposal, proposal_kinds()[kind])
    if proposal.proposed_by_id != user.pk:
        _tell_proposer(proposal, proposal_kinds()[kind])


def approve_proposal(*, proposal_id: int, approved_by: User, now: datetime, answer: str = "") -> Proposal:
    """Approve a proposal and make its change, in one transaction. Return the proposal. Raises ProposalRefused.

    The proposer is checked again: a proposal of somebody who lost the permission in the meantime is not approved.
    """
    with transaction.atomic():
        proposal = _lock(proposal_id)
        kind = proposal_kinds()[proposal.kind]
        if refusal := find_approval_refusal(proposal, approved_by, now=now, is_locked=True):
            raise ProposalRefused(refusal)
        _decide(proposal, ProposalState.APPROVED, approved_by, now, answer)
        kind.apply(proposal, approved_by=approved_by, now=now)
        _redact(proposal, kind)
        _tell_proposer(proposal, kind)
    return proposal


def refuse_proposal(*, proposal_id: int, refused_by: User, now: datetime, answer: str) -> Proposal:
    """Refuse a proposal with an answer, and return it. Raises ProposalRefused."""
    with transaction.atomic():
        proposal = _lock(proposal_id)
        kind = proposal_kinds()[proposal.kind]
        if proposal.proposed_by_id == refused_by.pk:
            raise ProposalRefused(_("You can withdraw your own proposal, but not refuse it."))
        if not refused_by.has_perm(kind.approve_permission):
            raise ProposalRefused(_("You may not decide on this."))
        if not answer.strip():
            raise ProposalRefused(_("Say why you refuse it."))
        _decide(proposal, ProposalState.REFUSED, refused_by, now, answer)
        _redact(proposal, kind)
        _tell_proposer(proposal, kind)
    return proposal


def withdraw_proposal(*, proposal_id: int, withdrawn_by: User, now: datetime) -> Proposal:
    """Withdraw one's own proposal, and return it. Raises ProposalRefused."""
    with transaction.atomic():
        proposal = _lock(proposal_id)
        if proposal.proposed_by_id != withdrawn_by.pk:
            raise ProposalRefused(_("Only the person who proposed this can withdraw it."))
        _decide(proposal, ProposalState.WITHDRAWN, withdrawn_by, now, "")
        _redact(proposal, proposal_kinds()[proposal.kind])
    return proposal


def find_approval_refusal(proposal: Proposal, user: User, *, now: datetime, is_locked: bool = False) -> str:
    """Return why the user cannot approve the proposal, or "" if they can. `is_locked` locks the rows of its basis."""
    kind = proposal_kinds()[proposal.kind]
    if not proposal.is_open:
        return _("This proposal has already been decided.")
    if proposal.proposed_by_id == user.pk:
        return _("You can't approve what you proposed. A second person must.")
    if not user.has_perm(kind.approve_permission):
        return _("You may not decide on this.")
    if user.pk in kind.gaining_users(proposal.changes):
        return str(kind.gain_refusal)
    if not _may(User.objects.get(pk=proposal.proposed_by_id), kind.propose_permission):
        return _("The person who proposed this may no longer do so. Refuse it, and propose it again.")
    return explain_outdated(proposal, now=now, is_locked=is_locked)


def _lock(proposal_id: int) -> Proposal:
    return Proposal.objects.select_for_update().get(pk=proposal_id)


def _decide(proposal: Proposal, state: ProposalState, user: User, now: datetime, answer: str) -> None:
    values = {"decided_by": user, "decided_at": now, "answer": answer.strip()}
    if not Proposal.objects.move(proposal.pk, ProposalState.PROPOSED, state, **values):
        raise ProposalRefused(_("This proposal has already been decided."))
    proposal.refresh_from_db()
    logger.info("proposal %s", state, extra={"proposal": proposal.pk, "kind": proposal.kind, "user": user.pk})


def _redact(proposal: Proposal, kind: ProposalKind) -> None:
    Proposal.objects.filter(pk=proposal.pk).update(changes=kind.redact(dict(proposal.changes)))


def _tell_proposer(proposal: Proposal, kind: ProposalKind) -> None:
    mail_decision(
        proposal=proposal,
        write_subject=lambda: f"{kind.label}: {word_proposal(proposal)[0]}",
        write_summary=lambda: word_proposal(proposal)[1],
    )


def _may(user: User, *permissions: str) -> bool:
    return user.is_active and user.is_staff and any(user.has_perm(permission) for permission in permissions)
