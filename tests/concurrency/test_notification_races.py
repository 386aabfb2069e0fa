"""Two workers send one digest and one email; 64 likes at once are one row with their exact number."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import OutgoingEmail, User
from social.marks import set_mark
from social.models import DigestDay, MailChoice, Notification, NotificationKind
from social.notifications import mail
from social.notifications.inbox import notify
from social.notifications.lines import describe
from tests.concurrency.crowd import Meeting, run_at_once
from tests.factories import make_creator, make_published_clip, make_user

pytestmark = pytest.mark.django_db(transaction=True)
NINE = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1)


@pytest.fixture(autouse=True)
def real_outbox(settings: Any) -> None:
    settings.MAILERS = settings.MAILERS | {"default": {"BACKEND": "accounts.mail_backend.OutboxBackend"}}


@pytest.fixture
def reader() -> User:
    """Return somebody who waits for a digest and for an email at once."""
    author = make_creator()
    EmailAddress.objects.create(user=author.user, email=author.user.email, verified=True, primary=True)
    return author.user


def wait_for(reader: User, choice: MailChoice) -> None:
    """Store a decision of which the reader is to be told by email."""
    clip = make_published_clip(reader.creator)
    notify(
        NotificationKind.DECISION,
        reader_ids=[reader.pk],
        subject_id=clip.decisions.get().pk,
        actor_id=None,
        now=timezone.now(),
    )
    Notification.objects.update(mail=choice)


def assert_no_errors(calls: list[Any], **options: int) -> list[Any]:
    outcomes = run_at_once(calls, **options)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    return [outcome.result for outcome in outcomes]


def digest_without_guard(meeting: Meeting, user_id: int) -> int:
    """Send the digest without the guard: read the day and the rows, write the email, and note both afterwards."""
    reader = User.objects.get(pk=user_id)
    is_sent = DigestDay.objects.filter(user=reader, sent_on=NINE.date()).exists()
    ids = list(Notification.objects.filter(user=reader, mail=MailChoice.DAILY).values_list("pk", flat=True))
    meeting.wait()
    return 0 if is_sent else mail._write(reader, ids, None)


def test_digest_is_sent_twice_without_the_guard(reader: User) -> None:
    wait_for(reader, MailChoice.DAILY)
    assert assert_no_errors([partial(digest_without_guard, Meeting(2), reader.pk)] * 2) == [1, 1]
    assert OutgoingEmail.objects.count() == 2


@pytest.mark.parametrize(
    ("choice", "step"), [(MailChoice.DAILY, mail.send_digests), (MailChoice.INSTANT, mail.send_instant_emails)]
)
def test_workers_send_an_email_once(reader: User, choice: MailChoice, step: Any) -> None:
    wait_for(reader, choice)
    assert sum(assert_no_errors([partial(step, now=NINE)] * 8, threads=2)) == 1
    assert OutgoingEmail.objects.count() == 1


def test_64_likes_at_once_are_one_row_with_their_number() -> None:
    author = make_creator()
    clip, people = make_published_clip(author), [make_user() for _number in range(64)]
    like = partial(set_mark, clip=clip, verb="like", is_on=True, now=timezone.now())
    assert_no_errors([partial(like, user=person) for person in people], threads=4)
    row = Notification.objects.get()
    (line,) = describe(author.user, [row])
    assert line.text == "64 people like your post"
