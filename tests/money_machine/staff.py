"""What staff do in admin: refunds, returns, failed refunds, proposals, events in front of them, prices."""

from typing import Any

from django.db.models import F
from django.test import Client
from hypothesis import strategies as st

from accounts.models import Proposal
from catalog.models import Product
from catalog.prices import plain_decimal
from shop.models import CommissionHold, Order, ProviderEvent, Refund
from tests.html_forms import read_form
from tests.money_machine.base import Sequenced, few, picks, step

ACTIONS = {
    "await_goods": "requested",
    "accept": "requested",
    "refuse": "requested",
    "retry_failed": "failed",
    "mark_paid_elsewhere": "failed",
}


class Staff(Sequenced):
    @step(
        "settled order",
        which=picks,
        quantity=few,
        percent=st.none() | st.sampled_from((10, 50, 100)),
        is_restocked=st.booleans(),
    )
    def refund_in_admin(self, which: int, quantity: int, percent: int | None, is_restocked: bool) -> bool:
        """Refund some units of each line, or an amount without goods."""
        order = self.pick(Order.objects.filter(paid_at__isnull=False), which)
        if order is None:
            return False
        url = f"/admin/shop/order/{order.pk}/refund/"
        data = {"reason": "A complaint"} | ({"is_restocked": "on"} if is_restocked else {})
        if percent is None:
            data |= {f"line-{line.pk}": str(min(quantity, line.refundable_quantity)) for line in order.lines.all()}
        else:
            data["amount"] = plain_decimal(order.total_minor * percent // 100, order.currency)
        before = order.refunds.count() + Proposal.objects.count()
        page = self.as_finance[0].post(url, data)
        if page.status_code == 422:
            return False
        form = read_form(page.content.decode(), field="reason")
        response = self.as_finance[0].post(url, form)
        assert response.status_code in (302, 422), response.status_code
        return bool(order.refunds.count() + Proposal.objects.count() > before)

    @step(which=picks, action=st.sampled_from(tuple(ACTIONS)))
    def answer_in_the_list_of_refunds(self, which: int, action: str) -> bool:
        refund = self.pick(Refund.objects.filter(state=ACTIONS[action]), which)
        return refund is not None and self.act_on_refund(refund, action)

    @step("proposal", which=picks, is_approved=st.booleans())
    def answer_a_proposal(self, which: int, is_approved: bool) -> bool:
        """A second person, and sometimes the first, answers what was proposed."""
        proposal = self.pick(Proposal.objects.filter(state="proposed"), which)
        if proposal is None:
            return False
        data = {"answer": "Looked at it", "approve" if is_approved else "refuse": "yes"}
        by = self.as_finance[1 + which % 2]
        self.confirm_password(by)
        by.post(f"/admin/accounts/proposal/{proposal.pk}/decide/", data)
        state: str = Proposal.objects.get(pk=proposal.pk).state
        return state != "proposed"

    @step(which=picks, percent=st.sampled_from((50, 90, 110, 200)))
    def change_a_price(self, which: int, percent: int) -> bool:
        product = self.goods[which % 2]
        minor = Product.objects.get(pk=product.pk).price_minor
        price_minor = max(10, minor * percent // 1000 * 10)
        return Product.objects.filter(pk=product.pk).update(price_minor=price_minor) == 1

    @step(which=picks)
    def put_on_or_off_sale(self, which: int) -> bool:
        """Take a product off sale, or put it back."""
        product = self.goods[which % 3]
        return Product.objects.filter(pk=product.pk).update(is_active=~F("is_active")) == 1

    @step("event set aside", which=picks)
    def deal_with_an_event(self, which: int) -> bool:
        event = self.pick(ProviderEvent.objects.set_aside(), which)
        if event is None:
            return False
        self.confirm_action("/admin/shop/providerevent/", "resolve", event.pk)
        return not ProviderEvent.objects.set_aside().filter(pk=event.pk).exists()

    @step("held commission", which=picks, is_released=st.booleans())
    def decide_on_a_held_commission(self, which: int, is_released: bool) -> bool:
        hold = self.pick(CommissionHold.objects.open(), which)
        data = {"reason": "Asked both", "release" if is_released else "refuse": ""}
        self.as_finance[which % 3].post(f"/admin/shop/commissionhold/{hold.pk}/decide/", data)
        return not CommissionHold.objects.open().filter(pk=hold.pk).exists()

    def act_on_refund(self, refund: Refund, action: str) -> bool:
        self.confirm_action("/admin/shop/refund/", action, refund.pk)
        state: str = Refund.objects.get(pk=refund.pk).state
        return state != ACTIONS[action]

    def confirm_action(self, url: str, action: str, pk: int) -> None:
        """Choose an action for one row of a list, and confirm it on the page that asks."""
        client: Client = self.as_finance[0]
        page = client.post(url, {"action": action, "_selected_action": [pk]}, follow=True)
        text = page.content.decode()
        if 'name="seen"' not in text:
            return
        data: dict[str, Any] = read_form(text, field="seen") | {"_selected_action": [pk]}
        client.post(url, data | ({"reason": "Not ours"} if 'name="reason"' in text else {}), follow=True)
