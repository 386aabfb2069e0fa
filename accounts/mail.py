"""Emails to staff and users about access and proposals: what an administrator or a second person decided."""

from collections.abc import Callable

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.letters import write_email
from accounts.models import Proposal, ProposalState, User

SUBJECTS = {
    "invitation": gettext_lazy("Your account at %(site)s"),
    "roles": gettext_lazy("Your roles at %(site)s have changed"),
    "deactivated": gettext_lazy("Your account at %(site)s was deactivated"),
    "reactivated": gettext_lazy("Your account at %(site)s is active again"),
    "factor_reset": gettext_lazy("Your second factor at %(site)s was reset"),
}


def mail_invitation(*, user: User, by: User) -> None:
    """Email a link with which the user chooses a password."""
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    days = settings.PASSWORD_RESET_TIMEOUT // 86_400
    _mail(user, "invitation", by=str(by), link=f"{settings.SITE_URL}{path}", days=str(days))


def mail_access_notice(*, user: User, kind: str, by: User, **words: str) -> None:
    """Email the user what an administrator changed. `kind` is a key of SUBJECTS."""
    _mail(user, kind, by=str(by), **words)


def mail_decision(*, proposal: Proposal, write_subject: Callable[[], str], write_summary: Callable[[], str]) -> None:
    """Email the proposer how their proposal was decided, and the answer. The callables write in the active language."""
    user = proposal.proposed_by
    if not user.is_active:
        return
    with override(user.language or settings.LANGUAGE_CODE):
        is_approved = proposal.state == ProposalState.APPROVED
        subject = _("Approved: %(proposal)s") if is_approved else _("Refused: %(proposal)s")
        context = {
            "proposal": proposal,
            "is_approved": is_approved,
            "name": write_subject(),
            "summary": write_summary(),
            "link": f"{settings.SITE_URL}{reverse('admin:accounts_proposal_change', args=[proposal.pk])}",
        }
        text = render_to_string("accounts/mail/decision.txt", context)
        write_email(subject % {"proposal": context["name"]}, text, to=user.email).send()


def _mail(user: User, kind: str, **words: str) -> None:
    name_of_shop = get_adapter().get_site_name()
    context = {"user": user, "kind": kind, "site_name": name_of_shop, "site_url": settings.SITE_URL, **words}
    with override(user.language or settings.LANGUAGE_CODE):
        subject = SUBJECTS[kind] % {"site": name_of_shop}
        name = "invitation" if kind == "invitation" else "access"
        text = render_to_string(f"accounts/mail/{name}.txt", context)
        write_email(subject, text, to=user.email).send()
