"""Staff type the texts of a reason in each language, as text."""

import pytest
from django.test import Client

from tests.conftest import client_of
from tests.factories import make_reason, make_user
from tests.html_forms import read_form
from videos.models import Reason

pytestmark = pytest.mark.django_db
ADD = "/admin/videos/reason/add/"


@pytest.fixture
def admin() -> Client:
    return client_of(make_user("admin@example.com", is_staff=True, is_superuser=True))


def test_a_reason_is_typed_as_text(admin: Client) -> None:
    page = admin.get(ADD).content.decode()
    assert "{&quot;" not in page and 'name="text_ar"' in page and 'name="fix_he"' in page
    texts = {"text_en": "Too dark.", "text_ar": " معتم جدًا. ", "text_he": "", "fix_en": 'Film by "daylight".'}
    form = {"code": "dark", "position": "3", "is_active": "on", "fix_ar": "", "fix_he": "", **texts}
    assert admin.post(ADD, form).status_code == 302
    reason = Reason.objects.get(code="dark")
    assert (reason.text, reason.fix) == ({"en": "Too dark.", "ar": "معتم جدًا."}, {"en": 'Film by "daylight".'})
    assert (reason.text_in("ar"), reason.text_in("he")) == ("معتم جدًا.", "Too dark.")


def test_changing_one_text_keeps_the_others(admin: Client) -> None:
    reason = make_reason()
    Reason.objects.filter(pk=reason.pk).update(text={"en": "Old.", "ar": "قديم"})
    url = f"/admin/videos/reason/{reason.pk}/change/"
    assert admin.post(url, {**read_form(admin.get(url).content.decode()), "text_en": "New."}).status_code == 302
    assert Reason.objects.get(pk=reason.pk).text == {"en": "New.", "ar": "قديم"}


@pytest.mark.parametrize(
    ("text", "sentence"), [("", "This field is required."), ("x" * 301, "at most 300 characters (it has 301).")]
)
def test_no_text_or_one_that_is_too_long_is_refused_at_its_field(admin: Client, text: str, sentence: str) -> None:
    form = {"code": "dark", "position": "3", "text_en": text, "fix_en": "Film by daylight."}
    page = admin.post(ADD, form).content.decode()
    assert sentence in page and 'value="Film by daylight."' in page
    assert not Reason.objects.filter(code="dark").exists()
