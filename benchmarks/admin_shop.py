# ruff: noqa: S608  # The statements are made of constants of these files.
"""A large made-up shop for benchmarks.admin_at_size, written with INSERT … SELECT in about a minute.

The database is new, so ids count from 1, and one row's id tells those of the rows that belong to it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from benchmarks.feed_shop import OUTPUTS

PAST = "now() - n * interval '{} seconds'"
STAFF = 20
"""Users 1 to 20 are staff, and user 1 is a superuser. Creators are users 101 onwards, agencies the ten before them."""


@dataclass(frozen=True)
class ShopRows:
    """How many rows of each kind."""

    products: int = 100_000
    clips: int = 35_000
    users: int = 30_000
    orders: int = 50_000
    creators: int = 400
    categories: int = 400
    brands: int = 300
    campaigns: int = 60
    records: int = 6_000
    """Of each kind of report, hold, message and log entry."""


type Columns = dict[str, str]
"""SQL for columns by name, in which `n` is the row's number from 1."""


def insert_rows(table: str, count: int, columns: Columns) -> None:
    """Insert numbered rows. A column without a default that is not named gets a neutral value."""
    with connection.cursor() as cursor:
        values = dict(_neutral_values(cursor, table)) | columns
        names = ", ".join(f'"{name}"' for name in values)
        expressions = ", ".join(values.values())
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT {expressions} FROM generate_series(1, {count}) n")


def _neutral_values(cursor: Any, table: str) -> Iterator[tuple[str, str]]:
    cursor.execute(
        """
        SELECT column_name, CASE WHEN data_type IN ('character varying', 'text') THEN ''''''
            WHEN data_type = 'boolean' THEN 'false' WHEN data_type = 'jsonb' THEN '''{}'''
            WHEN data_type = 'ARRAY' THEN '''{}''' WHEN data_type = 'bytea' THEN ''''''
            WHEN data_type = 'timestamp with time zone' THEN 'now()' ELSE '0' END
        FROM information_schema.columns
        WHERE table_name = %s AND table_schema = 'public' AND is_nullable = 'NO' AND column_default IS NULL
            AND is_identity = 'NO'
        """,
        [table],
    )
    yield from cursor.fetchall()


def fill_shop(rows: ShopRows) -> None:
    """Insert the rows in bulk, as if people had used the shop for a year."""
    from benchmarks.admin_shop_money import fill_money
    from benchmarks.admin_shop_records import fill_records, fill_review

    _fill_people(rows)
    _fill_catalogue(rows)
    _fill_campaigns(rows)
    _fill_clips(rows)
    fill_review(rows)
    fill_money(rows)
    fill_records(rows)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _fill_people(rows: ShopRows) -> None:
    first_name = "(ARRAY['Maya', 'Omar', 'Noa', 'Lina', 'Sam', 'Yara', 'Ben', 'Dana'])[1 + n % 8]"
    last_name = "(ARRAY['Haddad', 'Levi', 'Smith', 'Khoury', 'Cohen', 'Jones', 'Mizrahi'])[1 + n % 7]"
    email = f"lower({first_name} || '.' || {last_name} || n || '@example.com')"
    insert_rows(
        "accounts_user",
        rows.users,
        {"password": "'!'", "first_name": first_name, "last_name": last_name, "email": email, "language": "'en'"}
        | {"is_staff": f"n <= {STAFF}", "is_superuser": "n = 1", "is_active": "n % 200 <> 0"}
        | {"date_joined": PAST.format(900), "last_login": PAST.format(600)},
    )
    insert_rows(
        "account_emailaddress", rows.users, {"email": email, "user_id": "n", "verified": "true", "primary": "true"}
    )
    insert_rows(
        "accounts_user_groups",
        STAFF - 1,
        {"user_id": "1 + n", "group_id": "(SELECT id FROM auth_group ORDER BY name OFFSET n % 5 LIMIT 1)"},
    )
    insert_rows(
        "creators_creator",
        rows.creators,
        {"user_id": "100 + n", "handle": "'maya_' || n", "display_name": "'Maya number ' || n"}
        | {"bio": "repeat('I film what I use. ', 10)", "joined_at": PAST.format(60_000)},
    )
    insert_rows("creators_agency", 10, {"slug": "'agency-' || n", "name": "'Agency ' || n", "user_id": "90 + n"})
    insert_rows(
        "creators_representation",
        rows.creators // 5,
        {"creator_id": "n", "agency_id": "1 + n % 10", "version": "1", "share_bps": "1000"},
    )
    insert_rows(
        "creators_suspension",
        rows.creators // 2,
        {"creator_id": "1 + n % 40", "reason": "'Filmed somebody else.'", "suspended_by_id": "2"}
        | {"suspended_at": PAST.format(90_000), "lifted_at": "now()", "lifted_by_id": "3"},
    )


