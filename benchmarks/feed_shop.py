"""A large made-up shop for benchmarks.feed: clips, products, viewers and a month of events."""

from dataclasses import dataclass

from django.db import connection

OUTPUTS = """{"renditions": [
  {"name": "h264-360.mp4", "codecs": "avc1.64001e,mp4a.40.2", "width_px": 360, "height_px": 640, "bitrate_bps": 600000, "size_bytes": 900000},
  {"name": "h264-540.mp4", "codecs": "avc1.64001f,mp4a.40.2", "width_px": 540, "height_px": 960, "bitrate_bps": 1200000, "size_bytes": 1800000},
  {"name": "h264-720.mp4", "codecs": "avc1.64001f,mp4a.40.2", "width_px": 720, "height_px": 1280, "bitrate_bps": 2200000, "size_bytes": 3300000}],
  "poster": {"name": "poster.jpg", "width_px": 720, "height_px": 1280}, "storyboard": null, "playlist": "", "fingerprint": ""}"""


@dataclass(frozen=True)
class ShopSize:
    """How many rows of each kind."""

    clips: int
    viewers: int
    events: int

    @property
    def creators(self) -> int:
        return max(20, self.clips // 100)

    @property
    def products(self) -> int:
        return max(100, self.clips // 5)


def fill_shop(size: ShopSize) -> None:
    """Insert the rows in bulk, as if the pipeline and the review desk had created them."""
    numbers: dict[str, int | str] = {
        "clips": size.clips,
        "viewers": size.viewers,
        "creators": size.creators,
        "products": size.products,
        "outputs": OUTPUTS,
    }
    statements = [
        "INSERT INTO catalog_brand (name, slug) VALUES ('North', 'north')",
        """INSERT INTO catalog_category (position, name, slug, commission_rate_bps, is_age_restricted)
           SELECT n, 'Category ' || n, 'category-' || n, 450, false FROM generate_series(1, 40) n""",
        """INSERT INTO catalog_product (slug, name, brand_id, category_id, description, price_minor, currency, stock, outbound_url,
                                        is_active, created_at, updated_at)
           SELECT 'product-' || n, 'Product ' || n, (SELECT id FROM catalog_brand), (SELECT min(id) FROM catalog_category) + n %% 40,
                  'Made well.', 500 + n %% 9000, 'USD', 100, '', true, now(), now()
           FROM generate_series(1, %(products)s) n""",
        """INSERT INTO catalog_productimage (product_id, position, alternative_text, stem, width_px, height_px)
           SELECT id, place, 'A picture', 'products/' || id || '-' || place, 1200, 1200
           FROM catalog_product, generate_series(0, 1) place""",
        """INSERT INTO accounts_user (password, is_superuser, first_name, last_name, email, language, is_staff, is_active, date_joined, session_epoch)
           SELECT '!', false, '', '', 'creator' || n || '@example.com', '', false, true, now(), 0
           FROM generate_series(1, %(creators)s) n""",
        """INSERT INTO creators_creator (user_id, handle, display_name, bio, avatar_stem, joined_at)
           SELECT id, 'creator' || id, 'Creator ' || id, '', 'avatars/' || id, now() FROM accounts_user""",
        """INSERT INTO videos_source (key, creator_id, storage_name, user_file_name, size_bytes, sha256, duration_ms, outputs,
                                      uploaded_at)
           SELECT lpad(to_hex(n), 24, '0'), (SELECT min(id) FROM creators_creator) + n %% %(creators)s, n || '.mp4', 'a.mp4',
                  1000, lpad(to_hex(n), 64, '0'), 8000 + n %% 12000, %(outputs)s::jsonb, now()
           FROM generate_series(1, %(clips)s) n""",
        """INSERT INTO videos_clip (code, creator_id, state, state_changed_at, kind, verdict, caption, language, is_speechless,
                                    captions_vtt, is_age_restricted, source_id, created_at, updated_at, published_at)
           SELECT 'c' || lpad(source.id::text, 9, '0'), creator_id, 'published', now() - interval '1 day', 'review', 'recommend',
                  'Clip number ' || source.id || ' about two things that are worth a look', 'en', true, '', false, source.id,
                  now() - interval '1 day', now() - interval '1 day', now() - (random() * 60) * interval '1 day'
           FROM videos_source source""",
        """INSERT INTO videos_producttag (clip_id, product_id, approved_name, start_ms, end_ms)
           SELECT clip.id, (SELECT min(id) FROM catalog_product) + (clip.id * 7 + place * 40) %% %(products)s, '',
                  place * 3000, place * 3000 + 3000
           FROM videos_clip clip, generate_series(0, 1) place""",
        """INSERT INTO feed_viewer (key, created_at, interests)
           SELECT lpad(to_hex(n), 32, '0')::uuid, now(), ARRAY[(SELECT min(id) FROM catalog_category) + n %% 40]
           FROM generate_series(1, %(viewers)s) n""",
    ]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, numbers)
        _fill_events(cursor, size)
        cursor.execute("ANALYZE")


def _fill_events(cursor: object, size: ShopSize) -> None:
    """Insert half impressions, half watches, in 5 slices. Clips are shown by a power law; each viewer likes one category."""
    for part in range(5):
        cursor.execute(  # type: ignore[attr-defined]  # a database cursor
            """
            INSERT INTO feed_event (served_at, viewer, clip_id, kind, subject_id, value, loops, position, reasons, at)
            SELECT served_at, viewer, clip_id, kind, 0,
                   CASE WHEN kind = 1 THEN 1 WHEN clip_id %% 40 = taste THEN 15000 ELSE (random() * 15000)::int END, 0,
                   0, 'popular', served_at + interval '20 seconds'
            FROM (SELECT now() - (1 + random() * 27) * interval '1 day' AS served_at,
                         lpad(to_hex(1 + (n * 7919) %% %(viewers)s), 32, '0')::uuid AS viewer,
                         ((n * 7919) %% %(viewers)s) %% 40 AS taste,
                         (SELECT min(id) FROM videos_clip) + floor(%(clips)s * power(random(), 2.5))::int AS clip_id
                  FROM generate_series(%(first)s::bigint, %(last)s::bigint) n) shown, unnest(ARRAY[1, 2]) kind
            ON CONFLICT DO NOTHING
            """,
            {
                "viewers": size.viewers,
                "clips": size.clips,
                "first": part * size.events // 10,
                "last": (part + 1) * size.events // 10 - 1,
            },
        )
