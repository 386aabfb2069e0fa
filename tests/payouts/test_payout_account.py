"""A creator sets a payout account: after a fresh sign-in, masked from then on, confirmed by email."""

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from creators.models import Creator
from payouts.models import PayoutAccount
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

URL = "/studio/earnings/account/"
IBAN = "DE89 3704 0044 0532 0130 00"


@pytest.fixture
def signed_in(as_creator: Client) -> Client:
    as_creator.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return as_creator


def test_reading_and_changing_require_a_fresh_sign_in(as_creator: Client) -> None:
    for response in (as_creator.get(URL), as_creator.post(URL, {"holder_name": "M", "number": IBAN})):
        assert response.status_code == 302 and "reauthenticate" in response.headers["Location"]
    assert PayoutAccount.objects.count() == 0


def test_account_is_saved_masked_and_confirmed_by_email(
    signed_in: Client,
    creator: Creator,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        signed_in.post(URL, {"holder_name": "Maya Meyer", "number": IBAN, "tax_id": "123456789"})
    account = PayoutAccount.objects.get()
    assert (account.creator, account.number, account.tax_id) == (creator, "DE89370400440532013000", "123456789")
    page = signed_in.get(URL).content.decode()
    assert "•••• 3000" in page
    assert "DE89370400440532013000" not in page and "123456789" not in page
    [mail] = [mail for mail in mailoutbox if mail.subject == "Your payout account was changed"]
    assert mail.to == [creator.user.email]
    assert "•••• 3000" in mail.body and "DE8937" not in mail.body


@pytest.mark.parametrize(
    "pasted",
    [
        "IBAN: DE89 3704 0044 0532 0130 00",
        "\u202aDE89 3704 0044 0532 0130 00\u202c",
        "DE89\u200b370400440532013000\ufeff",
        "DE89\u22123704\u20110044\u00a00532013000",
        "\uff24\uff2589370400440532013000",
        "DE\u0668\u0669370400440532013000",
    ],
)
def test_number_is_read_as_it_looks(signed_in: Client, pasted: str) -> None:
    signed_in.post(URL, {"holder_name": "Maya Meyer", "number": pasted})
    assert PayoutAccount.objects.get().number == "DE89370400440532013000"


@pytest.mark.parametrize("number", ["DE88 3704 0044 0532 0130 00", "12", "DE89=cmd", ""])
def test_invalid_number_is_explained_and_changes_nothing(signed_in: Client, creator: Creator, number: str) -> None:
    PayoutAccount.objects.create(creator=creator, holder_name="Maya", number="DE001")
    response = signed_in.post(URL, {"holder_name": "Maya Meyer", "number": number})
    assert response.status_code == 422
    assert "Maya Meyer" in response.content.decode()
    assert (PayoutAccount.objects.get().holder_name, PayoutAccount.objects.get().number) == ("Maya", "DE001")


def test_only_creators_have_a_payout_account(client: Client, as_stranger: Client) -> None:
    assert client.get(URL).headers["Location"].startswith("/accounts/login/")
    assert as_stranger.get(URL).headers["Location"] == "/studio/join/"


API = "/api/v1/earnings/account/"
ACCOUNT = {"holder_name": "Maya Meyer", "number": IBAN, "tax_id": "123456789"}


def test_api_requires_a_fresh_sign_in(as_creator: Client) -> None:
    for response in (as_creator.get(API), as_creator.put(API, ACCOUNT, content_type="application/json")):
        assert (response.status_code, "/accounts/reauthenticate/" in response.json()["detail"]) == (403, True)
    assert PayoutAccount.objects.count() == 0


def test_api_saves_a_masked_account_and_confirms_by_email(
    signed_in: Client,
    creator: Creator,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    assert signed_in.get(API).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        saved = signed_in.put(API, ACCOUNT, content_type="application/json")
    assert saved.json() | {"changed_at": ""} == {
        "holder_name": "Maya Meyer",
        "number": "•••• 3000",
        "bank_code": "",
        "country_code": "DE",
        "tax_id": "•••• 89",
        "changed_at": "",
    }
    assert signed_in.get(API).json() == saved.json()
    assert (PayoutAccount.objects.get().creator, PayoutAccount.objects.get().number) == (
        creator,
        "DE89370400440532013000",
    )
    assert [mail.to for mail in mailoutbox if mail.subject == "Your payout account was changed"] == [
        [creator.user.email]
    ]


def test_api_explains_an_invalid_number_and_changes_nothing(signed_in: Client, creator: Creator) -> None:
    PayoutAccount.objects.create(creator=creator, holder_name="Maya", number="DE001")
    response = signed_in.put(API, {**ACCOUNT, "number": "DE88 3704 0044 0532 0130 00"}, content_type="application/json")
    assert (response.status_code, "Check it for typos" in response.json()["number"][0]) == (400, True)
    assert signed_in.put(API, {"number": IBAN}, content_type="application/json").status_code == 400
    assert PayoutAccount.objects.get().number == "DE001"


def test_api_is_for_creators_only(client: Client, as_stranger: Client) -> None:
    assert client.get(API).status_code == 403
    assert as_stranger.put(API, ACCOUNT, content_type="application/json").status_code == 404
    assert PayoutAccount.objects.count() == 0
