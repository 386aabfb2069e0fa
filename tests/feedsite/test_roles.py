"""Each role can do its own work, and nobody else's."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from accounts.models import User
from feedsite.roles import sync_roles
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator_by_role() -> User:
    sync_roles()
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name="Moderator"))
    return user


def test_a_moderator_reviews_clips_and_cannot_touch_prices(moderator_by_role: User) -> None:
    assert moderator_by_role.has_perm("videos.review_clip")
    assert not moderator_by_role.has_perm("catalog.change_product")
    assert not moderator_by_role.has_perm("creators.change_campaign")


def test_syncing_again_takes_back_what_was_added_by_hand() -> None:
    sync_roles()
    merchants = Group.objects.get(name="Merchant")
    moderators = Group.objects.get(name="Moderator")
    merchants.permissions.add(*moderators.permissions.all())
    call_command("sync_roles", verbosity=0)
    assert not merchants.permissions.filter(codename="review_clip").exists()
    assert merchants.permissions.filter(codename="change_product").exists()
