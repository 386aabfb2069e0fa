"""Processing of originals into renditions: job states, fair scheduling, and the worker that encodes."""
