"""A table of the drawing functions for each kind of product."""

from collections.abc import Callable

from demo.drawing.canvas import Canvas
from demo.drawing.products import beauty, books, fitness, games, home, kitchen, outdoor, tech
from demo.records import DemoProduct

DRAWERS: dict[str, Callable[[DemoProduct], Canvas]] = {
    "serum": beauty.draw_serum,
    "jar": beauty.draw_jar,
    "lipstick": beauty.draw_lipstick,
    "perfume": beauty.draw_perfume,
    "tube": beauty.draw_tube,
    "book": books.draw_book,
    "knife": kitchen.draw_knife,
    "pan": kitchen.draw_pan,
    "mug": kitchen.draw_mug,
    "kettle": kitchen.draw_kettle,
    "mill": kitchen.draw_mill,
    "kettlebell": fitness.draw_kettlebell,
    "mat": fitness.draw_mat,
    "dumbbell": fitness.draw_dumbbell,
    "bottle": fitness.draw_bottle,
    "roller": fitness.draw_roller,
    "lamp": home.draw_lamp,
    "cushion": home.draw_cushion,
    "plant": home.draw_plant,
    "candle": home.draw_candle,
    "vase": home.draw_vase,
    "headphones": tech.draw_headphones,
    "stand": tech.draw_stand,
    "keyboard": tech.draw_keyboard,
    "speaker": tech.draw_speaker,
    "watch": tech.draw_watch,
    "game": games.draw_game,
    "controller": games.draw_controller,
    "tent": outdoor.draw_tent,
    "backpack": outdoor.draw_backpack,
    "lantern": outdoor.draw_lantern,
    "bone": outdoor.draw_bone,
    "bowl": outdoor.draw_bowl,
}
