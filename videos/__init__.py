"""Owns clips from upload to take-down: files, processing jobs, revisions, review and the states of a clip.

Words: clip, product tag, source, job, rendition, revision, decision, reason, appeal. May import accounts, catalog,
creators.
The package `videos.media` knows no Django: it judges a file that nobody trusts and turns it into renditions.
"""
