"""Clips, each with its own moving pictures and tune."""

from demo.drawing.clips.encoder import EncodingFailed, encode_clip

__all__ = ["EncodingFailed", "encode_clip"]
