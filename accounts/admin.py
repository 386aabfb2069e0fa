"""User administration: invitations, roles, deactivation, second factors and sessions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from allauth.account.admin import EmailAddressAdmin
from allauth.account.models import EmailAddress
from allauth.mfa.admin import AuthenticatorAdmin
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import outbox_admin, proposal_admin  # noqa: F401  # registers the pages of emails and proposals
from accounts.access import signed_in_user
from accounts.access_proposals import change_roles_by_staff, invite_by_staff, restore_access_by_staff
from accounts.edit_forms import EditForm
from accounts.editable_admin import EditableAdmin
from accounts.lists import join_list
from accounts.models import Proposal, RefusedAddress, User
from accounts.pasted_text import PastedEmailField
from accounts.proposals import ProposalRefused, word_proposal
from accounts.readonly_admin import ReadOnlyAdmin
from accounts.second_factor import FACTORS
from accounts.staff import (
    ADMINISTER,
    AccessRefused,
    EmailTaken,
    deactivate_user,
    explain_taken,
    explain_unconfirmed,
    find_refusal,
    invite_again,
    sign_out_everywhere,
)

assert AuthenticatorAdmin  # imported so that allauth has registered it, because its pages show the secrets
admin.site.unregister(Authenticator)


class RoleField(forms.ModelMultipleChoiceField[Group]):
    """Check boxes for roles, with their names in the reader's language."""

    def label_from_instance(self, role: Group) -> str:
        return _(role.name)


