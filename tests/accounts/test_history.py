"""Lines of admin's history are stored as English sentences with values, and read in the reader's language."""

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.test import Client
from django.utils.translation import gettext, override

from accounts import staff
from accounts.history import history_line, ngettext_noop, read_history_line
from accounts.lists import join_list
from accounts.models import User
from tests.factories import make_reason, make_user, make_waiting_clip

pytestmark = pytest.mark.django_db


def test_each_reader_gets_the_line_in_their_language(
    admin_client: Client, admin_user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ngettext_noop("Sent %(count)d payout.", "Sent %(count)d payouts.")
    target = make_user()
    LogEntry.objects.log_actions(
        admin_user.pk, [target], CHANGE, change_message=history_line(words, count=3), single_object=True
    )
    history = f"/admin/accounts/user/{target.pk}/history/"
    assert "<td>Sent 3 payouts.</td>" in admin_client.get(history).content.decode()
    monkeypatch.setattr("accounts.history.ngettext", lambda _one, _many, _count: "أُرسلت %(count)d دفعات.")
    assert "<td>أُرسلت 3 دفعات.</td>" in admin_client.get(history).content.decode()


def test_lines_with_values_in_any_words_are_kept() -> None:
    assert read_history_line(history_line("Dropped: %(reason)s", reason='100 % "wrong" سبب')) == (
        'Dropped: 100 % "wrong" سبب'
    )
    for line in ("", "Written by a former version: {100 %}", '[{"changed": {"fields": ["Name"]}}]'):
        assert read_history_line(line) == line


def test_reasons_are_in_the_moderators_language(as_moderator: Client) -> None:
    reason, clip = make_reason("in_arabic"), make_waiting_clip()
    reason.text = {"en": "A product is not shown.", "ar": "المنتج لا يظهر."}
    reason.save()
    for address in (f"/admin/videos/clip/desk/{clip.code}/", "/admin/videos/clip/desk/", "/admin/videos/decision/"):
        page = as_moderator.get(address, headers={"Accept-Language": "ar"}).content.decode()
        assert "المنتج لا يظهر." in page and "A product is not shown." not in page, address
        assert 'href="/static/site/admin.css"' in page


def test_roles_in_the_history_are_named_in_the_readers_language(admin_client: Client, admin_user: User) -> None:
    staff.change_roles(
        user=(target := make_user()),
        give=Group.objects.filter(name__in=("Finance", "Moderator")),
        take=[],
        by=admin_user,
    )
    history = f"/admin/accounts/user/{target.pk}/history/"
    assert "<td>Roles: Finance and Moderator.</td>" in admin_client.get(history).content.decode()
    with override("ar"):
        roles = join_list([gettext("Finance"), gettext("Moderator")])
    assert roles != "Finance and Moderator"
    assert roles in admin_client.get(history, headers={"Accept-Language": "ar"}).content.decode()
