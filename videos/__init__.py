"""Clips from upload to take-down, in packages along a clip's life.

Words: clip, product tag, upload, source, job, rendition, revision, decision, reason, appeal. May import accounts,
catalog and creators. The packages, each of which imports only those before it: `media` and `wording` (pure: no Django),
`models`, `intake`, `pipeline`, `playback`, `review`, `studio`; `tasks`; then the entry points `api`, `views`, `admin`.
"""
