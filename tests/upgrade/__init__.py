"""Upgrades of existing shops. `shops/` has the database of a small shop as each released version left it."""
