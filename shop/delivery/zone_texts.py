"""What the legal page on shipping says about zones: where the shop delivers, by which options, at what price."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from accounts.lists import join_list
from catalog.countries import country_name
from catalog.prices import format_money
from shop.models.shipping import ShippingOption, ShippingZone


def describe_zones() -> list[str]:
    """Return a paragraph for each zone with options, in the active language. Empty while the settings' fee counts."""
    zones = ShippingZone.objects.prefetch_related("options").order_by("name")
    texts = [(zone, _describe_options(zone)) for zone in zones]
    return [f"{_describe_places(zone)}: {options}" for zone, options in texts if options]


def _describe_places(zone: ShippingZone) -> str:
    countries = join_list(country_name(code) for code in zone.countries)
    return f"{countries} ({join_list(zone.regions)})" if zone.regions else countries


def _describe_options(zone: ShippingZone) -> str:
    """Return each option with its price, or its least one if the price depends on the order."""
    options: dict[str, list[ShippingOption]] = {}
    for option in sorted(zone.options.all(), key=lambda option: (option.price_minor, option.pk)):
        if option.is_active:
            options.setdefault(option.local_name, []).append(option)
    return "; ".join(f"{name} {_describe_price(prices)}" for name, prices in options.items())


def _describe_price(options: Sequence[ShippingOption]) -> str:
    cheapest = options[0]
    price = format_money(cheapest.price_minor, cheapest.currency) if cheapest.price_minor else _("free")
    text = _("from %(price)s") % {"price": price} if len(options) > 1 else price
    if cheapest.price_minor and cheapest.free_from_minor is not None:
        value = format_money(cheapest.free_from_minor, cheapest.currency)
        return _("%(price)s, free from a value of goods of %(value)s") % {"price": text, "value": value}
    return text
