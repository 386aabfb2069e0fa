"""Bank details and tax IDs: encrypted in the database, masked on pages, readable after keys were changed."""

import logging
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Proposal, User
from accounts.proposals import ProposalRefused, approve_proposal, refuse_proposal
from creators.models import Creator
from payouts.account_proposals import propose_account
from payouts.fraud import place_holds, release_hold
from payouts.models import Hold, Payout, PayoutAccount
from payouts.payout_accounts import AccountDetails
from payouts.tally import tally
from payouts.transfers import send_payout
from tests.conftest import client_of
from tests.factories import NOW, PASSWORD, make_creator, make_published_clip, make_user

pytestmark = pytest.mark.django_db

IBAN, TAX_ID = "DE89370400440532013000", "DE999999999"
OTHER_IBAN = "DE02120300000000202051"


def make_finance(email: str) -> User:
    user = make_user(email, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label__in=("payouts", "accounts")))
    return user


@pytest.fixture
def finance() -> User:
    return make_finance("finance@example.com")


def make_account(handle: str, number: str = IBAN) -> Creator:
    creator = make_creator(handle)
    PayoutAccount.objects.create(creator=creator, holder_name=handle, number=number, tax_id=TAX_ID)
    return creator


def read_stored(table: str, column: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column}::text FROM {table} ORDER BY id")  # noqa: S608  # constants
        return [row[0] for row in cursor.fetchall()]


def read_everything_stored() -> str:
    columns = {
        "payouts_payoutaccount": ("number", "tax_id"),
        "payouts_payout": ("number",),
        "payouts_hold": ("subject", "evidence"),
        "accounts_proposal": ("changes",),
        "django_admin_log": ("change_message", "object_repr"),
        "accounts_outgoingemail": ("encode(content, 'escape')",),
    }
    return "".join(text for table, names in columns.items() for name in names for text in read_stored(table, name))


