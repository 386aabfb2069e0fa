"""The category tree: eight parents and their children. A child without its own rule pays its parent's rate."""

from demo.goods.product import Category

CATEGORIES = (
    Category("beauty", "Beauty", 1000),
    Category("skincare", "Skincare", 1000, "beauty"),
    Category("make-up", "Make-up", 1000, "beauty"),
    Category("fragrance", "Fragrance", 1000, "beauty"),
    Category("books", "Books", 450),
    Category("fiction", "Fiction", 450, "books"),
    Category("food-and-garden", "Food & garden", 450, "books"),
    Category("picture-books", "Picture books", 450, "books"),
    Category("kitchen", "Kitchen", 450),
    Category("cookware", "Cookware", 450, "kitchen"),
    Category("coffee-and-tea", "Coffee & tea", 450, "kitchen"),
    Category("fitness", "Fitness", 400),
    Category("strength", "Strength", 400, "fitness"),
    Category("yoga-and-recovery", "Yoga & recovery", 400, "fitness"),
    Category("home", "Home", 400),
    Category("lighting", "Lighting", 400, "home"),
    Category("living", "Living", 400, "home"),
    Category("tech", "Tech", 300),
    Category("audio", "Audio", 300, "tech"),
    Category("desk", "Desk", 300, "tech"),
    Category("games", "Games", 200),
    Category("digital-games", "Digital games", 200, "games"),
    Category("lanternfall-studio", "Lanternfall Studio", 2000, "games"),
    Category("outdoor-and-pets", "Outdoor & pets", 350),
    Category("camping", "Camping", 350, "outdoor-and-pets"),
    Category("pets", "Pets", 350, "outdoor-and-pets"),
)
