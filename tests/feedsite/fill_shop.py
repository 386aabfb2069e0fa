"""Fill the database of DATABASE_URL with a small shop: `python -m tests.feedsite.fill_shop`.

It has users, a creator with an approved clip, an order of it, and the fee and the commission in the ledger.
"""

import django

django.setup()

from django.test.utils import override_settings  # noqa: E402  # models need the set-up

from creators.models import Creator  # noqa: E402
from shop.models import Address  # noqa: E402
from tests.conftest import client_of  # noqa: E402
from tests.factories import make_creator, make_user  # noqa: E402
from tests.payouts.test_statement import after_the_return_window, sell  # noqa: E402
from tests.shop.conftest import ADDRESS  # noqa: E402


def fill_shop() -> Creator:
    """Create the rows, and return the creator."""
    shopper, creator = make_user("shopper@example.com"), make_creator("maya")
    Address.objects.create(user=shopper, **ADDRESS)
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        after_the_return_window(sell(client_of(shopper), creator))
    return creator


if __name__ == "__main__":
    fill_shop()
