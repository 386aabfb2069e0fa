"""Rows of a refund's page in admin: what each merchant bears of it."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.readonly_admin import ReadOnlyAdmin
from catalog.money_fields import money_column
from shop.models import Refund, RefundShare


class RefundShareInline(ReadOnlyAdmin, admin.TabularInline[RefundShare, Refund]):
    model = RefundShare
    fields = ["merchant", "amount", "tax", "fee", "discount"]
    readonly_fields = ["amount", "tax", "fee", "discount"]
    amount = money_column("amount_minor", _("amount"), currency="refund__currency")
    tax = money_column("tax_minor", _("tax"), currency="refund__currency")
    fee = money_column("fee_minor", _("fee given back"), currency="refund__currency")
    discount = money_column("discount_minor", _("discount taken back"), currency="refund__currency")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RefundShare]:
        return super().get_queryset(request).select_related("refund", "merchant").order_by("pk")
