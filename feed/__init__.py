"""Owns the personal feed: viewers, their interests and events, the ranking, the page and its API.

Words: viewer, interest, event, reason, commerce dial. May import accounts, catalog, creators, videos.
"""
