"""A walk over the pages of the site, which sends garbage to every address and form and collects what is wrong."""

import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.contrib import admin
from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from psycopg import sql

from accounts.models import User
from tests.conftest import client_of
from tests.feedsite.access_rules import all_routes
from tests.feedsite.form_probe import BODIES, QUERIES, RAW, SENTENCE, Values, encode, lost_texts, spoil
from tests.feedsite.page_reader import Form, read_page

URLENCODED = "application/x-www-form-urlencoded"
KEEPS_DRAFTS = {"data-draft-notice", "data-autosave", "data-upload", "data-desk-form"}
"""Drafts in the browser, drafts on the server, and the desk, which sends decisions in the background."""
KEPT_ON_THE_SERVER = {"data-autosave", "data-upload"}
"""A form that keeps its draft there also keeps what was refused."""
OTHER_METHODS = ("put", "trace")
EXPECTED_FAILURES = (503, 507)
NAME = re.compile(r"\w{9,}")
LIST_FIELDS = {"action", "select_across", "_selected_action"}
"""Fields of a list's own form in admin, in which nothing is typed."""


def signed_in(user: User) -> Client:
    """Return a client whose user has just confirmed the password."""
    client = client_of(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() + 3600, "email": user.email}]
    session.save()
    return client


def route_of(address: str) -> str:
    try:
        return str(resolve(urlsplit(address).path).route)
    except Resolver404:
        return ""


