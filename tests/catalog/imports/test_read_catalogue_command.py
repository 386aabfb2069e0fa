"""The command that shows a dry run."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from catalog.imports.remarks import NoteKind, RefusalReason, Remark, StopReason
from tests.catalog.imports.readings import FEEDS, shopify


def run(path: Path, *arguments: str) -> list[str]:
    output = StringIO()
    call_command("read_catalogue", str(path), *arguments, stdout=output, no_color=True)
    return output.getvalue().splitlines()


def test_command_prints_counts_refusals_and_notes() -> None:
    lines = run(FEEDS / "compare_at.csv", "--currency", "usd")
    assert lines[0] == "Shopify CSV"
    assert "The decimal sign of this file is the point: 1,299.00." in lines
    assert "Row 2: The compare-at price is not above the price, so no price is crossed out." in lines
    assert "Row 6 (line 7): “soon” is not a price." in lines
    assert lines[-1] == "Products: 5. Variants: 5. Refused rows: 1."


def test_command_takes_the_answer_to_an_open_decimal_sign(tmp_path: Path) -> None:
    path = tmp_path / "open.csv"
    path.write_text(shopify({"Variant Price": "1,299"}))
    assert run(path)[-1] == "Products: 0. Variants: 0. Refused rows: 1."
    assert run(path, "--decimal-sign", ".")[-1] == "Products: 1. Variants: 1. Refused rows: 0."


def test_command_fails_with_the_sentence_of_a_stopped_file() -> None:
    with pytest.raises(CommandError, match="This is a web page, not a catalogue"):
        run(FEEDS / "login_page.csv")


@pytest.mark.parametrize(
    ("path", "currency"), [(FEEDS / "none.csv", "USD"), (FEEDS / "empty.csv", "XXQ"), (FEEDS, "USD")]
)
def test_command_fails_without_a_file_or_currency(path: Path, currency: str) -> None:
    with pytest.raises(CommandError):
        run(path, "--currency", currency)


def test_every_remark_has_a_sentence_in_which_all_values_are_named() -> None:
    names = (
        "text",
        "currency",
        "row",
        "limit",
        "length",
        "option",
        "options",
        "value",
        "parent",
        "line",
        "sku",
        "columns",
    )
    values = dict.fromkeys((*names, "column", "stock", "barcode", "name", "encoding"), "x")
    with translation.override("en"):
        for kind in (*StopReason, *RefusalReason, *NoteKind):
            assert Remark(kind, values).sentence.endswith((".", "00."))
