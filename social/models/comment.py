"""Comments on posts and replies to them, likes of comments, and what their words mention."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.transitions import TransitionQuerySet
from accounts.trigrams import search_index
from catalog.models import Product
from creators.models import Creator
from videos.models import Clip, Hashtag


class CommentState(models.TextChoices):
    VISIBLE = "visible", _("Visible")
    HELD = "held", _("Waiting for a moderator")
    REMOVED = "removed", _("Removed")


COMMENT_MOVES: dict[CommentState, frozenset[CommentState]] = {
    CommentState.VISIBLE: frozenset({CommentState.HELD, CommentState.REMOVED}),
    CommentState.HELD: frozenset({CommentState.VISIBLE, CommentState.REMOVED}),
    CommentState.REMOVED: frozenset({CommentState.VISIBLE, CommentState.HELD}),
}


class CommentHold(models.TextChoices):
    """Reasons why a comment waits for a moderator before others see it."""

    NEWCOMER = "newcomer", _("The first comments of a profile wait.")
    WORDING = "wording", _("The words meet a wording rule.")
    LINK = "link", _("It has a link.")
    PHONE_NUMBER = "phone_number", _("It has a phone number.")
    REPEATED = "repeated", _("The author has written the same several times.")
    AGAIN = "again", _("A moderator took a decision back.")


class CommentQuerySet(TransitionQuerySet["Comment"]):
    transitions = COMMENT_MOVES

    def public(self) -> Self:
        """Return the comments that everybody sees. A post's number of comments is of these."""
        return self.filter(state=CommentState.VISIBLE, is_author_hidden=False)

    def owned_by(self, user: User) -> Self:
        """Return what a user wrote and has not deleted."""
        return self.filter(author__user=user, deleted_at=None)


class Comment(models.Model):
    """A comment on a post or, with a `parent`, a reply to one; replies have no replies.

    Triggers keep `is_author_hidden`, `like_count`, `reply_count` and the post's `comment_count` in the transaction of
    whoever writes; see `social/migrations/_comment_sql.py`. `revision` counts changes of the words: moderators decide
    on what they saw. Of a deleted comment a row without words stays while it is needed: for the replies below it, and
    so that deleting makes no room under the limits.
    """

    MAX_WORDS = 500

    clip = models.ForeignKey(Clip, on_delete=models.CASCADE, related_name="comments", verbose_name=_("clip"))
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="replies", verbose_name=_("reply to")
    )
    author = models.ForeignKey(
        Creator, on_delete=models.CASCADE, null=True, blank=True, related_name="comments", verbose_name=_("author")
    )
    words = models.TextField(_("words"), max_length=MAX_WORDS, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=CommentState, default=CommentState.VISIBLE)
    hold_reason = models.CharField(_("why it waits"), max_length=16, choices=CommentHold, blank=True)
    removal_reason = models.CharField(_("reason for the removal"), max_length=300, blank=True)
    revision = models.PositiveIntegerField(default=1)
    is_author_hidden = models.BooleanField(
        _("author hidden"),
        default=False,
        db_default=False,
        editable=False,
        help_text=_("Set by triggers while the author's account is deactivated or hidden."),
    )
    is_pinned = models.BooleanField(_("pinned"), default=False, db_default=False)
    like_count = models.PositiveIntegerField(_("likes"), default=0, db_default=0, editable=False)
    reply_count = models.PositiveIntegerField(_("replies"), default=0, db_default=0, editable=False)
    created_at = models.DateTimeField(_("created at"))
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("deleted at"), null=True, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        indexes = [
            search_index("words", name="social_comment_search"),
            models.Index(fields=["created_at"], name="social_comment_by_date"),
            models.Index(fields=["created_at", "id"], condition=Q(state="held"), name="social_comment_held"),
            models.Index(fields=["author", "-created_at"], name="social_comment_of_author"),
            models.Index(fields=["parent", "id"], name="social_comment_replies"),
            models.Index(fields=["deleted_at"], condition=Q(deleted_at__isnull=False), name="social_comment_deleted"),
            models.Index(
                "clip",
                F("is_pinned").desc(),
                F("id").desc(),
                condition=Q(parent=None),
                name="social_comment_newest",
            ),
            models.Index(
                "clip",
                F("is_pinned").desc(),
                F("like_count").desc(),
                F("id").desc(),
                condition=Q(parent=None),
                name="social_comment_best",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["clip"], condition=Q(is_pinned=True), name="social_comment_one_pinned"),
            models.CheckConstraint(
                condition=Q(is_pinned=False) | Q(parent=None, state="visible"), name="social_comment_pinned_is_shown"
            ),
            models.CheckConstraint(
                condition=Q(state="held") | Q(hold_reason=""), name="social_comment_reason_while_held"
            ),
            models.CheckConstraint(
                condition=Q(deleted_at=None, author__isnull=False) & ~Q(words="")
                | Q(deleted_at__isnull=False, words="", state="removed"),
                name="social_comment_words_until_deleted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author or '–'}: {self.words[:40]}"

    def get_absolute_url(self) -> str:
        """Return the address of the comment with its replies; a reply's begins the list with it."""
        thread = reverse("comment-thread", args=[self.clip.code, self.parent_id or self.pk])
        return f"{thread}?after={self.pk - 1}#comment-{self.pk}" if self.parent_id else thread


class CommentLike(models.Model):
    """A user likes a comment. Taking it back deletes the row."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="likes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("like of a comment")
        verbose_name_plural = _("likes of comments")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["comment", "user"], name="social_comment_like_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.comment_id}"


class Mention(models.Model):
    """A person, a product or a hashtag that the words of a comment name. `key` is the handle, slug or folded hashtag."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(Creator, on_delete=models.CASCADE, null=True, related_name="mentions")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, null=True, related_name="+")
    hashtag = models.ForeignKey(Hashtag, on_delete=models.CASCADE, null=True, related_name="+")
    key = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["comment", "person"], name="social_mention_person_once"),
            models.UniqueConstraint(fields=["comment", "product"], name="social_mention_product_once"),
            models.UniqueConstraint(fields=["comment", "hashtag"], name="social_mention_hashtag_once"),
            models.CheckConstraint(
                condition=Q(person__isnull=False, product=None, hashtag=None)
                | Q(person=None, product__isnull=False, hashtag=None)
                | Q(person=None, product=None, hashtag__isnull=False),
                name="social_mention_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class CommentDecision(models.Model):
    """A moderator's decision on a comment. `state_before` is what taking it back restores."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="decisions", verbose_name=_("comment"))
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("moderator")
    )
    state_before = models.CharField(_("state before"), max_length=8, choices=CommentState)
    state = models.CharField(_("state"), max_length=8, choices=CommentState)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    decided_at = models.DateTimeField(_("decided at"))
    undone_at = models.DateTimeField(_("taken back at"), null=True, blank=True)

    class Meta:
        verbose_name = _("decision on a comment")
        verbose_name_plural = _("decisions on comments")
        default_permissions = ()
        indexes = [models.Index(fields=["moderator", "-decided_at"], name="social_comment_decided")]

    def __str__(self) -> str:
        return f"{self.comment_id} {self.state}"
