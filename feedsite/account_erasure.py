"""Deletion of an account, by its owner, across all apps.

Shoppers' orders are retained, as bookkeeping law requires, without a reference to the account. Creators' clips are taken
down; their statements are retained without a name, and pay that is still owed reaches the account that they gave. Staff
hand in their roles first.
"""

from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import signed_in_user
from accounts.erasure import erase_user
from accounts.models import User
from catalog.merchants.erasure import erase_memberships, owned_alone
from creators.access import find_creator
from creators.erasure import erase_invitations, erase_profile
from creators.models import Agency
from creators.samples import erase_samples
from creators.suspensions import find_suspension
from feed.events.viewer_merge import erase_viewers
from feed.models import Viewer
from feedsite.returning_people import hash_suspended_mailbox
from payouts.closed_accounts import OpenPay, get_open_pay
from payouts.models import PayoutAccount
from programme.erasure import erase_counts
from shop.kept_cards import forget_customer
from shop.models import Click, Order, Prepayment, Refund
from social.comments.authorship import erase_comments
from social.notices.intake import erase_notices
from social.notifications.lists import erase_notifications
from social.ratings.authorship import erase_ratings
from social.removals.records import erase_removals
from social.sponsorships.erasure import erase_bookings
from videos.studio.erasure import erase_clips
from videos.tasks import erase_files


class NotErasable(Exception):
    """A refusal to delete the account. The message tells the user what to do first."""


def erase_account(*, user: User, gives_up_pay: bool, leaves_merchants: bool = False) -> None:
    """Delete an account and everything that belongs to it, apart from records that must be retained.

    A creator who is owed pay and has no payout account has to give the pay up. The last owner of a merchant has to know
    that it is suspended. Raises NotErasable, and erases nothing.
    """
    now = timezone.now()
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        if locked.is_staff:
            raise NotErasable(_("This is a staff account. Ask an administrator to take its roles first."))
        if not leaves_merchants and owned_alone(locked).exists():
            raise NotErasable(
                _("Nobody else owns your merchant. Make somebody else an owner, or tick that its products go off sale.")
            )
        erase_removals(user=locked)
        erase_notices(user=locked)
        erase_comments(user=locked, now=now)
        creator = find_creator(locked)
        if creator is not None:
            pay = get_open_pay(creator=creator)
            if pay.amounts and pay.account is None and not gives_up_pay:
                raise NotErasable(
                    _("You are still owed money. Add a payout account first, or tick that you give it up.")
                )
            erase_clips(creator=creator, now=now)
            erase_samples(creator=creator)
            erase_counts(creator=creator)
            erase_profile(creator=creator)
            if not pay.amounts:
                PayoutAccount.objects.filter(creator=creator).delete()
        erase_invitations(user=locked)
        erase_memberships(user=locked)
        Agency.objects.filter(user=locked).update(user=None)
        for viewer in Viewer.objects.filter(user=locked):
            erase_viewers([viewer.key])
        erase_ratings(user=locked)
        erase_notifications(user=locked)
        erase_bookings(user=locked, now=now)
        forget_customer(user=locked)
        Refund.objects.filter(created_by=locked, order__user=locked).update(created_by=None)
        Click.objects.filter(user=locked).update(user=None)
        Prepayment.objects.filter(user=locked).update(user=None)
        Order.objects.filter(user=locked).update(user=None, visitor="", link_version=F("link_version") + 1)
        mailbox = hash_suspended_mailbox(locked)
        erase_user(user=locked, now=now)
        User.objects.filter(pk=user.pk).update(erased_mailbox=mailbox)
        transaction.on_commit(erase_files.delay, robust=True)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def delete_account_page(request: HttpRequest) -> HttpResponse:
    """Show which data is deleted and which is retained. On POST, delete the account and sign the user out."""
    user, refusal = signed_in_user(request), ""
    if request.method == "POST":
        try:
            erase_account(
                user=user,
                gives_up_pay="gives_up_pay" in request.POST,
                leaves_merchants="leaves_merchants" in request.POST,
            )
        except NotErasable as not_erasable:
            refusal = str(not_erasable)
        else:
            logout(request)
            messages.success(request, _("Your account has been deleted. Thank you for having been here."))
            return redirect("feed")
    creator = find_creator(user)
    pay = get_open_pay(creator=creator) if creator else OpenPay((), None)
    is_suspended = creator is not None and find_suspension(creator.pk) is not None
    context = {
        "refusal": refusal,
        "creator": creator,
        "pay": pay,
        "is_suspended": is_suspended,
        "owned_merchants": owned_alone(user),
    }
    return render(request, "accounts/leave.html", context, status=409 if refusal else 200)
