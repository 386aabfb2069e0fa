"""Admin pages for hashtags. Staff block them, each with a reason."""

from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.edit_forms import EditForm
from accounts.editable_admin import EditableAdmin
from videos.models import Hashtag
from videos.review.hashtag_blocks import refresh_captions
from videos.wording.hashtags import MAX_CHARACTERS, SIGNS, read_hashtag


class HashtagForm(EditForm[Hashtag]):
    class Meta:
        model = Hashtag
        fields = ("name", "block_reason")
        widgets: ClassVar[dict[str, Any]] = {"name": forms.TextInput(attrs={"dir": "auto"})}
        help_texts: ClassVar[dict[str, Any]] = {"name": _("All spellings of it are blocked together.")}

    def clean_name(self) -> str:
        """Return the hashtag without its sign, and note its key. Raises ValidationError if it is none, or is there already."""
        name = str(self.cleaned_data["name"]).strip()
        key = read_hashtag(name)
        if not key:
            sentence = _("Write one hashtag: letters, digits and underscores, at most %(most)d of them.")
            raise ValidationError(sentence % {"most": MAX_CHARACTERS})
        if Hashtag.objects.filter(key=key).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("This hashtag is in the list already, perhaps in another spelling."))
        self.instance.key = key
        return name.lstrip(SIGNS)


@admin.register(Hashtag)
class HashtagAdmin(EditableAdmin[Hashtag]):
    """A list with the most used first. A hashtag that nobody has used yet can be blocked, too."""

    form = HashtagForm
    list_display = ["name", "key", "post_count", "block_reason"]
    list_filter = [("block_reason", admin.EmptyFieldListFilter)]
    search_fields = ["name", "key"]
    ordering = ["-post_count", "pk"]
    fields = ["name", "key", "post_count", "block_reason"]
    readonly_fields = ["key", "post_count"]

    def get_readonly_fields(self, request: HttpRequest, obj: Hashtag | None = None) -> list[str]:
        return ["key", "post_count"] if obj is None else ["name", "key", "post_count"]

    def has_delete_permission(self, request: HttpRequest, obj: Hashtag | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Hashtag, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        transaction.on_commit(partial(refresh_captions, hashtag_id=obj.pk, now=timezone.now()))
