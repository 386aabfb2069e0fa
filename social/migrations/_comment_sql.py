"""Triggers that keep what is counted of comments, in the transaction of whoever writes them.

`reply_count` and `videos_clip.comment_count` are of the visible comments whose author is not hidden, `like_count` of the
likes. They count one statement at a time and lock rows in one order: comments, then posts, each by id. So neither a
suspension that hides hundreds of comments nor a deleted account can deadlock with people who write.
"""

CREATE_COUNTING = """
CREATE FUNCTION social_add_comments(parents bigint[], clips bigint[], deltas integer[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM social_comment WHERE id = ANY(parents) ORDER BY id FOR NO KEY UPDATE;
    UPDATE social_comment SET reply_count = reply_count + summed.delta
    FROM (SELECT parent, sum(delta) AS delta FROM unnest(parents, deltas) AS changed (parent, delta)
          WHERE parent IS NOT NULL GROUP BY parent HAVING sum(delta) <> 0) AS summed
    WHERE id = summed.parent;
    PERFORM FROM videos_clip WHERE id = ANY(clips) ORDER BY id FOR NO KEY UPDATE;
    UPDATE videos_clip SET comment_count = comment_count + summed.delta
    FROM (SELECT clip, sum(delta) AS delta FROM unnest(clips, deltas) AS changed (clip, delta)
          GROUP BY clip HAVING sum(delta) <> 0) AS summed
    WHERE id = summed.clip;
END $$;

CREATE FUNCTION social_count_new_comments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM social_add_comments(array_agg(parent_id), array_agg(clip_id), array_agg(1)) FROM written
    WHERE state = 'visible' AND NOT is_author_hidden HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER social_counting_of_new_comments AFTER INSERT ON social_comment
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION social_count_new_comments();

CREATE FUNCTION social_count_changed_comments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM social_add_comments(array_agg(after.parent_id), array_agg(after.clip_id),
        array_agg(CASE WHEN after.state = 'visible' AND NOT after.is_author_hidden THEN 1 ELSE -1 END))
    FROM before JOIN after USING (id)
    WHERE (before.state = 'visible' AND NOT before.is_author_hidden)
       <> (after.state = 'visible' AND NOT after.is_author_hidden) HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER social_counting_of_changed_comments AFTER UPDATE ON social_comment
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION social_count_changed_comments();

CREATE FUNCTION social_count_gone_comments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM social_add_comments(array_agg(parent_id), array_agg(clip_id), array_agg(-1)) FROM gone
    WHERE state = 'visible' AND NOT is_author_hidden HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER social_counting_of_gone_comments AFTER DELETE ON social_comment
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION social_count_gone_comments();

CREATE FUNCTION social_count_comment_likes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM social_comment WHERE id IN (SELECT comment_id FROM changed) ORDER BY id FOR NO KEY UPDATE;
    UPDATE social_comment SET like_count = like_count + CASE TG_OP WHEN 'INSERT' THEN number ELSE -number END
    FROM (SELECT comment_id, count(*) AS number FROM changed GROUP BY comment_id) AS summed
    WHERE id = summed.comment_id;
    RETURN NULL;
END $$;
CREATE TRIGGER social_counting_of_comment_likes AFTER INSERT ON social_commentlike
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION social_count_comment_likes();
CREATE TRIGGER social_counting_of_ended_comment_likes AFTER DELETE ON social_commentlike
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION social_count_comment_likes();

CREATE FUNCTION social_comment_of_hidden() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Whoever hides the author at this moment is waited for, or waits and then sees the new row.
    SELECT is_hidden INTO NEW.is_author_hidden FROM creators_creator WHERE id = NEW.author_id FOR SHARE;
    RETURN NEW;
END $$;
CREATE TRIGGER social_hiding_of_comment BEFORE INSERT ON social_comment
    FOR EACH ROW EXECUTE FUNCTION social_comment_of_hidden();

CREATE FUNCTION social_author_hidden() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE social_comment SET is_author_hidden = NEW.is_hidden
    WHERE author_id = NEW.id AND is_author_hidden <> NEW.is_hidden;
    RETURN NULL;
END $$;
CREATE TRIGGER social_hiding_of_comments AFTER UPDATE OF is_hidden ON creators_creator
    FOR EACH ROW WHEN (OLD.is_hidden <> NEW.is_hidden) EXECUTE FUNCTION social_author_hidden();
"""
DROP_COUNTING = """
DROP TRIGGER social_hiding_of_comments ON creators_creator; DROP FUNCTION social_author_hidden();
DROP TRIGGER social_hiding_of_comment ON social_comment; DROP FUNCTION social_comment_of_hidden();
DROP TRIGGER social_counting_of_ended_comment_likes ON social_commentlike;
DROP TRIGGER social_counting_of_comment_likes ON social_commentlike; DROP FUNCTION social_count_comment_likes();
DROP TRIGGER social_counting_of_gone_comments ON social_comment; DROP FUNCTION social_count_gone_comments();
DROP TRIGGER social_counting_of_changed_comments ON social_comment; DROP FUNCTION social_count_changed_comments();
DROP TRIGGER social_counting_of_new_comments ON social_comment; DROP FUNCTION social_count_new_comments();
DROP FUNCTION social_add_comments(bigint[], bigint[], integer[]);
"""
