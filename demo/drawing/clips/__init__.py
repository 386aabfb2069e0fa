"""Clips: moving pictures and a tune, none like another."""

from demo.drawing.clips.encoder import EncodingFailed, encode_clip

__all__ = ["EncodingFailed", "encode_clip"]
