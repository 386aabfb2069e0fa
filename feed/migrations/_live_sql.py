"""The function that reads the live state of a page, before and after creators could be hidden."""

_LIVE = """
CREATE OR REPLACE FUNCTION feed_live(viewer uuid, clips bigint[], is_adult boolean, products bigint[], known_stamp text,
    OUT version text, OUT stamp text, OUT shown text, OUT offers text) LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT now.version, md5(concat(now.version, ' ', is_adult, ' ',
        (SELECT bit_xor(hash_record_extended(row(id, xmin, ctid), 0)) FROM videos_clip WHERE id = ANY(clips)), ' ',
        (SELECT bit_xor(hash_record_extended(row(id, xmin, ctid), 0)) FROM catalog_product WHERE id = ANY(products))))
    INTO version, stamp
    FROM (SELECT (SELECT row.xmin::text || row.ctid::text FROM feed_viewer row WHERE row.key = viewer) AS version) now;
    IF stamp = known_stamp THEN
        RETURN;
    END IF;
    SELECT json_agg(json_build_array(id, extract(epoch FROM greatest(updated_at, state_changed_at))))::text INTO shown
    FROM videos_clip
    WHERE id = ANY(clips) AND state = 'published'{hidden} AND (is_adult OR NOT is_age_restricted);
    SELECT json_agg(json_build_array(id, price_minor, currency, stock, is_active, extract(epoch FROM updated_at)))::text
    INTO offers FROM catalog_product WHERE id = ANY(products);
END $$;
"""
LIVE_WITH_HIDDEN = _LIVE.replace("{hidden}", "")
LIVE_WITHOUT_HIDDEN = _LIVE.replace("{hidden}", " AND NOT is_hidden")
