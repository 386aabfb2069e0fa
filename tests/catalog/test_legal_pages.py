"""Legal pages: neutral texts with the shop's facts, replaced by the shop's own in each language."""

import pytest
from django.test import Client
from pytest_django import Settings

from catalog import site
from catalog.legal import neutral_text
from catalog.models import LegalKind, LegalPage, SiteSettings
from tests.conftest import client_of
from tests.factories import make_product, make_user
from tests.html_forms import read_form
from tests.shop.conftest import ADDRESS

pytestmark = pytest.mark.django_db
ADD = "/admin/catalog/legalpage/add/"


@pytest.fixture(autouse=True)
def fresh_settings() -> None:
    site.forget_site()


@pytest.fixture
def admin() -> Client:
    return client_of(make_user("admin@example.com", is_staff=True, is_superuser=True))


def read(client: Client, kind: str = "imprint", language: str = "en") -> str:
    response = client.get(f"/legal/{kind}/", headers={"Accept-Language": language})
    assert response.status_code == 200
    return " ".join(response.content.decode().replace("&#x27;", "'").split())


@pytest.mark.parametrize("kind", LegalKind.values)
@pytest.mark.parametrize("language", ["en", "ar", "he"])
def test_every_page_has_a_neutral_text(client: Client, kind: str, language: str) -> None:
    page = read(client, kind, language)
    assert "<h1>" in page and "<p>" in page and "{" not in page.split('<main class="page')[1]
    assert f'lang="{language}" dir="{"ltr" if language == "en" else "rtl"}"' in page


def test_the_neutral_texts_hold_the_facts_of_the_settings(client: Client, settings: Settings) -> None:
    settings.RETURN_DAYS, settings.CANCEL_MINUTES, settings.FEED_KEEP_MONTHS = 30, 1, 6
    settings.SHIPPING_FEE_MINOR, settings.SHIPPING_FREE_FROM_MINOR, settings.CURRENCY = 595, 5000, "EUR"
    settings.FEED_ASKS_CONSENT = True
    assert "within 30 days of the delivery of its last parcel" in read(client, "returns")
    settings.RECORD_PARCELS = False
    assert "within 30 days of the payment" in read(client, "returns")
    assert "cancel an order yourself for 1 minute after payment" in read(client, "terms")
    assert "€5.95 an order. From a value of goods of €50.00 it is free." in read(client, "shipping")
    settings.SHIPPING_BY_CURRENCY = {"JPY": (500, 4000)}
    assert "For orders in JPY, shipping costs ¥500. From a value of goods of ¥4,000" in read(client, "shipping")
    assert "remembered only if you agree" in read(client, "privacy") and "after 6 months" in read(client, "privacy")
    settings.SHIPPING_FEE_MINOR, settings.FEED_ASKS_CONSENT = 0, False
    assert "Shipping is free." in read(client, "shipping")
    assert "remembered only if you agree" not in read(client, "privacy")


def test_the_imprint_shows_who_runs_the_shop(client: Client) -> None:
    assert "has not entered a company and an address yet" in read(client)
    SiteSettings.objects.create(
        pk=1, name="Inspire", postal_address="Inspire GmbH\n1 Main Street", contact_email="a@inspire.example"
    )
    site.forget_site()
    page = read(client)
    assert "Inspire GmbH<br>1 Main Street" in page and 'href="mailto:a@inspire.example"' in page


def test_staff_begin_with_the_neutral_text_and_replace_it_at_once(admin: Client, client: Client) -> None:
    form = admin.get(f"{ADD}?kind=returns&language=he").content.decode()
    assert 'value="returns" selected' in form and 'value="he" selected' in form and "<textarea" in form
    text = "# Ours\n\nSend it to 1 <b>Main</b> Street.\nhttps://shop.example.org/returns\n\n# Costs\nNone."
    assert admin.post(ADD, {"kind": "returns", "language": "en", "text": text}).status_code == 302
    page = read(client, "returns")
    assert "<h2>Ours</h2>" in page and "<h2>Costs</h2> <p>None.</p>" in page
    assert "&lt;b&gt;Main&lt;/b&gt; Street.<br>" in page and 'href="https://shop.example.org/returns"' in page
    assert "within 14 days" not in page


