"""Clips over JSON: the creator's own, and the public ones."""
