"""Legal pages: the shop's own texts, or neutral ones with the facts that the settings know."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language_info, override

from catalog.models import LegalKind, LegalPage
from catalog.site import current_site


@dataclass(frozen=True)
class LegalBlock:
    """A heading or a paragraph."""

    text: str
    is_heading: bool


@dataclass(frozen=True)
class LegalText:
    """A legal page as it is shown. The language may differ from the reader's if the shop has not translated it."""

    kind: LegalKind
    language: str
    blocks: Sequence[LegalBlock]

    @property
    def direction(self) -> str:
        return "rtl" if get_language_info(self.language)["bidi"] else "ltr"


def read_legal_page(kind: LegalKind, language: str) -> LegalText:
    """Return the shop's own text in the language, else in the default one, else in any, else the neutral text."""
    texts = dict(LegalPage.objects.filter(kind=kind).order_by("language").values_list("language", "text"))
    for code in (language, settings.LANGUAGE_CODE, *texts):
        if code in texts:
            return LegalText(kind, code, _split(texts[code]))
    return LegalText(kind, language, _split(neutral_text(kind, language)))


def neutral_text(kind: LegalKind, language: str) -> str:
    """Return our neutral text of a page, to be shown or to be edited."""
    facts = {
        "site": current_site(),
        "site_url": settings.SITE_URL,
        "asks_consent": settings.FEED_ASKS_CONSENT,
        "keep_months": settings.FEED_KEEP_MONTHS,
        "return_days": settings.RETURN_DAYS,
        "records_parcels": settings.RECORD_PARCELS,
        "cancel_minutes": settings.CANCEL_MINUTES,
        "currency": settings.CURRENCY,
        "shipping_fee_minor": settings.SHIPPING_FEE_MINOR,
        "shipping_free_from_minor": settings.SHIPPING_FREE_FROM_MINOR,
        "shipping_by_currency": [(code, *fee) for code, fee in sorted(settings.SHIPPING_BY_CURRENCY.items())],
    }
    with override(language):
        lines = render_to_string(f"catalog/legal/{kind}.txt", facts).splitlines()
    paragraphs = "\n".join(line.strip() for line in lines).split("\n\n")
    return "\n\n".join(text.strip() for text in paragraphs if text.strip())


def _split(text: str) -> list[LegalBlock]:
    """Return the blocks of a text, in which empty lines stand between paragraphs and # begins a heading."""
    blocks: list[LegalBlock] = []
    for paragraph in text.replace("\r\n", "\n").split("\n\n"):
        first, _newline, rest = paragraph.strip().partition("\n")
        if first.startswith("#"):
            blocks.append(LegalBlock(first.lstrip("#").strip(), is_heading=True))
            first, rest = rest, ""
        words = f"{first}\n{rest}".strip()
        if words:
            blocks.append(LegalBlock(words, is_heading=False))
    return blocks
