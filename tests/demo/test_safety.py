"""The demo's appeal waits for the demo's moderator, and its notice for a decision; neither is made twice."""

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from demo.safety import APPEAL, make_appeal, make_notice
from social.models import LegalNotice, Removal
from tests.conftest import client_of
from tests.factories import make_creator, make_published_clip, make_user

pytestmark = pytest.mark.django_db


def test_appeal_and_notice_wait_at_their_desks(monkeypatch: pytest.MonkeyPatch) -> None:
    clip = make_published_clip()
    monkeypatch.setattr("demo.safety.own_clips", lambda: type(clip).objects.filter(pk=clip.pk))
    make_creator("ann", user=make_user("ann@demo.example"))
    admin, moderator = make_user(is_staff=True, is_superuser=True), make_user(is_staff=True)
    moderator.groups.add(Group.objects.get(name="Moderator"))
    for _time in range(2):
        make_appeal(admin, now=timezone.now())
        make_notice(now=timezone.now())
    assert (Removal.objects.count(), LegalNotice.objects.count()) == (1, 1)
    staff = client_of(moderator)
    assert APPEAL in staff.get("/admin/social/removal/desk/").content.decode()
    assert clip.get_absolute_url() in staff.get("/admin/social/legalnotice/desk/").content.decode()
