"""Backups: one archive with the database and, unless they are in S3, the files of a shop."""
