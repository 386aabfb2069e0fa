"""The demo's posts have an audience that analytics can show, and loading again adds none."""

import pytest
from django.utils import timezone

from accounts.models import User
from creators.models import Creator
from demo.audience import count_audience
from demo.clips import RECORD_BY_CODE
from demo.datasets import CREATORS
from programme.models import AudienceCount, CountedDay, Measure, SalesCount
from tests.conftest import client_of
from tests.factories import make_published_clip
from videos.models import Clip


@pytest.mark.django_db
def test_the_demo_has_an_audience_once(creator: Creator) -> None:
    Clip.objects.filter(pk=make_published_clip(creator).pk).update(code=next(iter(RECORD_BY_CODE)))
    User.objects.filter(pk=creator.user_id).update(email=CREATORS[0].email)
    for _load in range(2):
        count_audience(now=timezone.now())
    assert CountedDay.objects.count() == AudienceCount.objects.filter(measure=Measure.VIEWS).count() == 60
    assert SalesCount.objects.count() == 7
    assert creator.user is not None
    answer = client_of(creator.user).get("/api/v1/analytics/").json()
    assert len(answer["days"]) == 28
    assert answer["totals"]["views"] > 28 * 10
