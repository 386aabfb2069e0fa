"""Without consent, a choice that is stored nowhere is refused with a sentence that says what to do."""

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from feed.models import Viewer
from social.models import Follow, Hidden, Like, Save
from tests.conftest import client_of
from tests.feed.watching import make_watchable_clip
from videos.models import Clip

pytestmark = pytest.mark.django_db
SENTENCE = "We can't remember this until you allow a personalized feed in your settings."
FOR_ACCOUNTS = ("clips/{code}/like", "clips/{code}/save", "clips/{code}/not-interested", "creators/{handle}/follow")
FOR_THE_FEED = ("creators/{handle}/hide", "feed/less")


@pytest.fixture
def clip(settings: Settings) -> Clip:
    settings.FEED_ASKS_CONSENT = True
    return make_watchable_clip()


def send(client: Client, path: str, clip: Clip) -> tuple[int, str]:
    address = f"/api/v1/{path}/".format(code=clip.code, handle=clip.creator.handle)
    owner = client.get("/").context["owner"]
    answer = client.post(address, {"reason": "popular"}, "application/json", headers={"X-Viewer-Owner": owner})
    return answer.status_code, answer.json()["detail"] if answer.content else ""


def test_visitors_choice_is_refused_and_not_stored(client: Client, clip: Clip) -> None:
    for path in (*FOR_ACCOUNTS, *FOR_THE_FEED):
        assert send(client, path, clip) == (409, SENTENCE), path
    assert client.delete("/api/v1/viewer/less/?reason=popular").status_code == 409
    assert not Viewer.objects.exists()
    client.cookies["consent"] = "yes"
    for path in (*FOR_ACCOUNTS, *FOR_THE_FEED):
        assert send(client, path, clip) in ((204, ""), (202, "")), path


def test_users_choice_is_accepted_only_if_the_account_has_it(shopper: User, clip: Clip) -> None:
    client = client_of(shopper)
    for path in FOR_THE_FEED:
        assert send(client, path, clip) == (409, SENTENCE), path
    for path in FOR_ACCOUNTS:
        assert send(client, path, clip) == (204, ""), path
    assert not Viewer.objects.exists()
    assert [model.objects.owned_by(shopper).count() for model in (Like, Save, Hidden, Follow)] == [1, 1, 1, 1]


def test_page_of_a_visitor_has_no_owner_to_keep_choices_for(client: Client, clip: Clip) -> None:
    """Scripts then keep nothing in the browser to be sent later."""
    assert client.get("/").context["owner"] == ""


@pytest.mark.parametrize("change", ["follow", "show", "like", "reason"])
def test_page_of_lists_says_that_nothing_was_stored(client: Client, clip: Clip, change: str) -> None:
    subject = clip.code if change == "like" else clip.creator.handle
    page = client.post("/saved/change/", {"change": change, "subject": subject}, follow=True)
    assert [str(message) for message in page.context["messages"]] == [SENTENCE]
    assert not Viewer.objects.exists()
