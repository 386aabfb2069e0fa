"""Forms for comments: what people write, and what the author of a post sets."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from social.comments.content import clean_comment
from social.models import Comment
from videos.models.discussion import CommentAudience, SlowMode
from videos.studio.suggestions import SUGGESTIONS


class CommentForm(forms.Form):
    words = forms.CharField(
        label=_("Your comment"),
        max_length=Comment.MAX_WORDS,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto", **SUGGESTIONS}),
        error_messages={"required": _("Write something first.")},
    )

    def __init__(self, *args: Any, is_reply: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_reply:
            self.fields["words"].label = _("Your reply")

    def clean_words(self) -> str:
        return clean_comment(str(self.cleaned_data["words"]))


class CommentSettingsForm(forms.Form):
    comment_audience = forms.ChoiceField(label=_("Who may comment"), choices=CommentAudience)
    comment_pause_s = forms.TypedChoiceField(
        label=_("Slow mode"),
        choices=SlowMode,
        coerce=int,
        help_text=_("How long a person waits between two comments on this post."),
    )
