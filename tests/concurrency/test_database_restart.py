"""PostgreSQL restarts while shoppers order: each answer is one that counts, or 503 with Retry-After, and each order is whole."""

import http.client
import json
import threading
import time
from pathlib import Path

import pytest
from django.test import Client

from catalog.models import Product
from shop.models import Order
from tests.concurrency.test_lost_servers import restart_database
from tests.factories import make_product, make_user
from tests.feedsite.live_process import free_port, live_process
from tests.shop.conftest import ADDRESS

pytestmark = pytest.mark.django_db(transaction=True)

SHOPPERS, STOCK = 6, 500
SECONDS_TO_ANSWER = 15
CSRF = "x" * 32


class Shopper(threading.Thread):
    """Orders one mug after the other, and repeats a request that was not answered with success, under the same key."""

    def __init__(self, number: int, port: int, ends: threading.Event) -> None:
        super().__init__()
        client = Client()
        client.force_login(make_user(f"shopper{number}@example.com"))
        self.cookies = f"sessionid={client.cookies['sessionid'].value}; csrftoken={CSRF}"
        self.address, self.ends, self.port = f"127.0.0.{10 + number}", ends, port
        self.codes: set[str] = set()
        self.refusals: list[tuple[int, str | None]] = []
        self.slowest_seconds = 0.0

    def run(self) -> None:
        while not self.ends.is_set():
            key = f"{self.address}-{len(self.codes)}"
            while (code := self.order(key)) is None:
                time.sleep(0.3)
            self.codes.add(code)

    def order(self, key: str) -> str | None:
        body = {"product": "mug", "quantity": 1, "email": "s@example.com", "address": ADDRESS}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=(self.address, 0))
        started_at = time.monotonic()
        try:
            headers = {"Content-Type": "application/json", "Idempotency-Key": key}
            headers |= {"Cookie": self.cookies, "X-CSRFToken": CSRF}
            content = json.dumps(body | {"expected_total_minor": 4000})
            connection.request("POST", "/api/v1/checkout/", content, headers)
            answer = connection.getresponse()
            document = json.loads(answer.read())
        finally:
            connection.close()
        self.slowest_seconds = max(self.slowest_seconds, time.monotonic() - started_at)
        if answer.status in (200, 201):
            return str(document["code"])
        self.refusals.append((answer.status, answer.headers["Retry-After"]))
        return None


@pytest.mark.parametrize("pool_size", ["0", "10"])
def test_orders_survive_a_restart_of_the_database(tmp_path: Path, pool_size: str) -> None:
    make_product("mug", price_minor=4000, stock=STOCK)
    port, ends = free_port(), threading.Event()
    variables = {"WEB_PORT": str(port), "DATABASE_POOL_SIZE": pool_size, "DATA_DIR": str(tmp_path), "WEB_WORKERS": "1"}
    with live_process("web", tmp_path / "log", **variables) as web:
        shoppers = [Shopper(number, port, ends) for number in range(SHOPPERS)]
        web.wait_for(lambda: is_served(port))
        for shopper in shoppers:
            shopper.start()
        time.sleep(3)
        restart_database()
        time.sleep(6)
        ends.set()
        for shopper in shoppers:
            shopper.join(90)
    refusals = {refusal for shopper in shoppers for refusal in shopper.refusals}
    assert refusals <= {(503, "5"), (429, None)} | {(429, str(seconds)) for seconds in range(61)}, refusals
    assert max(shopper.slowest_seconds for shopper in shoppers) < SECONDS_TO_ANSWER
    codes = {code for shopper in shoppers for code in shopper.codes}
    assert len(codes) >= SHOPPERS
    assert set(Order.objects.values_list("code", flat=True)) == codes
    assert Product.objects.get().stock == STOCK - len(codes)


def is_served(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/readyz/web/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
