"""What the shop talks to: a mail server, and a payment provider whose page is on another site."""

import http.client
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from typing import override

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.mail_server import ClosingController
from tests.shop.stripe import StandInHandler, StandInStripe, running_stripe, sign
from tests.shop.stripe.errors import Fields

PAYMENT_HOST = "pay.example.test"
PAYMENT_PAGE = """<!doctype html><html lang="en"><title>Pay</title><h1>{amount}</h1>
<form method="post"><button name="answer" value="pay">Pay</button> <button name="answer" value="decline">Decline</button></form>
<a href="{back}">Back to the shop</a></html>"""
BANK_PAGE = """<!doctype html><html lang="en"><title>Bank</title><h1>Is this payment yours?</h1>
<form method="post"><button name="answer" value="yes">Confirm</button> <button name="answer" value="no">Refuse</button></form></html>"""


@dataclass
class MailServer:
    """Collects messages."""

    messages: list[EmailMessage] = field(default_factory=list)
    port: int = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 Accepted"

    def sent_to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.messages if address in str(message["To"])]


@contextmanager
def running_mail_server() -> Iterator[MailServer]:
    server = MailServer()
    controller = ClosingController(server, hostname="127.0.0.1", port=free_port())
    server.port = controller.port
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


class PaymentSite(StandInStripe):
    """Stripe with its payment page, which sends its events to the shop at once."""

    def __init__(self, shop: "Shop", webhook_secret: str) -> None:
        super().__init__("sk_test_production", webhook_secret)
        self.shop, self.page_base = shop, f"https://{PAYMENT_HOST}/pay"
        self.sent: list[Fields] = []

    def send_events(self) -> None:
        """Report to the shop what has happened, as Stripe does before it sends the shopper back."""
        waiting, self.events = self.events, []
        self.send(waiting)
        self.sent += waiting

    def send(self, events: list[Fields]) -> None:
        for event in events:
            body, signature = sign(event, self.webhook_secret)
            headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
            status, _content = self.shop.request("POST", "/api/v1/webhooks/stripe/", body, headers)
            assert status == 200, status


class PaymentHandler(StandInHandler):
    """Stripe's API, the page on which shoppers pay, and that of a bank which asks for a confirmation."""

    @override
    def do_GET(self) -> None:
        if not self.path.startswith("/pay/"):
            super().do_GET()
            return
        if self.path.startswith("/pay/3ds/"):
            self.send_page(200, BANK_PAGE)
            return
        session = self.server.stripe.get_session(self.path.removeprefix("/pay/"))
        amount = f"${session['amount_total'] / 100:.2f}"
        self.send_page(200, PAYMENT_PAGE.format(amount=amount, back=session["cancel_url"]))

    @override
    def do_POST(self) -> None:
        if not self.path.startswith("/pay/"):
            super().do_POST()
            return
        site = self.server.stripe
        assert isinstance(site, PaymentSite)
        answer = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
        if self.path.startswith("/pay/3ds/"):
            back = site.authenticate(self.path.removeprefix("/pay/3ds/"), is_confirmed=answer == "answer=yes")
            site.send_events()
            self.send_back(back)
            return
        session = site.get_session(self.path.removeprefix("/pay/"))
        if answer != "answer=pay":
            site.decline(session["id"])
            site.send_events()
            self.send_page(402, "<!doctype html><title>Declined</title><h1>Your card was declined.</h1>")
            return
        site.pay(session["id"])
        site.send_events()
        self.send_back(session["success_url"])

    def send_back(self, address: str) -> None:
        """Send the shopper back to the shop."""
        self.send_response(303)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def send_page(self, status: int, page: str) -> None:
        self.send(status, page.encode(), "text/html; charset=utf-8")


@dataclass(frozen=True)
class Shop:
    """The public address of the shop: a name, and the port on which it is reached here, from `source` if it is given."""

    host: str
    port: int
    source: str = ""

    @property
    def url(self) -> str:
        return f"https://{self.host}"

    def fetch(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, Message, bytes]:
        """Return the status, the headers and the body of a page."""
        return self.send("GET", path, None, headers)

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Return the status and the body of the response."""
        status, _headers, content = self.send(method, path, body, headers)
        return status, content

    def send(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str] | None
    ) -> tuple[int, Message, bytes]:
        """Send a request through the TLS proxy and return the status, the headers and the body of the response."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        source = (self.source, 0) if self.source else None
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=60, context=context, source_address=source
        )
        try:
            connection.request(method, path, body, {"Host": self.host, **(headers or {})})
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()


@contextmanager
def running_payment_site(shop: Shop, webhook_secret: str) -> Iterator[PaymentSite]:
    """Run the provider's API and page."""
    site = PaymentSite(shop, webhook_secret)
    with running_stripe(site, PaymentHandler):
        yield site


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
