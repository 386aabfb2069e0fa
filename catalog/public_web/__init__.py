"""Requests to the public web, and to nothing else: pictures and catalogues of sources, and
push services of browsers, whose addresses other people write."""
