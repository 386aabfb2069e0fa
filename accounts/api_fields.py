"""Fields of serializers whose length is checked before anything in them is."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from rest_framework import serializers


class BoundedList(serializers.ListSerializer[Any]):
    """A list of objects. One with more than `max_length` is refused at its own field, before its first object is read."""

    def to_internal_value(self, data: Any) -> Any:
        refuse_long_list(data, self.max_length)  # type: ignore[attr-defined]  # missing in the stubs
        return super().to_internal_value(data)


class BoundedListInSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Says in the schema how long such a list may be."""

    target_class = BoundedList

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        entry = auto_schema.resolve_serializer(self.target.child, direction)
        return {"type": "array", "items": entry.ref, "maxItems": self.target.max_length}


class BoundedListField(serializers.ListField):
    """A list of plain values, the length of which is checked first."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        super().__init__(max_length=most, **kwargs)
        self.most = most

    def to_internal_value(self, data: Any) -> Any:
        refuse_long_list(data, self.most)
        return super().to_internal_value(data)


def refuse_long_list(data: Any, most: int | None) -> None:
    """Raise ValidationError if the value is a list with more entries than these."""
    if most is not None and isinstance(data, list) and len(data) > most:
        raise serializers.ValidationError(_("Send at most %(most)d entries.") % {"most": most})
