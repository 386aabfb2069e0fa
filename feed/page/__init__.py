"""Feed pages: viewer state, ranked list, cards, tokens and response."""
