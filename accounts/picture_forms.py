"""Forms with a picture to upload. It is stored once everything else is valid, so that a refusal is said at its field."""

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse

from accounts.picture_rules import ACCEPT, PictureRefused, PictureRules, StoredPicture
from accounts.pictures import delete_picture, store_picture


class PictureInput(forms.FileInput):
    """A file field that offers the kinds of pictures that we can read."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"accept": ACCEPT} | (attrs or {}))


class PictureForm(forms.BaseForm):
    """Mixin of forms with one picture. Validation stores it; a form that is shown again must discard it."""

    picture_field: ClassVar[str]
    picture_rules: ClassVar[PictureRules]
    stored_picture: StoredPicture | None = None

    def full_clean(self) -> None:
        super().full_clean()
        file = None if self.errors or not self.is_bound else self.cleaned_data.get(self.picture_field)
        if file is None:
            return
        try:
            self.stored_picture = store_picture(file, rules=self.picture_rules)
        except PictureRefused as refusal:
            self.add_error(self.picture_field, str(refusal))

    def discard_picture(self) -> None:
        """Delete the files of a picture that was stored, because the form was refused for another reason."""
        if self.stored_picture is not None:
            delete_picture(self.stored_picture.stem, rules=self.picture_rules)
            self.stored_picture = None


class PictureAdminMixin:
    """Mixin of admin pages whose form is a PictureForm: a page that is shown again has saved nothing."""

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        form = context["adminform"].form
        if isinstance(form, PictureForm):
            form.discard_picture()
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]
        return response
