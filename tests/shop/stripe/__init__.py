"""A stand-in for Stripe that behaves as its documentation says, over real HTTP.

`running_stripe` runs it. Tests act on it as shoppers on its payment page and as people in its dashboard, and deliver its
events as they like: late, repeatedly, in any order, or not at all. It knows nothing of the shop's code.
"""

from tests.shop.stripe.delivery import deliver, deliver_all, post_event, sign
from tests.shop.stripe.server import StandInHandler, StandInStripe, running_stripe

__all__ = ["StandInHandler", "StandInStripe", "deliver", "deliver_all", "post_event", "running_stripe", "sign"]
