"""The receiver in docs/webhooks.md does what the case file asks of one."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

VECTORS = json.loads((Path(__file__).parent / "cases" / "webhook_vectors.json").read_text())


def read_example() -> dict[str, Any]:
    """Return what the Python example defines."""
    text = (settings.BASE_DIR / "docs" / "webhooks.md").read_text()
    names: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.+?)```", text, re.DOTALL)[0], names)  # noqa: S102 - our own documentation
    return names


@pytest.mark.parametrize("case", VECTORS["receive"], ids=lambda case: case["name"])
def test_documented_receiver_accepts_and_refuses(case: dict[str, Any]) -> None:
    sent = VECTORS["sign"][case["case"]]
    headers = {name: value for name, value in sent.items() if name.startswith("webhook-")}
    body = bytes.fromhex(case.get("body_hex", sent["body_hex"]))
    secret = case.get("secret", sent["secrets"][0])
    is_accepted = read_example()["verify"](secret, headers, body, now=case["at"])
    assert is_accepted == case["answer"].startswith("accepted")
