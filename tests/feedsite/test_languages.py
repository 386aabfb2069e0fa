"""The site in Arabic and Hebrew: complete catalogues, right-to-left pages, and a choice of language that is stored."""

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from gettext import GNUTranslations
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from babel.messages.catalog import Message
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core import mail
from django.test import Client
from django.utils.formats import date_format, localize
from django.utils.translation import override

from accounts.models import User
from creators.models import Creator
from feedsite.translations import (
    LOCALE,
    PLURALS,
    compile_stale,
    extract_messages,
    is_translated,
    po_file,
    read_catalogue,
    update,
)
from shop.mail import mail_orders
from shop.models import Address, Order
from tests.conftest import client_of
from tests.factories import (
    NOW,
    PASSWORD,
    approve,
    make_creator,
    make_product,
    make_published_clip,
    make_user,
    make_waiting_clip,
)
from tests.shop.conftest import ADDRESS, buy
from videos.media.policy import SENTENCES
from videos.review.mail import send_decision_emails

LANGUAGES = sorted(PLURALS)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}")
MIN_TRANSLATED = 0.95


def messages_of(language: str) -> Iterator[Message]:
    return (message for message in read_catalogue(language) if message.id)


def forms_of(words: str | tuple[str, ...] | list[str]) -> list[str]:
    return [words] if isinstance(words, str) else list(words)


def sign_in(client: Client, user: User) -> None:
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_placeholders_of_its_original(language: str) -> None:
    wrong = []
    for message in messages_of(language):
        original = set(PLACEHOLDER.findall(forms_of(message.id)[-1]))
        for words in filter(None, forms_of(message.string)):
            placeholders = set(PLACEHOLDER.findall(words))
            # "One clip" and "two clips" need no number in Arabic and Hebrew; other messages need every placeholder.
            if placeholders != original and (isinstance(message.id, str) or not placeholders <= original):
                wrong.append(f"{message.id!r}: {words!r}")
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_plural_has_all_its_forms(language: str) -> None:
    plurals = [message for message in messages_of(language) if not isinstance(message.id, str)]
    assert plurals
    assert {len(message.string) for message in plurals} == {PLURALS[language][0]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_of_the_source_are_translated(language: str) -> None:
    translated = {(message.context, message.id) for message in messages_of(language) if is_translated(message.string)}
    messages = [(message.context, message.id) for message in extract_messages() if message.id]
    missing = [message for message in messages if message not in translated]
    for _context, words in missing:
        print(f"{language} lacks {words!r}")
    advice = "Run `make messages`, translate what it adds in feedsite/locale, and commit that."
    assert 1 - len(missing) / len(messages) >= MIN_TRANSLATED, advice


@pytest.mark.parametrize("language", LANGUAGES)
def test_creators_read_why_a_file_was_refused_in_their_language(language: str) -> None:
    """The sentences live in a module without Django, under a marker of its own."""
    translated = {message.id for message in messages_of(language) if is_translated(message.string)}
    assert set(SENTENCES.values()) <= translated


def test_no_translation_is_fuzzy() -> None:
    assert [message.id for language in LANGUAGES for message in messages_of(language) if message.fuzzy] == []


def test_catalogues_compile_and_updating_again_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(LOCALE, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.mo"))
    monkeypatch.setattr("feedsite.translations.LOCALE", tmp_path)
    update()
    first = [po_file(language).read_bytes() for language in LANGUAGES]
    update()
    assert [po_file(language).read_bytes() for language in LANGUAGES] == first
    compile_stale()
    for language in LANGUAGES:
        with po_file(language).with_suffix(".mo").open("rb") as compiled:
            assert GNUTranslations(compiled).gettext("Bag") not in ("", "Bag")


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words"), [("ar", "سلتك"), ("he", "הסל שלך")])
def test_a_page_is_shown_in_the_browsers_language_from_right_to_left(client: Client, language: str, words: str) -> None:
    page = client.get("/bag/", headers={"Accept-Language": language}).content.decode()
    assert f'<html lang="{language}" dir="rtl">' in page
    assert words in page


@pytest.mark.django_db
def test_a_chosen_language_is_stored_for_the_browser_and_the_user(as_shopper: Client, shopper: User) -> None:
    answer = as_shopper.post("/accounts/language/", {"language": "he", "next": "/bag/"})
    assert answer["Location"] == "/bag/"
    assert '<html lang="he"' in as_shopper.get("/bag/").content.decode()
    shopper.refresh_from_db()
    assert shopper.language == "he"


@pytest.mark.django_db
def test_an_unsupported_language_changes_nothing(as_shopper: Client, shopper: User) -> None:
    as_shopper.post("/accounts/language/", {"language": "xx", "next": "/bag/"})
    assert '<html lang="en"' in as_shopper.get("/bag/").content.decode()
    shopper.refresh_from_db()
    assert shopper.language == ""


@pytest.mark.django_db
def test_choosing_a_language_does_not_redirect_to_other_sites(client: Client) -> None:
    answer = client.post("/accounts/language/", {"language": "ar", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"


@pytest.mark.django_db
def test_signing_in_on_another_browser_applies_the_stored_language() -> None:
    client = Client()
    sign_in(client, make_user("maya@example.com", language="ar"))
    assert '<html lang="ar"' in client.get("/bag/").content.decode()


@pytest.mark.django_db
def test_the_first_sign_in_stores_the_language_of_the_page() -> None:
    user = make_user("maya@example.com")
    sign_in(Client(headers={"Accept-Language": "he"}), user)
    user.refresh_from_db()
    assert user.language == "he"


@pytest.mark.django_db
def test_an_order_is_confirmed_in_the_language_in_which_it_was_placed(shopper: User) -> None:
    Address.objects.create(user=shopper, **ADDRESS)
    make_product("mug", price_minor=1999)
    client = client_of(shopper)
    client.post("/accounts/language/", {"language": "ar"})
    code = buy(client, {"product": "mug"}).json()["code"]
    assert Order.objects.get().language == "ar"
    mail_orders(now=NOW)
    assert mail.outbox[0].body.startswith(f"شكرًا على طلبك {code}")


@pytest.mark.django_db
def test_amounts_dates_and_numbers_follow_the_language(client: Client) -> None:
    make_product("mug", name="Mug", price_minor=123456)
    page = client.get("/p/mug/", headers={"Accept-Language": "ar"}).content.decode()
    assert "\u200f1,234.56\xa0US$\u200e" in page
    with override("ar"):
        assert localize(34977.5, use_l10n=True) == "34977.5"
        assert intcomma(34977) == "34,977"
        assert date_format(datetime(2026, 11, 22, 8, 44, tzinfo=UTC), "DATETIME_FORMAT") == "22 نوفمبر 2026، 8:44 ص"


@pytest.mark.django_db
def test_user_content_keeps_its_direction_on_a_right_to_left_page(client: Client) -> None:
    make_published_clip(make_creator("maya"), caption="Two lamps.")
    page = client.get("/@maya/", headers={"Accept-Language": "he"}).content.decode()
    assert '<span dir="auto">Two lamps.</span>' in page
    assert '<bdi dir="ltr">@maya</bdi>' in page


@pytest.mark.django_db
def test_a_decision_is_mailed_in_the_creators_language(creator: Creator) -> None:
    User.objects.filter(pk=creator.user_id).update(language="he")
    approve(make_waiting_clip(creator, language="en"))
    assert send_decision_emails(now=NOW + timedelta(minutes=1)) == 1
    assert mail.outbox[0].subject.startswith("הסרטון שלך באוויר")
