"""Admin pages for clips and their review."""

from videos.admin import clips, jobs, records

__all__ = ["clips", "jobs", "records"]
