"""The progress and the end of processing are shown without a reload."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.factories import PASSWORD, make_creator, make_user, make_waiting_clip
from videos.models import Clip, Job, JobState
from videos.states import ClipState


def test_progress_updates_without_a_reload_until_processing_ends(desktop: Page) -> None:
    creator = make_creator("maya", user=make_user("maya@example.com"))
    with transaction.atomic():  # the site's own worker must not see the job before it is leased
        clip = make_waiting_clip(creator, is_ready=False)
        job = Job.objects.filter(source=clip.source)
        until = timezone.now() + timedelta(hours=1)
        job.update(state=JobState.RUNNING, progress_percent=10, leased_until=until)
        Clip.objects.filter(pk=clip.pk).update(state=ClipState.PROCESSING)
    sign_in(desktop, "maya@example.com", PASSWORD)
    desktop.goto(f"/studio/clips/{clip.code}/")
    percent = desktop.locator("[data-status-percent]")
    expect(percent).to_have_text("10")
    desktop.evaluate("window.isSamePage = true")
    job.update(progress_percent=43)
    expect(percent).to_have_text("43")
    expect(desktop.locator("[data-status] progress")).to_have_js_property("value", 43)
    Clip.objects.filter(pk=clip.pk).update(state=ClipState.UPLOADED)  # preempted by another creator's clip
    job.update(progress_percent=0)
    expect(percent).to_have_text("0")
    assert desktop.evaluate("window.isSamePage") is True
    job.update(state=JobState.DONE, leased_until=None)
    Clip.objects.filter(pk=clip.pk).update(state=ClipState.IN_REVIEW, submitted_at=timezone.now())
    expect(desktop.get_by_text("A moderator will review this clip.")).to_be_visible()
