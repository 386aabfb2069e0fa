"""The editor for a clip, which combines the clip's form with its product rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from creators.models import Creator, Enrolment
from videos.models import Clip
from videos.studio.drafts import ClipContent, TagContent
from videos.studio.forms import ClipForm, ProductRow, TagFormSet

MIN_ROWS = 3
FIELD_OF_PROBLEM = {"captions": "captions_file"}
"""Maps a problem's name to the form field that shows it, if their names differ."""


class ClipEditor:
    """The form and product rows for one clip. `content` returns what the creator entered.

    `problems` holds sentences that belong to no form field, such as those about the video file or about the tags as a
    whole.
    """

    def __init__(
        self,
        creator: Creator,
        clip: Clip | None = None,
        *,
        data: QueryDict | None = None,
        files: MultiValueDict[str, Any] | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        enrolments = Enrolment.objects.filter(creator=creator).select_related("campaign", "terms")
        self.creator, self.clip = creator, clip
        self.problems: dict[str, list[str]] = {}
        self.form = ClipForm(
            data, files, enrolments=enrolments.order_by("-accepted_at"), initial=initial_values(clip, initial)
        )
        rows = _initial_rows(clip)
        self.tags = TagFormSet(data, prefix="tags", initial=rows)
        self.tags.extra = max(0, MIN_ROWS - max(len(rows), self.tags.min_num))

    def is_valid(self) -> bool:
        """Return whether the form and all product rows are free of errors."""
        form_is_valid, tags_are_valid = self.form.is_valid(), self.tags.is_valid()
        self._preserve_captions()
        return form_is_valid and tags_are_valid

    def _preserve_captions(self) -> None:
        """Copy an uploaded captions file to the text field, so that it is not lost if another field has an error."""
        captions = self.form.cleaned_data.get("captions_file")
        if captions and isinstance(self.form.data, QueryDict):
            self.form.data = self.form.data.copy()
            self.form.data["captions_vtt"] = captions

    @property
    def enrolment(self) -> Enrolment | None:
        enrolment: Enrolment | None = self.form.cleaned_data.get("campaign")
        return enrolment

    def content(self) -> ClipContent:
        """Return the content as entered.

        The clip's current values replace invalid fields. Product rows with errors are left out.
        """
        values = initial_values(self.clip, None) | self.form.cleaned_data
        rows: Sequence[ProductRow] = self.tags.forms
        return ClipContent(
            caption=" ".join(values.get("caption", "").split()),
            kind=values["kind"],
            verdict=values["verdict"],
            language=values["language"],
            is_speechless=values["is_speechless"],
            captions_vtt=values.get("captions_file") or values["captions_vtt"],
            declaration=values["declaration"],
            tags=[
                TagContent(row.matched_product.pk, row.cleaned_data["start"], row.cleaned_data["end"])
                for row in rows
                if row.matched_product and not row.errors
            ],
        )

    def add_problems(self, problems: Mapping[str, Sequence[str]]) -> None:
        """Add each problem to its form field, or to `self.problems` if the form has no such field."""
        for name, sentences in problems.items():
            field = FIELD_OF_PROBLEM.get(name, name)
            if field in self.form.fields:
                self.form.add_error(field, list(sentences))
            else:
                self.problems.setdefault(field, []).extend(sentences)

    @property
    def has_errors(self) -> bool:
        return bool(self.problems or self.form.errors or any(self.tags.errors) or self.tags.non_form_errors())


def initial_values(clip: Clip | None, overrides: Mapping[str, Any] | None) -> dict[str, Any]:
    values: dict[str, Any] = {"kind": "review", "verdict": "recommend", "language": "en", "declaration": ""}
    if clip is not None:
        names = ("caption", "kind", "verdict", "language", "captions_vtt", "is_speechless", "declaration")
        values |= {name: getattr(clip, name) for name in names}
        values["campaign"] = clip.enrolment_id
    return values | dict(overrides or {})


def _initial_rows(clip: Clip | None) -> list[dict[str, Any]]:
    if clip is None:
        return []
    return [
        {
            "product": tag.product.name,
            "slug": tag.product.slug,
            "start": tag.start_ms,
            "end": tag.end_ms,
        }
        for tag in clip.tags.select_related("product").order_by("start_ms", "pk")
    ]
