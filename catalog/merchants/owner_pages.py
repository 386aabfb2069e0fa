"""Pages on which owners change the profile of their organisation, and who acts for it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from catalog.merchants.access import merchant_required
from catalog.merchants.applications import MerchantNameTaken, change_profile
from catalog.merchants.forms import PROFILE, MemberInvitationForm, SettingsForm
from catalog.merchants.members import (
    MemberRefused,
    change_role,
    invite_member,
    remove_member,
    withdraw_member_invitation,
)
from catalog.models import MerchantMember, MerchantRole


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(MerchantRole.OWNER)
def settings_page(request: HttpRequest, member: MerchantMember) -> HttpResponseBase:
    """Show the profile. On POST, change the contact at once, and ask staff about name and legal data."""
    merchant, status = member.merchant, 200
    initial = {name: getattr(merchant, name) for name in PROFILE} | merchant.asked_changes
    form = SettingsForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            is_waiting = change_profile(merchant_id=merchant.pk, changes=form.changes)
        except MerchantNameTaken as refusal:
            form.add_error("name", str(refusal))
            status = 409
        else:
            saved = _("Saved. The shop looks at your name and legal data before they change.")
            messages.success(request, saved if is_waiting else _("Saved."))
            return redirect("merchant-settings")
    context = {"member": member, "here": "settings", "form": form}
    status = status if status != 200 or not form.errors else 422
    return render(request, "merchant/settings.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(MerchantRole.OWNER)
def members_page(request: HttpRequest, member: MerchantMember) -> HttpResponseBase:
    """List members and open invitations. On POST, invite somebody."""
    form, status = MemberInvitationForm(request.POST if request.method == "POST" else None), 200
    if form.is_bound and form.is_valid():
        email, role = form.cleaned_data["email"], MerchantRole(form.cleaned_data["role"])
        try:
            invite_member(merchant_id=member.merchant_id, email=email, role=role, by=member.user, now=timezone.now())
        except MemberRefused as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            messages.success(request, _("We sent an invitation to %(email)s.") % {"email": email})
            return redirect("merchant-members")
    context = {"member": member, "here": "members", "form": form, "roles": MerchantRole.choices}
    context["members"] = member.merchant.members.select_related("user").order_by("pk")
    context["invitations"] = member.merchant.invitations.open_at(timezone.now()).order_by("pk")
    status = status if status != 200 or not form.errors else 422
    return render(request, "merchant/members.html", context, status=status)


@require_POST
@merchant_required(MerchantRole.OWNER)
def change_member(request: HttpRequest, member: MerchantMember, pk: int, action: str) -> HttpResponse:
    """Give a member another role, remove one, or withdraw an invitation, depending on `action`."""
    merchant_id, role, now = member.merchant_id, request.POST.get("role", ""), timezone.now()
    actions: dict[str, tuple[Callable[[], None], str]] = {
        "role": (
            lambda: change_role(merchant_id=merchant_id, member_id=pk, role=MerchantRole(role), now=now),
            _("The role was changed."),
        ),
        "remove": (
            lambda: remove_member(merchant_id=merchant_id, member_id=pk, now=now),
            _("This person can't act for you any more."),
        ),
        "withdraw": (
            lambda: withdraw_member_invitation(merchant_id=merchant_id, invitation_id=pk, now=now),
            _("The invitation was withdrawn."),
        ),
    }
    act, done = actions[action]
    try:
        if action == "role" and role not in MerchantRole.values:
            raise MemberRefused(_("Choose a role."))
        act()
    except MemberRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("merchant-members")


@require_POST
@merchant_required()
def leave_merchant(request: HttpRequest, member: MerchantMember) -> HttpResponse:
    """End one's own membership. The last owner cannot."""
    try:
        remove_member(merchant_id=member.merchant_id, member_id=member.pk, now=timezone.now())
    except MemberRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("merchant-home")
    messages.success(request, _("You don't act for %(merchant)s any more.") % {"merchant": member.merchant})
    return redirect("account")