class UserAccessForm(EditForm[User]):
    """A user's address, language and roles. The address is entered once; later its owner changes it."""

    roles = RoleField(
        Group.objects.order_by("name"),
        label=gettext_lazy("Roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("What a member of staff may do. Without a role, this is a shopper or a creator."),
    )

    aliases: ClassVar[Mapping[str, str]] = {"roles": "groups"}

    class Meta:
        model = User
        fields = ["email", "language"]
        field_classes: ClassVar[Mapping[str, type[forms.Field]]] = {"email": PastedEmailField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["roles"].initial = list(self.instance.groups.values_list("pk", flat=True))

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if explanation := explain_taken(email):
            raise forms.ValidationError(explanation)
        return email

    def clean_roles(self) -> QuerySet[Group]:
        roles: QuerySet[Group] = self.cleaned_data["roles"]
        is_given_one = self.instance.pk and set(roles) - set(self.instance.groups.all())
        if is_given_one and (explanation := explain_unconfirmed(self.instance)):
            raise forms.ValidationError(explanation)
        return roles


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The user reads it in an email."),
    )


@dataclass(frozen=True)
class AccessAction:
    """A button on a user's page, and what is asked before it acts."""

    label: Promise
    question: Promise
    done: Promise
    act: Callable[..., Proposal | None]
    is_dangerous: bool = False
    needs_reason: bool = False


ACTIONS: Mapping[str, AccessAction] = {
    "invite": AccessAction(
        gettext_lazy("Send set-password link"),
        gettext_lazy("Email this user a link with which they choose a new password?"),
        gettext_lazy("The link was sent to %(user)s."),
        invite_again,
    ),
    "sign-out": AccessAction(
        gettext_lazy("End all sessions"),
        gettext_lazy("Sign this user out on all devices? They can sign in again."),
        gettext_lazy("All sessions of %(user)s have ended."),
        sign_out_everywhere,
    ),
    "reset-factor": AccessAction(
        gettext_lazy("Reset second factor"),
        gettext_lazy(
            "Remove this user's authenticator app, passkeys and recovery codes, and sign them out everywhere? Make sure "
            "that the person who asked you is this user. This can't be undone."
        ),
        gettext_lazy("The second factor of %(user)s was reset."),
        partial(restore_access_by_staff, "reset-factor"),
        is_dangerous=True,
    ),
    "deactivate": AccessAction(
        gettext_lazy("Deactivate"),
        gettext_lazy("Sign this user out everywhere and refuse further sign-ins? You can reactivate them later."),
        gettext_lazy("%(user)s was deactivated."),
        deactivate_user,
        is_dangerous=True,
        needs_reason=True,
    ),
    "reactivate": AccessAction(
        gettext_lazy("Reactivate"),
        gettext_lazy("Let this user sign in again, with the roles that they had?"),
        gettext_lazy("%(user)s was reactivated."),
        partial(restore_access_by_staff, "reactivate"),
    ),
}


WAITS = gettext_lazy("This gives access to money. It waits for another administrator's approval.")
INVITED = gettext_lazy("An email was sent to %(email)s with a link to choose a password.")
admin.site.unregister(EmailAddress)


@admin.register(EmailAddress)
class VerifiedAddressAdmin(ReadOnlyAdmin, EmailAddressAdmin):  # type: ignore[misc]  # allauth is untyped
    """Admin for verified addresses, read-only: whoever could add one could reset its owner's password."""

    actions = None


@admin.register(User)
class UserAdmin(EditableAdmin[User]):
    form = UserAccessForm
    change_form_template = "admin/accounts/user/change_form.html"
    list_display = ["email", "role_names", "may_sign_in", "second_factor", "last_login", "date_joined"]
    list_filter = ["is_staff", "is_active", "groups"]
    search_fields = ["email", "first_name", "last_name"]
    search_help_text = gettext_lazy("Email address or name")
    ordering = ["email"]
    actions = None
    facts = ["role_names", "may_sign_in", "second_factor", "last_login", "date_joined", "adult_confirmed_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS)
        refused = RefusedAddress.objects.filter(email=Lower(OuterRef("email")))
        return (
            super()
            .get_queryset(request)
            .annotate(has_factor=Exists(factors), refusal=Subquery(refused.values("answer_text")))
            .prefetch_related("groups")
        )

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return ["email", "language", "roles"]
        if self.has_change_permission(request, obj):
            return ["email", "email_problem", "language", "roles", *self.facts[1:]]
        return ["email", "email_problem", "language", *self.facts]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        return ["email", "email_problem", *self.facts] if obj else []

    @admin.display(description=gettext_lazy("refused by the mail server"))
    def email_problem(self, user: User) -> str:
        return getattr(user, "refusal", "") or "–"

    @admin.display(description=gettext_lazy("roles"))
    def role_names(self, user: User) -> str:
        names = sorted(_(role.name) for role in user.groups.all())
        return join_list([_("Superuser"), *names] if user.is_superuser else names) or "–"

    @admin.display(description=gettext_lazy("may sign in"), boolean=True)
    def may_sign_in(self, user: User) -> bool:
        return user.is_active

    @admin.display(description=gettext_lazy("second factor"), boolean=True)
    def second_factor(self, user: User) -> bool:
        return bool(getattr(user, "has_factor", False))

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Return whether the user may change this user's access: never their own, nor a superuser's unless one."""
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or not find_refusal(user=obj, by=signed_in_user(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and request.user.has_perm(ADMINISTER)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False  # people delete their own accounts; staff deactivate them

    def save_model(self, request: HttpRequest, user: User, form: Any, change: bool) -> None:
        by, now, roles, proposal = signed_in_user(request), timezone.now(), set(form.cleaned_data["roles"]), None
        try:
            if not change:
                invited, proposal = invite_by_staff(
                    email=user.email, language=user.language, roles=roles, by=by, now=now
                )
                user.pk, user.is_staff = invited.pk, invited.is_staff
            elif "roles" in form.changed_data:
                before = set(user.groups.all())
                proposal = change_roles_by_staff(user=user, give=roles - before, take=before - roles, by=by, now=now)
        except (AccessRefused, EmailTaken, ProposalRefused) as refusal:
            raise ValidationError(str(refusal)) from refusal
        if proposal:
            messages.warning(request, f"{word_proposal(proposal)[1]} – {WAITS}")
        if change and "language" in form.changed_data:
            User.objects.filter(pk=user.pk).update(language=user.language)

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        messages.info(request, INVITED % {"email": obj.email})
        return super().response_add(request, obj, post_url_continue)

    def log_addition(self, request: HttpRequest, obj: User, message: Any) -> Any:
        """Log nothing more: accounts.staff has recorded the invitation."""

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> Any:
        """Log changes of the language only: accounts.staff records changes of access."""
        return super().log_change(request, obj, message) if "anguage" in str(message) else None

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.access_page)
        return [path("access/<int:pk>/<slug:action>/", view, name="accounts_user_access"), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        user = context.get("original")
        if isinstance(user, User):
            context["access_refusal"] = find_refusal(user=user, by=signed_in_user(request))
            context["access_actions"] = [(name, ACTIONS[name]) for name in self._actions_for(user)]
        return super().render_change_form(request, context, *args, **kwargs)

    def access_page(self, request: HttpRequest, pk: int, action: str) -> HttpResponse:
        """Ask before an action on a user, and carry it out on POST."""
        user = get_object_or_404(self.get_queryset(request), pk=pk)
        by = signed_in_user(request)
        if not super().has_change_permission(request, user) or find_refusal(user=user, by=by):
            raise PermissionDenied
        if action not in self._actions_for(user):
            return redirect("admin:accounts_user_change", pk)  # somebody else was faster, or the address is wrong
        chosen = ACTIONS[action]
        form = ReasonForm(request.POST if request.method == "POST" else None) if chosen.needs_reason else None
        if request.method == "POST" and (form is None or form.is_valid()):
            try:
                proposal = chosen.act(user=user, by=by, **(form.cleaned_data if form else {}))
            except (AccessRefused, ProposalRefused) as refusal:
                messages.error(request, str(refusal))
            else:
                done = str(WAITS) if proposal else str(chosen.done) % {"user": user.email}
                messages.add_message(request, messages.WARNING if proposal else messages.SUCCESS, done)
            return redirect("admin:accounts_user_change", pk)
        context = self.admin_site.each_context(request) | {
            "title": chosen.label,
            "opts": self.opts,
            "original": user,
            "action": chosen,
            "form": form,
            "back": reverse("admin:accounts_user_change", args=[pk]),
        }
        return TemplateResponse(
            request, "admin/accounts/user/confirm.html", context, status=422 if form and form.errors else 200
        )

    def _actions_for(self, user: User) -> list[str]:
        if not user.is_active:
            return ["reactivate"]
        factor = ["reset-factor"] if getattr(user, "has_factor", False) else []
        return ["invite", "sign-out", *factor, "deactivate"]
