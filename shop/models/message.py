"""Messages between shoppers and merchants: threads, what was written in them, and whom a merchant has blocked."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.transitions import TransitionQuerySet
from catalog.models import Merchant, Product


class ThreadState(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class ThreadQuerySet(TransitionQuerySet["MessageThread"]):
    transitions = {ThreadState.OPEN: frozenset({ThreadState.CLOSED}), ThreadState.CLOSED: frozenset()}

    def of_shopper(self, user: User) -> Self:
        return self.filter(user=user)

    def of_merchant(self, merchant: Merchant) -> Self:
        return self.filter(merchant=merchant)

    def reported(self) -> Self:
        """Return threads with a reported message. Staff read no others."""
        return self.filter(pk__in=ThreadMessage.objects.exclude(reported_at=None).values("thread"))

    def with_unread(self, reader: "ThreadSide") -> Self:
        """Annotate `unread_count`: how many messages of the other side this one has not read."""
        unread = Q(messages__read_at=None) & ~Q(messages__side=reader)
        return self.annotate(unread_count=models.Count("messages", filter=unread))

    def newest_first(self) -> Self:
        return self.select_related("merchant", "product", "order").order_by("-last_message_at", "-pk")


class MessageThread(models.Model):
    """What a shopper and a merchant write to each other, perhaps about an order or a product. A closed one stays closed."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="message_threads", verbose_name=_("shopper")
    )
    merchant = models.ForeignKey(
        Merchant, on_delete=models.CASCADE, related_name="message_threads", verbose_name=_("merchant")
    )
    product = models.ForeignKey(
        Product, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    order = models.ForeignKey(
        "shop.Order", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("order")
    )
    state = models.CharField(_("state"), max_length=6, choices=ThreadState, default=ThreadState.OPEN)
    created_at = models.DateTimeField(_("created at"))
    last_message_at = models.DateTimeField(_("last message at"))

    objects = ThreadQuerySet.as_manager()

    class Meta:
        verbose_name = _("message thread")
        verbose_name_plural = _("message threads")
        indexes = [
            models.Index(fields=["user", "-last_message_at"], name="shop_thread_of_shopper"),
            models.Index(fields=["merchant", "-last_message_at"], name="shop_thread_of_merchant"),
        ]

    def __str__(self) -> str:
        return f"{self.merchant} · {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state == ThreadState.OPEN


class ThreadSide(models.TextChoices):
    SHOPPER = "shopper", _("Shopper")
    MERCHANT = "merchant", _("Merchant")


class ThreadMessage(models.Model):
    """One message. `read_at` is when the other side opened the thread. Reports are settled by staff."""

    thread = models.ForeignKey(
        MessageThread, on_delete=models.CASCADE, related_name="messages", verbose_name=_("message thread")
    )
    side = models.CharField(_("written by"), max_length=8, choices=ThreadSide)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("author")
    )
    words = models.TextField(_("words"), max_length=2000)
    sent_at = models.DateTimeField(_("sent at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    reported_at = models.DateTimeField(_("reported at"), null=True, blank=True)
    report_words = models.CharField(_("why it was reported"), max_length=500, blank=True, default="")
    report_settled_at = models.DateTimeField(_("report settled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(fields=["thread"], condition=Q(read_at=None), name="shop_message_unread"),
            models.Index(fields=["author", "sent_at"], name="shop_message_of_author"),
            models.Index(fields=["thread"], condition=Q(reported_at__isnull=False), name="shop_message_reported"),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()} · {self.pk}"


class MessageBlock(models.Model):
    """A shopper from whom a merchant takes no messages."""

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+", verbose_name=_("merchant"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("shopper")
    )
    blocked_at = models.DateTimeField(_("blocked at"))

    class Meta:
        verbose_name = _("blocked shopper")
        verbose_name_plural = _("blocked shoppers")
        constraints = [models.UniqueConstraint(fields=["merchant", "user"], name="shop_message_block_once")]

    def __str__(self) -> str:
        return f"{self.merchant} · {self.pk}"
