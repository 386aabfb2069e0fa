"""Users, idempotency keys, outgoing emails and the installation id. Users sign in with their email address.

Blocks and mutes between users are in accounts.blocks.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Count, F, Q, Window
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts import blocks  # noqa: F401  # registers its tables
from accounts.transitions import TransitionQuerySet
from accounts.trigrams import search_index


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a superuser. Whoever may do this runs the server, so the email address counts as verified."""
        from allauth.account.models import EmailAddress  # its module needs this one

        with transaction.atomic(using=self._db):
            user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
            EmailAddress.objects.create(user=user, email=user.email.lower(), verified=True, primary=True)
        return user


def always_cleared() -> bool:
    return True


class User(AbstractUser):
    """A person with an account. Roles are groups; `is_staff` is true for whoever has one, and for superusers."""

    username = None  # type: ignore[assignment]  # how Django drops the column
    email = models.EmailField(_("email address"), unique=True)
    adult_confirmed_at = models.DateTimeField(
        _("confirmed to be 18 or over at"), null=True, blank=True, help_text=_("Empty if the age is unknown.")
    )

    language = models.CharField(
        _("language"), max_length=8, choices=settings.LANGUAGES, blank=True, help_text=_("Used for pages and emails.")
    )

    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        default="",
        db_default="",
        help_text=_("For the time of day of daily emails. Empty if it is the shop's."),
    )
    has_bought = models.BooleanField(
        _("has bought something"), default=False, db_default=False, editable=False, help_text=_("Kept by the shop.")
    )
    erased_at = models.DateTimeField(
        null=True, editable=False, help_text=_("When the account was deleted. The row stays if the books refer to it.")
    )
    erased_mailbox = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text=_("SHA-256 of the mailbox of a deleted account, while its owner is suspended."),
    )
    session_epoch = models.PositiveIntegerField(
        default=0, editable=False, help_text=_("Sessions that began under another number have ended.")
    )

    staff_clearance: Callable[[], bool] = staticmethod(always_cleared)
    """Tells whether this session may use the user's permissions. Set for each request by accounts.second_factor."""

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        indexes = [
            search_index("email", "first_name", "last_name", name="accounts_user_search"),
        ]
        permissions = [("assign_role", "Can give and take roles")]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="accounts_user_email_unique",
                violation_error_message=_("A user with this email address already exists."),
            )
        ]

    def __str__(self) -> str:
        return self.email

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Return whether the user has a permission and, in a request, whether the session may use it."""
        return super().has_perm(perm, obj) and self.staff_clearance()

    def has_module_perms(self, app_label: str) -> bool:
        return super().has_module_perms(app_label) and self.staff_clearance()

    def get_session_auth_hash(self) -> str:
        return self._in_epoch(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for digest in super().get_session_auth_fallback_hash():
            yield self._in_epoch(digest)

    def _in_epoch(self, digest: str) -> str:
        return f"{digest}-{self.session_epoch}" if self.session_epoch else digest

    @property
    def is_known_adult(self) -> bool:
        """Return whether the user has confirmed being 18 or over. False if their age is unknown."""
        return self.adult_confirmed_at is not None

    def confirm_adult(self, *, now: datetime) -> None:
        """Record when the user confirmed being 18 or over, unless an earlier time is already recorded."""
        if self.adult_confirmed_at is None:
            self.adult_confirmed_at = now
            self.save(update_fields=["adult_confirmed_at"])


class IdempotencyKey(models.Model):
    """A key that a client sent with a write, and its result: a code or an answer. See accounts.idempotency."""

    owner = models.CharField(max_length=120)
    key = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of the first request body."))
    result = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="accounts_idempotency_key_once")]

    def __str__(self) -> str:
        return self.key


class ProposalState(models.TextChoices):
    PROPOSED = "proposed", _("Waiting for a second person")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ProposalQuerySet(TransitionQuerySet["Proposal"]):
    transitions: ClassVar[Mapping[Any, frozenset[Any]]] = {
        ProposalState.PROPOSED: frozenset(
            {ProposalState.APPROVED, ProposalState.REFUSED, ProposalState.WITHDRAWN},
        ),
        ProposalState.APPROVED: frozenset(),
        ProposalState.REFUSED: frozenset(),
        ProposalState.WITHDRAWN: frozenset(),
    }

    def open(self) -> Self:
        return self.filter(state=ProposalState.PROPOSED)

    def on_desk_of(self, user: User, kinds: Collection[str]) -> Self:
        """Return the user's own open proposals, newest first, then those of others of these kinds.

        Each has `is_own`, and `others_count`, the number of all that are not the user's own.
        """
        is_own = Q(proposed_by=user)
        open_ones = self.open().filter(is_own | Q(kind__in=kinds)).select_related("proposed_by")
        counted = open_ones.annotate(is_own=is_own, others_count=Window(Count("pk", filter=~is_own)))
        return counted.order_by("-is_own", "-pk")


class Proposal(models.Model):
    """A change that one member of staff proposed and another approves or refuses. See accounts.proposals."""

    kind = models.CharField(_("kind"), max_length=40)
    subject = models.CharField(_("subject"), max_length=80, help_text=_("What it would change."))
    changes = models.JSONField(_("changes"), encoder=DjangoJSONEncoder)
    basis = models.JSONField(null=True, editable=False, help_text="The figures shown that are not in the changes.")
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ProposalState, default=ProposalState.PROPOSED)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)

    is_own: bool
    others_count: int

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(state="proposed"), name="accounts_proposal_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed") ^ Q(decided_by__isnull=False), name="accounts_proposal_decided_by_someone"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("proposed", "withdrawn")) | ~Q(decided_by=F("proposed_by")),
                name="accounts_proposal_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def is_open(self) -> bool:
        return self.state == ProposalState.PROPOSED


class OutgoingEmail(models.Model):
    """An email that no mail server has accepted yet. The row is deleted once one has. See accounts.outbox."""

    sender = models.TextField(_("sender"))
    recipients = ArrayField(models.TextField(), verbose_name=_("recipients"))
    subject = models.TextField(_("subject"))
    content = models.BinaryField(help_text="The whole message with its headers (RFC 5322).")
    message_id = models.TextField(blank=True, db_index=True, editable=False, help_text="Its Message-ID header.")
    created_at = models.DateTimeField(_("written at"))
    due_at = models.DateTimeField(_("next attempt at"), db_index=True)
    attempts = models.PositiveIntegerField(_("failed attempts"), default=0)
    failure_text = models.TextField(_("last answer of the mail server"), blank=True)
    given_up_at = models.DateTimeField(_("given up at"), null=True, blank=True)

    class Meta:
        verbose_name = _("outgoing email")
        verbose_name_plural = _("outgoing emails")
        permissions = [("send_outgoingemail", "Can send or discard emails that wait")]

    def __str__(self) -> str:
        return self.subject


class RefusedAddress(models.Model):
    """An email address that a mail server refused for good. An email that is accepted deletes the row. See accounts.refused_addresses."""

    email = models.TextField(_("email address"), unique=True, help_text="In lower case.")
    answer_text = models.TextField(_("answer of the mail server"))
    refused_at = models.DateTimeField(_("refused at"))

    class Meta:
        verbose_name = _("refused address")
        verbose_name_plural = _("refused addresses")

    def __str__(self) -> str:
        return self.email


class Installation(models.Model):
    """The id of this database among all that share a payment provider or a bank. See accounts.installation."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    code = models.CharField(max_length=12)

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(id=1), name="accounts_installation_one_row")]

    def __str__(self) -> str:
        return self.code
