"""Serializers of sponsorships, their statements, and the archive."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api_fields import BoundedListField
from catalog.models import Category
from social.models import Sponsorship
from social.sponsorships.actions import CHANGES
from social.sponsorships.bookings import Booking, find_faults
from social.sponsorships.statement import FEWEST, read_statement

MOST_MINOR = 2_147_483_647


class NewSponsorshipSerializer(serializers.Serializer[Any]):
    post = serializers.SlugField(max_length=12, help_text="The code of a published post.")
    merchant = serializers.CharField(
        max_length=60,
        allow_blank=True,
        default="",
        help_text="The merchant on whose behalf it is booked; empty for oneself.",
    )
    budget_minor = serializers.IntegerField(min_value=1, max_value=MOST_MINOR)
    bid_minor = serializers.IntegerField(min_value=1, max_value=MOST_MINOR, help_text="For a thousand views.")
    daily_cap_minor = serializers.IntegerField(min_value=1, max_value=MOST_MINOR)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    categories = BoundedListField(
        child=serializers.SlugField(max_length=80), most=50, default=list, help_text="Slugs; none for all."
    )
    languages = BoundedListField(
        child=serializers.ChoiceField(choices=settings.LANGUAGES), most=10, default=list, help_text="None for all."
    )

    @property
    def booking(self) -> Booking:
        return _read_booking(self.validated_data)

    def validate_categories(self, slugs: list[str]) -> list[int]:
        """Return the ids of the categories."""
        ids = dict(Category.objects.filter(slug__in=slugs).values_list("slug", "pk"))
        if unknown := sorted(set(slugs) - set(ids)):
            raise serializers.ValidationError(_("There is no category “%(slug)s”.") % {"slug": unknown[0]})
        return sorted(ids.values())

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if faults := find_faults(_read_booking(attrs), today=timezone.localdate()):
            raise serializers.ValidationError({name: [sentence] for name, sentence in faults.items()})
        return attrs


def _read_booking(values: dict[str, Any]) -> Booking:
    return Booking(
        budget_minor=values["budget_minor"],
        bid_minor=values["bid_minor"],
        daily_cap_minor=values["daily_cap_minor"],
        starts_on=values["starts_on"],
        ends_on=values["ends_on"],
        categories=values["categories"],
        languages=values["languages"],
    )


class SponsorshipSerializer(serializers.ModelSerializer[Sponsorship]):
    post = serializers.CharField(source="clip.code")

    class Meta:
        model = Sponsorship
        fields = (
            *("code", "post", "sponsor", "payer", "state", "pause_reason", "end_reason", "refusal", "currency"),
            *("budget_minor", "bid_minor", "daily_cap_minor", "starts_on", "ends_on", "languages", "created_at"),
        )


class StatementDaySerializer(serializers.Serializer[Any]):
    day = serializers.DateField()
    views = serializers.IntegerField(allow_null=True)
    charged = serializers.IntegerField(allow_null=True)
    spent_minor = serializers.IntegerField(allow_null=True)
    opened = serializers.IntegerField(allow_null=True, help_text="People who opened a product of the post.")
    ordered = serializers.IntegerField(allow_null=True, help_text="People who ordered a product of the post.")


class SponsorshipStatementSerializer(serializers.Serializer[Any]):
    """Figures about fewer than five people are null."""

    days = StatementDaySerializer(many=True)
    views = serializers.IntegerField(allow_null=True)
    reached = serializers.IntegerField(allow_null=True)


class SponsorshipDetailSerializer(SponsorshipSerializer):
    statement = serializers.SerializerMethodField()

    class Meta(SponsorshipSerializer.Meta):
        fields = (*SponsorshipSerializer.Meta.fields, "statement")  # type: ignore[assignment]  # one more

    @extend_schema_field(SponsorshipStatementSerializer)
    def get_statement(self, sponsorship: Sponsorship) -> dict[str, Any]:
        return dict(SponsorshipStatementSerializer(read_statement(sponsorship)).data)


class SponsorshipChangeSerializer(serializers.Serializer[Any]):
    change = serializers.ChoiceField(choices=CHANGES)


class SponsorPaymentSerializer(serializers.Serializer[Any]):
    state = serializers.CharField(help_text="Of the sponsorship.")
    next_url = serializers.CharField(allow_blank=True, help_text="Where the payer goes on, if they have to.")


class ArchivedPostSerializer(serializers.ModelSerializer[Sponsorship]):
    post = serializers.SerializerMethodField(help_text="Its code; empty if it is not published any more.")
    categories = serializers.ListField(child=serializers.IntegerField(), help_text="Ids; none for everybody.")
    reached = serializers.SerializerMethodField(help_text="People; null if fewer than five.")

    class Meta:
        model = Sponsorship
        fields = ("post", "sponsor", "payer", "starts_on", "ends_on", "ended_at", "categories", "languages", "reached")

    def get_post(self, sponsorship: Sponsorship) -> str:
        clip = sponsorship.clip
        return clip.code if clip.is_published and not clip.is_age_restricted else ""

    def get_reached(self, sponsorship: Sponsorship) -> int | None:
        reached = sponsorship.place.reached_count if sponsorship.place else 0
        return reached if reached >= FEWEST else None
