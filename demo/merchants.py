"""The demo's second merchant: it sells the products of one brand, and has an order to pack."""

from datetime import datetime

from accounts.models import User
from catalog.models import Merchant, MerchantMember, MerchantRole, MerchantState, PickupPlace, Product
from demo.orders import REFUSALS, order_product
from demo.progress import Progress
from shop.models import OrderLine

BRAND = "Good Dog Co"
SLUG = "good-dog"


def create_merchant(owner: User, *, now: datetime) -> Merchant:
    """Return the merchant. If it is missing, create it with its owner."""
    values = {
        "name": BRAND,
        "state": MerchantState.APPROVED,
        "legal_name": "Good Dog Company LLC",
        "address": "7 Kennel Road\nBurlington, VT 05401",
        "country": "US",
        "email": owner.email,
        "phone": "+18025550117",
        "about": "Toys and bowls that outlive the sofa.",
        "fee_bps": 1000,
        "approved_at": now,
    }
    merchant, is_new = Merchant.objects.get_or_create(slug=SLUG, defaults=values)
    if is_new:
        MerchantMember.objects.create(merchant=merchant, user=owner, role=MerchantRole.OWNER)
    return merchant


def offer_pickup(merchant: Merchant) -> None:
    """Offer one pickup place of the merchant, unless it has one."""
    values = {"address": "7 Kennel Road\nBurlington, VT 05401", "opening_hours": "Mon–Fri 9–18\nSat 10–14"}
    point = {"latitude": 44.4759, "longitude": -73.2121}
    PickupPlace.objects.get_or_create(merchant=merchant, name="Good Dog workshop", defaults=values | point)


def place_merchants_order(user: User, progress: Progress, *, now: datetime) -> None:
    """Buy something of the merchant, unless the user has bought from it before."""
    product = Product.objects.filter(merchant__slug=SLUG).order_by("slug").first()
    if product is None or OrderLine.objects.filter(order__user=user, merchant__slug=SLUG).exists():
        return
    try:
        order_product(product, user, now=now, key="demo-merchant")
    except REFUSALS as refusal:
        progress.note(f"The order from {BRAND} was not placed: {refusal}")
