"""Intake of uploads: tus uploads, form uploads, quotas, disk space, and storage of originals."""
