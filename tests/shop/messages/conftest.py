"""A merchant with an owner and a packer, and a shopper who may write to it."""

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from accounts.models import User
from catalog.models import Merchant, MerchantRole
from shop.models import MessageThread
from tests.conftest import client_of
from tests.factories import make_member, make_merchant, make_user


def make_verified(email: str = "") -> User:
    user = make_user(email)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def lamps() -> Merchant:
    return make_merchant("lamps", name="Lamp House")


@pytest.fixture
def owner(lamps: Merchant) -> User:
    return make_member(lamps, MerchantRole.OWNER, make_user("owner@lamps.example"))


@pytest.fixture
def packer(lamps: Merchant) -> User:
    return make_member(lamps, MerchantRole.PACKER, make_user("packer@lamps.example"))


@pytest.fixture
def buyer() -> User:
    return make_verified("buyer@example.com")


@pytest.fixture
def thread(lamps: Merchant, owner: User, buyer: User) -> MessageThread:
    """Return a thread with a message of the buyer's. Its email was sent."""
    client_of(buyer).post("/sellers/lamps/message/", {"words": "Is it bright?"})
    mail.outbox.clear()
    return MessageThread.objects.get()


@pytest.fixture
def write(thread: MessageThread) -> Callable[[Client, str], int]:
    """Return a function with which a side writes in the thread. It returns the status."""

    def post(client: Client, words: str) -> int:
        side = "merchant/" if client.get(f"/merchant/messages/{thread.pk}/").status_code == 200 else ""
        return client.post(f"/{side}messages/{thread.pk}/", {"words": words}).status_code

    return post
