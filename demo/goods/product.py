"""What the demo shop's shelves are made of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Category:
    """A category under its parent (a slug, or ""), with the commission on its sales in basis points."""

    slug: str
    name: str
    commission_rate_bps: int
    parent: str = ""


@dataclass(frozen=True)
class Look:
    """How a product is drawn: which drawer, its colours ("#rrggbb"), and where it is photographed."""

    kind: str
    body: str
    accent: str
    label: str
    wall: str
    scene: str
    words: str = ""


@dataclass(frozen=True)
class Product:
    """A product; the price is in US cents."""

    slug: str
    name: str
    brand: str
    category: str
    price_minor: int
    stock: int
    description: str
    look: Look
    outbound_url: str = ""
    """Where another shop sells it; empty for what is sold here."""
