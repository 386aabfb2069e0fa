"""Triggers that count the posts of each hashtag, in the transaction that publishes a post, takes it down or hides it.

They count one statement at a time and lock the hashtags by id, so that neither a suspension that hides hundreds of posts
nor a deleted account can deadlock with people who publish.
"""

CREATE_COUNTING = """
CREATE FUNCTION videos_add_posts(tags bigint[], deltas integer[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM videos_hashtag WHERE id = ANY(tags) ORDER BY id FOR NO KEY UPDATE;
    UPDATE videos_hashtag SET post_count = post_count + summed.delta
    FROM (SELECT tag, sum(delta) AS delta FROM unnest(tags, deltas) AS changed (tag, delta)
          GROUP BY tag HAVING sum(delta) <> 0) AS summed
    WHERE id = summed.tag;
END $$;

CREATE FUNCTION videos_count_posts_of_clips() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM videos_add_posts(array_agg(post.hashtag_id),
        array_agg(CASE WHEN after.state = 'published' AND NOT after.is_hidden THEN 1 ELSE -1 END))
    FROM before JOIN after USING (id) JOIN videos_posthashtag post ON post.clip_id = after.id
    WHERE (before.state = 'published' AND NOT before.is_hidden)
       <> (after.state = 'published' AND NOT after.is_hidden) HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER videos_counting_of_clips AFTER UPDATE ON videos_clip
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION videos_count_posts_of_clips();

CREATE FUNCTION videos_count_posthashtags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Whoever publishes, hides or takes down a post at this moment is waited for, or waits and then sees these rows.
    PERFORM FROM videos_clip WHERE id IN (SELECT clip_id FROM changed) ORDER BY id FOR NO KEY UPDATE;
    PERFORM videos_add_posts(array_agg(changed.hashtag_id), array_agg(CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END))
    FROM changed JOIN videos_clip clip ON clip.id = changed.clip_id
    WHERE clip.state = 'published' AND NOT clip.is_hidden HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER videos_counting_of_posthashtags AFTER INSERT ON videos_posthashtag
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION videos_count_posthashtags();
CREATE TRIGGER videos_counting_of_ended_posthashtags AFTER DELETE ON videos_posthashtag
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION videos_count_posthashtags();
"""
DROP_COUNTING = """
DROP TRIGGER videos_counting_of_ended_posthashtags ON videos_posthashtag;
DROP TRIGGER videos_counting_of_posthashtags ON videos_posthashtag; DROP FUNCTION videos_count_posthashtags();
DROP TRIGGER videos_counting_of_clips ON videos_clip; DROP FUNCTION videos_count_posts_of_clips();
DROP FUNCTION videos_add_posts(bigint[], integer[]);
"""
