"""The command `manage.py read_catalogue`, which shows what is in a catalogue file. It writes nothing."""

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.amounts import currency_choices
from catalog.imports.remarks import CatalogueStopped
from catalog.imports.results import RefusedRow, RowNote, SourceProduct
from catalog.imports.surveyed_file import SurveyedFile


class Command(BaseCommand):
    help = "Read a catalogue file and print its products, refused rows and notes. Exits with 1 if it is refused."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV, TSV, XML or JSON, perhaps gzipped")
        parser.add_argument("--currency", default="", help="such as USD; by default the shop's")
        parser.add_argument("--encoding", default="", help="such as windows-1250, if the letters are not recognized")
        parser.add_argument("--decimal-sign", choices=[".", ","], help="by default what most prices show")

    def handle(self, *args: Any, **options: Any) -> None:
        currency = options["currency"].upper()
        if currency and currency not in {code for code, _name in currency_choices()}:
            raise CommandError(f"{currency} is not the code of a currency in use.")
        answers = {name: options[name] for name in ("decimal_sign", "encoding")}
        try:
            with options["file"].open("rb") as file, SurveyedFile(file, currency=currency, **answers) as reading:
                self._show(reading)
        except (OSError, CatalogueStopped) as refusal:
            raise CommandError(str(refusal)) from refusal

    def _show(self, reading: SurveyedFile) -> None:
        counts: Counter[str] = Counter()
        self.stdout.write(reading.format_name)
        for remark in reading.notes:
            self.stdout.write(remark.sentence)
        for outcome in reading.outcomes():
            match outcome:
                case SourceProduct():
                    counts.update(products=1, variants=len(outcome.variants))
                case RefusedRow():
                    counts["refused"] += 1
                    place = f"Row {outcome.number}" + (f" (line {outcome.line})" if outcome.line else "")
                    self.stdout.write(self.style.ERROR(f"{place}: {outcome.remark.sentence}"))
                case RowNote():
                    self.stdout.write(f"Row {outcome.number}: {outcome.remark.sentence}")
        self.stdout.write(
            f"Products: {counts['products']}. Variants: {counts['variants']}. Refused rows: {counts['refused']}."
        )
