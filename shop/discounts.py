"""Discount codes: what a code takes off an order, and who may use it how often.

A use is counted when the order is placed, by one conditional UPDATE under a CHECK, which also locks the code: so uses per
person are counted one after the other. It is given back if the order ends without a payment.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.pasted_text import compared_address
from catalog.models import Category, MerchantMember, Product, Variant
from catalog.money import running_shares, share_of
from catalog.prices import format_money
from shop.models import DiscountCode, DiscountUse, Order
from shop.models.discount import normalize_code
from shop.states import OrderState


class DiscountRefused(Exception):
    """A code that takes nothing off. Nothing was changed. The message says why."""


def find_discount(typed: str, *, now: datetime) -> DiscountCode:
    """Return the code that was typed, in any case and with spaces. Raises DiscountRefused if it can't be used now."""
    name = normalize_code(typed)
    code = DiscountCode.objects.filter(code__iexact=name).first() if 0 < len(name) <= 32 else None
    if code is None or not code.is_active or code.valid_from > now:
        raise DiscountRefused(_("We don't know this discount code. Check how it is written."))
    if code.valid_until is not None and code.valid_until <= now:
        raise DiscountRefused(_("This discount code has expired."))
    if code.uses_limit is not None and code.uses_count >= code.uses_limit:
        raise DiscountRefused(_explain_used_up())
    return code


def divide_discount(code: DiscountCode, variants: Sequence[tuple[Variant, int]], currency: str) -> list[int]:
    """Return what the code takes off each of these variants and quantities, in minor units of their prices.

    The shares add up to the discount, which is never more than the goods to which it applies. Raises DiscountRefused.
    """
    amounts = [variant.price_minor * quantity for variant, quantity in variants]
    has_amount = code.amount_minor is not None or code.min_order_minor is not None
    if has_amount and code.currency != currency:
        values = {"currency": code.currency}
        raise DiscountRefused(_("This discount code is for orders in %(currency)s.") % values)
    if code.min_order_minor is not None and sum(amounts) < code.min_order_minor:
        values = {"amount": format_money(code.min_order_minor, currency)}
        raise DiscountRefused(_("This discount code is for orders of %(amount)s or more.") % values)
    included = _find_included(code, {variant.product_id for variant, _quantity in variants})
    weights = [
        amount if variant.product_id in included else 0
        for (variant, _quantity), amount in zip(variants, amounts, strict=True)
    ]
    if not any(weights):
        raise DiscountRefused(_("This discount code is not for these products."))
    whole_minor = sum(weights)
    if code.amount_minor is not None:
        return running_shares(min(code.amount_minor, whole_minor), weights)
    return running_shares(share_of(whole_minor, code.percent_bps or 0), weights)


def use_discount(*, code: DiscountCode, order: Order, now: datetime) -> DiscountUse:
    """Count the order as a use of the code. Call it in the transaction that places the order. Raises DiscountRefused."""
    usable = DiscountCode.objects.usable_at(now).filter(pk=code.pk)
    if usable.update(uses_count=F("uses_count") + 1) != 1:
        raise DiscountRefused(_explain_used_up())
    email = compared_address(order.email)
    _refuse_sellers(order, email)
    if code.uses_per_person is not None:
        own = Q(email=email) | (Q(order__user=order.user_id) if order.user_id else Q(pk=None))
        uses = code.uses.filter(own, given_back_at=None)
        if uses.count() >= code.uses_per_person:
            raise DiscountRefused(_explain_used(is_unpaid=uses.filter(order__state=OrderState.PENDING).exists()))
    return DiscountUse.objects.create(code=code, order=order, email=email, used_at=now)


def _refuse_sellers(order: Order, email: str) -> None:
    """Raise DiscountRefused if the buyer acts for a merchant whose goods the code made cheaper.

    The shop pays a merchant what its codes take off, so who buys from themself would be paid for each order.
    """
    sellers = order.lines.filter(discount_minor__gt=0).values("merchant")
    for member in MerchantMember.objects.filter(merchant__in=sellers).select_related("user", "merchant"):
        if member.user_id == order.user_id or compared_address(member.user.email) == email:
            seller = {"merchant": member.merchant}
            raise DiscountRefused(
                _("You act for %(merchant)s, so discount codes don't apply to what it sells.") % seller
            )


def give_back_discount(*, order_id: int, now: datetime) -> None:
    """Give back the use of a code by an order that ended without a payment. Giving back twice has one effect."""
    use = DiscountUse.objects.filter(order=order_id, given_back_at=None).first()
    if use and DiscountUse.objects.filter(pk=use.pk, given_back_at=None).update(given_back_at=now):
        DiscountCode.objects.filter(pk=use.code_id).update(uses_count=F("uses_count") - 1)


def _find_included(code: DiscountCode, product_ids: set[int]) -> set[int]:
    """Return the ids of those of the products to which the code applies."""
    if not code.is_limited_to_some:
        return product_ids
    branches = Category.objects.branches(list(code.categories.values_list("slug", flat=True)))
    chosen = Product.objects.filter(Q(pk__in=code.products.values("pk")) | Q(category__in=branches))
    return set(chosen.filter(pk__in=product_ids).values_list("pk", flat=True))


def _explain_used(*, is_unpaid: bool) -> str:
    if is_unpaid:
        return _(
            "You used this discount code in an order that waits for its payment. Pay for that order, or cancel it."
        )
    return _("You have used this discount code before.")


def _explain_used_up() -> str:
    return _("This discount code has been used up.")
