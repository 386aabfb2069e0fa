"""Draws the demo shop's products and faces with Pillow; nothing is loaded, all is shapes, gradients and light."""

from demo.drawing.photos import cut_out, draw_pictures
from demo.drawing.portraits import draw_face

__all__ = ["cut_out", "draw_face", "draw_pictures"]
