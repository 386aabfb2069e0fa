"""The demo shop: its data files, the code that draws its pictures and clips, and a loader that acts like real users.

Start it with `make demo`. It may import any app, but no app imports it. It is not part of the production image.
"""