def _fill_catalogue(rows: ShopRows) -> None:
    insert_rows(
        "catalog_category",
        rows.categories,
        {"name": "'Category ' || n", "slug": "'category-' || n", "commission_rate_bps": "450", "position": "n"}
        | {"parent_id": "CASE WHEN n > 20 THEN 1 + n % 20 END"},
    )
    insert_rows("catalog_brand", rows.brands, {"name": "'Brand ' || n", "slug": "'brand-' || n"})
    noun = "(ARRAY['kettle', 'headphones', 'lamp', 'backpack', 'mug', 'chair', 'racket'])[1 + n % 7]"
    style = "(ARRAY['Blue', 'Folding', 'Quiet', 'Heavy', 'Small'])[1 + n / 7 % 5]"
    insert_rows(
        "catalog_product",
        rows.products,
        {"name": f"{style} || ' ' || {noun} || ' no. ' || n", "slug": "'product-' || n", "currency": "'USD'"}
        | {"description": "repeat('Made well, and lasts for years. ', 12)", "price_minor": "500 + n % 9000"}
        # A tenth of all products have one category and one brand.
        | {"category_id": f"CASE WHEN n % 10 = 0 THEN 21 ELSE 21 + n % ({rows.categories} - 20) END"}
        | {"brand_id": f"CASE WHEN n % 10 = 1 THEN 1 ELSE 1 + n % {rows.brands} END", "stock": "n % 300"}
        | {"outbound_url": "CASE WHEN n % 20 = 0 THEN 'https://shop.example.org/' || n ELSE '' END"}
        | {"is_active": "n % 30 <> 0", "created_at": PAST.format(500)},
    )
    insert_rows(
        "catalog_productimage",
        2 * rows.products,
        {"product_id": "(n + 1) / 2", "position": "n % 2", "stem": "'products/' || n", "alternative_text": "'It'"}
        | {"width_px": "1200", "height_px": "1200"},
    )
    insert_rows(
        "catalog_stockmovement",
        rows.products // 2,
        # One product has a thousand.
        {"product_id": f"CASE WHEN n <= 1000 THEN {rows.products} ELSE n END", "kind": "'received'", "change": "5"}
        | {"reason": "'Delivery of the week'", "created_by_id": "1 + n % 20", "created_at": PAST.format(600)},
    )
    insert_rows("catalog_sitesettings", 1, {"id": "n", "name": "'Shop'"})
    kinds = "(ARRAY['imprint', 'privacy', 'terms', 'returns', 'shipping'])[n]"
    insert_rows(
        "catalog_legalpage", 5, {"kind": kinds, "language": "'en'", "text": "repeat('We keep our word. ', 500)"}
    )


def _fill_campaigns(rows: ShopRows) -> None:
    insert_rows(
        "creators_campaign",
        rows.campaigns,
        {"slug": "'campaign-' || n", "title": "'Campaign ' || n", "brief": "repeat('Show it in use. ', 40)"}
        | {"is_published": "true", "clips_cap": "35000", "taken_count": "500", "category_slugs": "'{category-21}'"},
    )
    insert_rows(
        "creators_terms",
        4 * rows.campaigns,
        {"campaign_id": f"1 + (n - 1) % {rows.campaigns}", "version": f"1 + (n - 1) / {rows.campaigns}"}
        | {"fee_minor": "2500", "currency": "'USD'", "clips_per_creator": "500", "products_per_clip": "2"}
        | {"kinds": "'{review}'", "hold_days": "30", "opens_at": "now() - interval '1 year'"},
    )
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE creators_campaign SET terms_id = id + {3 * rows.campaigns}")
    insert_rows("creators_campaign_invited", rows.creators, {"campaign_id": str(rows.campaigns), "creator_id": "n"})
    insert_rows(
        "creators_enrolment",
        15 * rows.creators,
        {
            "creator_id": "1 + (n - 1) / 15",
            "campaign_id": f"1 + ((n - 1) / 15 * 7 + (n - 1) % 15 * 4) % {rows.campaigns}",
        }
        | {"terms_id": f"1 + ((n - 1) / 15 * 7 + (n - 1) % 15 * 4) % {rows.campaigns}"}
        | {"clips_cap": "500", "earned_count": "10", "accepted_at": PAST.format(3000)},
    )
    insert_rows(
        "creators_waitlistentry",
        rows.records // 2,
        {"enrolment_id": "n", "clip_code": "'w' || n", "joined_at": PAST.format(60)}
        | {"state": "CASE WHEN n % 3 = 0 THEN 'waiting' ELSE 'served' END"},
    )


