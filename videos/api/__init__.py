"""JSON API of clips: the creator's own and the published ones."""
