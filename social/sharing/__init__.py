"""Sharing of posts: the page with every way to do it, people's own links, and how many came by them."""
