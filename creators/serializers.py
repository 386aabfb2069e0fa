"""API serializers for creators, campaigns, enrolments and agency shares."""

from typing import Any

from rest_framework import serializers

from creators.models import Campaign, Creator, Enrolment, Representation, Terms, WaitlistState


class CreatorSerializer(serializers.ModelSerializer[Creator]):
    url = serializers.CharField(source="get_absolute_url", read_only=True)
    avatar_url = serializers.CharField(read_only=True)

    class Meta:
        model = Creator
        fields: tuple[str, ...] = ("handle", "display_name", "bio", "avatar_url", "url", "joined_at")


class TermsSerializer(serializers.ModelSerializer[Terms]):
    class Meta:
        model = Terms
        fields = (
            "version",
            "fee_minor",
            "currency",
            "clips_per_creator",
            "products_per_clip",
            "is_same_category",
            "kinds",
            "accepts_photos",
            "hold_days",
            "opens_at",
            "closes_at",
        )


class EnrolmentSerializer(serializers.ModelSerializer[Enrolment]):
    terms_version = serializers.IntegerField(source="terms.version")
    free_count = serializers.IntegerField()
    waiting = serializers.SerializerMethodField(help_text="Codes of the clips on the waitlist, in order.")

    class Meta:
        model = Enrolment
        fields = ("terms_version", "accepted_at", "clips_cap", "earned_count", "held_count", "free_count", "waiting")

    def get_waiting(self, enrolment: Enrolment) -> list[str]:
        waiting = [entry for entry in enrolment.waitlist.all() if entry.state == WaitlistState.WAITING]
        return [entry.clip_code for entry in sorted(waiting, key=lambda entry: (entry.joined_at, entry.pk))]


class CampaignSerializer(serializers.ModelSerializer[Campaign]):
    """A campaign with its current terms. `enrolment` is the caller's enrolment, or null if there is none."""

    title = serializers.CharField(source="local_title", help_text="In the language of the request.")
    terms = TermsSerializer()
    earned_count = serializers.IntegerField()
    held_count = serializers.IntegerField()
    free_count = serializers.IntegerField()
    enrolment = serializers.SerializerMethodField()

    class Meta:
        model = Campaign
        fields = (
            "slug",
            "title",
            "brief",
            "category_slugs",
            "is_by_invitation",
            "clips_cap",
            "earned_count",
            "held_count",
            "free_count",
            "open_clips_cap",
            "terms",
            "enrolment",
        )

    def get_enrolment(self, campaign: Campaign) -> dict[str, Any] | None:
        enrolments: dict[int, Enrolment] = self.context["enrolments"]
        enrolment = enrolments.get(campaign.pk)
        return dict(EnrolmentSerializer(enrolment).data) if enrolment else None


class EnrolRequestSerializer(serializers.Serializer[Any]):
    terms_version = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, help_text="The version that the creator was shown and accepts."
    )


class RepresentationSerializer(serializers.ModelSerializer[Representation]):
    """An agency's offer or share. It is an offer until it is accepted, and applies from `starts_at` to `ends_at`."""

    agency = serializers.CharField(source="agency.name")
    notice_days = serializers.IntegerField(source="agency.notice_days")

    class Meta:
        model = Representation
        fields = (
            "id",
            "agency",
            "version",
            "share_bps",
            "notice_days",
            "offered_at",
            "accepted_at",
            "starts_at",
            "notice_at",
            "ends_at",
        )
