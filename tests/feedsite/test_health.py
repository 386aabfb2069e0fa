"""Liveness, readiness and metrics for the operator."""

from typing import Any

import pytest
from django.test import Client

from tests.factories import make_waiting_clip

pytestmark = pytest.mark.django_db


def test_a_running_site_is_alive_and_ready(client: Client) -> None:
    assert client.get("/healthz/").status_code == 200
    assert client.get("/readyz/").json() == {"database": True, "valkey": True}


def test_a_site_without_valkey_is_not_ready_and_says_so(client: Client, settings: Any) -> None:
    backend = settings.CACHES["default"]["BACKEND"]
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "redis://127.0.0.1:9/0"}}
    answer = client.get("/readyz/")
    assert (answer.status_code, answer.json()) == (503, {"database": True, "valkey": False})


def test_metrics_count_clips_and_slots_by_state(client: Client) -> None:
    clip = make_waiting_clip()
    text = client.get("/metrics").content.decode()
    assert 'feedsite_clips{state="in_review"} 1.0' in text
    assert f'feedsite_campaign_slots{{campaign="{clip.enrolment.campaign.slug}",kind="held"}} 1.0' in text
