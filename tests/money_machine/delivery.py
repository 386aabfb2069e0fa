"""What packers do: parcels, step by step and corrected, and returns that arrive; and shoppers who cancel items."""

from hypothesis import strategies as st

from shop.models import Order, OrderLine, Parcel, Refund
from tests.money_machine.base import Sequenced, few, picks, step

PARCEL_STEPS = ("send", "send", "tracking", "deliver", "deliver", "lose", "resend", "cancel")


class Delivering(Sequenced):
    @step("settled order", which=picks, quantity=few)
    def pack(self, which: int, quantity: int) -> bool:
        """Pack some units of each line that has any left."""
        order = self.pick(Order.objects.filter(state__in=("paid", "partly_refunded")), which)
        return order is not None and self.pack_order(order, quantity)

    @step("parcel", which=picks, name=st.sampled_from(PARCEL_STEPS))
    def take_a_step_with_a_parcel(self, which: int, name: str) -> bool:
        return self.take_step(self.pick(Parcel.objects.all(), which), name)

    @step("settled order", which=picks)
    def deliver_an_order(self, which: int) -> bool:
        """Pack, send and deliver all that is left of an order."""
        order = self.pick(Order.objects.filter(paid_at__isnull=False), which)
        if order is None or not self.pack_order(order, 99):
            return False
        parcel = order.parcels.latest("pk")
        return self.take_step(parcel, "send") and self.take_step(parcel, "deliver")

    @step("accepted refund", which=picks, arrived=few, is_restocked=st.booleans())
    def receive_a_return(self, which: int, arrived: int, is_restocked: bool) -> bool:
        refund = self.pick(Refund.objects.filter(state="accepted"), which)
        data = {f"line-{line.pk}": str(min(arrived, line.quantity)) for line in refund.lines.all()}
        by = (self.as_packer, self.as_finance[0])[which % 2]
        response = by.post(
            f"/admin/shop/refund/{refund.pk}/receive/", data | ({"is_restocked": "on"} if is_restocked else {})
        )
        assert response.status_code in (302, 409), response.status_code
        return bool(response.status_code == 302)

    @step("settled order", which=picks, quantity=few)
    def cancel_items(self, which: int, quantity: int) -> bool:
        line = self.pick(OrderLine.objects.filter(order__paid_at__isnull=False), which)
        if line is None:
            return False
        response = self.owners[line.order.code].client.post(
            f"/api/v1/orders/{line.order.code}/cancel-items/",
            {"lines": [{"product": line.product.slug, "quantity": quantity}]},
            content_type="application/json",
            headers={"Idempotency-Key": f"cancel-{self.next_number():04}"},
        )
        assert response.status_code in (200, 409), response.content
        return bool(response.status_code == 200)

    def pack_order(self, order: Order, quantity: int) -> bool:
        data = {f"line-{line.pk}": str(min(quantity, line.unpacked_quantity)) for line in order.lines.all()}
        response = self.as_packer.post(f"/admin/shop/order/{order.pk}/pack/", data)
        assert response.status_code in (302, 409, 422), response.status_code
        return bool(response.status_code == 302)

    def take_step(self, parcel: Parcel, name: str) -> bool:
        tracking = {"carrier": "DHL", "number": f"JD{self.next_number():06}"} if name in ("send", "tracking") else {}
        response = self.as_packer.post(f"/admin/shop/parcel/{parcel.pk}/{name}/", tracking)
        assert response.status_code in (302, 409, 422), response.status_code
        return bool(response.status_code == 302)
