"""JSON API for published clips and for creators' own clips."""
