"""Demo of moderation: a removed comment whose author appeals, for the moderator to decide, and a legal notice."""

from datetime import datetime

from django.conf import settings

from accounts.models import User
from creators.models import Creator
from demo.clips import own_clips
from social.comments.decisions import decide_comment
from social.models import Comment, CommentState, LegalNotice, NoticeKind, Removal, RemovalReason
from social.notices.intake import NoticeContent, send_notice
from social.notices.pages import read_address
from social.removals.appeals import appeal_removal

REMOVED = "This shop sells nothing but rubbish!"
APPEAL = "I was angry about a late parcel. I insulted nobody."


def make_appeal(moderator: User, *, now: datetime) -> None:
    """Remove a demo member's comment in the administrator's name, and appeal. Nothing happens the second time."""
    author = Creator.objects.filter(enrolments=None, user__email__endswith="@demo.example").order_by("pk").first()
    clip = own_clips().published().order_by("pk").first()
    if author is None or clip is None or Removal.objects.exists():
        return
    comment = Comment.objects.create(clip=clip, author=author, words=REMOVED, created_at=now)
    decide_comment(
        comment_id=comment.pk,
        revision=comment.revision,
        state=CommentState.REMOVED,
        words="",
        reason=RemovalReason.HATEFUL,
        moderator=moderator,
        now=now,
    )
    appeal_removal(removal=Removal.objects.get(comment=comment), words=APPEAL, now=now)


def make_notice(*, now: datetime) -> None:
    """Send a notice about the newest demo clip. Nothing happens the second time."""
    clip = own_clips().published().order_by("-pk").first()
    page = read_address(f"{settings.SITE_URL}{clip.get_absolute_url()}") if clip else None
    if page is None or LegalNotice.objects.exists():
        return
    words = "The music in this clip is mine, and nobody asked me."
    content = NoticeContent(
        kind=NoticeKind.RIGHTS,
        pages=[page],
        words=words,
        right="The song “Kettle Blues”",
        name="Riley Owner",
        email="riley@demo.example",
    )
    send_notice(content=content, user=None, network="", now=now)
