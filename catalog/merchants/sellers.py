"""How a merchant is named to shoppers, and on papers: the house is the shop itself."""

from rest_framework import serializers

from catalog.models import Merchant
from catalog.site import current_site, site_name


def name_seller(merchant: Merchant) -> str:
    return site_name() if merchant.is_house else merchant.name


def list_sender(merchant: Merchant) -> list[str]:
    """Return the name and the address of a merchant, line by line."""
    if merchant.is_house:
        return [site_name(), *current_site().postal_address.splitlines()]
    return [*dict.fromkeys(filter(None, (merchant.name, merchant.legal_name))), *merchant.address.splitlines()]


class SellerSerializer(serializers.ModelSerializer[Merchant]):
    """The merchant that sells and sends. That of the shop itself is called “house”."""

    name = serializers.SerializerMethodField()

    class Meta:
        model = Merchant
        fields = ["slug", "name"]

    def get_name(self, merchant: Merchant) -> str:
        return name_seller(merchant)
