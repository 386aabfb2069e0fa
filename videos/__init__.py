"""Clips, from upload to take-down.

Words: clip, product tag, upload, source, job, rendition, revision, decision, reason, appeal. May import accounts,
catalog and creators. Each of these imports only those before it: `media` and `wording` (pure: no Django), `models`,
`intake`, `pipeline`, `playback`, `review`, `studio`, `tasks`, and the entry points `api`, `views` and `admin`.
"""
