"""Who reads and writes in threads: a shopper, or a member of a merchant."""

from dataclasses import dataclass

from accounts.models import User
from catalog.models import Merchant
from shop.models import MessageThread, ThreadMessage, ThreadSide
from shop.models.message import ThreadQuerySet


@dataclass(frozen=True)
class Participant:
    """A user who writes for themself or, if there is a merchant, in its name."""

    user: User
    merchant: Merchant | None = None

    @property
    def side(self) -> ThreadSide:
        return ThreadSide.MERCHANT if self.merchant else ThreadSide.SHOPPER

    @property
    def threads(self) -> ThreadQuerySet:
        """Return the threads that this side has."""
        if self.merchant:
            return MessageThread.objects.of_merchant(self.merchant)
        return MessageThread.objects.of_shopper(self.user)

    def count_unread(self) -> int:
        """Return how many messages of the other side nobody on this side has read."""
        unread = ThreadMessage.objects.filter(read_at=None).exclude(side=self.side)
        return unread.filter(thread__in=self.threads).count()
