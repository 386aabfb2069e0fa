"""Who may post without a campaign: the site settings say so, and each refusal says why. Such posts are unpaid."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import SiteSettings
from catalog.models.site import Posters
from catalog.site import forget_site
from creators.models import Creator, Slot
from shop.buyers import note_buyer
from shop.models import Order
from shop.states import OrderState
from tests.conftest import client_of
from tests.factories import approve, make_campaign, make_creator, make_draft, make_enrolment, make_product, make_user
from tests.feed.watching import OUTPUTS, read_feed
from tests.shop.conftest import ADDRESS, buy
from videos.models import Clip
from videos.states import ClipState

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unrecorded_parcels")]


def let_post(posters: Posters) -> None:
    SiteSettings.objects.update_or_create(pk=1, defaults={"posters": posters})
    forget_site()


def make_unpaid_draft(author: Creator) -> Clip:
    """Return a complete draft without a campaign."""
    draft = make_draft(None, make_enrolment(make_creator()))
    Clip.objects.filter(pk=draft.pk).update(creator=author, enrolment=None)
    draft.refresh_from_db()
    assert draft.source is not None
    type(draft.source).objects.filter(pk=draft.source.pk).update(creator=author, outputs=OUTPUTS)
    return draft


def submit(author: Creator, draft: Clip) -> tuple[int, str]:
    answer = client_of(author.user).post(f"/api/v1/clips/{draft.code}/submit/")
    return answer.status_code, " ".join(answer.json().get("campaign") or [])


@pytest.mark.parametrize(
    ("posters", "has_bought", "sentence"),
    [
        (Posters.CREATORS, True, "Choose one of the campaigns you have joined."),
        (Posters.BUYERS, False, "Only people who have bought something here can post."),
        (Posters.BUYERS, True, ""),
        (Posters.MEMBERS, False, ""),
    ],
)
def test_site_settings_say_who_may_post(posters: Posters, has_bought: bool, sentence: str) -> None:
    author = make_creator()
    User.objects.filter(pk=author.user_id).update(has_bought=has_bought)
    draft = make_unpaid_draft(author)
    let_post(posters)
    status, refusal = submit(author, draft)
    draft.refresh_from_db()
    assert sentence in refusal
    assert (status, draft.state) == ((422, ClipState.DRAFT) if sentence else (200, ClipState.IN_REVIEW))
    assert not Slot.objects.filter(clip_code=draft.code).exists()


def test_nothing_changes_until_the_operator_says_so() -> None:
    author = make_creator()
    assert submit(author, make_unpaid_draft(author)) == (422, "Choose one of the campaigns you have joined.")


def test_creator_with_an_open_campaign_always_chooses_one() -> None:
    author = make_creator()
    let_post(Posters.MEMBERS)
    make_enrolment(author, make_campaign("spring"))
    draft = make_unpaid_draft(author)
    assert submit(author, draft) == (422, "Choose one of the campaigns you have joined.")
    draft.refresh_from_db()
    assert draft.state == ClipState.DRAFT


def test_unpaid_post_is_reviewed_then_shown_without_an_ad_label_unless_it_was_a_gift() -> None:
    let_post(Posters.MEMBERS)
    declared = {}
    for declaration in ("", "gifted"):
        author = make_creator()
        draft = make_unpaid_draft(author)
        Clip.objects.filter(pk=draft.pk).update(declaration=declaration)
        assert submit(author, draft)[0] == 200
        draft.refresh_from_db()
        assert draft.state == ClipState.IN_REVIEW, "First posts wait for review."
        approve(draft, now=timezone.now())
        declared[draft.code] = declaration
    cards = read_feed(Client())["clips"]
    labels = {declared[card["code"]]: card["ad_label"] for card in cards if card["code"] in declared}
    assert labels == {"": "", "gifted": "Ad · gifted products"}
    assert not Slot.objects.filter(clip_code__in=[clip.code for clip in Clip.objects.filter(enrolment=None)]).exists()


def test_author_has_few_open_posts_until_some_are_approved(settings: pytest.FixtureRequest) -> None:
    settings.OPEN_CLIPS_WITHOUT_APPROVALS = 1  # type: ignore[attr-defined]
    let_post(Posters.MEMBERS)
    author = make_creator()
    first, second = make_unpaid_draft(author), make_unpaid_draft(author)
    assert submit(author, first)[0] == 200
    status, refusal = submit(author, second)
    assert status == 422 and "of your posts" in refusal
    second.refresh_from_db()
    assert second.state == ClipState.DRAFT


def test_shop_notes_who_has_bought(django_capture_on_commit_callbacks: object) -> None:
    user = make_user()
    make_product("mug", stock=5)
    client = client_of(user)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert buy(client, {"product": "mug", "address": ADDRESS}).status_code == 201
    user.refresh_from_db()
    assert user.has_bought
    code = Order.objects.get().code
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert client.post(f"/api/v1/orders/{code}/cancel/").status_code < 300
    user.refresh_from_db()
    assert not user.has_bought, "What was wholly refunded was not bought."
    Order.objects.update(state=OrderState.PAID)
    note_buyer(user.pk)
    note_buyer(0)
    user.refresh_from_db()
    assert user.has_bought


def test_operator_chooses_in_admin(admin_client: Client) -> None:
    page = admin_client.get("/admin/catalog/sitesettings/add/").content.decode()
    assert "Everybody with a profile" in page
