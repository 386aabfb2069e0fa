"""Stocks the demo shop: its goods and people, their pictures and clips, and the loader that fills the database.

Everything but `shop` is pure: frozen data in, Pillow pictures and ffmpeg films out, no Django.
"""
