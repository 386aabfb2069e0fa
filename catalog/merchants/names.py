"""Names of merchants that nobody can take for another merchant's or the shop's own, and the addresses made of them."""

import secrets

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.lookalikes import check_alphabets, clean_text, reserved_skeletons, skeleton
from catalog.models import Merchant, MerchantState
from catalog.site import site_name

SLUG_BASE_LENGTH = 48


def clean_merchant_name(text: str) -> str:
    """Return the name as it is stored. Raises ValidationError if it has no letter, or could deceive."""
    name = clean_text(text, most=Merchant._meta.get_field("name").max_length or 0)
    check_alphabets(name)
    if skeleton(name) in reserved_skeletons(site_name()):
        raise ValidationError(_("This name could be taken for the shop's own. Choose another."))
    return name


def is_name_taken(name: str, *, merchant_id: int | None) -> bool:
    """Return whether the name differs from another merchant's only in looks. Those that were declined do not count."""
    others = Merchant.objects.exclude(pk=merchant_id or 0).exclude(state=MerchantState.REFUSED)
    return skeleton(name) in {skeleton(other) for other in others.values_list("name", flat=True)}


def make_slug(name: str) -> str:
    """Return a free address for a merchant's page. A name without Latin letters gets a random one."""
    base = slugify(name)[:SLUG_BASE_LENGTH].strip("-") or "merchant"
    return base if not Merchant.objects.filter(slug=base).exists() else f"{base}-{secrets.token_hex(3)}"
