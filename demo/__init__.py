"""The demo shop: its contents as data files, the code that draws them, and a loader that acts as real users do.

Start it with `make demo`. It may import every app; no app imports it, and it is not part of the production image.
"""
