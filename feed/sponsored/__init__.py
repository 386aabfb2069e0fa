"""Sponsored places in the feed: the running ones, who is shown which, and what each view costs."""
