"""Error pages explain what went wrong and offer a way on."""

import pytest
from django.template.loader import render_to_string
from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_missing_page_says_so_and_links_to_the_search(client: Client) -> None:
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    assert "Page not found" in answer.content.decode()
    assert 'href="/search/"' in answer.content.decode()


def test_a_form_without_its_csrf_token_changes_nothing_and_says_what_to_do() -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@example.com", "password": "x"})
    assert answer.status_code == 403
    assert "Nothing was changed" in answer.content.decode()


def test_the_page_for_server_errors_renders_without_a_context() -> None:
    assert "Something went wrong on our side" in render_to_string("500.html")
