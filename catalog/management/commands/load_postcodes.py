"""The command `manage.py load_postcodes`, which fills the table by which places are found.

Source: the format of https://download.geonames.org/export/zip/ (readme.txt): country, postcode, town, three levels of
regions with their codes, latitude, longitude, accuracy; separated by tabs, in UTF-8.
"""

from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import batched
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.models import Postcode
from catalog.postcodes import normalize_code

ROWS_AT_ONCE = 2000


class Command(BaseCommand):
    help = "Load a table of postcodes in the format of GeoNames. Rows that exist already are brought up to date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="such as DE.txt")

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        try:
            for rows in batched(_read(options["file"]), ROWS_AT_ONCE, strict=False):
                unique = {(row.country_code, row.code, row.town): row for row in rows}
                Postcode.objects.bulk_create(
                    unique.values(),
                    update_conflicts=True,
                    unique_fields=["country_code", "code", "town"],
                    update_fields=["latitude", "longitude"],
                )
                count += len(unique)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} postcodes were loaded.")


def _read(path: Path) -> Iterator[Postcode]:
    """Yield a row for each line. Raises CommandError for the first that has another format."""
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            cells = line.rstrip("\n").split("\t")
            try:
                latitude, longitude = float(cells[9]), float(cells[10])
            except (IndexError, ValueError) as error:
                raise CommandError(f"Line {number} has no latitude and longitude in columns 10 and 11.") from error
            if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
                raise CommandError(f"Line {number} is not on the globe.")
            yield Postcode(
                country_code=cells[0][:2].upper(),
                code=normalize_code(cells[1]),
                town=cells[2][:180],
                latitude=latitude,
                longitude=longitude,
            )
