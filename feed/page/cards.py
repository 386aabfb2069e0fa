"""Cards: one plain dict per clip, which holds what the API and the page show to a viewer."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from django.utils.translation import get_language, override

from catalog.closed_shop import takes_orders
from catalog.prices import format_lowest, format_money
from catalog.stock import few_left
from catalog.translations import translate_name
from feed.page.cache import Cache
from feed.page.card_content import CardContent, TaggedProduct
from feed.page.card_pictures import dump_json
from feed.page.live import LiveOffer
from feed.page.reasons import describe_reasons
from feed.page.viewer_state import ViewerState
from videos.models.interest import ad_label_for
from videos.review.drift import describe_price_change, exceeds_drift_limit

type Card = dict[str, Any]

_offers: Cache[tuple[LiveOffer, bool, int | None, str], dict[str, Any]] = Cache("offers")


def build_card(
    content: CardContent, offers: Mapping[int, LiveOffer], viewer: ViewerState, reason_codes: Sequence[str]
) -> Card:
    """Return a clip's card for a viewer, without its token.

    Products that are missing from `offers` no longer exist and are left out. Nested values are fragments of JSON that
    are already encoded, so that encoding the card again is cheap.
    """
    is_followed = content.creator_id in viewer.followed
    tags = [_tag(tag, offers[tag.product_id]) for tag in content.tags if tag.product_id in offers]
    return {
        **content.fields,
        "ad_label": ad_label_for(content.interest, is_sponsored=content.is_sponsored),
        "tags": orjson.Fragment(dump_json(tags)),
        "creator": orjson.Fragment(dump_json({**content.creator, "is_followed": is_followed})),
        "is_liked": content.clip_id in viewer.liked,
        "is_saved": content.clip_id in viewer.saved,
        "reasons": describe_reasons(reason_codes, creator=content.creator_name, is_followed=is_followed),
    }


def _tag(tag: TaggedProduct, offer: LiveOffer) -> dict[str, Any]:
    product = {**tag.product, **_offer_fields(offer, tag.product["prices_vary"], tag.approved_price_minor)}
    product["name"] = translate_name(tag.product["name"], tag.name_translations)
    product["is_for_sale"] = tag.product["is_outbound"] or takes_orders()
    return {**tag.where, "product": product}


def _offer_fields(offer: LiveOffer, prices_vary: bool, approved_price_minor: int | None) -> dict[str, Any]:
    """Return the price, the stock, and a sentence about the price change since approval.

    The sentence is empty if the change is small.
    """
    language = get_language() or "en"
    key = (offer, prices_vary, approved_price_minor, language)
    return _offers.get_or_compute(key, lambda: _write_offer(*key))


def _write_offer(
    offer: LiveOffer, prices_vary: bool, approved_price_minor: int | None, language: str
) -> dict[str, Any]:
    price, currency = offer.price_minor, offer.currency
    available = offer.stock if offer.is_on_sale else 0
    with override(language):
        text = format_money(price, currency)
        price_text = format_lowest(price, currency, prices_vary=prices_vary)
        drift = ""
        if approved_price_minor and exceeds_drift_limit(approved_price_minor, price):
            drift = describe_price_change(approved_price_minor, price, currency)
    return {
        "price": {"amount_minor": price, "currency": currency, "text": text},
        "price_text": price_text,
        "is_in_stock": available > 0,
        "stock_left": few_left(available),
        "drift": drift,
    }
