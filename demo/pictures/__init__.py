"""Draws the demo shop's products and faces with Pillow; nothing is loaded, all is shapes, gradients and light."""

from demo.pictures.faces import draw_face
from demo.pictures.shots import cut_out, draw_pictures

__all__ = ["cut_out", "draw_face", "draw_pictures"]
