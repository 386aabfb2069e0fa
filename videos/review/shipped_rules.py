"""The wording rules that come with the product, as rows of the shop.

Every `migrate` creates missing rows and brings the shop's rows up to the text of this version, except for texts that
staff have edited. Switches, categories and campaigns are the shop's own choice from the first day.
"""

import hashlib
import json
from collections.abc import Mapping

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from videos.models import WordingRule
from videos.models.wording import phrase_lines
from videos.wording.packs import PACKS
from videos.wording.rules import ShippedRule

SHIPPED = {f"{language}/{rule.code}": rule for language, rules in PACKS.items() for rule in rules}
"""The rules of this version, by the name that their rows keep in `shipped_as`."""
TEXTS = ("severity", "phrases", "unless", "message", "suggestion", "must_match", "must_not_match")
"""The fields of a row that come from the shipped rule."""


class RuleOrigin(TextChoices):
    OWN = "own", _("This shop")
    SHIPPED = "shipped", _("Shipped")
    EDITED = "edited", _("Shipped, edited here")
    OUTDATED = "outdated", _("Shipped, edited here; its text has changed since")


class RuleChanged(Exception):
    """Somebody edited the rule after the text to be replaced was shown."""


def sync_shipped_rules(shipped: Mapping[str, ShippedRule] = SHIPPED) -> None:
    """Create a row for each shipped rule that has none, and give unedited rows this version's text."""
    with transaction.atomic():
        _sync(shipped)


def _sync(shipped: Mapping[str, ShippedRule]) -> None:
    """Lock the rows, or an edit of staff that is being saved would be overwritten."""
    rows = {row.shipped_as: row for row in WordingRule.objects.exclude(shipped_as=None).select_for_update()}
    for name, rule in shipped.items():
        row, texts = rows.get(name), shipped_texts(rule)
        newest = _hash(texts)
        if row is None:
            categories = sorted(rule.categories)
            values = {"code": _free_code(rule), "language": rule.language, "category_slugs": categories, **texts}
            WordingRule.objects.get_or_create(shipped_as=name, defaults={**values, "shipped_hash": newest})
        elif row.shipped_hash != newest and text_hash(row) in (row.shipped_hash, newest):
            _write_texts(row, texts)


def origin_of(row: WordingRule) -> RuleOrigin:
    """Return whether the rule came with the product, and whether the shop or a later version has changed its text."""
    rule = SHIPPED.get(row.shipped_as or "")
    if rule is None:
        return RuleOrigin.OWN
    newest = _hash(shipped_texts(rule))
    if text_hash(row) == newest:
        return RuleOrigin.SHIPPED
    return RuleOrigin.EDITED if row.shipped_hash == newest else RuleOrigin.OUTDATED


def restore_shipped_text(row_id: int, *, seen: str) -> WordingRule:
    """Give a shipped rule the text of this version again, and return the row.

    `seen` is the `text_hash` of the text to be replaced. Raises RuleChanged if the row has another one by now, and
    KeyError if no rule of this version belongs to the row.
    """
    with transaction.atomic():
        row = WordingRule.objects.select_for_update().get(pk=row_id)
        if text_hash(row) != seen:
            raise RuleChanged
        _write_texts(row, shipped_texts(SHIPPED[row.shipped_as or ""]))
    return row


def shipped_texts(rule: ShippedRule) -> dict[str, str]:
    """Return the text of each field of a row that comes from the shipped rule."""
    texts = {name: str(getattr(rule, name)) for name in TEXTS}
    return texts | {"phrases": "\n".join(rule.phrases), "unless": "\n".join(rule.unless)}


def text_hash(row: WordingRule) -> str:
    """Return the hash of the row's present text."""
    return _hash({name: getattr(row, name) for name in TEXTS})


def _hash(texts: Mapping[str, str]) -> str:
    """Return a hash that does not depend on how a browser ends lines."""
    content = [phrase_lines(texts[name]) for name in TEXTS]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _write_texts(row: WordingRule, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        setattr(row, name, text)
    row.shipped_hash = _hash(texts)
    row.save(update_fields=[*TEXTS, "shipped_hash"])


def _free_code(rule: ShippedRule) -> str:
    """Return the rule's code, or a longer one if the shop has a rule of its own with that code."""
    taken = set(WordingRule.objects.filter(language=rule.language).values_list("code", flat=True))
    code = rule.code
    while code in taken:
        code += "-shipped"
    return code
