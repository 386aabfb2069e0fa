"""Serializers for a creator's balances, statement lines and payout account."""

from typing import Any

from rest_framework import serializers

from catalog.prices import PriceSerializer
from payouts.csv_export import get_agency_name
from payouts.descriptions import describe_line
from payouts.models import PayoutAccount, StatementLine


class BalanceSerializer(serializers.Serializer[Any]):
    """Balances in one currency, in minor units. Held, pending and checked amounts exclude the agency's share."""

    currency = serializers.CharField()
    owed_minor = serializers.IntegerField(help_text="Booked and not paid out. A negative balance carries forward.")
    paid_minor = serializers.IntegerField(help_text="Sent to the bank.")
    held_minor = serializers.IntegerField(help_text="Fees of clips that are waiting for a decision.")
    pending_minor = serializers.IntegerField(help_text="Commissions on orders that can still be returned.")
    checking_minor = serializers.IntegerField(
        help_text="Commissions that are not payable until staff have checked who bought."
    )


class StatementLineSerializer(serializers.ModelSerializer[StatementLine]):
    """One statement line, with a description of what happened and which rule set the amount."""

    clip = serializers.CharField(source="clip_code")
    caption = serializers.SerializerMethodField(
        help_text="The clip's caption. Empty without a clip, or if it has none."
    )
    what = serializers.CharField(read_only=True, default="")
    rule = serializers.CharField(read_only=True, default="")
    terms_version = serializers.IntegerField(read_only=True, default=None, allow_null=True)
    agency_name = serializers.SerializerMethodField()
    gross = PriceSerializer()
    agency = PriceSerializer()
    net = PriceSerializer()
    pending = PriceSerializer(help_text="What a line of the kind “pending” or “held” brings later, if it does.")

    class Meta:
        model = StatementLine
        fields = [
            "id",
            "kind",
            "occurred_at",
            "clip",
            "caption",
            "what",
            "rule",
            "terms_version",
            "gross",
            "agency",
            "agency_name",
            "net",
            "pending",
        ]

    def to_representation(self, line: StatementLine) -> dict[str, Any]:
        description = describe_line(line)
        return super().to_representation(line) | {
            "what": description.what,
            "rule": description.rule,
            "terms_version": description.terms_version,
        }

    def get_caption(self, line: StatementLine) -> str:
        return line.clip_caption or ""

    def get_agency_name(self, line: StatementLine) -> str:
        return get_agency_name(line)


class EarningsSerializer(serializers.Serializer[Any]):
    balances = BalanceSerializer(many=True)
    next = serializers.URLField(allow_null=True)
    results = StatementLineSerializer(many=True)


class PayoutAccountSerializer(serializers.ModelSerializer[PayoutAccount]):
    number = serializers.CharField(source="masked", help_text="Its last four characters.")
    tax_id = serializers.SerializerMethodField(help_text="Its last two characters; empty if none was given.")

    class Meta:
        model = PayoutAccount
        fields = ["holder_name", "number", "bank_code", "country_code", "tax_id", "changed_at"]

    def get_tax_id(self, account: PayoutAccount) -> str:
        return account.masked_tax_id


class PayoutAccountWriteSerializer(serializers.Serializer[Any]):
    holder_name = serializers.CharField(max_length=100)
    number = serializers.CharField(
        max_length=60, help_text="An IBAN, an account number, or the id of a Stripe account if the shop pays by Stripe."
    )
    bank_code = serializers.CharField(
        max_length=20,
        required=False,
        allow_blank=True,
        default="",
        help_text="Routing number, sort code, IFSC, BSB or BIC. Not needed with an IBAN.",
    )
    country_code = serializers.CharField(
        max_length=2,
        required=False,
        allow_blank=True,
        default="",
        help_text="ISO 3166, where the payee pays tax. By default the account's country.",
    )
    tax_id = serializers.CharField(
        max_length=40,
        required=False,
        allow_blank=True,
        default="",
        help_text="Without it, the one that was given before stays.",
    )
