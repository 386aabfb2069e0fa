"""Admin pages for clips and their review."""

from videos.admin import clips, hashtags, jobs, records, wording_rules

__all__ = ["clips", "hashtags", "jobs", "records", "wording_rules"]
