"""Uploads, from the first byte to a stored original: tus, the form, quotas, disk space and policy checks."""
