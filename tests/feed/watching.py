"""Helpers for tests: playable clips, reading the feed, and sending events as a player does."""

from typing import Any

from django.test import Client

from tests.factories import NOW, approve, make_waiting_clip
from videos.models import Clip

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
OUTPUTS = {
    "renditions": [
        {
            "name": f"h264-{side}.mp4",
            "codecs": "avc1.42c01f,mp4a.40.2",
            "width_px": side,
            "height_px": side * 16 // 9,
            "bitrate_bps": side * 1000,
            "size_bytes": side * 1000,
        }
        for side in (360, 720)
    ],
    "poster": {"name": "poster.jpg", "width_px": 720, "height_px": 1280},
    "storyboard": None,
    "playlist": "",
    "fingerprint": "",
}


def make_watchable_clip(*args: Any, now: Any = NOW, **kwargs: Any) -> Clip:
    """Return a published clip with two renditions and a poster."""
    clip = make_waiting_clip(*args, **kwargs)
    assert clip.source is not None
    clip.source.outputs = OUTPUTS
    clip.source.save()
    return approve(clip, now=now)


def read_feed(client: Client, **query: Any) -> dict[str, Any]:
    response = client.get("/api/v1/feed/", query)
    assert response.status_code == 200, response.content
    page: dict[str, Any] = response.json()
    return page


def send_events(client: Client, *events: dict[str, Any]) -> int:
    """Send a batch as a browser does and return how many events were accepted."""
    response = client.post(
        "/api/v1/events/", {"events": list(events)}, "application/json", headers={"User-Agent": BROWSER}
    )
    assert response.status_code == 202, response.content
    accepted: int = response.json()["taken"]
    return accepted
