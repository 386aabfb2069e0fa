"""The label that every clip wears: creators are paid for it, so viewers are told."""

from django.utils.translation import gettext as _


def ad_label() -> str:
    """Return the label. There is no clip without it: each has a fee or a commission, and nobody can switch it off."""
    return _("Ad · earns commission")
