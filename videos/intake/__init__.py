"""From the first byte of an upload to a stored original: tus, the form, quota, disk space and policy checks."""
