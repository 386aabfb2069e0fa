"""Messages sent at the same moment: the limit of an hour and one thread for each topic hold only with the guard."""

from functools import partial

import pytest
from allauth.account.models import EmailAddress

from accounts.models import User
from catalog.models import Merchant
from shop.messages import threads
from shop.messages.threads import MOST_IN_PERIOD, ThreadTopic, TooManyMessages, open_thread
from shop.models import MessageThread, ThreadMessage, ThreadSide
from tests.concurrency.crowd import run_at_once
from tests.factories import NOW, make_merchant, make_user

pytestmark = pytest.mark.django_db(transaction=True)
MOST = MOST_IN_PERIOD[ThreadSide.SHOPPER]
AT_ONCE = MOST + 12


def write_at_once(user: User, merchant: Merchant) -> set[str]:
    """Send more messages than are allowed, all at the same moment. Return the errors."""
    MessageThread.objects.all().delete()
    topic = ThreadTopic(merchant)
    calls = [partial(open_thread, user=user, topic=topic, words=f"Hello {n}", now=NOW) for n in range(AT_ONCE)]
    return {outcome.error for outcome in run_at_once(calls)}


def test_messages_at_once_pass_limit_and_thread_only_without_the_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    user, merchant = make_user(), make_merchant("lamps")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    assert write_at_once(user, merchant) == {"", TooManyMessages.__name__}
    assert (MessageThread.objects.count(), ThreadMessage.objects.count()) == (1, MOST)
    monkeypatch.setattr(threads, "_lock_writer", lambda _user: None)
    write_at_once(user, merchant)
    assert MessageThread.objects.count() > 1 or ThreadMessage.objects.count() > MOST
