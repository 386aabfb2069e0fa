"""What needs all other apps: the analytics of posts, for those who post and for merchants, and webhooks.

Words: measure (what is counted of a post), count (people of a post who are shown together, at least five), counted day
(a day whose events are complete and counted), endpoint and delivery (of webhooks).
May import accounts, catalog, creators, videos, feed, shop, social and payouts.
"""
