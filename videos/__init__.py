"""Clips, from upload to take-down.

Words: clip, product tag, upload, source, job, rendition, revision, decision, reason, appeal. May import accounts,
catalog and creators.

Inside the app, each module or package imports only those named before it: `media` and `wording` (neither uses Django),
`models`, `intake`, `pipeline`, `playback`, `review`, `studio`, `tasks`, and the entry points `api`, `views` and
`admin`.
"""
