"""Viewer events: recording, viewer identity, bot detection and table partitions."""
