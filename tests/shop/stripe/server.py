"""The HTTP side of the stand-in: parameters, idempotency, lists, and answers that get lost on the way."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.shop.stripe.account import public_fields
from tests.shop.stripe.cards import Cards
from tests.shop.stripe.errors import Fields, Refusal, check_amount, missing_parameter, not_found, unknown_parameter

SESSION_PARAMETERS = {
    *("mode", "client_reference_id", "customer_email", "success_url", "cancel_url", "metadata", "payment_intent_data"),
    *("line_items", "expires_at", "excluded_payment_method_types", "locale", "customer", "payment_method_options"),
    "saved_payment_method_options",
}
INTENT_PARAMETERS = {
    *("amount", "currency", "customer", "payment_method", "allowed_payment_method_types", "confirm", "return_url"),
    *("description", "metadata", "expand", "off_session", "setup_future_usage", "error_on_requires_action"),
}
PARAMETERS = {
    "/v1/checkout/sessions": SESSION_PARAMETERS,
    "/v1/payment_intents": INTENT_PARAMETERS,
    "/v1/customers": {"email", "metadata", "name", "description"},
    "/v1/refunds": {"payment_intent", "charge", "amount", "metadata", "reason"},
    "/v1/transfers": {"amount", "currency", "destination", "transfer_group", "metadata", "description"},
}
LIST_PARAMETERS = {"limit", "starting_after", "created", "expand", "payment_intent", "charge", "status"}
LISTS = {
    "/v1/customers": ("customer", {"limit", "starting_after", "created", "email"}),
    "/v1/payment_intents": ("payment_intent", {"limit", "starting_after", "created", "customer", "expand"}),
    "/v1/checkout/sessions": ("checkout.session", LIST_PARAMETERS),
    "/v1/refunds": ("refund", LIST_PARAMETERS),
    "/v1/disputes": ("dispute", LIST_PARAMETERS),
    "/v1/transfers": ("transfer", LIST_PARAMETERS | {"transfer_group", "destination"}),
}
KINDS = {
    "sessions": "checkout.session",
    "refunds": "refund",
    "disputes": "dispute",
    "transfers": "transfer",
    "payment_intents": "payment_intent",
    "charges": "charge",
    "payment_methods": "payment_method",
}


class StandInStripe(Cards):
    """Stripe as seen by one key. It loses the next `lost_answers` after doing the work, and fails `failures` times.

    `transfer_refusal` is how it refuses transfers, if it does.
    """

    def __init__(self, secret_key: str = "sk_test", webhook_secret: str = "whsec_test") -> None:  # noqa: S107
        super().__init__(is_live=secret_key.startswith("sk_live"))
        self.secret_key, self.webhook_secret = secret_key, webhook_secret
        self.url = ""
        self.lost_answers = self.failures = 0
        self.transfer_refusal: Refusal | None = None
        self.answers: dict[str, tuple[str, Fields, int, Fields]] = {}
        self.requests: list[tuple[str, str]] = []
        self.lock = threading.RLock()

    def answer(self, method: str, path: str, params: Fields, key: str) -> tuple[int, Fields]:
        """Return the status and content of an answer. The same key gets the same answer again, errors included."""
        self.requests.append((method, path))
        if method == "POST" and key in self.answers:
            old_path, old_params, status, content = self.answers[key]
            if (old_path, old_params) != (path, params):
                text = (
                    "Keys for idempotent requests can only be used with the same parameters they were first used with."
                )
                return 400, Refusal(text, kind="idempotency_error").content
            return status, content
        try:
            if self.failures:
                self.failures -= 1
                raise Refusal("An unknown error occurred", kind="api_error", status=500)
            act = {"POST": self._post, "DELETE": self._delete}.get(method, self._get)
            status, content = 200, public_fields(act(path, params))
        except Refusal as refusal:
            status, content = refusal.status, refusal.content
        content = json.loads(json.dumps(content))
        if method == "POST" and key:
            self.answers[key] = (path, params, status, content)
        return status, content

    def forget_keys(self) -> None:
        """Let a day pass for idempotency keys. Source: docs.stripe.com/api/idempotent_requests."""
        self.answers.clear()

    def send_transfer(self, params: Fields) -> Fields:
        for name in ("amount", "currency", "destination"):
            if name not in params:
                raise missing_parameter(name)
        if not params["destination"].startswith("acct_"):
            raise not_found("destination", params["destination"])
        check_amount(int(params["amount"]), params["currency"], is_charge=False)
        if self.transfer_refusal:
            raise self.transfer_refusal
        return self.add("tr", "transfer", **{**params, "amount": int(params["amount"]), "amount_reversed": 0})

    def _post(self, path: str, params: Fields) -> Fields:
        for name in params:
            if name not in PARAMETERS.get(path, set()):
                raise unknown_parameter(name)
        match path.removeprefix("/v1/").split("/"):
            case ["checkout", "sessions"]:
                return self.create_session(params)
            case ["checkout", "sessions", name, "expire"]:
                return self.expire_session(name)
            case ["payment_intents"]:
                expand = list(params.get("expand", {}).values())
                return self._expand(self.create_intent(params), expand)
            case ["payment_intents", name, "cancel"]:
                return self.cancel_intent(name)
            case ["customers"]:
                return self.create_customer(params)
            case ["payment_methods", name, "detach"]:
                return self.detach(name)
            case ["refunds"]:
                return self.create_refund(params)
            case ["transfers"]:
                return self.send_transfer(params)
        raise Refusal(f"Unrecognized request URL (POST: {path}).", status=404)

    def _delete(self, path: str, params: Fields) -> Fields:
        match path.removeprefix("/v1/").split("/"):
            case ["customers", name]:
                return self.delete_customer(name)
        raise Refusal(f"Unrecognized request URL (DELETE: {path}).", status=404)

    def _get(self, path: str, params: Fields) -> Fields:
        if path == "/v1/account":
            return {"id": self.account_id, "object": "account"}
        expand = list(params.pop("expand", {}).values())
        if path in LISTS:
            page = self._list(path, params)
            parts = [part.removeprefix("data.") for part in expand if part.startswith("data.")]
            return {**page, "data": [self._expand(row, parts) for row in page["data"]]}
        match path.removeprefix("/v1/").split("/"):
            case ["customers", name, "payment_methods"]:
                return self.list_cards(name, params)
        collection, name = path.rsplit("/", 2)[-2:]
        if collection not in KINDS:
            raise Refusal(f"Unrecognized request URL (GET: {path}).", status=404)
        thing = self.get_session(name) if collection == "sessions" else self.get(KINDS[collection], name)
        return self._expand(thing, expand)

    def _list(self, path: str, params: Fields) -> Fields:
        """Return a page, newest first. Source: docs.stripe.com/api/pagination."""
        kind, allowed = LISTS[path]
        for name in params:
            if name not in allowed:
                raise unknown_parameter(name)
        limit, after, created = (
            int(params.pop("limit", 10)),
            params.pop("starting_after", ""),
            params.pop("created", {}),
        )
        rows = [row for row in reversed(self.all_of(kind)) if not row.get("deleted")]
        rows = [row for row in rows if all(row.get(key) == params[key] for key in params)]
        rows = [row for row in rows if int(created.get("gte", 0)) <= row["created"] <= int(created.get("lte", 1 << 40))]
        start = next((index + 1 for index, row in enumerate(rows) if row["id"] == after), 0)
        page = rows[start : start + limit]
        return {"object": "list", "data": page, "has_more": start + limit < len(rows), "url": path}

    def _expand(self, thing: Fields, paths: list[str]) -> Fields:
        """Return a copy of an object in which ids are replaced by the objects. Source: docs.stripe.com/api/expanding_objects."""
        copied = public_fields(thing)
        for first in {path.partition(".")[0] for path in paths}:
            rest = [path.partition(".")[2] for path in paths if path.startswith(f"{first}.")]
            if copied.get(first):
                copied[first] = self._expand(self.objects[copied[first]], rest)
        return copied


class StandInHandler(BaseHTTPRequestHandler):
    """Answers requests for the stand-in of its server."""

    server: "StandInServer"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
        self.respond("POST", urlsplit(self.path).path, parse_form(body))

    def do_DELETE(self) -> None:
        self.respond("DELETE", urlsplit(self.path).path, {})

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.respond("GET", parts.path, parse_form(parts.query))

    def respond(self, method: str, path: str, params: Fields) -> None:
        stripe = self.server.stripe
        with stripe.lock:
            if self.headers.get("Authorization") != f"Bearer {stripe.secret_key}":
                status, content = 401, Refusal("Invalid API Key provided.").content
            else:
                status, content = stripe.answer(method, path, params, self.headers.get("Idempotency-Key", ""))
            if stripe.lost_answers and method == "POST":
                stripe.lost_answers -= 1
                self.connection.close()
                return
        self.send(status, json.dumps(content).encode(), "application/json")

    def send(self, status: int, data: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_args: Any) -> None:
        return


class StandInServer(ThreadingHTTPServer):
    """A server for one stand-in."""

    def __init__(self, stripe: StandInStripe, handler: Callable[..., BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.stripe = stripe
        stripe.url = f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def running_stripe(
    stripe: StandInStripe | None = None, handler: type[StandInHandler] = StandInHandler
) -> Iterator[StandInStripe]:
    """Run the server and yield its stand-in."""
    server = StandInServer(stripe or StandInStripe(), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.stripe
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def parse_form(text: str) -> Fields:
    """Return nested fields of a form like `a[b][0]=c`. Lists become dicts by index."""
    fields: Fields = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        *path, last = name.replace("]", "").split("[")
        target = fields
        for part in path:
            target = target.setdefault(part, {})
        target[last if last else str(len(target))] = value
    return fields
