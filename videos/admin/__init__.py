"""Clips and their review in Django admin."""

from videos.admin import clips, jobs, records

__all__ = ["clips", "jobs", "records"]
