"""Names that are one long word break, and make no page wider than a phone, with and without JavaScript."""

import pytest
from playwright.sync_api import Browser, Page

from catalog.models import Brand
from creators.models import Campaign, Creator
from shop.models import Address, Bag
from social.models import Collection
from tests.browser.conftest import PHONE, sign_in
from tests.factories import NOW, PASSWORD, make_category, make_creator, make_product, make_published_clip, make_user
from tests.shop.conftest import ADDRESS

LONG = "W" * 45
WIDE = """() => {
  const width = document.documentElement.clientWidth;
  const wide = [...document.body.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > width + 1);
  return document.documentElement.scrollWidth > width
    ? wide.slice(0, 3).map((one) => `${one.tagName} ${one.getAttribute('class')} ${one.textContent.trim().slice(0, 20)}`)
    : [];
}"""


@pytest.fixture
def addresses(transactional_db: None) -> list[str]:
    """Return the pages of a shop in which people and things have long names. Their owner is sam@example.com."""
    user = make_user("sam@example.com")
    creator = make_creator("w" * 30, user=user, display_name=LONG, bio=LONG)
    Brand.objects.get_or_create(slug="north", defaults={"name": LONG})
    category = make_category("wide", name=LONG)
    products = [make_product(f"mug-{number}", name=LONG, category=category) for number in range(2)]
    clip = make_published_clip(creator, products=products, caption=LONG, verdict="mixed")
    Campaign.objects.update(title=LONG)
    Creator.objects.update(display_name=LONG)
    collection = Collection.objects.create(user=user, name=LONG, created_at=NOW)
    Address.objects.create(user=user, label="W" * 40, **ADDRESS | {"name": LONG, "city": LONG, "company": LONG})
    Bag.objects.create(user=user).lines.create(product=products[0], quantity=1)
    return [
        *(f"/@{creator.handle}/", f"/c/{clip.code}/", f"/c/{clip.code}/transcript/", "/p/mug-0/", "/search/", "/"),
        *("/search/?q=W", "/welcome/", "/bag/", "/checkout/", "/addresses/", "/orders/", "/accounts/", "/saved/"),
        *(
            "/following/",
            f"/saved/collections/{collection.code}/",
            "/saved/collections/",
            "/studio/",
            "/studio/campaigns/",
        ),
        *(f"/studio/clips/{clip.code}/", "/studio/upload/", "/studio/profile/", "/studio/earnings/", "/studio/agency/"),
        *(f"/report/creator/{creator.handle}/", f"/report/product/{products[0].slug}/", f"/report/clip/{clip.code}/"),
    ]


def find_wide(page: Page, addresses: list[str]) -> dict[str, list[str]]:
    wide = {}
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None and answer.ok, address
        if elements := page.evaluate(WIDE):
            wide[address] = elements
    return wide


def test_no_page_is_wider_than_a_phone(phone: Page, addresses: list[str]) -> None:
    sign_in(phone, "sam@example.com", PASSWORD)
    assert find_wide(phone, addresses) == {}


def test_no_page_is_wider_without_javascript(chromium: Browser, site: str, addresses: list[str]) -> None:
    with chromium.new_context(base_url=site, java_script_enabled=False, **PHONE) as context:
        page = context.new_page()
        sign_in(page, "sam@example.com", PASSWORD)
        assert find_wide(page, addresses) == {}
