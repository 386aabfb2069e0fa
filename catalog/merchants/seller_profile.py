"""What shoppers read about a merchant on its page. Name, address and contact of the house are those of the site settings."""

from dataclasses import dataclass

from rest_framework import serializers

from catalog.merchants.sellers import SellerSerializer, name_seller
from catalog.models import Merchant, MerchantState
from catalog.site import current_site


@dataclass(frozen=True)
class SellerProfile:
    """Who a seller is and how to reach it. Its legal data always include phone and email, as the law of the EU demands.

    Source: Regulation (EU) 2022/2065, article 30; Directive 2000/31/EC, article 5.
    """

    name: str
    legal_name: str
    address: str
    country: str
    phone: str
    email: str
    vat_number: str
    can_be_called: bool
    can_be_emailed: bool
    takes_messages: bool


def read_profile(merchant: Merchant) -> SellerProfile:
    site, is_house = current_site(), merchant.is_house
    phone = site.contact_phone if is_house else merchant.phone
    email = site.contact_email if is_house else merchant.email
    return SellerProfile(
        name=name_seller(merchant),
        legal_name=merchant.legal_name,
        address=site.postal_address if is_house else merchant.address,
        country=merchant.country,
        phone=phone,
        email=email,
        vat_number=site.vat_number if is_house else merchant.vat_number,
        can_be_called=bool(phone) and merchant.shows_phone,
        can_be_emailed=bool(email) and merchant.shows_email,
        takes_messages=merchant.takes_messages and not is_house,
    )


def seller_path(merchant: Merchant) -> str:
    """Return the path of the seller's page, or "" if it has none, because it is suspended."""
    return merchant.get_absolute_url() if merchant.state == MerchantState.APPROVED else ""


class SellerLinkSerializer(SellerSerializer):
    """The merchant that sells and sends, with its page."""

    url = serializers.SerializerMethodField(help_text="Its page; empty while it is suspended.")

    class Meta(SellerSerializer.Meta):
        fields = [*SellerSerializer.Meta.fields, "url"]

    def get_url(self, merchant: Merchant) -> str:
        return seller_path(merchant)
