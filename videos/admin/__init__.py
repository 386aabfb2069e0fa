"""Clips and their review in Django admin."""

from videos.admin import clips, records

__all__ = ["clips", "records"]
