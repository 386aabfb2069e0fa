"""What shoppers do: see a total, confirm it, pay in several ways or not, come back, cancel, return."""

from typing import Any

from hypothesis import strategies as st

from shop.models import KeptCard, Order, OrderLine
from tests.html_forms import read_form
from tests.money_machine import books
from tests.money_machine.base import Person, Quoted, Sequenced, few, picks, step
from tests.shop.conftest import token_of
from tests.shop.stripe.errors import Refusal
from tests.shop.stripe.payments import SLOW_METHODS

NOT_CHARGED = "You have not been charged"
CODES = ("third", "ALL", "Few", "MAYA")
codes = st.just("") | st.sampled_from(CODES)


class Shopping(Sequenced):
    @step(who=picks, what=picks, quantity=few, clip=st.none() | picks, code=codes)
    def quote(self, who: int, what: int, quantity: int, clip: int | None, code: str) -> bool:
        """Open the sheet of a product, perhaps from a clip, and read the total."""
        self.add_quote(who, what, quantity, clip, code)
        return True

    def add_quote(self, who: int, what: int, quantity: int, clip: int | None, code: str = "") -> Quoted:
        """Ask for a total, and return it with what has to be sent to confirm it."""
        person, product = self.people[who % len(self.people)], self.goods[what % 3]
        body: dict[str, Any] = {"product": product.slug, "quantity": quantity, "discount_code": code, **person.body}
        clips = self.world.clips_with(product)
        if clip is not None and clips:
            body["seen"] = token_of(clips[clip % len(clips)], person.client, self.world.clock.now)
        response = person.client.post("/api/v1/quote/", body, content_type="application/json")
        assert response.status_code == 200, response.content
        total = response.json()["total"]
        body |= {"expected_total_minor": total["amount_minor"], "expected_currency": total["currency"]}
        self.quotes.append(Quoted(person, body, f"confirm-{self.next_number():04}"))
        return self.quotes[-1]

    @step(which=picks)
    def confirm(self, which: int) -> bool:
        """Confirm a total that was seen, whenever that was, and however often it was confirmed before."""
        quoted = self.pick(self._remembered_quotes(), which)
        return quoted is not None and self.confirm_quote(quoted)

    @step(who=picks, what=picks, quantity=few, clip=st.none() | picks)
    def buy_at_once(self, who: int, what: int, quantity: int, clip: int | None) -> bool:
        return self.confirm_quote(self.add_quote(who, what, quantity, clip))

    @step(who=picks, what=picks, quantity=few, clip=st.none() | picks, code=st.sampled_from(CODES))
    def buy_with_a_discount_code(self, who: int, what: int, quantity: int, clip: int | None, code: str) -> bool:
        return self.confirm_quote(self.add_quote(who, what, quantity, clip, code))

    @step("order", which=picks, more=few)
    def reuse_a_key(self, which: int, more: int) -> bool:
        """Send another order with the key of one that was placed."""
        quoted = self.pick([quoted for quoted in self._remembered_quotes() if quoted.code], which)
        if quoted is None:
            return False
        body = quoted.body | {"quantity": quoted.body["quantity"] + more}
        before = Order.objects.count()
        assert self._post_checkout(quoted.person, body, quoted.key).status_code == 422
        assert Order.objects.count() == before
        return True

    @step(who=picks, items=st.lists(st.tuples(picks, few), min_size=1, max_size=3), surprise=st.booleans())
    def buy_the_bag(self, who: int, items: list[tuple[int, int]], surprise: bool) -> bool:
        """Fill the bag and buy it on the checkout page. The price may change while the page is open."""
        person = self.people[who % len(self.people)]
        for what, quantity in items:
            item = {"product": self.goods[what % 3].slug, "quantity": quantity}
            person.client.post("/api/v1/bag/", item, content_type="application/json")
        page = person.client.get("/checkout/")
        if page.status_code != 200:
            return False
        form = read_form(page.content.decode(), field="key")
        form |= {"email": person.body.get("email", ""), **person.body.get("address", {})}
        form["address"] = form.get("address", "new")
        if surprise:
            product = self.goods[items[0][0] % 3]
            type(product).objects.filter(pk=product.pk).update(price_minor=product.price_minor + 1000)
        before = Order.objects.count()
        response = person.client.post("/checkout/", form)
        self.learn_owners(person)
        placed = Order.objects.count() - before
        if placed:
            order = Order.objects.order_by("-pk")[0]
            shown = (int(form["expected_total_minor"]), form["expected_currency"])
            assert (placed, order.total_minor, order.currency) == (1, *shown)
        else:
            assert response.status_code == 409, (response.status_code, form)
        return bool(placed)

    @step("open page", which=picks, card=st.none() | picks)
    def pay(self, which: int, card: int | None) -> bool:
        """Pay with one's own card, or with another person's."""
        session = self._pick_page(which)
        if session is None:
            return False
        owner = self.owners.get(books.order_of(session).code, self.people[0])
        person = owner if card is None else self.people[card % len(self.people)]
        self.stripe.pay(session["id"], fingerprint=person.card)
        return True

    @step("open page", which=picks)
    def try_a_declined_card(self, which: int) -> bool:
        session = self._pick_page(which)
        if session is None:
            return False
        self.stripe.decline(session["id"])
        return True

    @step("open page", which=picks, method=st.sampled_from(SLOW_METHODS))
    def pay_slowly(self, which: int, method: str) -> bool:
        session = self._pick_page(which)
        if session is None:
            return False
        try:
            self.stripe.pay_slowly(session["id"], method)
        except Refusal:
            return False
        return True

    @step("pending order", which=picks)
    def open_the_payment_page_again(self, which: int) -> bool:
        order = self.pick(Order.objects.filter(state="pending"), which)
        if order is None:
            return False
        response = self.owners[order.code].client.post(f"/orders/{order.code}/pay/")
        assert response.status_code in (200, 302)
        return True

    @step("order", which=picks)
    def cancel(self, which: int) -> bool:
        order = self.pick(Order.objects.all(), which)
        if order is None:
            return False
        url = f"/orders/{order.code}/"
        page = self.owners[order.code].client.post(f"{url}cancel/", follow=True).content.decode()
        if NOT_CHARGED in page:
            assert not books.charges_of(self.stripe, order), f"{order} was charged"
            assert not books.is_payable(self.stripe, order), f"{order} can still be paid"
        before, order_after = order.state, Order.objects.get(pk=order.pk)
        return bool(order_after.state != before)

    @step("settled order", which=picks, quantity=few)
    def ask_to_return(self, which: int, quantity: int) -> bool:
        line = self.pick(OrderLine.objects.filter(order__paid_at__isnull=False), which)
        if line is None:
            return False
        body = {"lines": [{"product": line.product.slug, "quantity": quantity}], "reason": "Too small"}
        response = self.owners[line.order.code].client.post(
            f"/api/v1/orders/{line.order.code}/returns/",
            body,
            content_type="application/json",
            headers={"Idempotency-Key": f"return-{self.next_number():04}"},
        )
        assert response.status_code in (201, 409), response.content
        return bool(response.status_code == 201)

    def place_first_order(self, who: int, what: int, quantity: int, clip: int, way: str) -> None:
        self.confirm_quote(self.add_quote(who, what, quantity, clip))
        session = self._pick_page(-1)
        if session is None or way == "not yet":
            return
        if way == "card" or self.stripe.objects[session["id"]]["excluded"]:
            self.stripe.pay(session["id"], fingerprint=self.people[who % len(self.people)].card)
        else:
            self.stripe.pay_slowly(session["id"])

    def _remembered_quotes(self) -> list[Quoted]:
        now = self.world.clock.now
        return [quoted for quoted in self.quotes if not quoted.is_forgotten(now)]

    def confirm_quote(self, quoted: Quoted) -> bool:
        """Confirm a total, and return whether an order was placed."""
        before = set(Order.objects.values_list("code", flat=True))
        response = self._post_checkout(quoted.person, quoted.body, quoted.key)
        fresh = set(Order.objects.values_list("code", flat=True)) - before
        self.learn_owners(quoted.person)
        match response.status_code:
            case 201:
                assert not quoted.code and fresh == {response.json()["code"]}
            case 200:
                assert not fresh and quoted.code == response.json()["code"]
            case 409:
                assert not fresh and not quoted.code
            case 400:
                is_usable = KeptCard.objects.filter(pk=quoted.body.get("card_id"), removed_at=None).exists()
                assert not fresh and not quoted.code and "card_id" in quoted.body and not is_usable, response.content
            case 402 | 503:
                assert len(fresh) <= (not quoted.code)
            case unexpected:
                raise AssertionError(f"{unexpected}: {response.content!r}")
        for code in fresh:
            order = Order.objects.get(code=code)
            seen = (quoted.body["expected_total_minor"], quoted.body["expected_currency"])
            assert (order.total_minor, order.currency) == seen, "The order costs something else than its button said."
            quoted.code, quoted.placed_at = code, order.placed_at
        return bool(fresh)

    def _post_checkout(self, person: Person, body: dict[str, Any], key: str) -> Any:
        headers = {"Idempotency-Key": key}
        return person.client.post("/api/v1/checkout/", body, content_type="application/json", headers=headers)

    def _pick_page(self, which: int) -> Any:
        """Return one of the payment pages that are open."""
        return self.pick(books.open_sessions(self.stripe), which)
