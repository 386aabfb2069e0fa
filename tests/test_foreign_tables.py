"""The list of modules whose SQL names tables of another app, so that the readers of a table are known.

`test_layers` checks that these tables belong to apps to the left.
"""

import ast
import re
from pathlib import Path

from tests.test_layers import MAY_IMPORT, ROOT, tables

FOREIGN_TABLES: dict[str, set[str]] = {
    "creators/migrations/_hiding_sql.py": {"accounts_user"},
    "videos/migrations/_age_sql.py": {"catalog_category", "catalog_product"},
    "videos/migrations/_hiding_sql.py": {"creators_creator"},
    "videos/review/caption_rules.py": {"catalog_category", "catalog_product"},
    "feed/events/recording.py": {"catalog_product"},
    "feed/migrations/0001_initial.py": {"catalog_product", "creators_creator", "videos_clip"},
    "feed/migrations/_live_sql.py": {"catalog_product", "videos_clip"},
    "feed/migrations/0010_ended_accounts.py": {"accounts_user"},
    "feed/migrations/0011_search_options.py": {"catalog_brand", "catalog_product"},
    "shop/migrations/0026_variants.py": {"catalog_variant"},
    "shop/migrations/0035_mark_adopted_orders.py": {"accounts_idempotencykey", "accounts_user"},
    "shop/migrations/0041_note_buyers.py": {"accounts_user"},
    "social/migrations/_comment_sql.py": {"creators_creator", "videos_clip"},
    "social/migrations/_rating_sql.py": {"accounts_user", "catalog_product", "creators_creator"},
    "social/notifications/inbox.py": {"accounts_block", "accounts_mute", "accounts_user"},
    "feed/lists.py": {"videos_clip"},
    "feed/page/snapshot.py": {
        "catalog_category",
        "catalog_product",
        "creators_commissionrule",
        "creators_enrolment",
        "creators_terms",
        "videos_clip",
        "videos_flag",
        "videos_producttag",
        "videos_source",
    },
    "feed/page/viewer_state.py": {"accounts_block", "accounts_mute", "creators_creator"},
    "feed/search/queries.py": {
        "accounts_block",
        "catalog_product",
        "creators_creator",
        "videos_clip",
        "videos_producttag",
    },
    "feed/search/products.py": {
        "catalog_brand",
        "catalog_category",
        "catalog_product",
        "catalog_variant",
        "creators_creator",
        "videos_clip",
        "videos_producttag",
    },
    "feed/training.py": {"videos_clip", "videos_source"},
    "social/sponsorships/statement.py": {"feed_event", "feed_sponsoredview"},
    "payouts/sponsorship_income.py": {"feed_sponsoredday", "feed_sponsoredplace", "shop_prepayment", "shop_refund"},
    "payouts/fraud.py": {
        "creators_creator",
        "creators_slot",
        "shop_click",
        "shop_orderline",
        "videos_clip",
        "videos_decision",
        "videos_revision",
        "videos_source",
    },
    "payouts/migrations/_ledger_sql.py": {
        "creators_enrolment",
        "creators_slot",
        "shop_order",
        "shop_orderline",
        "videos_clip",
    },
    "payouts/migrations/0009_statement_lines.py": {
        "creators_enrolment",
        "creators_slot",
        "shop_commissionhold",
        "shop_dispute",
        "shop_order",
        "shop_orderline",
        "shop_refund",
        "shop_refundline",
        "videos_clip",
    },
    "payouts/migrations/0013_unbooked_lines.py": {"shop_commissionhold", "shop_orderline"},
    "payouts/migrations/0017_sales_by_code.py": {"videos_clip"},
    "payouts/statement_sql.py": {
        "creators_enrolment",
        "creators_slot",
        "shop_commissionhold",
        "shop_order",
        "shop_orderline",
        "shop_refundline",
        "videos_clip",
    },
    "payouts/merchant_checks.py": {"shop_order", "shop_orderline", "shop_refund", "shop_refundshare"},
    "payouts/merchant_statements.py": {
        "shop_order",
        "shop_orderline",
        "shop_refund",
        "shop_refundline",
        "shop_refundshare",
    },
    "payouts/sales.py": {"shop_order", "shop_orderline", "shop_refund", "shop_refundshare"},
    "payouts/tally.py": {
        "creators_enrolment",
        "creators_slot",
        "shop_commissionhold",
        "shop_order",
        "shop_orderline",
        "shop_refund",
        "shop_refundline",
    },
    "payouts/trace.py": {
        "accounts_user",
        "creators_slot",
        "shop_click",
        "shop_order",
        "shop_orderline",
        "shop_refund",
        "shop_refundshare",
        "videos_clip",
        "videos_decision",
        "videos_revision",
    },
    "payouts/verification.py": {
        "creators_campaign",
        "creators_enrolment",
        "creators_slot",
        "shop_order",
        "shop_orderline",
        "shop_refund",
    },
    "social/following.py": {
        "accounts_block",
        "accounts_mute",
        "creators_creator",
        "videos_clip",
        "videos_hashtag",
        "videos_posthashtag",
    },
    "programme/day_counts_sql.py": {
        "creators_creator",
        "feed_event",
        "feed_viewer",
        "shop_order",
        "shop_orderline",
        "social_comment",
        "videos_clip",
        "videos_source",
    },
    "shop/related_buyers.py": {"accounts_user", "creators_agency", "creators_creator", "creators_representation"},
}


def foreign_tables(path: Path, app: str) -> set[str]:
    """Return the tables of other apps that occur in the module's SQL: strings of more than one word."""
    app_of = tables()
    return {
        word
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip()
        for word in re.findall(r"\w+", node.value)
        if app_of.get(word, app) != app
    }


def test_sql_with_tables_of_other_apps_is_listed() -> None:
    named = {
        str(path.relative_to(ROOT)): foreign_tables(path, app)
        for app in MAY_IMPORT
        for path in sorted((ROOT / app).rglob("*.py"))
    }
    assert {module: names for module, names in named.items() if names} == FOREIGN_TABLES
