"""Pay that is held is not forgotten: staff who can decide are reminded every week, then superusers as well."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import User
from payouts.fraud import release_hold
from payouts.hold_reminders import mail_reminders
from payouts.models import Hold, HoldKind
from shop.commission_holds import decide_hold
from tests.conftest import client_of
from tests.factories import NOW, make_creator, make_user
from tests.shop.related import make_earning_clip, order_through

pytestmark = pytest.mark.django_db

EARLIER = timedelta(days=7)


@pytest.fixture
def finance() -> User:
    user = make_user("finance@example.com", is_staff=True)
    user.groups.set([Group.objects.get(name="Finance")])
    return user


@pytest.fixture
def owner() -> User:
    return make_user("owner@example.com", is_staff=True, is_superuser=True)


def place_hold(handle: str, *, days: float) -> Hold:
    placed_at = NOW - timedelta(days=days)
    return Hold.objects.create(
        creator=make_creator(handle), kind=HoldKind.SUSPENSION, subject=handle, placed_at=placed_at
    )


def recipients(mailoutbox: list[EmailMessage]) -> list[str]:
    return sorted(address for mail in mailoutbox for address in mail.to)


def test_holds_that_wait_for_a_week_are_in_one_email_with_a_page_that_lists_them(
    finance: User, owner: User, mailoutbox: list[EmailMessage]
) -> None:
    place_hold("maya", days=7)
    place_hold("theo", days=9)
    place_hold("fresh", days=6.9)
    order_through(make_earning_clip(make_creator("nora")))
    make_user("moderator@example.com", is_staff=True).groups.set([Group.objects.get(name="Moderator")])
    assert mail_reminders(now=NOW) == 1
    [mail] = mailoutbox
    assert mail.to == [finance.email] and mail.subject == "2 holds wait for a decision"
    assert "2 holds that stop all payouts of creators" in mail.body and "held commission" not in mail.body
    [link] = re.findall(r"https?://[^/]+(\S+)", mail.body)
    page = client_of(finance).get(link).content.decode()
    assert "@maya" in page and "@theo" in page


def test_superusers_are_reminded_after_two_weeks_or_if_nobody_else_can_decide(
    finance: User, owner: User, mailoutbox: list[EmailMessage]
) -> None:
    place_hold("maya", days=14)
    assert mail_reminders(now=NOW) == 2
    assert recipients(mailoutbox) == [finance.email, owner.email]
    Hold.objects.update(placed_at=NOW - EARLIER)
    finance.groups.clear()
    mailoutbox.clear()
    assert mail_reminders(now=NOW) == 1
    assert recipients(mailoutbox) == [owner.email]


def test_held_commission_is_listed_until_it_is_decided(
    finance: User, owner: User, mailoutbox: list[EmailMessage]
) -> None:
    creator = make_creator("maya")
    line = order_through(make_earning_clip(creator), Client(), email="other@example.com")
    hold = line.commission_holds.create(commission_minor=200, placed_at=NOW - EARLIER)
    assert mail_reminders(now=NOW) == 1
    assert "1 held commission, since" in mailoutbox[0].body
    decide_hold(hold_id=hold.pk, is_released=True, decided_by=finance, reason="A friend.", now=NOW)
    assert mail_reminders(now=NOW) == 0


def test_released_holds_are_not_listed(finance: User, mailoutbox: list[EmailMessage]) -> None:
    release_hold(hold=place_hold("maya", days=30), released_by=finance, reason="Explained.", now=NOW)
    assert mail_reminders(now=NOW) == 0
    assert mailoutbox == []


def test_each_reads_it_in_their_own_language(finance: User, owner: User, mailoutbox: list[EmailMessage]) -> None:
    User.objects.filter(pk=finance.pk).update(language="ar")
    place_hold("maya", days=20)
    mail_reminders(now=NOW)
    subjects = {mail.to[0]: mail.subject for mail in mailoutbox}
    assert subjects[owner.email] == "1 hold waits for a decision"
    assert mailoutbox[0].extra_headers["Content-Language"] != mailoutbox[1].extra_headers["Content-Language"]
