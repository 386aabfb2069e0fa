"""Triggers that count follows in the transaction of whoever writes them, one statement at a time.

Rows of counts are locked in the order of profiles, so that statements with many follows cannot deadlock: a deleted account,
or the follows of a visitor who signs in.
"""

CREATE_COUNTING = """
CREATE FUNCTION social_count_new_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO social_followcount (creator_id, followers)
    SELECT creator_id, count(*) FROM written GROUP BY creator_id ORDER BY creator_id
    ON CONFLICT (creator_id) DO UPDATE SET followers = social_followcount.followers + excluded.followers;
    RETURN NULL;
END $$;
CREATE TRIGGER social_counting_of_new_follows AFTER INSERT ON social_follow
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION social_count_new_follows();

CREATE FUNCTION social_count_ended_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM social_followcount WHERE creator_id IN (SELECT creator_id FROM ended) ORDER BY creator_id FOR UPDATE;
    UPDATE social_followcount SET followers = followers - gone.number
    FROM (SELECT creator_id, count(*) AS number FROM ended GROUP BY creator_id) AS gone
    WHERE social_followcount.creator_id = gone.creator_id;
    RETURN NULL;
END $$;
CREATE TRIGGER social_counting_of_ended_follows AFTER DELETE ON social_follow
    REFERENCING OLD TABLE AS ended FOR EACH STATEMENT EXECUTE FUNCTION social_count_ended_follows();

INSERT INTO social_followcount (creator_id, followers) SELECT creator_id, count(*) FROM social_follow GROUP BY creator_id;
"""
DROP_COUNTING = """
DROP TRIGGER social_counting_of_ended_follows ON social_follow; DROP FUNCTION social_count_ended_follows();
DROP TRIGGER social_counting_of_new_follows ON social_follow; DROP FUNCTION social_count_new_follows();
"""
