"""Owns the personal feed: viewers, their interests and events, the ranking, the feed page, search, and their API.

Terms: viewer, interest, event, reason, commerce dial. May import accounts, catalog, creators, videos.

    page/      a page of the feed: page.py tells the story, and its steps are modules beside it
    events/    what players report: identity, recording, partitions
    ranking/   the model and the rules of a page, without Django
    search/    products, clips and creators by words
"""
