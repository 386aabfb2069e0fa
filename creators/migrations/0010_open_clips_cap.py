import django.core.validators
from django.db import migrations, models

HOLD_SLOT = """
CREATE FUNCTION creators_hold_slot({parameters}) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    enrolled record;
    slot_id bigint;
BEGIN
    UPDATE creators_enrolment enrolment SET held_count = held_count + 1
    WHERE id = for_enrolment AND held_count + earned_count < clips_cap AND EXISTS (
        SELECT FROM creators_campaign campaign
        WHERE campaign.id = enrolment.campaign_id AND campaign.taken_count < campaign.clips_cap{and_more})
    RETURNING creator_id, campaign_id, terms_id INTO enrolled;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    INSERT INTO creators_slot (enrolment_id, terms_id, clip_code, fee_minor, currency, agency_id, agency_share_bps,
        agency_minor, state, reason, held_at)
    SELECT for_enrolment, terms.id, for_clip, terms.fee_minor, terms.currency, agreed.agency_id, coalesce(agreed.bps, 0),
        coalesce(terms.fee_minor::bigint * agreed.bps / 10000, 0), 'held', '', at
    FROM creators_terms terms LEFT JOIN LATERAL (
        SELECT agency_id, LEAST(share_bps, terms.agency_cap_bps) AS bps FROM creators_representation
        WHERE creator_id = enrolled.creator_id AND starts_at <= at AND (ends_at IS NULL OR ends_at > at)
        ORDER BY starts_at DESC LIMIT 1
    ) agreed ON true
    WHERE terms.id = enrolled.terms_id
    RETURNING id INTO slot_id;
    UPDATE creators_campaign SET taken_count = taken_count + 1 WHERE id = enrolled.campaign_id;
    RETURN slot_id;
END $$;
"""

OLD = "for_enrolment bigint, for_clip text, at timestamptz"
# With its default, processes of the version before can go on calling the function while they are replaced.
NEW = f"{OLD}, is_new boolean DEFAULT true"
IS_LIMITED = "\n        AND (NOT is_new OR enrolment.held_count < campaign.open_clips_cap)"

LIMIT_OPEN_CLIPS = f"""
DROP FUNCTION creators_hold_slot(bigint, text, timestamptz);
{HOLD_SLOT.format(parameters=NEW, and_more=IS_LIMITED)}
"""
ALLOW_ANY_NUMBER = f"""
DROP FUNCTION creators_hold_slot(bigint, text, timestamptz, boolean);
{HOLD_SLOT.format(parameters=OLD, and_more="")}
"""


class Migration(migrations.Migration):
    dependencies = [("creators", "0009_currency_codes")]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="open_clips_cap",
            field=models.PositiveIntegerField(
                db_default=20,
                default=20,
                help_text="Submitted clips that are not decided on yet. It keeps one creator from taking all slots.",
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="maximum open clips per creator",
            ),
        ),
        migrations.RunSQL(LIMIT_OPEN_CLIPS, ALLOW_ANY_NUMBER),
    ]
