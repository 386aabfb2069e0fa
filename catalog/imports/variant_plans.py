"""What a run does with one variant of a source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.imports.merged_values import Merge
from catalog.imports.remarks import Remark
from catalog.imports.results import SourceVariant
from catalog.models import RowOutcome, Variant


@dataclass(slots=True)
class VariantPlan:
    offer: SourceVariant
    variant: Variant | None
    """None is new."""
    stated: dict[str, Any]
    present_options: Mapping[int, Sequence[str]] = field(default_factory=dict)
    """Of all variants of its product, by id: in the shop or, of a merchant's product, as proposed last."""
    merged: Merge = field(default_factory=lambda: Merge({}, {}))
    units: int = 0
    """By how many the stock changes."""
    refusal: Remark | None = None
    remarks: list[Remark] = field(default_factory=list)

    @property
    def outcome(self) -> RowOutcome:
        if self.refusal:
            return RowOutcome.REFUSED
        if self.variant is None:
            return RowOutcome.CREATED
        return RowOutcome.CHANGED if self.merged.changes or self.units else RowOutcome.UNCHANGED

    @property
    def options(self) -> list[str]:
        """Return the values of its options after the run."""
        if self.variant is None:
            return list(self.offer.options)
        present = self.present_options.get(self.variant.pk, self.variant.option_values)
        return list(self.merged.changes.get("options", present))
