"""Addresses as people paste them into the form of invitations: each is read, or named with what is wrong with it."""

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from creators.models import Campaign, Invitation
from tests.conftest import client_of
from tests.creators.test_invitations_in_admin import make_member, page_of, send, words_of
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    return make_member("Campaign manager")


@pytest.fixture
def as_manager(manager: User) -> Client:
    return client_of(manager)


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign("autumn")


def test_each_bad_line_is_named_and_everything_typed_stays(as_manager: Client, campaign: Campaign) -> None:
    typed = (
        f"lou@example.com\nno address\nsam@example.com, @x, {'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.com"
    )
    answer = send(as_manager, campaign, typed)
    assert answer.status_code == 422
    page = words_of(answer)
    assert "Line 2: “no address” is not an email address." in page
    assert "Line 3: “@x” is not an email address." in page
    assert page.count("Line 3:") == 2
    assert typed in answer.content.decode()
    assert (Invitation.objects.count(), mail.outbox) == (0, [])


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "This field is required."),
        (" ,\n; ", "Enter at least one address."),
        ("\n".join(f"a{n}@example.com" for n in range(201)), "You entered 201."),
        ("a\x00@example.com", "Null characters are not allowed."),
        ("a@example.com\x0bb", "is not an email address."),
        ("a@example.com\nBcc: b@example.com", "Line 2: “Bcc: b@example.com” is not an email address."),
    ],
)
def test_input_that_names_nobody_is_refused(as_manager: Client, campaign: Campaign, typed: str, sentence: str) -> None:
    answer = send(as_manager, campaign, typed)
    assert answer.status_code == 422
    assert sentence in words_of(answer)
    assert (Invitation.objects.count(), mail.outbox) == (0, [])


@pytest.mark.parametrize(
    ("typed", "invited"),
    [
        ("Carl <carl@example.org>", "carl"),
        ('"Doe, Jane" <jane@example.org>, Carl <CARL@example.org>', "carl jane"),
        ("carl@example.org dan@example.org\teve@example.org", "carl dan eve"),
        ("carl@example.org,dan@example.org;eve@example.org\r\nfay@example.org", "carl dan eve fay"),
        ("Carl M. <carl@example.org>; dan@example.org Eve <eve@example.org> <fay@example.org>", "carl dan eve fay"),
        ("Carl <carl@example.org> Dan <dan@example.org>\teve@example.org", "carl dan eve"),
        ("carl@example.org <carl@example.org>", "carl"),
        ('"carl@work" <carl@example.org>', "carl"),
        ("\u200ecarl@example.org\u200e\u00a0dan@example.org، eve@example.org؛", "carl dan eve"),
        ("كارل <carl@example.org>؛ דן <dan@example.org>", "carl dan"),
    ],
)
def test_addresses_are_read_as_people_paste_them(
    as_manager: Client, campaign: Campaign, typed: str, invited: str
) -> None:
    assert send(as_manager, campaign, typed).status_code == 302
    emails = sorted(Invitation.objects.values_list("email", flat=True))
    assert emails == [f"{name}@example.org" for name in invited.split()]


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("Carl <carl>", "“carl” is not"),
        ("Carl <carl@example.org", "“Carl &lt;carl@example.org” is not"),
        ("Carl carl@example.org", "“Carl carl@example.org” is not"),
        ("Carl <>", "“Carl &lt;&gt;” is not"),
        ("dan@ Carl <carl@example.org>", "“dan@” is not"),
        ("Carl <carl@example.org, dan@example.org>", "is not an email address"),
    ],
)
def test_what_is_no_address_is_named_beside_those_that_are(
    as_manager: Client, campaign: Campaign, typed: str, named: str
) -> None:
    answer = send(as_manager, campaign, f"eve@example.org {typed}" if "@ " in typed else typed)
    assert answer.status_code == 422 and named in words_of(answer)
    assert (Invitation.objects.count(), mail.outbox) == (0, [])


def test_200_addresses_fit(as_manager: Client, campaign: Campaign) -> None:
    assert send(as_manager, campaign, ",".join(f"a{n}@example.com" for n in range(200))).status_code == 302
    assert Invitation.objects.count() == len(mail.outbox) == 200
    page = as_manager.get(page_of(campaign)).content
    assert page.count(b"Send again to") == 100
    assert len(page) < 200 * 1024
    assert as_manager.get(f"{page_of(campaign)}?page=2").content.count(b"Send again to") == 100
