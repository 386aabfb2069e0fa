"""From an original to renditions: job states, fair scheduling, and the worker that encodes."""
