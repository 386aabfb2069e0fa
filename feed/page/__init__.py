"""One page of the feed: viewer state, ranked list, cards, tokens, response."""
