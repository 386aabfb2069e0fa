"""Staff roles. Each is a permission group that every `migrate`, and `manage.py sync_roles`, update from this file."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.translation import gettext_noop

ROLES: Mapping[str, Sequence[str]] = {
    gettext_noop("Administrator"): (
        "*.view_*",
        "accounts.add_user",
        "accounts.change_user",
        "accounts.assign_role",
        "accounts.send_outgoingemail",
        "catalog.add_sitesettings",
        "catalog.change_sitesettings",
        "catalog.add_legalpage",
        "catalog.change_legalpage",
        "catalog.delete_legalpage",
        "creators.change_agency",
        "creators.suspend_creator",
        "feed.add_goal",
        "feed.change_goal",
        "programme.add_webhookendpoint",
        "programme.change_webhookendpoint",
        "programme.change_webhookdelivery",
    ),
    gettext_noop("Moderator"): (
        "videos.review_clip",
        "videos.view_*",
        "videos.change_job",
        "videos.change_reason",
        "videos.add_reason",
        "videos.add_hashtag",
        "videos.change_hashtag",
        "social.view_report",
        "social.change_report",
        "social.view_collection",
        "social.change_collection",
        "social.view_rating",
        "social.change_rating",
        "social.view_comment",
        "social.change_comment",
        "social.view_removal",
        "social.change_removal",
        "social.view_legalnotice",
        "social.change_legalnotice",
        "social.view_notifierpause",
        "social.view_sponsorship",
        "social.approve_sponsorship",
        "shop.view_messagethread",
        "shop.view_threadmessage",
        "shop.change_messagethread",
        "creators.suspend_creator",
        "creators.view_creator",
        "creators.change_creator",
        "creators.view_suspension",
        "creators.view_suspensionlink",
        "creators.view_campaign",
        "creators.view_terms",
        "catalog.view_product",
    ),
    gettext_noop("Campaign manager"): (
        "creators.*_campaign",
        "creators.add_terms",
        "creators.add_commissionrule",
        "creators.change_commissionrule",
        "creators.view_*",
        "videos.view_clip",
        "videos.*_wordingrule",
        "catalog.view_*",
        "creators.add_agency",
        "creators.change_agency",
        "creators.add_representation",
        "social.view_sponsorship",
        "social.add_sponsorship",
        "shop.view_discountcode",
        "shop.view_discountuse",
        "shop.add_discountcode",
        "shop.change_discountcode",
        "programme.view_*",
    ),
    gettext_noop("Finance"): (
        "payouts.view_*",
        "payouts.add_batch",
        "payouts.approve_batch",
        "payouts.add_payout",
        "payouts.release_hold",
        "payouts.change_payoutaccount",
        "payouts.approve_payoutaccount",
        "payouts.download_yearlytotals",
        "payouts.reverse_posting",
        "payouts.approve_reversal",
        "shop.view_*",
        "shop.add_refund",
        "shop.add_invoice",
        "shop.approve_refund",
        "shop.decide_commissionhold",
        "creators.view_*",
        "creators.approve_terms",
        "shop.change_order",
        "shop.change_providerevent",
        "shop.add_taxrate",
        "shop.change_taxrate",
        "shop.delete_taxrate",
        "shop.add_shippingzone",
        "shop.change_shippingzone",
        "shop.delete_shippingzone",
        "shop.add_shippingoption",
        "shop.change_shippingoption",
        "shop.delete_shippingoption",
        "catalog.view_merchant",
        "catalog.approve_merchantfee",
        "catalog.view_taxclass",
        "catalog.add_taxclass",
        "catalog.change_taxclass",
        "catalog.delete_taxclass",
        "social.view_sponsorship",
        "videos.view_clip",
        "accounts.view_outgoingemail",
        "accounts.view_refusedaddress",
    ),
    gettext_noop("Fulfilment"): (
        "shop.view_parcel",
        "shop.view_parcelline",
        "shop.add_parcel",
        "shop.change_parcel",
        "shop.view_download",
        "shop.change_download",
        "shop.view_refund",
        "shop.view_refundline",
        "shop.view_order",
        "shop.view_orderline",
    ),
    gettext_noop("Catalogue manager"): (
        "catalog.view_*",
        "catalog.*_product",
        "catalog.*_variant",
        "catalog.*_productimage",
        "catalog.*_category",
        "catalog.*_brand",
        "catalog.*_taxclass",
        "catalog.add_stockmovement",
        "catalog.change_merchant",
        "creators.view_sample",
        "creators.change_sample",
        "catalog.add_pickupplace",
        "catalog.change_pickupplace",
        "social.view_rating",
        "social.reply_rating",
        "catalog.add_cataloguesource",
        "catalog.change_cataloguesource",
        "catalog.change_categorymapping",
        "catalog.change_listingchange",
        "catalog.add_import",
        "catalog.*_exportaddress",
        "shop.view_click",
        "shop.view_discountcode",
        "shop.view_discountuse",
        "shop.add_discountcode",
        "shop.change_discountcode",
        "shop.view_order",
        "shop.view_orderline",
        "shop.view_payment",
        "shop.view_refund",
        "shop.view_refundline",
        "shop.view_taxrate",
        "videos.view_clip",
    ),
}
"""Permission patterns ("app.codename") for each role. A star matches any text. Superusers need no role.

What moves money is named in full: a star there may only stand for pages to read. Pages that anybody with `view_` reads show
numbers of accounts, tax IDs and the like masked; what has them in full needs a permission with another name.
"""


class UnknownPermission(Exception):
    """A permission pattern that matches nothing. It is misspelt, or its model no longer exists."""


def sync_roles(*, skip_unknown: bool = False) -> dict[str, int]:
    """Give each role's group exactly its permissions, and return the number of permissions by role.

    Repeating the call changes nothing. Group members and other groups stay as they are. `skip_unknown` leaves out
    patterns that match nothing, as after a `migrate` of some apps only.

    Raises UnknownPermission, without changing any group, if a pattern matches nothing.
    """
    permissions = list(Permission.objects.select_related("content_type"))
    wanted = {name: _match(patterns, permissions, skip_unknown) for name, patterns in ROLES.items()}
    with transaction.atomic():
        groups = {group.name: group for group in Group.objects.filter(name__in=ROLES).prefetch_related("permissions")}
        for name, ids in wanted.items():
            group = groups.get(name) or Group.objects.get_or_create(name=name)[0]
            if {permission.pk for permission in group.permissions.all()} != ids:
                group.permissions.set(ids)
    return {name: len(ids) for name, ids in wanted.items()}


def _match(patterns: Sequence[str], permissions: Sequence[Permission], skip_unknown: bool) -> set[int]:
    """Return the ids of the permissions that match any of the patterns."""
    matched: set[int] = set()
    for pattern in patterns:
        ids = {
            permission.pk
            for permission in permissions
            if fnmatchcase(f"{permission.content_type.app_label}.{permission.codename}", pattern)
        }
        if not ids and not skip_unknown:
            raise UnknownPermission(pattern)
        matched |= ids
    return matched
