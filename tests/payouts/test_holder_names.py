"""Banks take names in Latin letters. Creators are asked for theirs; nobody makes one up from an Arabic or Hebrew name."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from creators.models import Agency, Creator
from payouts.bank_letters import is_bank_name
from payouts.batches import plan_batch
from payouts.models import Batch, PayoutAccount
from payouts.tally import tally
from payouts.transfers import send_payout
from tests.conftest import client_of
from tests.factories import NOW, PASSWORD, make_creator, make_published_clip, make_user

pytestmark = pytest.mark.django_db

IBAN = "DE89370400440532013000"
PAGE, API = "/studio/earnings/account/", "/api/v1/earnings/account/"


@pytest.fixture
def signed_in(as_creator: Client) -> Client:
    as_creator.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return as_creator


@pytest.mark.parametrize(
    "name", ["José Müller", "Ærø Łukasz", "Jose\u0301", "O’Neill & Søn", "Nguyễn Văn A", "Kaʻana", "O`Neill"]
)
def test_latin_names_with_accents_are_taken(signed_in: Client, name: str) -> None:
    assert is_bank_name(name)
    assert signed_in.post(PAGE, {"holder_name": name, "number": IBAN}).status_code == 302
    assert PayoutAccount.objects.get().holder_name == name


@pytest.mark.parametrize(
    "name",
    [
        "ليلى حداد",
        "נועה לוי",
        "Лена",
        "Maya 李",
        "‭Maya",
        "Ma\u202eya",
        "Ma\u200bya",
        "123",
        "&",
        "Mina Okafor 😀",
        "Maya €",
        "Maya™ 🏻",
    ],
)
def test_other_names_are_asked_for_in_latin_letters(signed_in: Client, name: str) -> None:
    typed = {"holder_name": name, "number": IBAN}
    page = signed_in.post(PAGE, typed)
    assert page.status_code == 422 and 'id="id_holder_name_error"' in page.content.decode()
    answer = signed_in.put(API, typed, content_type="application/json")
    assert (answer.status_code, list(answer.json())) == (400, ["holder_name"])
    assert not PayoutAccount.objects.exists()


def test_stripe_knows_the_name_itself(signed_in: Client, settings: Settings) -> None:
    settings.PAYOUT_PROVIDER = "stripe"
    typed = {"holder_name": "ليلى حداد", "number": "acct_12345678"}
    assert signed_in.post(PAGE, typed).status_code == 302
    assert signed_in.post(PAGE, typed | {"holder_name": "ليلى\u202eحداد"}).status_code == 422
    assert PayoutAccount.objects.get().holder_name == "ليلى حداد"


@pytest.mark.parametrize("field", ["tax_id", "holder_name"])
def test_characters_that_turn_text_around_are_refused(signed_in: Client, field: str) -> None:
    typed = {"holder_name": "Maya Meyer", "number": IBAN, field: "AB\u202e12"}
    page = signed_in.post(PAGE, typed)
    assert page.status_code == 422 and f'id="id_{field}_error"' in page.content.decode()
    assert not PayoutAccount.objects.exists()


def test_name_of_an_agency_has_no_invisible_characters() -> None:
    admin = client_of(make_user("root@example.com", is_staff=True, is_superuser=True))
    values = {"slug": "north", "notice_days": "30"}
    page = admin.post("/admin/creators/agency/add/", values | {"name": "No\u202erth"})
    assert "has a character that can" in page.content.decode()
    assert not Agency.objects.exists()
    admin.post("/admin/creators/agency/add/", values | {"name": "وكالة الشمال"})
    assert Agency.objects.get().name == "وكالة الشمال"


def earn(handle: str, holder: str, number: str) -> Creator:
    creator = make_creator(handle)
    make_published_clip(creator)
    PayoutAccount.objects.create(creator=creator, holder_name=holder, number=number)
    tally(now=timezone.now())
    return creator


def test_account_from_before_is_left_out_and_the_creator_is_asked_once(
    mailoutbox: list[EmailMessage], django_capture_on_commit_callbacks: Any
) -> None:
    layla = earn("layla", "ليلى حداد", IBAN)
    earn("maya", "Maya", "GB33BUKB20201555555555")
    user = make_user("finance@example.com", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="payouts"))
    page = client_of(user).post("/admin/payouts/batch/plan/", {"currency": "USD"}, follow=True).content.decode()
    assert "1 payout account names its holder in letters that banks don" in page
    assert [payout.holder_name for payout in Batch.objects.get().payouts.all()] == ["Maya"]
    plan_mails = [mail for mail in mailoutbox if mail.to == [layla.user.email]]
    assert [mail.subject for mail in plan_mails] == ["We need your name as your bank writes it"]
    assert PAGE in plan_mails[0].body
    client_of(user).post("/admin/payouts/batch/plan/", {"currency": "USD"})
    assert len([mail for mail in mailoutbox if mail.to == [layla.user.email]]) == 1
    client = client_of(layla.user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert "holder’s name in Latin letters" in client.get(PAGE).content.decode().replace("&#x27;", "’").replace(
        "'", "’"
    )
    client.post(PAGE, {"holder_name": "Layla Haddad", "number": IBAN})
    again = plan_batch(created_by=user, currency="USD", now=timezone.now())
    assert [payout.holder_name for payout in again.payouts.all()] == ["Layla Haddad"]


def test_payout_that_was_planned_before_is_stopped_with_a_sentence() -> None:
    earn("layla", "Layla", IBAN)
    payout = plan_batch(created_by=None, currency="USD", now=NOW).payouts.get()
    PayoutAccount.objects.update(holder_name="ليلى")
    assert not send_payout(payout_id=payout.pk, now=NOW)
    admin = client_of(make_user("root@example.com", is_staff=True, is_superuser=True))
    assert "in Latin letters" in admin.get(f"/admin/payouts/payout/{payout.pk}/change/").content.decode()
    payout.refresh_from_db()
    assert payout.state == "planned"
