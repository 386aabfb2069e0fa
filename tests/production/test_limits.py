"""Limits behind the shipped nginx and the proxy that terminates TLS: they count the client, whatever it claims."""

import re
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from tests.production.deployment import Deployment
from tests.production.outside import Shop

BOT, SHOPPER = "127.0.0.2", "127.0.0.3"
"""Addresses of this machine from which the TLS proxy is reached."""


def guess_password(shop: Shop, email: str, claims: dict[str, str]) -> int:
    """Try to sign in, with headers that only a proxy should send. Return the status."""
    _status, answer, page = shop.send("GET", "/accounts/login/", None, claims)
    cookie = str(answer["Set-Cookie"]).partition(";")[0]
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.decode())
    assert token
    form = {"login": email, "password": "guessed wrong", "csrfmiddlewaretoken": token[1]}
    headers = {"Cookie": cookie, "Referer": f"{shop.url}/", "Content-Type": "application/x-www-form-urlencoded"}
    return shop.request("POST", "/accounts/login/", urlencode(form).encode(), headers | claims)[0]


@pytest.mark.timeout(600)
def test_a_bot_locks_out_itself_alone(deployment: Deployment) -> None:
    bot, shopper = replace(deployment.shop, source=BOT), replace(deployment.shop, source=SHOPPER)
    answers = []
    for number in range(40):
        claims = {"X-Forwarded-For": f"192.0.2.{number}, 10.0.0.{number}", "X-Real-IP": f"192.0.2.{number}"}
        answers.append(guess_password(bot, f"guess{number}@example.com", claims))
    assert answers[0] == 200 and answers[-1] == 429
    assert guess_password(shopper, "shopper@example.com", {"X-Forwarded-For": BOT}) == 200
