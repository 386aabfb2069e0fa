"""Ratings of products: from what a person writes to the sum on the product, moderators' decisions, votes and replies.

`content` cleans and judges what is written, `authorship` stores it, `decisions` are the moderators', `listing` is what a
product's page shows, `requests` are the emails after a delivery. The tables are in `social.models`.
"""
