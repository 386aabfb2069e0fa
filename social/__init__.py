"""Reactions to posts, products and people: likes, saves, collections, follows, comments, ratings, sharing and reports.

Words: like, save, collection (saved clips under a name), follow, mark (a like, a save or a hidden clip), comment (words of a
person below a post), reply, mention, hashtag, rating (stars and words of a person on a product), report, case (all open reports on
one product, creator, rating or comment), share link (somebody's own link to a post, which counts its opens), sent post
(one that a member sent to a friend), removal (what staff took from a person, and the appeal against it), legal notice. May import accounts, catalog, creators, videos, feed and shop.
"""
