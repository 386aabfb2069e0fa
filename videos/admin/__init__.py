"""Admin pages for clips and their review."""

from videos.admin import clips, jobs, records, wording_rules

__all__ = ["clips", "jobs", "records", "wording_rules"]
