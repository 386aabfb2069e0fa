"""Races for a handle, and between two administrators who take each other's role: first without the guard."""

from functools import partial

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import User
from accounts.staff import change_roles
from creators.models import Creator, FormerHandle
from creators.profiles import change_profile
from tests.concurrency.crowd import Meeting, Outcome, run_at_once
from tests.factories import make_creator, make_user

pytestmark = pytest.mark.django_db(transaction=True)
CREATORS = 16


def take_unguarded(creator: Creator, handle: str, everybody_asked: Meeting) -> None:
    """Change a handle as a form does that asks first and writes afterwards."""
    is_taken = Creator.objects.filter(handle=handle).exists()
    everybody_asked.wait()
    if not is_taken:
        Creator.objects.filter(pk=creator.pk).update(handle=handle)


def count_errors(outcomes: list[Outcome]) -> dict[str, int]:
    errors = [outcome.error for outcome in outcomes]
    return {error: errors.count(error) for error in set(errors)}


def test_many_creators_want_one_handle() -> None:
    creators = [make_creator() for _index in range(CREATORS)]
    meeting = Meeting(CREATORS)
    unguarded = count_errors(run_at_once([partial(take_unguarded, creator, "first", meeting) for creator in creators]))
    assert unguarded.get("IntegrityError", 0) > 0, "Without the guard some get a constraint's name."

    now = timezone.now()
    calls = [partial(change_profile, creator=creator, changes={"handle": "second"}, now=now) for creator in creators]
    assert count_errors(run_at_once(calls)) == {"": 1, "HandleTaken": CREATORS - 1}
    assert Creator.objects.filter(handle="second").count() == 1


def test_nobody_takes_a_handle_while_it_is_being_given_up() -> None:
    owner = make_creator("maya")
    others = [make_creator() for _index in range(CREATORS)]
    now = timezone.now()
    leave = partial(change_profile, creator=owner, changes={"handle": "maya.reads"}, now=now)
    take = [partial(change_profile, creator=creator, changes={"handle": "maya"}, now=now) for creator in others]
    outcomes = run_at_once([leave, *take])
    assert count_errors(outcomes) == {"": 1, "HandleTaken": CREATORS}
    assert outcomes[0].error == ""
    assert FormerHandle.objects.get().creator == owner


def take_role_unguarded(user: User, by: User) -> None:
    if by.has_perm("accounts.assign_role"):
        user.groups.clear()


def make_administrators() -> list[User]:
    users = [make_user(is_staff=True), make_user(is_staff=True)]
    for user in users:
        user.groups.add(Group.objects.get(name="Administrator"))
    return users


def count_administrators() -> int:
    return User.objects.filter(groups__name="Administrator", is_staff=True).count()


def test_two_administrators_cannot_remove_each_other() -> None:
    left = 2
    for _attempt in range(10):
        one, two = make_administrators()
        run_at_once([partial(take_role_unguarded, one, two), partial(take_role_unguarded, two, one)])
        left = min(left, User.objects.filter(pk__in=(one.pk, two.pk), groups__name="Administrator").count())
    assert left == 0, "Without the guard both are gone."

    User.objects.all().delete()
    role = Group.objects.get(name="Administrator")
    for _attempt in range(5):
        one, two = make_administrators()
        before = count_administrators()
        calls = [partial(change_roles, user=a, give=[], take=[role], by=b) for a, b in ((one, two), (two, one))]
        assert count_errors(run_at_once(calls)) == {"": 1, "AccessRefused": 1}
        assert count_administrators() == before - 1
