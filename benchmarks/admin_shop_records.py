"""Decisions, reports, messages and log entries of the large shop of benchmarks.admin_shop."""

from benchmarks.admin_shop import PAST, ShopRows, insert_rows


def fill_review(rows: ShopRows) -> None:
    insert_rows(
        "videos_revision",
        rows.clips,
        {"clip_id": "n", "number": "1", "source_id": "n", "submitted_at": PAST.format(890)}
        | {"content": """'{"caption": "It boils.", "tags": [], "captions_vtt": ""}'"""},
    )
    insert_rows(
        "videos_decision",
        rows.clips,
        {
            "clip_id": "n",
            "revision_id": "n",
            "basis": "'review'",
            "moderator_id": "1 + n % 20",
            "reason_id": "1 + n % 9",
        }
        | {"action": "(ARRAY['approve', 'approve', 'reject', 'request_changes', 'remove'])[1 + n % 5]"}
        | {"words": "'Please show both of them.'", "decided_at": PAST.format(880), "mailed_at": "now()"}
        | {"state_before": "'in_review'"},
    )
    insert_rows(
        "videos_appeal",
        rows.clips // 20,
        {"decision_id": "n * 20", "words": "'It is in view.'", "appealed_at": PAST.format(9000)},
    )
    insert_rows(
        "videos_auditentry",
        3 * rows.clips,
        {"clip_id": "(n + 2) / 3", "revision_id": "(n + 2) / 3", "moderator_id": "1 + n % 20", "at": PAST.format(300)}
        | {"action": "(ARRAY['opened', 'decided', 'confirmed'])[1 + n % 3]"},
    )
    insert_rows("videos_flag", rows.clips // 34, {"clip_id": "n * 17", "kind": "'reports'", "note": "'Three reports.'"})
    insert_rows(
        "feed_clipcount",
        rows.clips,
        dict.fromkeys(("shown", "satisfied", "likes", "saves", "product_opens", "purchases"), "n * 37 % 5000")
        | {"clip_id": "n"},
    )


def fill_records(rows: ShopRows) -> None:
    insert_rows(
        "social_report",
        rows.records,
        {"clip_id": "CASE n % 3 WHEN 0 THEN n END", "product_id": "CASE n % 3 WHEN 1 THEN 1 + n % 900 END"}
        | {"creator_id": f"CASE n % 3 WHEN 2 THEN 1 + n % {rows.creators} END", "user_id": "600 + n"}
        | {"reason": "'misleading'", "words": "'It does not look like that at all.'", "created_at": PAST.format(900)}
        | {"state": "CASE WHEN n % 5 = 0 THEN 'open' ELSE 'dismissed' END"},
    )
    insert_rows(
        "accounts_outgoingemail",
        rows.records,
        {"recipients": "ARRAY['sam' || n || '@example.com']", "subject": "'Your order ' || n", "attempts": "3"}
        | {"content": "convert_to(repeat('A line of the message. ', 900), 'UTF8')", "created_at": PAST.format(30)}
        | {"failure_text": "'Connection refused'"},
    )
    insert_rows(
        "videos_wordingrule",
        rows.records // 20,
        {"code": "'rule-' || n", "language": "'en'", "severity": "'hint'", "phrases": "'cheapest'"}
        | {"message": "'Say what it costs.'", "must_match": "'The cheapest kettle.'"}
        | {"category_slugs": "CASE n % 3 WHEN 0 THEN '{category-21,category-22}'::text[] ELSE '{}' END"}
        | {"campaign_id": f"1 + n % {rows.campaigns}"},
    )
    insert_rows("feed_goal", 5, {"kind": "n + 1", "weight": "1"})
    model = "(SELECT id FROM django_content_type WHERE app_label = '{}' AND model = '{}')"
    for app_label, name in (("catalog", "product"), ("shop", "order"), ("videos", "clip"), ("accounts", "user")):
        insert_rows(
            "django_admin_log",
            5 * rows.records,
            # The last row of each, which the benchmark opens, has a long history.
            {"content_type_id": model.format(app_label, name), "user_id": "1 + n % 20", "action_flag": "2"}
            | {"object_id": f"CASE WHEN n % 10 = 0 THEN {getattr(rows, name + 's')} ELSE n END::text"}
            | {"object_repr": "'Row ' || n", "change_message": "'Changed the name.'", "action_time": PAST.format(100)},
        )
