"""What happens in apps to the left, as notifications: rows of theirs about which nobody was told yet are the queue."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from catalog.models import Variant
from creators.slots import GRACE_PERIOD
from shop.models import Parcel
from shop.states import ParcelState
from social.models import Follow, Notification, NotificationKind, PostAnnouncement, Wish, WishReason
from social.notifications.inbox import Repeat, notify, notify_followers
from videos.models import Clip, Decision

TOLD_WITHIN = timedelta(days=1)
"""After an upgrade, or a long halt, nobody is told of what happened longer ago."""
PACKED_WITHIN = timedelta(days=60)
FOLLOWERS_AT_ONCE = 5_000
"""So many rows take a tenth of a second, and nobody waits for more."""


def announce_posts(*, now: datetime) -> int:
    """Tell followers of newly published posts, some thousands in each transaction. Return how many were told."""
    announced = Exists(PostAnnouncement.objects.filter(clip=OuterRef("pk")))
    newest = Clip.objects.published().filter(~announced, published_at__gt=now - TOLD_WITHIN, published_at__lte=now)
    PostAnnouncement.objects.bulk_create(
        [PostAnnouncement(clip_id=pk) for pk in newest.order_by("published_at").values_list("pk", flat=True)],
        ignore_conflicts=True,
    )
    open_ones = PostAnnouncement.objects.filter(is_done=False).order_by("pk").values_list("pk", flat=True)
    return sum(_announce(pk, now) for pk in list(open_ones))


def _announce(clip_id: int, now: datetime) -> int:
    count, is_done = 0, False
    while not is_done:
        with transaction.atomic():
            rows = PostAnnouncement.objects.select_for_update(skip_locked=True, of=("self",))
            row = rows.select_related("clip__creator").filter(pk=clip_id, is_done=False).first()
            if row is None:  # another worker is at it
                break
            count += _announce_to_some(row, now)
            is_done = row.is_done
    return count


def _announce_to_some(row: PostAnnouncement, now: datetime) -> int:
    """Tell the next followers, and note how far that is. A post that was taken down meanwhile ends it."""
    follows = Follow.objects.filter(creator=row.clip.creator_id, pk__gt=row.last_follow_id).order_by("pk")
    ids = list(follows.values_list("pk", flat=True)[:FOLLOWERS_AT_ONCE])
    is_public = Clip.objects.published().filter(pk=row.clip_id).exists()
    count = 0
    if ids and is_public:
        count = notify_followers(
            NotificationKind.POST,
            creator_id=row.clip.creator_id,
            follow_ids=(row.last_follow_id, ids[-1]),
            subject_id=row.clip_id,
            actor_id=row.clip.creator.user_id,
            now=row.clip.published_at or now,
        )
    row.last_follow_id = ids[-1] if ids else row.last_follow_id
    row.is_done = len(ids) < FOLLOWERS_AT_ONCE or not is_public
    row.save(update_fields=["last_follow_id", "is_done"])
    return count


def notify_of_decisions(*, now: datetime) -> int:
    """Tell authors of decisions on their posts, once these cannot be undone any more."""
    is_told = Exists(
        Notification.objects.filter(_about(NotificationKind.DECISION), user=OuterRef("clip__creator__user"))
    )
    decided = Decision.objects.effective().filter(
        ~is_told, decided_at__gt=now - TOLD_WITHIN, decided_at__lte=now - GRACE_PERIOD
    )
    return sum(
        notify(NotificationKind.DECISION, reader_ids=[author], subject_id=pk, actor_id=None, now=decided_at)
        for pk, author, decided_at in decided.order_by("pk").values_list("pk", "clip__creator__user", "decided_at")
    )


def notify_of_parcels(*, now: datetime) -> int:
    """Tell shoppers of parcels that were sent and delivered."""
    is_told = Exists(
        Notification.objects.filter(
            _about(NotificationKind.PARCEL), user=OuterRef("order__user"), happened_at__gte=OuterRef("step_at")
        )
    )
    steps = ((ParcelState.SENT, "sent_at"), (ParcelState.DELIVERED, "delivered_at"))
    count = 0
    for state, column in steps:
        parcels = Parcel.objects.filter(state=state, packed_at__gt=now - PACKED_WITHIN, order__user__isnull=False)
        recent = parcels.annotate(step_at=F(column)).filter(step_at__gt=now - TOLD_WITHIN, step_at__lte=now)
        for pk, user_id, step_at in recent.filter(~is_told).values_list("pk", "order__user", "step_at"):
            count += notify(
                NotificationKind.PARCEL,
                reader_ids=[user_id],
                subject_id=pk,
                actor_id=None,
                repeat=Repeat.ALWAYS,
                now=step_at,
            )
    return count


def grant_wishes(*, now: datetime, at_most: int = 1_000) -> int:
    """Tell those who wait for stock or a lower price, each once. Return how many were told."""
    has_stock = Q(variant__is_counted=False) | Q(variant__stock__gt=0)
    is_cheaper = Q(variant__price_minor__lt=F("price_minor"))
    is_true = Q(has_stock, waits_for=WishReason.STOCK) | Q(is_cheaper, waits_for=WishReason.PRICE)
    granted = Wish.objects.open().filter(is_true, variant__in=Variant.objects.buyable()).order_by("pk")
    return sum(_grant(pk, now) for pk in list(granted.values_list("pk", flat=True)[:at_most]))


@transaction.atomic
def _grant(wish_id: int, now: datetime) -> int:
    if not Wish.objects.open().filter(pk=wish_id).update(told_at=now):  # another worker was first
        return 0
    wish = Wish.objects.get(pk=wish_id)
    kind = NotificationKind.RESTOCK if wish.waits_for == WishReason.STOCK else NotificationKind.PRICE_DROP
    return notify(kind, reader_ids=[wish.user_id], subject_id=wish.pk, actor_id=None, now=now)


def _about(kind: NotificationKind) -> Q:
    return Q(kind=kind, subject_id=OuterRef("pk"))
