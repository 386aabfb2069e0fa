"""Stocks the demo shop: its goods and people, their pictures and clips, and the loader that fills the database.

The data and the drawing code are pure: frozen data in, Pillow pictures and ffmpeg films out, no Django.
"""
