"""What is stored about a user who films or represents creators, for the download of personal data."""

from typing import Any

from django.db.models import F, Q

from accounts.models import User
from creators.erasure import invitations_of
from creators.models import Agency, Campaign, Creator, Enrolment, FormerHandle, Representation, Sample, Suspension
from feedsite.personal_purchases import read_rows
from payouts.models import Hold, Payout, PayoutAccount, StatementLine
from programme.models import AudienceCount, SalesCount
from shop.models import CommissionHold, DiscountCode
from videos.models import Appeal, Clip, Decision, Photo, Source, Upload
from videos.models.photo import photo_address


def collect_creations(user: User) -> dict[str, Any]:
    """Return what a user does as a creator or agency: campaigns, clips and their review, uploads, and pay."""
    return {
        **_pay(user),
        "creator": read_rows(
            Creator.objects.filter(user=user), "handle", "display_name", "bio", "shows_likes", "joined_at"
        ),
        "enrolments": read_rows(Enrolment.objects.filter(creator__user=user), campaign_slug=F("campaign__slug")),
        "invitations": read_rows(
            invitations_of(user).order_by("pk"),
            *("email", "created_at", "sent_at", "expires_at", "accepted_at", "declined_at", "withdrawn_at"),
            campaign_slug=F("campaign__slug"),
        ),
        "samples": _samples(user),
        "discount_codes": read_rows(
            DiscountCode.objects.filter(creator__user=user).order_by("pk"), "code", "valid_from", "valid_until"
        ),
        "clips": read_rows(
            Clip.objects.filter(creator__user=user).order_by("pk"),
            *("code", "medium", "state", "kind", "verdict", "caption", "captions_vtt", "declaration", "language"),
            *("created_at", "published_at"),
        ),
        **_counts(user),
        "photos": _photos(user),
        "uploads": read_rows(
            Upload.objects.filter(creator__user=user).order_by("pk"),
            *("clip_code", "user_file_name", "size_bytes", "created_at", "expires_at"),
        ),
        "files": read_rows(
            Source.objects.filter(creator__user=user).order_by("pk"),
            *("user_file_name", "size_bytes", "duration_ms", "uploaded_at"),
        ),
        "decisions": read_rows(
            Decision.objects.filter(clip__creator__user=user, undone_at=None).order_by("pk"),
            *("action", "words", "decided_at"),
            clip_code=F("clip__code"),
        ),
        "appeals": read_rows(
            Appeal.objects.filter(decision__clip__creator__user=user).order_by("pk"),
            *("words", "appealed_at"),
            clip_code=F("decision__clip__code"),
        ),
        "former_handles": read_rows(FormerHandle.objects.filter(creator__user=user), "handle", "reserved_until"),
        "open_to_creator": read_rows(Campaign.objects.filter(invited__user=user).order_by("pk"), "slug"),
        "suspensions": read_rows(
            Suspension.objects.filter(creator__user=user).order_by("pk"), "reason", "suspended_at", "lifted_at"
        ),
    }


def _samples(user: User) -> list[dict[str, Any]]:
    return read_rows(
        Sample.objects.filter(creator__user=user).order_by("pk"),
        *("state", "plan", "reason", "requested_at", "decided_at", "due_on", "clip_code"),
        product_slug=F("variant__product__slug"),
        order_code=F("sample_order__order__code"),
    )


def _photos(user: User) -> list[dict[str, Any]]:
    """Return the photos of a user's posts, each with the URL of its largest file."""
    rows = read_rows(
        Photo.objects.filter(clip__creator__user=user).exclude(stem="").order_by("pk"),
        *("stem", "alternative_text", "width_px", "height_px", "uploaded_at"),
        clip_code=F("clip__code"),
    )
    return [{"url": photo_address(row.pop("stem"), Photo.WIDTHS_PX[-1]), **row} for row in rows]


def _counts(user: User) -> dict[str, Any]:
    """Return what analytics shows of a user's posts. Nobody of the audience is recognised in it."""
    return {
        "audience_counts": read_rows(
            AudienceCount.objects.filter(clip__creator__user=user).order_by("pk"),
            *("on", "measure", "people"),
            clip_code=F("clip__code"),
        ),
        "sales_counts": read_rows(
            SalesCount.objects.filter(clip__creator__user=user).order_by("pk"),
            *("on", "orders", "currency", "commission_minor"),
            clip_code=F("clip__code"),
        ),
    }


def _pay(user: User) -> dict[str, Any]:
    """Return the agency, the payout accounts and payouts, and what is held. What evidence there is stays out."""
    is_own = Q(creator__user=user) | Q(agency__user=user)
    return {
        "agency": read_rows(Agency.objects.filter(user=user), "slug", "name", "notice_days"),
        "representations": read_rows(
            Representation.objects.filter(is_own).order_by("pk"),
            *("share_bps", "offered_at", "accepted_at", "starts_at", "notice_at", "ends_at"),
            agency_slug=F("agency__slug"),
            handle=F("creator__handle"),
        ),
        "held_commissions": read_rows(
            CommissionHold.objects.filter(line__creator__user=user).order_by("pk"),
            *("state", "commission_minor", "agency_minor", "placed_at", "decided_at"),
            currency=F("line__order__currency"),
        ),
        "payout_account": read_rows(
            PayoutAccount.objects.filter(is_own),
            *("holder_name", "number", "bank_code", "country_code", "tax_id", "changed_at"),
        ),
        "payouts": read_rows(
            Payout.objects.filter(is_own).order_by("pk"),
            *("state", "amount_minor", "currency", "holder_name", "number", "claimed_at", "settled_at"),
        ),
        "statement": read_rows(
            StatementLine.objects.filter(creator__user=user).order_by("occurred_at", "id"),
            *("id", "kind", "occurred_at", "clip_code", "currency", "gross_minor", "agency_minor", "net_minor"),
        ),
        "held_pay": read_rows(
            Hold.objects.filter(creator__user=user).order_by("pk"), "kind", "placed_at", "released_at"
        ),
    }
