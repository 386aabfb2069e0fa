"""The OpenAPI schema is valid, describes every operation and contains every promised path."""

import re
from typing import Any

import pytest
import yaml
from django.test import Client
from openapi_spec_validator import validate

pytestmark = pytest.mark.django_db

PROMISED_PATHS = {
    "feed/",
    "events/",
    "clips/",
    "clips/{code}/",
    "clips/{code}/submit/",
    "clips/{code}/withdraw/",
    "clips/{code}/appeal/",
    "clips/{code}/status/",
    "clips/{code}/like/",
    "clips/{code}/save/",
    "clips/{code}/share/",
    "clips/{code}/not-interested/",
    "clips/{code}/report/",
    "products/",
    "products/{slug}/",
    "categories/",
    "creators/{handle}/",
    "bag/",
    "checkout/",
    "orders/",
    "campaigns/",
    "earnings/",
}


@pytest.fixture
def schema(client: Client) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(client.get("/api/v1/schema/").content)
    return document


def test_the_schema_is_valid_openapi(schema: dict[str, Any]) -> None:
    validate(schema)


def test_the_schema_contains_every_promised_path(schema: dict[str, Any]) -> None:
    patterns = [re.compile(re.sub(r"\{\w+\}", r"[^/]+", path)) for path in schema["paths"]]
    missing = {path for path in PROMISED_PATHS if not any(pattern.fullmatch(f"/api/v1/{path}") for pattern in patterns)}
    assert missing == set()


def test_every_operation_has_a_description(schema: dict[str, Any]) -> None:
    undescribed = [
        f"{method} {path}"
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
        if method in {"get", "post", "put", "patch", "delete"} and not operation.get("description")
    ]
    assert undescribed == []


def test_the_docs_page_opens(client: Client) -> None:
    assert client.get("/api/v1/docs/").status_code == 200
