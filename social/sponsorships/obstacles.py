"""What keeps a sponsorship from running, whatever people decide: its post, products, merchant or payment."""

from catalog.models import MerchantState, Product
from shop.states import OrderState
from social.models import PauseReason, Sponsorship
from videos.states import ClipState


def find_obstacle(sponsorship: Sponsorship) -> PauseReason | None:
    """Return why the sponsorship can't run now, or None if it can."""
    clip, merchant, prepayment = sponsorship.clip, sponsorship.merchant, sponsorship.prepayment
    if clip.state != ClipState.PUBLISHED:
        return PauseReason.REMOVED
    if clip.is_hidden:
        return PauseReason.PROFILE
    if merchant is not None and merchant.state != MerchantState.APPROVED:
        return PauseReason.MERCHANT
    if prepayment is None or prepayment.state == OrderState.DISPUTED:
        return PauseReason.DISPUTED
    return _find_product_obstacle(sponsorship)


def _find_product_obstacle(sponsorship: Sponsorship) -> PauseReason | None:
    """Return whether none of the products can be bought: of a merchant's booking, those of the merchant."""
    products = Product.objects.filter(tags__clip=sponsorship.clip_id)
    if sponsorship.merchant is not None and not sponsorship.merchant.is_house:
        products = products.filter(merchant=sponsorship.merchant_id)
    if not products.filter(is_active=True).exists():
        return PauseReason.OFF_SALE
    if not products.filter(is_active=True, stock__gt=0).exists():
        return PauseReason.SOLD_OUT
    return None
