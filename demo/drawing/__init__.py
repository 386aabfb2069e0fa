"""Drawing code: makes products, portraits and clips from shapes, gradients and light, without image files or Django."""

from demo.drawing.photos import cut_out, draw_photos
from demo.drawing.portraits import draw_portrait

__all__ = ["cut_out", "draw_photos", "draw_portrait"]