class Prober:
    """Sends requests, each of which is rolled back. `faults` has the first request for each kind of fault."""

    def __init__(self, client: Client, is_probed: Callable[[str], bool]) -> None:
        self.client, self.cookies, self.is_probed = client, dict(client.cookies), is_probed
        self.client.raise_request_exception = False
        self.faults: dict[str, str] = {}
        self.pages: dict[str, str] = {}
        self.queries: dict[str, set[str]] = {}
        self.broken: set[str] = set()
        self.forms: dict[Any, tuple[str, Form]] = {}
        self._tables = [name for name in connection.introspection.table_names() if name != "django_session"]
        self._rows = self.count_rows()
        with connection.cursor() as cursor:
            cursor.execute("SELECT conname FROM pg_constraint WHERE contype IN ('c', 'u', 'f') AND length(conname) > 8")
            self._constraints = {name for (name,) in cursor.fetchall()}

    def count_rows(self) -> dict[str, int]:
        """Return the number of rows of each table."""
        counts = [
            sql.SQL("SELECT {}, count(*) FROM {}").format(sql.Literal(name), sql.Identifier(name))
            for name in self._tables
        ]
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(" UNION ALL ").join(counts))
            return dict(cursor.fetchall())

    def send(
        self, what: str, method: str, address: str, check: Callable[[Any], None] | None = None, **body: Any
    ) -> Any:
        caught: list[str] = []

        def remember(**_values: Any) -> None:
            kind, _error, trace = sys.exc_info()
            frames = []
            while trace is not None:
                frames.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
                trace = trace.tb_next
            own = [frame for frame in frames if "site-packages" not in frame]
            caught.append(f"{kind and kind.__name__} at {[*own[-1:], *frames[-1:]]}")

        got_request_exception.connect(remember)
        self.client.cookies.clear()
        self.client.cookies.update(self.cookies)
        try:
            with transaction.atomic():
                answer: Any = self.client.generic(method.upper(), address, **body)
                what = f"{answer.status_code} for {method} {address[:200]} {what}"
                text = text_of(answer)
                raw = RAW.findall(text) or sorted(self._constraints.intersection(NAME.findall(text)))
                if answer.status_code >= 500 and answer.status_code not in EXPECTED_FAILURES:
                    self._fault(caught[0] if caught else f"{answer.status_code}", what)
                elif raw:
                    self._fault(f"raw text: {raw[0]}", what)
                elif check:
                    check(answer)
                transaction.set_rollback(True)
        finally:
            got_request_exception.disconnect(remember)
        return answer

    def _fault(self, kind: str, what: str) -> None:
        self.faults.setdefault(kind, what)

    def crawl(self) -> None:
        """Find an address for each route, the names in its queries, and the forms."""
        waiting, times = list(_first_addresses()), Counter[str]()
        while waiting:
            address = waiting.pop(0)
            route, path = route_of(address), urlsplit(address).path
            if not route or urlsplit(address).netloc or not self.is_probed(route):
                continue
            self.queries.setdefault(route, set()).update(name for name, _value in parse_qsl(urlsplit(address).query))
            if times[route] >= 2 or self.pages.get(route) == path:
                continue
            times[route] += 1
            self.pages.setdefault(route, path)
            answer = self.send("", "get", path)
            waiting += [urljoin(path, answer["Location"])] if answer.status_code in (301, 302) else []
            reader = read_page(text_of(answer))
            waiting += [urljoin(path, link) for link in reader.links]
            for form in reader.forms:
                for action in {
                    urljoin(path, action)
                    for action in ([one[2] or form.action for one in form.buttons] or [form.action])
                }:
                    self._note_form(path, replace(form, action=action))

    def _note_form(self, path: str, form: Form) -> None:
        route = route_of(form.action)
        if not self.is_probed(route):
            return
        self.pages.setdefault(route, urlsplit(form.action).path)
        if form.method == "get":
            self.queries.setdefault(route, set()).update(form.fields)
        else:
            names = frozenset(re.sub(r"\d+", "0", name) for name in form.fields)
            self.forms.setdefault((route, names), (path, form))

    def probe_form(self, page: str, form: Form) -> None:
        names = [name for name, _value, _address in form.buttons if name]
        for title, data in spoil(form):
            sent: Values = {**data, **{name: [value] for name, value, _address in form.buttons if name in names[:1]}}
            check = self._checker(f"{route_of(form.action)}: {title}", form, sent)
            self.send(f"from {page}: {title}", "post", form.action, check, data=encode(sent), content_type=URLENCODED)
        for kind, body in BODIES if form.action not in self.broken else ():
            self.send(f"as {kind!r}", "post", form.action, data=body, content_type=kind)
        self.broken.add(form.action)

    def find_forms_without_drafts(self) -> set[str]:
        """Return the addresses of forms in which people write, but which do not keep it while a session expires."""
        return {
            route
            for (route, _names), (_page, form) in self.forms.items()
            if any(one.kind == "textarea" for one in form.fields.values()) and not form.marks & KEEPS_DRAFTS
        }

    def probe_queries(self, route: str, path: str) -> None:
        names = sorted({"page", "q", "next", *self.queries.get(route, ())})
        for value in QUERIES if self.queries.get(route) else QUERIES[:2]:
            self.send("", "get", f"{path}?{encode({name: [value] for name in names}).decode()}")
        for method in OTHER_METHODS:
            self.send("", method, path)

    def _checker(self, title: str, form: Form, data: Values) -> Callable[[Any], None]:
        """Return a check of what a refusal must be: a sentence, everything typed still there, and no row changed."""

        def check(answer: Any) -> None:
            if answer.status_code in (301, 302, 303):
                self._check_redirect(title, form, data, answer["Location"])
                return
            if not form.marks & KEPT_ON_THE_SERVER and self.count_rows() != self._rows:
                self._fault(f"{title}: rows changed by a refused form", str(answer.status_code))
            text = text_of(answer)
            has_entry = any(one.kind != "hidden" and name not in LIST_FIELDS for name, one in form.fields.items())
            if not text or answer.status_code in (403, 404, 405) or not has_entry:
                return
            if not SENTENCE.search(text):
                self._fault(f"{title}: no sentence", str(answer.status_code))
            if lost := lost_texts(form, data, text):
                self._fault(f"{title}: lost {lost}", str(answer.status_code))

        return check

    def _check_redirect(self, title: str, form: Form, data: Values, address: str) -> None:
        """A form that is refused with a message on another page must not have lost what somebody wrote."""
        if urlsplit(address).netloc or "login" in address or "reauthenticate" in address:
            return
        text = text_of(self.client.get(address))
        lost = lost_texts(form, data, text, kinds=("textarea",))
        if lost and re.search(r'notice--bad|<li class="error"', text):
            self._fault(f"{title}: lost {lost} on the way to another page", address)


def text_of(answer: Any) -> str:
    """Return the HTML of a response, or ""."""
    is_page = not answer.streaming and "html" in answer.get("Content-Type", "")
    return str(answer.content.decode()) if is_page else ""


def _first_addresses() -> Iterator[str]:
    """Yield the routes without parameters, and the pages in admin of the newest row of each model."""
    for route in sorted(all_routes()):
        if "<" not in route and "(?P" not in route:
            yield f"/{route}"
    for model in admin.site._registry:
        row = model._base_manager.order_by("-pk").first()
        for action in ("change", "delete", "history") if row is not None else ():
            yield reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{action}", args=[row.pk])
