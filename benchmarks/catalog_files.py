"""Catalogue files of any size in each format, made to the published specifications.

    python -m benchmarks.catalog_files FOLDER [ROWS]

writes one file of each format with 50,000 rows of variants, or as many as are named. `manage.py read_catalogue` says what
became of them. Every product has four variants, a description with markup, two pictures, and barcodes with their check digit.
"""

import csv
import io
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product as combinations
from pathlib import Path
from xml.sax.saxutils import escape

ADJECTIVES = ("Plain", "Warm", "Light", "Sturdy", "Soft", "Round", "Folding", "Quiet", "Striped", "Heavy")
MATERIALS = ("linen", "oak", "steel", "cotton", "wool", "glass", "leather", "cork", "bamboo", "copper", "felt", "stone")
THINGS = ("shirt", "lamp", "mug", "basket", "scarf", "stool", "kettle", "blanket", "backpack", "clock", "tray", "vase")
COLOURS = ("Blue", "Red", "Green", "Sand", "Navy", "Black", "White", "Olive")
SIZES = ("S", "M", "L", "XL")
VARIANTS_EACH = 4
PUBLISHED_ROWS = 50_000


@dataclass(frozen=True)
class Good:
    """A product of the files, which its number describes in full."""

    number: int

    @property
    def handle(self) -> str:
        return f"good-{self.number}"

    @property
    def title(self) -> str:
        words = (ADJECTIVES, MATERIALS, THINGS)
        text = " ".join(words[k][self.number // 7**k % len(words[k])] for k in range(3))
        return f"{text}, no. {self.number}"

    @property
    def html(self) -> str:
        line = f"A {self.title.lower()}, made by hand & checked twice; 30 × 40 cm. "
        return f"<p>{escape(line * 4)}</p><ul><li>Washable</li><li>Two years of guarantee</li></ul>"

    @property
    def brand(self) -> str:
        return f"Brand {self.number % 97}"

    @property
    def kind(self) -> str:
        return f"Home > {THINGS[self.number % len(THINGS)].title()}s"

    @property
    def pictures(self) -> list[str]:
        return [f"https://pictures.example/{self.handle}-{place}.jpg" for place in (1, 2)]

    @property
    def colours(self) -> tuple[str, str]:
        return COLOURS[self.number % 8], COLOURS[(self.number + 3) % 8]

    @property
    def sizes(self) -> tuple[str, str]:
        return SIZES[self.number % 3], SIZES[self.number % 3 + 1]

    @property
    def options(self) -> list[tuple[str, str]]:
        return list(combinations(self.colours, self.sizes))

    def sku(self, place: int) -> str:
        return f"G{self.number}-{place}"

    def price(self, place: int) -> str:
        return f"{5 + self.number % 200 + place}.{self.number % 100:02}"

    def stock(self, place: int) -> str:
        return str((self.number + place) % 40)

    def barcode(self, place: int) -> str:
        """Return an EAN-13 with its check digit."""
        digits = f"952{self.number * VARIANTS_EACH + place:09}"
        total = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(digits))
        return f"{digits}{-total % 10}"


def goods(rows: int) -> Iterator[tuple[Good, range]]:
    """Yield products with the places of their variants, which are as many as rows are asked for."""
    for number in range(-(-rows // VARIANTS_EACH)):
        yield Good(number), range(min(VARIANTS_EACH, rows - number * VARIANTS_EACH))


def shopify(rows: int) -> Iterator[str]:
    columns = (
        "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value"
    )
    columns += ",Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy"
    columns += ",Variant Price,Variant Barcode,Image Src,Image Position,Variant Weight Unit,Status"
    yield f"{columns}\r\n"
    for good, places in goods(rows):
        for place in places:
            first = place == 0
            shared = [good.title, good.html, good.brand, good.kind, "made, here", "TRUE"] if first else [""] * 6
            colour, size = good.options[place]
            names = ("Color", "Size") if first else ("", "")
            amounts = [good.sku(place), "350", "shopify", good.stock(place), "deny", good.price(place)]
            picture = [good.pictures[place], str(place + 1)] if place < 2 else ["", ""]
            status = "active" if first else ""
            cells = [good.handle, *shared, names[0], colour, names[1], size, *amounts, good.barcode(place), *picture]
            yield _csv_line([*cells, "g", status])


def google(rows: int) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>\n'
    for good, places in goods(rows):
        for place in places:
            colour, size = good.options[place]
            values = {
                "id": good.sku(place),
                "title": good.title,
                "description": good.html,
                "link": f"https://shop.example/{good.handle}?size={size}&colour={colour}",
                "image_link": good.pictures[0],
                "additional_image_link": good.pictures[1],
                "availability": "in_stock",
                "quantity": good.stock(place),
                "price": f"{good.price(place)} USD",
                "brand": good.brand,
                "gtin": good.barcode(place),
                "item_group_id": good.handle,
                "color": colour,
                "size": size,
                "product_type": good.kind,
                "shipping_weight": "350 g",
            }
            yield f"<item>{''.join(f'<g:{name}>{escape(text)}</g:{name}>' for name, text in values.items())}</item>\n"
    yield "</channel></rss>\n"


def own(rows: int) -> Iterator[str]:
    yield "sku,handle,title,description,brand,category,status,option1_name,option1,option2_name,option2,price,stock,"
    yield "barcode,weight_grams,picture\r\n"
    for good, places in goods(rows):
        for place in places:
            colour, size = good.options[place]
            shared = [
                good.handle,
                good.title,
                good.html,
                good.brand,
                good.kind,
                "on_sale",
                "Color",
                colour,
                "Size",
                size,
            ]
            amounts = [good.price(place), good.stock(place), good.barcode(place), "350"]
            yield _csv_line([good.sku(place), *shared, *amounts, ",".join(good.pictures)])


def woocommerce(rows: int) -> Iterator[str]:
    """Yield a row for each variant, and one more for each product, which is the parent of its variants."""
    columns = (
        "ID,Type,SKU,Name,Published,Description,In stock?,Stock,Weight (kg),Regular price,Categories,Images,Parent"
    )
    columns += ",Attribute 1 name,Attribute 1 value(s),Attribute 2 name,Attribute 2 value(s)"
    yield f'{columns},"GTIN, UPC, EAN, or ISBN",Brands\r\n'
    for good, places in goods(rows):
        parent = ["", "variable", good.handle, good.title, "1", good.html, "1", "", "0.35", "", good.kind]
        offered = ["Color", ", ".join(good.colours), "Size", ", ".join(good.sizes)]
        yield _csv_line([*parent, ", ".join(good.pictures), "", *offered, "", good.brand])
        for place in places:
            colour, size = good.options[place]
            child = [
                "",
                "variation",
                good.sku(place),
                good.title,
                "1",
                "",
                "1",
                good.stock(place),
                "",
                good.price(place),
            ]
            yield _csv_line([*child, "", "", good.handle, "Color", colour, "Size", size, good.barcode(place), ""])


def products_json(rows: int) -> Iterator[str]:
    yield '{"products": [\n'
    for good, places in goods(rows):
        variants = [
            {
                "sku": good.sku(place),
                "option1": good.options[place][0],
                "option2": good.options[place][1],
                "price": good.price(place),
                "grams": 350,
                "barcode": good.barcode(place),
                "inventory_quantity": int(good.stock(place)),
                "inventory_management": "shopify",
            }
            for place in places
        ]
        values = {
            "title": good.title,
            "handle": good.handle,
            "body_html": good.html,
            "vendor": good.brand,
            "product_type": good.kind,
            "published_at": "2026-11-02T12:00:00Z",
            "options": [{"name": "Color", "position": 1}, {"name": "Size", "position": 2}],
            "images": [{"src": address, "position": place} for place, address in enumerate(good.pictures, start=1)],
            "variants": variants,
        }
        yield f"{',' if good.number else ''}{json.dumps(values)}\n"
    yield "]}\n"


def _csv_line(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


FORMATS: Mapping[str, Callable[[int], Iterator[str]]] = {
    "shopify.csv": shopify,
    "google.xml": google,
    "own.csv": own,
    "woocommerce.csv": woocommerce,
    "products.json": products_json,
}


def write_file(path: Path, rows: int) -> Path:
    """Write the file that its name asks for, and return its path."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(FORMATS[path.name](rows))
    return path


def main() -> None:
    folder, rows = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else PUBLISHED_ROWS
    for name in FORMATS:
        print(write_file(folder / name, rows))


if __name__ == "__main__":
    main()
