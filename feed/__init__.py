"""The personal feed: viewers, their interests and events, ranking, feed pages, search, and the API for these.

Terms: viewer, interest, event, reason, commerce dial. This app may import accounts, catalog, creators and videos.

    page/      builds one feed page: start with page.py, whose steps are the modules beside it
    events/    events that players report, viewer identity, and the event table's partitions
    ranking/   the ranking model and the rules for laying out a page, without Django
    search/    text search for products, clips and creators
"""
