"""Actions of the list of products in Django admin: put on sale, and take off sale."""

from collections import Counter

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from accounts.confirmed_actions import Answer, AskingActions, Question, Skipped
from catalog.models import Product


class SaleActions(AskingActions[Product]):
    """Mixin for the admin of products. Each action asks first, says what it did, and is in the history."""

    actions = ["put_on_sale", "take_off_sale"]

    @admin.action(description=gettext_lazy("Put on sale"), permissions=["change"])
    def put_on_sale(self, request: HttpRequest, products: QuerySet[Product]) -> HttpResponse | None:
        chosen, skipped = _select(products, is_listed=False)
        count, lacking = len(chosen), sum(bool(_find_lacks(product)) for product in chosen)
        text = ngettext("Put %(count)d product on sale?", "Put %(count)d products on sale?", count) % {"count": count}
        if lacking:
            warning = ngettext(
                "%(count)d of them has no price or no stock.", "%(count)d of them have no price or no stock.", lacking
            )
            text = f"{text} {warning % {'count': lacking}}"
        rows = [" – ".join([product.name, *_find_lacks(product)]) for product in chosen]
        answer = self.ask(request, Question("put_on_sale", _("Put on sale"), text, rows), skipped)
        if not isinstance(answer, Answer):
            return answer
        changed = self._set_active(request, chosen, skipped, is_listed=True)
        if changed:
            done = ngettext("%(count)d product is on sale.", "%(count)d products are on sale.", changed)
            self.message_user(request, done % {"count": changed}, messages.SUCCESS)
        self.report_skipped(request, skipped)
        return None

    @admin.action(description=gettext_lazy("Take off sale"), permissions=["change"])
    def take_off_sale(self, request: HttpRequest, products: QuerySet[Product]) -> HttpResponse | None:
        chosen, skipped = _select(products, is_listed=True)
        count = len(chosen)
        text = ngettext("Take %(count)d product off sale?", "Take %(count)d products off sale?", count)
        rows = [product.name for product in chosen]
        question = Question("take_off_sale", _("Take off sale"), text % {"count": count}, rows)
        answer = self.ask(request, question, skipped)
        if not isinstance(answer, Answer):
            return answer
        changed = self._set_active(request, chosen, skipped, is_listed=False)
        if changed:
            done = ngettext("%(count)d product is off sale.", "%(count)d products are off sale.", changed)
            self.message_user(request, done % {"count": changed}, messages.SUCCESS)
        self.report_skipped(request, skipped)
        return None

    def _set_active(self, request: HttpRequest, products: list[Product], skipped: Skipped, *, is_listed: bool) -> int:
        """Change and record each product. Return how many were changed; count the others as skipped."""
        changed, done = 0, gettext_noop("Put on sale.") if is_listed else gettext_noop("Taken off sale.")
        for product in products:
            row = Product.objects.filter(pk=product.pk, is_listed=not is_listed)
            if row.update(is_listed=is_listed):
                self.log_change(request, product, done)
                if is_listed and not Product.objects.filter(pk=product.pk, is_active=True).exists():
                    skipped[_("it is listed, but waits for review, or its merchant is suspended.")] += 1
                else:
                    changed += 1
            else:
                skipped[_("somebody else has just changed it.")] += 1
        return changed


def _select(products: QuerySet[Product], *, is_listed: bool) -> tuple[list[Product], Skipped]:
    """Return the selected products that are on sale or not, and how many others there are."""
    rows = list(products)
    others = sum(product.is_listed != is_listed for product in rows)
    why = _("it is not on sale.") if is_listed else _("it is on sale already.")
    return [product for product in rows if product.is_listed == is_listed], Counter({why: others} if others else {})


def _find_lacks(product: Product) -> list[str]:
    """Return what a product on sale should have and this one lacks. Another shop's price and stock are its own."""
    lacks = [] if product.price_minor else [_("no price")]
    return lacks if product.stock or product.is_outbound else [*lacks, _("none in stock")]
