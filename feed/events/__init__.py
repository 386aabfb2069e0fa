"""Viewers' events: ingestion, viewer identity, bot detection and partitions."""
