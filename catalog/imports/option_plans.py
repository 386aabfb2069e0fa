"""The options of a product's variants after a run: a value for each option of the product, and no two variants alike.

Sources add options, swap values of two variants, make two products of one and one of two. Whatever they do, the variants
of a product in the shop can be told apart and chosen.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from catalog.imports.remarks import Remark, RunReason
from catalog.imports.variant_plans import VariantPlan
from catalog.models.variant import OPTION_SEPARATOR, make_key

NO_VALUE = "–"
"""Of an option that a variant has no value for, because others of its product got one more."""


def settle_options(plans: Sequence[VariantPlan], present: Mapping[int, Sequence[str]], names: Sequence[str]) -> None:
    """Take back changes of options, and refuse new variants, that do not fit a product with these options.

    `present` has the options of all variants that the product has, by id.
    """
    for plan in plans:
        if plan.variant is not None and plan.variant.pk not in present:
            _keep_options(plan, Remark(RunReason.IN_OTHER_PRODUCT))
        elif len(plan.options) != len(names):
            _refuse_options(plan, RunReason.OPTIONS_UNLIKE)
    while alike := _find_alike(plans, present, names):
        _refuse_options(alike, RunReason.OPTIONS_HELD)


def fit_options(
    plans: Sequence[VariantPlan], present: Mapping[int, Sequence[str]], names: Sequence[str]
) -> dict[int, list[str]]:
    """Return new values, by id, of variants that have too few or too many for the product's options after a run."""
    after = _options_after(plans, present).items()
    return {pk: _fit(values, len(names)) for pk, values in after if len(values) != len(names)}


def _fit(values: Sequence[str], count: int) -> list[str]:
    if len(values) <= count:
        return [*values, *[NO_VALUE] * (count - len(values))]
    return [*values[: count - 1], OPTION_SEPARATOR.join(values[count - 1 :])] if count else []


def _options_after(plans: Sequence[VariantPlan], present: Mapping[int, Sequence[str]]) -> dict[int, list[str]]:
    """Return the options of the product's variants after the run, by id."""
    planned = {plan.variant.pk: plan.options for plan in plans if plan.variant is not None and not plan.refusal}
    return {pk: planned.get(pk, list(options)) for pk, options in present.items()}


def _find_alike(
    plans: Sequence[VariantPlan], present: Mapping[int, Sequence[str]], names: Sequence[str]
) -> VariantPlan | None:
    """Return a plan whose change, or whose new variant, would give two variants of the product the same options."""
    keys = [make_key(_fit(values, len(names))) for values in _options_after(plans, present).values()]
    keys += [make_key(plan.options) for plan in plans if plan.variant is None and not plan.refusal]
    holders = Counter(keys)
    movable = (
        plan for plan in plans if not plan.refusal and (plan.variant is None or "options" in plan.merged.changes)
    )
    return next((plan for plan in movable if holders[make_key(plan.options)] > 1), None)


def _refuse_options(plan: VariantPlan, reason: RunReason) -> None:
    remark = Remark(reason, {"options": OPTION_SEPARATOR.join(plan.options) or NO_VALUE})
    if plan.variant is None:
        plan.refusal = plan.refusal or remark
    else:
        _keep_options(plan, remark)


def _keep_options(plan: VariantPlan, remark: Remark) -> None:
    """Leave the options as they are in the shop. The next run tries again."""
    assert plan.variant is not None
    if plan.merged.changes.pop("options", None) is not None:
        plan.stated = plan.stated | {"options": plan.options}
        plan.remarks.append(remark)
