"""Admin pages that keep staff from changing what belongs to merchants for which they act: nobody would review it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.access import signed_in_user
from catalog.merchants.access import acts_for
from catalog.models import HOUSE_ID, Merchant


class KeepsSellersOut[Row: Any](admin.ModelAdmin[Row]):
    """Mixin for merchants and for rows with a merchant. Those who act for it change it in its own area, as others do."""

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        merchant_id = obj.pk if isinstance(obj, Merchant) else getattr(obj, "merchant_id", None)
        return merchant_id in (None, HOUSE_ID) or not acts_for(signed_in_user(request), merchant_id)
