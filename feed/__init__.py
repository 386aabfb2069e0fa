"""The personal feed: viewers, their interests and events, the ranking, the page, search and their API.

Words: viewer, interest, event, reason, commerce dial, candidate, ranked list, exploration, snapshot. May import
accounts, catalog, creators and videos.
"""