def test_page_and_language_are_chosen_before_the_text(admin: Client) -> None:
    asked = admin.get(ADD).content.decode()
    assert 'method="get"' in asked and "<textarea" not in asked
    assert "<textarea" not in admin.get(f"{ADD}?kind=cookies&language=he").content.decode()
    assert "<textarea" not in admin.get(f"{ADD}?kind=terms&language=xx").content.decode()
    url = f"{ADD}?kind=returns&language=he"
    form = read_form(admin.get(url).content.decode())
    assert form["text"] == neutral_text(LegalKind.RETURNS, "he")
    for other in ({"kind": "terms"}, {"language": "ar"}):
        page = admin.post(url, form | other | {"text": "Ours"}).content.decode()
        assert "Select a valid choice." in page and "Ours" in page
    assert LegalPage.objects.count() == 0
    assert admin.post(url, form).status_code == 302
    row = LegalPage.objects.get()
    assert (row.kind, row.language, row.text) == ("returns", "he", neutral_text(LegalKind.RETURNS, "he"))
    assert admin.get(url)["Location"] == f"/admin/catalog/legalpage/{row.pk}/change/"


def test_written_text_stays_with_its_page_and_language(admin: Client) -> None:
    row = LegalPage.objects.create(kind="terms", language="en", text="Our terms")
    url = f"/admin/catalog/legalpage/{row.pk}/change/"
    form = read_form(admin.get(url).content.decode())
    admin.post(url, form | {"kind": "privacy", "language": "he", "text": "Our new terms"})
    row.refresh_from_db()
    assert (row.kind, row.language, row.text) == ("terms", "en", "Our new terms")
    form = read_form(admin.get(url).content.decode())
    page = admin.post(url, form | {"text": neutral_text(LegalKind.PRIVACY, "en")}).content.decode()
    assert "another page or language, unchanged: Privacy (English)" in page
    row.refresh_from_db()
    assert row.text == "Our new terms"


@pytest.mark.parametrize(("kind", "language"), [("imprint", "en"), ("privacy", "ar"), ("terms", "he")])
def test_untouched_text_of_another_page_or_language_is_refused(admin: Client, kind: str, language: str) -> None:
    text = neutral_text(LegalKind(kind), language).replace("\n", "\r\n") + "\r\n"
    page = admin.post(ADD, {"kind": "privacy", "language": "he", "text": text}).content.decode()
    assert "This is the text of another page or language, unchanged" in page
    assert LegalPage.objects.count() == 0
    assert admin.post(ADD, {"kind": kind, "language": language, "text": text}).status_code == 302


def test_list_offers_to_write_what_is_missing(admin: Client) -> None:
    LegalPage.objects.create(kind="terms", language="en", text="Our terms")
    page = admin.get("/admin/catalog/legalpage/").content.decode()
    assert page.count("legalpage/add/?kind=") == 14
    assert "Write Terms (Hebrew)" in page and "Write Terms (English)" not in page
    assert f'href="{ADD}?kind=terms&amp;language=he"' in page


def test_an_untranslated_text_is_shown_as_it_is_and_marked_with_its_language(client: Client) -> None:
    LegalPage.objects.create(kind="terms", language="he", text="תנאים")
    assert 'lang="he" dir="rtl"' in read(client, "terms", "ar")
    LegalPage.objects.create(kind="terms", language="en", text="Our terms")
    assert "Our terms" in read(client, "terms", "ar") and 'lang="en" dir="ltr"' in read(client, "terms", "ar")
    LegalPage.objects.create(kind="terms", language="ar", text="شروط")
    assert "شروط" in read(client, "terms", "ar")


def test_a_second_text_for_the_same_page_and_language_is_refused(admin: Client) -> None:
    LegalPage.objects.create(kind="terms", language="en", text="Our terms")
    response = admin.post(ADD, {"kind": "terms", "language": "en", "text": "Others"})
    assert response.status_code == 200 and "Others" in response.content.decode()
    errors = response.context["adminform"].form.errors
    assert list(errors) == ["kind"] and "already exists" in str(errors)
    assert LegalPage.objects.get().text == "Our terms"


def test_an_unknown_page_is_not_found(client: Client) -> None:
    assert client.get("/legal/cookies/").status_code == 404


@pytest.mark.parametrize("kind", LegalKind.values)
def test_legal_pages_are_linked_in_the_footer_at_sign_up_and_at_checkout(client: Client, kind: str) -> None:
    make_product("mug", stock=5)
    client.post("/api/v1/bag/", {"product": "mug"}, "application/json")
    link = f'href="/legal/{kind}/"'
    assert link in client.get("/search/").content.decode()
    sign_up = client.get("/accounts/signup/").content.decode().split("</main>")[0]
    checkout = client.get("/checkout/").content.decode().split("</main>")[0]
    assert (link in sign_up) == (kind in ("terms", "privacy"))
    assert (link in checkout) == (kind != "imprint")
    assert ADDRESS["city"] not in checkout


def test_a_post_is_not_allowed(client: Client) -> None:
    assert client.post("/legal/terms/").status_code == 405
