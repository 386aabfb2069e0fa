"""Strangers neither keep somebody out of their account, nor learn by the time whether it exists."""

from typing import Any, ClassVar

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
EMAIL = "mina@example.com"
SIGN_IN = "/accounts/login/"


class CountingHasher(MD5PasswordHasher):
    algorithm = "counting"
    count: ClassVar[int] = 0

    def encode(self, password: str, salt: str) -> str:
        CountingHasher.count += 1
        return super().encode(password, salt)


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def mina() -> User:
    user = make_user(EMAIL)
    EmailAddress.objects.create(user=user, email=EMAIL, verified=True, primary=True)
    return user


def signs_in(client: Client, address: str, password: str = PASSWORD) -> bool:
    client.post(SIGN_IN, {"login": EMAIL, "password": password}, REMOTE_ADDR=address)
    return "_auth_user_id" in client.session


def test_stranger_who_guesses_locks_only_themselves_out(mina: User) -> None:
    for _guess in range(12):
        assert not signs_in(Client(), "198.51.100.7", "wrong")
    assert not signs_in(Client(), "198.51.100.7")
    assert signs_in(Client(), "203.0.113.9")


def test_known_browser_is_not_locked_out_by_its_network(mina: User) -> None:
    own = Client()
    assert signs_in(own, "198.51.100.7")
    own.post("/accounts/logout/")
    for _guess in range(6):
        assert not signs_in(Client(), "198.51.100.7", "wrong")
    assert not signs_in(Client(), "198.51.100.7")
    assert signs_in(own, "198.51.100.7")


def test_guesses_in_a_known_browser_are_limited_as_well(mina: User) -> None:
    own = Client()
    assert signs_in(own, "203.0.113.9")
    own.post("/accounts/logout/")
    for guess in range(6):
        assert not signs_in(own, f"203.0.113.{guess}", "wrong")
    assert not signs_in(own, "203.0.113.9")


@pytest.mark.parametrize("page", ["/accounts/password/reset/", "/accounts/login/code/"])
def test_stranger_uses_up_nobodys_codes_and_links(mina: User, page: str) -> None:
    for _time in range(20):
        Client().post(page, {"email": EMAIL}, REMOTE_ADDR="198.51.100.7")
    assert Client().post(page, {"email": EMAIL}, REMOTE_ADDR="198.51.100.7").status_code != 302
    assert Client().post(page, {"email": EMAIL}, REMOTE_ADDR="203.0.113.9").status_code == 302


def test_signing_up_hashes_as_often_for_a_known_address(mina: User, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["tests.attacks.test_locked_out.CountingHasher"]
    counts, answers = [], []
    for email in ("new@example.com", EMAIL):
        CountingHasher.count = 0
        values = {"email": email, "password1": "a long new phrase", "password2": "a long new phrase"}
        answer = Client().post("/accounts/signup/", values)
        counts.append(CountingHasher.count)
        answers.append((answer.status_code, answer.headers.get("Location")))
    assert counts[0] == counts[1] > 0
    assert answers[0] == answers[1]


def test_whoever_tried_too_often_reads_so_on_a_page_of_the_site(mina: User) -> None:
    client, answer = Client(), None
    for _guess in range(40):
        answer = client.post(SIGN_IN, {"login": EMAIL, "password": "wrong"}, REMOTE_ADDR="198.51.100.7")
        if answer.status_code == 429:
            break
    assert answer is not None and answer.status_code == 429
    page = answer.content.decode()
    assert "Wait a few minutes, then try again." in page and 'class="site-nav' in page


PHRASE = {"password1": "a long new phrase", "password2": "a long new phrase"}
FLOODS = [("/accounts/login/code/", {}), ("/accounts/password/reset/", {}), ("/accounts/signup/", PHRASE)]


@pytest.fixture
def no_pause(settings: Settings) -> None:
    """Let an address be confirmed again within ten seconds."""
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "confirm_email": ""}


def ask(page: str, more: dict[str, str], address: str, client: Client | None = None, email: str = EMAIL) -> int:
    answer = (client or Client()).post(page, {"email": email, **more}, REMOTE_ADDR=address)
    if answer.status_code == 429:
        assert "Too many emails were sent to this address." in answer.content.decode()
    return int(answer.status_code)


@pytest.mark.usefixtures("no_pause")
@pytest.mark.parametrize(("page", "more"), FLOODS)
@pytest.mark.parametrize("email", [EMAIL, "nobody@example.com"])
def test_no_address_is_flooded(mina: User, page: str, more: dict[str, str], email: str, mailoutbox: list[Any]) -> None:
    """The answers are the same for an address without an account."""
    answers = [ask(page, more, f"198.51.100.{number % 10}", email=email) for number in range(24)]
    assert answers == [302] * 20 + [429] * 4
    assert len(mailoutbox) == 20
    other = ask(page, more, "203.0.113.9", email="other@example.com")
    assert other == 302 and mailoutbox[-1].to == ["other@example.com"]


@pytest.mark.usefixtures("no_pause")
@pytest.mark.parametrize(("page", "more"), FLOODS)
def test_one_network_uses_up_its_own_share_of_an_address(mina: User, page: str, more: dict[str, str]) -> None:
    spellings = [EMAIL, "mina+1@example.com", EMAIL.upper()]
    for number in range(6):
        assert ask(page, more, "2001:db8::1", email=spellings[number % 3]) == 302
    assert ask(page, more, "203.0.113.9") == 302


@pytest.mark.usefixtures("no_pause")
def test_sign_up_that_would_flood_an_address_stores_nothing(mina: User, mailoutbox: list[Any]) -> None:
    for number in range(20):
        ask("/accounts/login/code/", {}, f"198.51.100.{number % 10}", email="new@example.com")
    assert ask("/accounts/signup/", PHRASE, "203.0.113.9", email="new@example.com") == 429
    assert len(mailoutbox) == 20 and User.objects.get() == mina


def test_owner_gets_a_code_in_a_browser_that_is_known(mina: User) -> None:
    own = Client()
    assert signs_in(own, "198.51.100.7")
    own.post("/accounts/logout/")
    for number in range(24):
        ask("/accounts/login/code/", {}, f"198.51.100.{number % 10}")
    assert ask("/accounts/login/code/", {}, "198.51.100.7") == 429
    assert ask("/accounts/login/code/", {}, "198.51.100.7", own) == 302
