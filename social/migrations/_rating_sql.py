"""Triggers that keep what is counted of ratings, in the transaction of whoever writes them.

`catalog_product.rating_sum` and `rating_count` are of the visible ratings whose author is not hidden, `helpful_count` of
the votes. Every writer is covered: edits, decisions, deleted accounts, deactivations, suspensions. A row that two
transactions change is locked by the first, so that the second counts from what the first left.
"""

CREATE_COUNTING = """
CREATE FUNCTION social_counted_stars(rating social_rating) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN (rating).state = 'visible' AND NOT (rating).is_author_hidden THEN (rating).stars ELSE 0 END
$$;

CREATE FUNCTION social_count_rating() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before integer := 0;
    after integer := 0;
BEGIN
    IF TG_OP <> 'INSERT' THEN before := social_counted_stars(OLD); END IF;
    IF TG_OP <> 'DELETE' THEN after := social_counted_stars(NEW); END IF;
    IF before <> after THEN
        UPDATE catalog_product
        SET rating_sum = rating_sum + after - before,
            rating_count = rating_count + sign(after)::integer - sign(before)::integer,
            updated_at = clock_timestamp()
        WHERE id = coalesce(NEW.product_id, OLD.product_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER social_counting_of_rating AFTER INSERT OR UPDATE OR DELETE ON social_rating
    FOR EACH ROW EXECUTE FUNCTION social_count_rating();

CREATE FUNCTION social_count_vote() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE social_rating SET helpful_count = helpful_count + CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END
    WHERE id = coalesce(NEW.rating_id, OLD.rating_id);
    RETURN NULL;
END $$;
CREATE TRIGGER social_counting_of_vote AFTER INSERT OR DELETE ON social_helpfulvote
    FOR EACH ROW EXECUTE FUNCTION social_count_vote();

CREATE FUNCTION social_is_hidden(person bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM accounts_user WHERE id = person AND NOT is_active)
        OR EXISTS (SELECT FROM creators_creator WHERE user_id = person AND is_hidden)
$$;

CREATE FUNCTION social_rating_of_hidden() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Whoever hides the author at this moment is waited for, or waits and then sees the new row.
    PERFORM FROM accounts_user WHERE id = NEW.user_id FOR SHARE;
    PERFORM FROM creators_creator WHERE user_id = NEW.user_id FOR SHARE;
    NEW.is_author_hidden := social_is_hidden(NEW.user_id);
    RETURN NEW;
END $$;
CREATE TRIGGER social_hiding_of_rating BEFORE INSERT ON social_rating
    FOR EACH ROW EXECUTE FUNCTION social_rating_of_hidden();

CREATE FUNCTION social_mark_ratings(person bigint) RETURNS void LANGUAGE sql AS $$
    UPDATE social_rating SET is_author_hidden = social_is_hidden(person)
    WHERE user_id = person AND is_author_hidden <> social_is_hidden(person)
$$;

CREATE FUNCTION social_user_switched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM social_mark_ratings(NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER social_hiding_of_user AFTER UPDATE OF is_active ON accounts_user
    FOR EACH ROW WHEN (OLD.is_active <> NEW.is_active) EXECUTE FUNCTION social_user_switched();

CREATE FUNCTION social_creator_switched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM social_mark_ratings(NEW.user_id);
    RETURN NULL;
END $$;
CREATE TRIGGER social_hiding_of_creator AFTER UPDATE OF is_hidden ON creators_creator
    FOR EACH ROW WHEN (OLD.is_hidden <> NEW.is_hidden) EXECUTE FUNCTION social_creator_switched();
"""
DROP_COUNTING = """
DROP TRIGGER social_hiding_of_creator ON creators_creator; DROP FUNCTION social_creator_switched();
DROP TRIGGER social_hiding_of_user ON accounts_user; DROP FUNCTION social_user_switched();
DROP FUNCTION social_mark_ratings(bigint);
DROP TRIGGER social_hiding_of_rating ON social_rating; DROP FUNCTION social_rating_of_hidden();
DROP FUNCTION social_is_hidden(bigint);
DROP TRIGGER social_counting_of_vote ON social_helpfulvote; DROP FUNCTION social_count_vote();
DROP TRIGGER social_counting_of_rating ON social_rating; DROP FUNCTION social_count_rating();
DROP FUNCTION social_counted_stars(social_rating);
"""
