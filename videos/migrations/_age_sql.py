"""Triggers that set `Clip.is_age_restricted` if and only if one of the clip's products is for adults only.

The feed, search and the API filter by this one column instead of joining the categories of all tags.
"""

CREATE_AGE_TRIGGERS = """
CREATE FUNCTION videos_mark_ages(touched bigint[]) RETURNS void LANGUAGE sql AS $$
    UPDATE videos_clip clip SET is_age_restricted = current.restricted, updated_at = now()
    FROM (
        SELECT candidate.id, EXISTS (
            SELECT FROM videos_producttag tag JOIN catalog_product product ON product.id = tag.product_id
            JOIN catalog_category category ON category.id = product.category_id
            WHERE tag.clip_id = candidate.id AND category.is_age_restricted) AS restricted
        FROM videos_clip candidate WHERE candidate.id = ANY(touched)) current
    WHERE clip.id = current.id AND clip.is_age_restricted <> current.restricted
$$;

CREATE FUNCTION videos_tags_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM videos_mark_ages(ARRAY(SELECT DISTINCT clip_id FROM changed));
    RETURN NULL;
END $$;
CREATE TRIGGER videos_age_of_new_tags AFTER INSERT ON videos_producttag
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION videos_tags_changed();
CREATE TRIGGER videos_age_of_old_tags AFTER DELETE ON videos_producttag
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION videos_tags_changed();

CREATE FUNCTION videos_tag_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM videos_mark_ages(ARRAY[OLD.clip_id, NEW.clip_id]);
    RETURN NULL;
END $$;
CREATE TRIGGER videos_age_of_moved_tag AFTER UPDATE OF product_id, clip_id ON videos_producttag
    FOR EACH ROW WHEN ((OLD.product_id, OLD.clip_id) <> (NEW.product_id, NEW.clip_id))
    EXECUTE FUNCTION videos_tag_moved();

CREATE FUNCTION videos_product_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM videos_mark_ages(ARRAY(SELECT DISTINCT clip_id FROM videos_producttag WHERE product_id = NEW.id));
    RETURN NULL;
END $$;
CREATE TRIGGER videos_age_of_product AFTER UPDATE OF category_id ON catalog_product
    FOR EACH ROW WHEN (OLD.category_id <> NEW.category_id) EXECUTE FUNCTION videos_product_moved();

CREATE FUNCTION videos_category_marked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM videos_mark_ages(ARRAY(
        SELECT DISTINCT tag.clip_id FROM videos_producttag tag JOIN catalog_product product ON product.id = tag.product_id
        WHERE product.category_id = NEW.id));
    RETURN NULL;
END $$;
-- A category that is moved inherits the restriction from a BEFORE trigger, which "OF is_age_restricted" alone would miss.
CREATE TRIGGER videos_age_of_category AFTER UPDATE OF is_age_restricted, parent_id ON catalog_category
    FOR EACH ROW WHEN (OLD.is_age_restricted <> NEW.is_age_restricted) EXECUTE FUNCTION videos_category_marked();
"""
DROP_AGE_TRIGGERS = """
DROP TRIGGER videos_age_of_category ON catalog_category; DROP FUNCTION videos_category_marked();
DROP TRIGGER videos_age_of_product ON catalog_product; DROP FUNCTION videos_product_moved();
DROP TRIGGER videos_age_of_moved_tag ON videos_producttag; DROP FUNCTION videos_tag_moved();
DROP TRIGGER videos_age_of_old_tags ON videos_producttag; DROP TRIGGER videos_age_of_new_tags ON videos_producttag;
DROP FUNCTION videos_tags_changed(); DROP FUNCTION videos_mark_ages(bigint[]);
"""
