"""Demo comments: members ask below the first clips, and their creators answer. One waits because of its link."""

from datetime import datetime

from creators.models import Creator
from demo.clips import own_clips
from demo.progress import Progress
from social.comments.authorship import create_comment
from social.comments.refusals import CommentRefused
from social.models import Comment, CommentState
from videos.models import Clip

QUESTIONS = (
    ("Is it as loud as it sounds here?", "Louder in a small kitchen. Close the door."),
    ("How does it look after a month?", "The handle has a scratch. Everything else is like new."),
    ("Thank you, I was about to buy the big one! #homeoffice", ""),
)
WAITING = "I got mine at www.example.com last year."


def write_comments(progress: Progress, *, now: datetime) -> None:
    """Write below clips that nobody has commented on. The demo's members are trusted from their first comment."""
    members = list(Creator.objects.filter(enrolments=None, user__email__endswith="@demo.example").order_by("pk"))
    if not members:
        return
    for number, clip in enumerate(own_clips().published().select_related("creator__user").order_by("pk")[:6]):
        if clip.comments.exists():
            continue
        question, answer = QUESTIONS[number % len(QUESTIONS)]
        try:
            asked = _write(members[number % len(members)], clip, question, now)
            if answer:
                _write(clip.creator, clip, answer, now, asked)
            if number == 0:
                create_comment(user=members[-1].user, clip=clip, words=WAITING, now=now)
        except CommentRefused as refusal:
            progress.note(f"A comment on the clip {clip.code} was not written: {refusal}")


def _write(author: Creator, clip: Clip, words: str, now: datetime, parent: Comment | None = None) -> Comment:
    parent_id = parent.pk if parent else None
    comment = create_comment(user=author.user, clip=clip, words=words, parent_id=parent_id, now=now).comment
    Comment.objects.filter(pk=comment.pk).update(state=CommentState.VISIBLE, hold_reason="")
    return comment
