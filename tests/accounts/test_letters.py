"""Every email has text and HTML, the shop's name as sender, and the language of whoever reads it."""

import email
import email.policy
import re
from email.message import EmailMessage as ParsedEmail
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.mail import EmailMessage
from django.test import Client
from django.utils.translation import override
from pytest_django import Settings

from accounts.letters import Paragraph, split_paragraphs, write_email
from accounts.models import OutgoingEmail
from catalog.models import SiteSettings
from catalog.site import forget_site
from tests.factories import make_user
from tests.mail_server import free_port, use_mail_server

pytestmark = pytest.mark.django_db
ROOT = Path(django_settings.BASE_DIR)


@pytest.fixture(autouse=True)
def no_mail_server(settings: Settings) -> None:
    use_mail_server(settings, free_port())


def last_email() -> ParsedEmail:
    content = bytes(OutgoingEmail.objects.latest("pk").content)
    parsed = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(parsed, ParsedEmail)
    return parsed


def parts_of(parsed: ParsedEmail) -> dict[str, str]:
    return {part.get_content_type(): part.get_content() for part in parsed.walk() if not part.is_multipart()}


def test_text_comes_first_and_html_says_the_same() -> None:
    write_email(
        "Your order", "Hello <Sam>,\n\n2 × Mug  $19.99\nTotal  $24.99\n\nhttps://shop.test/a/?b=1&c=2\n", to="a@b.test"
    ).send()
    parsed = last_email()
    parts = parts_of(parsed)
    assert (parsed.get_content_type(), list(parts)) == ("multipart/alternative", ["text/plain", "text/html"])
    assert "Hello <Sam>,\n\n2 × Mug  $19.99" in parts["text/plain"]
    html = parts["text/html"]
    assert "Hello &lt;Sam&gt;," in html and "<bdi>2 × Mug</bdi>" in html and "<bdi>$24.99</bdi>" in html
    assert 'href="https://shop.test/a/?b=1&amp;c=2"' in html
    assert '<html lang="en" dir="ltr">' in html
    assert parsed["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("language", "direction", "align"), [("ar", "rtl", "right"), ("he", "rtl", "right"), ("en", "ltr", "left")]
)
def test_html_runs_in_the_direction_of_its_language(language: str, direction: str, align: str) -> None:
    with override(language):
        message = write_email("Hello", "שלום", to="a@b.test")
    with override("en"):
        message.send()
    parsed = last_email()
    html = parts_of(parsed)["text/html"]
    assert f'<html lang="{language}" dir="{direction}">' in html and f'align="{align}"' in html
    assert parsed["Content-Language"] == language


def test_latin_lines_of_an_arabic_email_run_from_left_to_right() -> None:
    with override("ar"):
        write_email("Hello", "عنوان\n1 Main Street\nالمقطع: Two things", to="a@b.test").send()
    html = parts_of(last_email())["text/html"]
    assert '<span dir="ltr">1 Main Street</span>' in html and html.count('<span dir="ltr">') == 1


def test_the_sender_has_the_name_that_staff_gave_the_shop(settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "Old name <shop@example.com>"
    SiteSettings.objects.update_or_create(pk=1, defaults={"name": "Müller, Söhne"})
    forget_site()
    write_email("Hello", "", to="a@b.test").send()
    assert last_email()["From"].addresses[0].display_name == "Müller, Söhne"
    assert last_email()["From"].addresses[0].addr_spec == "shop@example.com"
    EmailMessage("Hello", "", "Other <other@example.com>", ["a@b.test"]).send()
    assert str(last_email()["From"]) == "Other <other@example.com>"


@pytest.mark.parametrize("subject", ["Your clip is live: two\nlines", "a\r\nBcc: evil@example.com", "\ttabs\t"])
def test_a_subject_of_several_lines_is_one_line_and_adds_no_header(subject: str) -> None:
    EmailMessage(subject, "", to=["a@b.test"]).send()
    assert last_email()["Subject"] == " ".join(subject.split())
    assert last_email()["Bcc"] is None and OutgoingEmail.objects.get().recipients == ["a@b.test"]


def test_links_alone_on_a_line_are_paragraphs_and_amounts_are_rows() -> None:
    assert split_paragraphs("See here:\nhttps://shop.test/\n\nBye\nShop") == [
        Paragraph(lines=("See here:",)),
        Paragraph(link="https://shop.test/"),
        Paragraph(lines=("Bye", "Shop")),
    ]
    assert split_paragraphs("Mug  $1\nAll  $2") == [Paragraph(rows=(("Mug", "$1"), ("All", "$2")))]
    assert split_paragraphs(" \n\n") == []


@pytest.mark.parametrize("url", ["/accounts/password/reset/", "/accounts/signup/", "/accounts/login/code/"])
def test_emails_about_accounts_are_in_the_language_of_their_reader(url: str) -> None:
    make_user("sam@example.com", language="ar")
    body = {"email": "sam@example.com", "password1": "correct horse battery", "password2": "correct horse battery"}
    assert Client(headers={"accept-language": "en"}).post(url, body).status_code == 302
    parsed = last_email()
    assert parsed["Content-Language"] == "ar"
    assert re.search(r"[\u0600-\u06ff]", parts_of(parsed)["text/plain"])


def test_everything_that_the_product_sends_goes_through_the_outbox() -> None:
    names = r"\b(send_mail|send_mass_mail|mail_admins|mail_managers|EmailMultiAlternatives|EmailMessage|get_connection|smtplib)\b"
    apps = ("accounts", "catalog", "creators", "videos", "feed", "shop", "social", "payouts", "feedsite", "demo")
    users = {
        str(path.relative_to(ROOT)): set(re.findall(names + r"(?=\(|\.SMTP\b)", path.read_text()))
        for app in apps
        for path in (ROOT / app).rglob("*.py")
    }
    # send_mail is allauth's adapter, whose emails go to the default mailer, which is the outbox.
    found = {name: used - {"send_mail"} for name, used in users.items() if used - {"send_mail"}}
    assert found == {"accounts/letters.py": {"EmailMessage", "EmailMultiAlternatives"}}
    assert django_settings.MAILERS["default"]["BACKEND"] == "accounts.mail_backend.OutboxBackend"
