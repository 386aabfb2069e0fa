"""Comments on posts: from what a person writes to the list below a post, moderators' decisions, likes and pins.

`content` cleans and judges what is written, `mentions` finds the people and products in it, `limits` says who may write
how often, `authorship` stores it, `decisions` are the moderators', `listing` is what a page shows. The tables are in
`social.models`.
"""
