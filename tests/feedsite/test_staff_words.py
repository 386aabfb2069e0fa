"""Small things that staff read: each is said once, in words, and spelled as people do."""

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils.formats import date_format
from django.utils.translation import override

from accounts.models import User
from accounts.password_links import ChoosePassword
from accounts.templatetags.sentences import begin_sentence
from payouts.banks.bank_answers import BankFileUnreadable
from payouts.banks.status_report import read_status_report
from shop.models import Order, TaxRate
from tests.factories import NOW, make_campaign, make_user
from tests.feedsite.full_shop import make_full_shop

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mod2@staff.example was deactivated.", "mod2@staff.example was deactivated."),
        ("a1b2: Approved.", "a1b2: Approved."),
        ("batch 3 was approved.", "Batch 3 was approved."),
        ("<b>x</b> y", "<b>x</b> y"),
    ],
)
def test_addresses_and_codes_at_the_beginning_keep_their_letters(text: str, shown: str) -> None:
    assert begin_sentence(text) == shown


def test_message_about_an_address_keeps_its_letters(admin_client: Client) -> None:
    user = make_user("mod2@staff.example", is_active=False)
    page = admin_client.post(f"/admin/accounts/user/access/{user.pk}/reactivate/", follow=True).content.decode()
    assert ">mod2@staff.example was reactivated.</li>" in page


@pytest.mark.parametrize("email", ["nobody", "a@b", "=?utf-8?q?a?=@example.com"])
def test_wrong_address_is_refused_once(admin_client: Client, email: str) -> None:
    make_full_shop()
    pages = {
        f"/admin/shop/order/{Order.objects.latest('pk').pk}/email/": {"email": email, "reason": "Typo"},
        "/admin/catalog/sitesettings/1/change/": {"name": "Shop", "contact_email": email},
    }
    for address, data in pages.items():
        page = admin_client.post(address, data).content.decode()
        assert page.count("Enter a valid email address.") == 1, address


def test_times_end_without_a_full_stop_of_their_own() -> None:
    with override("en"):
        formats = ("TIME_FORMAT", "DATETIME_FORMAT", "SHORT_DATETIME_FORMAT")
        assert [date_format(NOW, name)[-8:] for name in formats] == ["12:00 PM"] * 3


def test_lists_and_forms_use_plain_words(admin_client: Client) -> None:
    page = admin_client.get("/admin/creators/campaign/").content.decode()
    assert "By invitation" in page and "By by" not in page
    page = admin_client.post("/admin/creators/agency/add/", {"name": "North", "slug": "no spaces"}).content.decode()
    assert "Use only letters from a to z, digits, hyphens and underscores" in page and "valid “slug”" not in page
    page = admin_client.get(f"/admin/creators/campaign/{make_campaign().pk}/invitations/").content.decode()
    assert "also as “Name &lt;address&gt;”" in page


@pytest.mark.parametrize("content", ["<Document><a></Document>", "<", "<Document>"])
def test_broken_bank_file_is_refused_in_a_sentence(content: str) -> None:
    with pytest.raises(BankFileUnreadable, match=r"^It is XML that breaks off or is damaged in line 1\. Download it"):
        read_status_report(content)


def test_missing_backup_is_named_in_a_sentence() -> None:
    with pytest.raises(CommandError, match=r"^There is no file missing\.tar\.$"):
        call_command("restore", "missing.tar")


def test_deleting_a_tax_rate_says_what_follows(admin_client: Client) -> None:
    rate = TaxRate.objects.create(country_code="DE", rate_bps=1900, valid_from=NOW)
    page = " ".join(admin_client.get(f"/admin/shop/taxrate/{rate.pk}/delete/").content.decode().split())
    assert "Orders that are placed from now on are taxed by another rate" in page
    data = {"action": "delete_selected", "_selected_action": [rate.pk]}
    page = " ".join(admin_client.post("/admin/shop/taxrate/", data).content.decode().split())
    assert "Orders that are placed from now on are taxed by another rate" in page and TaxRate.objects.exists()


def test_invited_person_chooses_a_password_and_is_told_that_it_is_saved(client: Client) -> None:
    user = make_user("new@staff.example")
    EmailAddress.objects.create(user=user, email=user.email, primary=True)
    client.get(link_of(user))
    address = link_of(user).rsplit("-", 2)[0] + "-set-password/"
    page = client.get(address).content.decode()
    assert "Choose a password</h1>" in page and "Cancel" not in page and "Change Password" not in page
    words = "a long staircase to nowhere"
    page = client.post(address, {"password1": words, "password2": words}, follow=True).content.decode()
    assert "Your password is saved.</li>" in page


def link_of(user: User) -> str:
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str
    from django.urls import reverse

    key = default_token_generator.make_token(user)
    assert ChoosePassword.success_url
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
