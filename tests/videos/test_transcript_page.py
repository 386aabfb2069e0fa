"""The transcript of a clip: what is said, with times, and when its products are shown."""

import pytest
from django.test import Client

from tests.factories import make_product
from tests.feed.watching import make_watchable_clip

pytestmark = pytest.mark.django_db
CAPTIONS = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nI use it every day\n\n00:00:03.000 --> 00:00:04.000\n<b>Really</b> & truly\n"


def test_transcript_has_words_times_and_products(client: Client) -> None:
    products = [make_product("lamp", name="Lamp"), make_product("mug", name="Mug")]
    clip = make_watchable_clip(products=products, captions_vtt=CAPTIONS, is_speechless=False, caption="My desk")
    html = client.get(f"/c/{clip.code}/transcript/").content.decode()
    for text in ("My desk", "0:01", "I use it every day", "Really &amp; truly", "Ad · paid campaign", "$19.99"):
        assert text in html, text
    assert html.index("Lamp") < html.index("Mug") and 'href="/p/mug/"' in html
    assert f'href="/c/{clip.code}/transcript/"' in client.get("/").content.decode()


def test_transcript_of_a_clip_without_speech_says_so(client: Client) -> None:
    clip = make_watchable_clip()
    assert "This clip has no speech." in client.get(f"/c/{clip.code}/transcript/").content.decode()
