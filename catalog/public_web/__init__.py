"""Requests to the public web, and to nothing else: pictures and catalogues of sources, whose addresses other people write."""
