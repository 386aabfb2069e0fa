"""Members who may rate, and ratings through the API."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import Product
from social.models import Rating
from tests.conftest import client_of, make_staff
from tests.factories import make_product, make_user

WORDS = {"stars": 4, "words": "It pours well, but the handle gets hot.", "author_name": "Ann"}


def make_member(email: str = "", *, days_old: int = 400, **fields: Any) -> User:
    """Return a user with a confirmed address, who is no newcomer."""
    user = make_user(email, date_joined=timezone.now() - timedelta(days=days_old), **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def rate(product: Product, user: User | None = None, **fields: Any) -> Rating:
    """Rate a product through the API, and return the rating."""
    user = user or make_member()
    response = client_of(user).post(
        f"/api/v1/products/{product.slug}/ratings/", WORDS | fields, content_type="application/json"
    )
    assert response.status_code == 201, response.content
    return Rating.objects.get(user=user, product=product)


def status_of_file(client: Client, url: str) -> int:
    """Return the status with which a client gets a file."""
    response = client.get(url)
    response.close()
    return response.status_code


def read_counts(product: Product) -> tuple[int, int]:
    """Return the sum of stars and the number of ratings on the product's row."""
    product.refresh_from_db()
    return product.rating_sum, product.rating_count


@pytest.fixture
def mug() -> Product:
    return make_product("mug")


@pytest.fixture
def member() -> User:
    return make_member("member@example.com")


@pytest.fixture
def as_member(member: User) -> Client:
    return client_of(member)


@pytest.fixture
def as_rating_moderator() -> Client:
    return client_of(make_staff("rating-moderator@example.com", "social"))
