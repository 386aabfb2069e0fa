"""Staff's answers that are refused come back on their form, with everything that was typed and chosen."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import Proposal, User
from catalog.models import Product
from creators.models import Creator
from payouts.models import Batch, Payout
from social.models import Report, ReportReason, ReportState
from social.reports import report_subject
from tests.conftest import client_of
from tests.factories import NOW, make_product, make_reason, make_user, make_waiting_clip
from tests.html_forms import read_form
from videos.models import Decision

pytestmark = pytest.mark.django_db
TYPED = "The lamp is not in the picture."


@pytest.fixture
def other_admin() -> User:
    return make_user("other@example.com", is_staff=True, is_superuser=True)


@pytest.mark.parametrize("words", [TYPED, TYPED + "x" * 1000])
def test_refused_decision_keeps_its_words_and_its_reason(admin_client: Client, words: str) -> None:
    clip, reason = make_waiting_clip(), make_reason()
    revision = clip.revisions.get().pk if len(words) > 1000 else 0
    data = {"revision": revision, "action": "reject", "reason": reason.code, "words": words}
    answer = admin_client.post(f"/admin/videos/clip/desk/{clip.code}/decide/", data)
    form = read_form(answer.content.decode(), field="words")
    assert (answer.status_code, form["words"], form["reason"]) == (422, words, reason.code)
    assert '<li class="error">' in answer.content.decode()
    assert not Decision.objects.exists()


def test_refused_answer_to_a_report_keeps_its_words_at_its_case(admin_client: Client) -> None:
    for product in (make_product(), make_product()):
        report_subject(user=make_user(), subject=product, reason=ReportReason.FAKE, words="", now=NOW)
    product = Product.objects.latest("pk")
    data = {"last_report_id": Report.objects.latest("pk").pk, "words": TYPED}
    answer = admin_client.post(f"/admin/social/report/desk/product/{product.pk}/decide/?kind=product", data)
    page = answer.content.decode()
    assert (answer.status_code, page.count(TYPED), "Choose an answer." in page) == (422, 1, True)
    assert page.index(TYPED) > page.index(f"/product/{product.pk}/decide/?kind=product")
    too_long = data | {"answer": "fake", "words": TYPED * 40}
    answer = admin_client.post(f"/admin/social/report/desk/product/{product.pk}/decide/", too_long)
    assert TYPED * 40 in answer.content.decode() and "at most 500 characters" in answer.content.decode()
    assert set(Report.objects.values_list("state", flat=True)) == {ReportState.OPEN}


@pytest.mark.parametrize("words", ["", TYPED * 20])
def test_refused_answer_to_a_proposal_keeps_its_words(
    admin_client: Client, other_admin: User, creator: Creator, words: str
) -> None:
    changes = {"creator": creator.pk, "holder_name": "Maya", "number": "DE1", "tax_id": "", "masked_before": ""}
    values = {"kind": "payout_account", "subject": "maya", "proposed_by": other_admin, "proposed_at": NOW}
    proposal = Proposal.objects.create(changes=changes | {"agency": None, "fingerprint_before": ""}, **values)
    answer = admin_client.post(f"/admin/accounts/proposal/{proposal.pk}/decide/", {"refuse": "", "answer": words})
    page = answer.content.decode()
    assert (answer.status_code, read_form(page, field="answer")["answer"]) == (422, words)
    assert "errorlist" in page
    proposal.refresh_from_db()
    assert proposal.is_open


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00k", b"key,status\n1,lost\n", b"\0,\0\n", b'"', b"k" * 200_000])
def test_bank_file_that_cannot_be_read_is_refused_in_words(
    admin_client: Client, other_admin: User, content: bytes
) -> None:
    batch = Batch.objects.create(created_by=other_admin, currency="USD", provider="csv", created_at=timezone.now())
    file = SimpleUploadedFile("results.csv", content)
    answer = admin_client.post(f"/admin/payouts/batch/{batch.pk}/results/", {"results": file}, follow=True)
    page = answer.content.decode()
    if "lost" in content.decode(errors="replace"):
        assert answer.status_code == 422 and "Rows that settled nothing" in page
    else:
        assert answer.status_code == 200 and '<li class="error">' in page
    assert "codec" not in page and "Error" not in page
    assert not Payout.objects.exists()


@pytest.mark.parametrize("keys", [["NaN"], ["a\0b"], ["9" * 5000], ["²"], [""]])
def test_odd_selection_on_the_desk_is_refused_in_words(admin_user: User, keys: list[str]) -> None:
    data = {"revision": keys, "action": "approve"}
    answer = client_of(admin_user).post("/admin/videos/clip/desk/bulk/", data, follow=True)
    assert "Select clips, an action and a reason." in answer.content.decode()


@pytest.mark.parametrize("text", ["9" * 5000, "a\0b", "NaN", "²", "{}", "[1]"])
@pytest.mark.parametrize(
    ("page", "field"),
    [
        ("/admin/catalog/category/add/", "parent"),
        ("/admin/catalog/product/add/", "category"),
        ("/admin/creators/campaign/add/", "category_slugs"),
        ("/admin/creators/campaign/add/", "invited"),
        ("/admin/payouts/payoutaccount/propose/", "creator"),
    ],
)
def test_odd_key_in_an_autocompleted_field_is_refused_at_it(
    admin_client: Client, page: str, field: str, text: str
) -> None:
    admin_client.post("/accounts/reauthenticate/", {"password": "password"})
    data = read_form(admin_client.get(page).content.decode(), field="csrfmiddlewaretoken")
    answer = admin_client.post(page, {**data, field: text})
    assert answer.status_code in (200, 422)
    assert 'class="errorlist"' in answer.content.decode()


def test_changed_hidden_value_of_translations_is_no_server_error(admin_client: Client) -> None:
    category = make_product().category
    page = f"/admin/catalog/category/{category.pk}/change/"
    data = read_form(admin_client.get(page).content.decode(), field="name")
    for text in ("9" * 50, "a\0b", '["x"]', ""):
        answer = admin_client.post(page, {**data, "initial-name_translations": text, "name_translations_en": "Books!"})
        assert answer.status_code in (200, 302)