def test_nothing_is_stored_or_shown_or_logged_in_full(finance: User, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = client_of(finance)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    creator = make_account("maya")
    make_account("twin")
    make_published_clip(creator)
    tally(now=timezone.now())
    client.post("/admin/payouts/batch/plan/", {"currency": "USD"})
    for hold in Hold.objects.all():
        release_hold(hold=hold, released_by=finance, reason="Fine.", now=NOW)
    payout = Payout.objects.get()
    send_payout(payout_id=payout.pk, now=NOW)
    data = {"creator": creator.pk, "holder_name": "Maya", "number": OTHER_IBAN, "tax_id": "DE888", "reason": "Asked."}
    assert client.post("/admin/payouts/payoutaccount/propose/", data).status_code == 302
    proposal = Proposal.objects.get()
    approve_proposal(proposal_id=proposal.pk, approved_by=make_finance("second@example.com"), now=NOW)
    paths = [f"payouts/{name}/" for name in ("payoutaccount", "payout", "batch", "hold", "posting")]
    paths += [f"payouts/payoutaccount/{pk}/change/" for pk in PayoutAccount.objects.values_list("pk", flat=True)]
    paths += [f"payouts/hold/{pk}/change/" for pk in Hold.objects.values_list("pk", flat=True)]
    paths += [f"payouts/payout/{payout.pk}/change/", f"payouts/batch/{payout.batch_id}/change/"]
    paths += [f"payouts/payout/{payout.pk}/history/", f"accounts/proposal/{proposal.pk}/change/"]
    pages = "".join(client.get(f"/admin/{path}").content.decode() for path in paths)
    assert "•••• 3000" in pages and "•••• 2051" in pages
    stored, log = read_everything_stored(), caplog.text + "".join(map(str, LogEntry.objects.all()))
    for secret in (IBAN, OTHER_IBAN, TAX_ID, "DE888"):
        for place, text in {"page": pages, "database": stored, "log": log}.items():
            assert secret not in text, f"{secret} in the {place}"
    assert (Payout.objects.get().number, PayoutAccount.objects.get(creator=creator).number) == (IBAN, OTHER_IBAN)


def test_same_text_is_encrypted_differently_and_still_found() -> None:
    make_account("maya")
    make_account("noor", OTHER_IBAN)
    make_account("twin")
    first, _other, third = read_stored("payouts_payoutaccount", "number")
    assert first != third and IBAN not in first
    assert PayoutAccount.objects.filter(number="de89 3704 0044 0532 0130 00").count() == 2
    assert PayoutAccount.objects.filter(tax_id="").count() == 0
    assert PayoutAccount.objects.exclude(number=IBAN).count() == 1


def test_values_are_read_while_a_key_is_replaced_and_after(settings: Settings, finance: User) -> None:
    old = settings.SECRET_KEY
    creator = make_account("maya")
    details = AccountDetails("Maya", OTHER_IBAN, TAX_ID)
    propose_account(payee=creator, details=details, reason="Asked.", proposed_by=finance, now=NOW)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, [old]
    assert PayoutAccount.objects.get().number == IBAN
    make_account("twin")
    assert place_holds(now=NOW) == 2
    settings.PAYOUT_DATA_KEYS = ["first key", "second key"]
    out = StringIO()
    call_command("reencrypt_payout_data", stdout=out)
    assert "5 values are encrypted with the first key." in out.getvalue()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS, settings.PAYOUT_DATA_KEYS = "x" * 60, [], ["first key"]
    assert set(PayoutAccount.objects.values_list("number", "tax_id")) == {(IBAN, TAX_ID)}
    approve_proposal(proposal_id=Proposal.objects.get().pk, approved_by=make_finance("second@example.com"), now=NOW)
    assert PayoutAccount.objects.get(creator=creator).number == OTHER_IBAN


def test_evidence_that_was_looked_into_is_not_held_again_under_a_new_key(settings: Settings, finance: User) -> None:
    for handle in ("maya", "twin"):
        make_account(handle)
    place_holds(now=NOW)
    for hold in Hold.objects.all():
        release_hold(hold=hold, released_by=finance, reason="A couple.", now=NOW)
    settings.PAYOUT_DATA_KEYS = ["new key"]
    assert place_holds(now=NOW) == 0
    call_command("reencrypt_payout_data", stdout=StringIO())
    settings.SECRET_KEY = "y" * 60
    assert place_holds(now=NOW) == 0
    assert Hold.objects.active().count() == 0


def test_lost_key_is_told_and_nothing_is_overwritten(settings: Settings, finance: User) -> None:
    creator = make_account("maya")
    make_published_clip(creator)
    tally(now=timezone.now())
    before = read_stored("payouts_payoutaccount", "number")
    settings.SECRET_KEY = "lost" * 20
    client = client_of(make_finance("second@example.com"))
    account = PayoutAccount.objects.get()
    assert client.get(f"/admin/payouts/payoutaccount/{account.pk}/change/").status_code == 200
    with pytest.raises(ValueError, match="could not be decrypted"), transaction.atomic():
        account.save()
    with pytest.raises(CommandError, match="2 values can't be decrypted"):
        call_command("reencrypt_payout_data", stdout=StringIO())
    client.post("/admin/payouts/batch/plan/", {"currency": "USD"})
    page = client.get("/admin/payouts/batch/").content.decode()
    assert Payout.objects.count() == 0 and "1 payout account can&#x27;t be decrypted." in page
    assert read_stored("payouts_payoutaccount", "number") == before


def test_proposal_that_no_key_decrypts_opens_and_is_refused_but_not_approved(settings: Settings, finance: User) -> None:
    creator, second = make_account("maya"), make_finance("second@example.com")
    details = AccountDetails("Maya", OTHER_IBAN, TAX_ID)
    proposal = propose_account(payee=creator, details=details, reason="Asked.", proposed_by=finance, now=NOW)
    before = read_stored("payouts_payoutaccount", "number")
    settings.SECRET_KEY = "lost" * 20
    page = client_of(make_finance("third@example.com")).get(f"/admin/accounts/proposal/{proposal.pk}/change/")
    assert page.status_code == 200 and "•••• �" in page.content.decode()
    with pytest.raises(ProposalRefused, match="can't be decrypted"):
        approve_proposal(proposal_id=proposal.pk, approved_by=second, now=NOW)
    assert read_stored("payouts_payoutaccount", "number") == before
    refuse_proposal(proposal_id=proposal.pk, refused_by=second, answer="The key is lost.", now=NOW)
    proposal.refresh_from_db()
    assert (proposal.state, OTHER_IBAN in str(proposal.changes)) == ("refused", False)


def test_own_data_are_downloaded_in_full(as_creator: Client, creator: Creator) -> None:
    PayoutAccount.objects.create(creator=creator, holder_name="Maya", number=IBAN, tax_id=TAX_ID)
    as_creator.post("/accounts/reauthenticate/", {"password": PASSWORD})
    [account] = as_creator.get("/accounts/data/").json()["payout_account"]
    assert (account["number"], account["tax_id"]) == (IBAN, TAX_ID)