def _fill_clips(rows: ShopRows) -> None:
    creator, enrolment = f"1 + n % {rows.creators}", f"n % {rows.creators} * 15 + n / {rows.creators} % 15 + 1"
    code = "'c' || lpad(n::text, 9, '0')"
    state = """CASE WHEN n % 17 = 0 THEN 'in_review' WHEN n % 19 = 0 THEN 'rejected' WHEN n % 23 = 0 THEN 'draft'
        WHEN n % 1009 = 0 THEN 'appealed' WHEN n % 101 = 0 THEN 'removed' ELSE 'published' END"""
    insert_rows(
        "videos_source",
        rows.clips,
        {"key": "lpad(to_hex(n), 24, '0')", "creator_id": creator, "user_file_name": "'IMG_' || n || '.mov'"}
        | {"storage_name": "n || '.mov'", "size_bytes": "30000000", "sha256": "lpad(to_hex(n), 64, '0')"}
        | {"duration_ms": "8000 + n % 12000", "outputs": f"'{OUTPUTS}'", "compared_at": "now()"}
        | {"uploaded_at": PAST.format(900)},
    )
    insert_rows(
        "videos_job",
        2 * rows.clips,
        {"source_id": "(n + 1) / 2", "kind": "CASE n % 2 WHEN 0 THEN 'playable' ELSE 'av1' END"}
        | {"state": "CASE WHEN n % 50 = 0 THEN 'failed' ELSE 'done' END", "queued_at": PAST.format(450)}
        | {"failure_code": "CASE WHEN n % 50 = 0 THEN 'no_video' ELSE '' END"}
        | {"stderr_tail": "CASE WHEN n % 50 = 0 THEN repeat('Invalid data found. ', 200) ELSE '' END"},
    )
    insert_rows(
        "videos_clip",
        rows.clips,
        {"code": code, "creator_id": creator, "enrolment_id": enrolment, "state": state, "source_id": "n"}
        | {"kind": "'review'", "verdict": "'recommend'", "language": "'en'", "created_at": PAST.format(900)}
        | {"caption": "'Clip number ' || n || ' about two things that are worth a look'"}
        | {"captions_vtt": "'WEBVTT' || repeat(E'\\n\\n00:00.000 --> 00:01.000\\nIt boils in a minute.', 20)"}
        | {"submitted_at": PAST.format(890), "published_at": PAST.format(880)}
        | {"drifted_at": "CASE WHEN n % 100 = 7 THEN now() END"},
    )
    tagged = f"1 + ((n + 1) / 2 * 7 + n % 2 * 400) % ({rows.products} / 2)"
    insert_rows(
        "videos_producttag",
        2 * rows.clips,
        {"clip_id": "(n + 1) / 2", "product_id": tagged}
        | {"start_ms": "n % 2 * 3000", "end_ms": "n % 2 * 3000 + 3000", "approved_stock": "5"}
        # The price as it is, but in clips that have drifted.
        | {"approved_price_minor": f"500 + ({tagged}) % 9000 + CASE WHEN (n + 1) / 2 % 100 = 7 THEN 900 ELSE 0 END"},
    )
    held = "WHEN n % 17 = 0 OR n % 1009 = 0 THEN"
    insert_rows(
        "creators_slot",
        rows.clips,
        {"enrolment_id": enrolment, "terms_id": f"1 + n % {rows.campaigns}", "clip_code": code, "fee_minor": "2500"}
        | {"currency": "'USD'", "held_at": PAST.format(890), "settled_at": f"CASE {held} NULL ELSE now() END"}
        | {"state": f"CASE {held} 'held' WHEN n % 19 = 0 THEN 'released' ELSE 'earned' END"}
        | {"reason": f"CASE {held} '' WHEN n % 19 = 0 THEN 'rejected' ELSE '' END"},
    )
