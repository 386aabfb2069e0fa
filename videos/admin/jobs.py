"""Admin pages for processing jobs. They are read-only, but staff can retry failed jobs."""

import logging

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from accounts.admin_filters import known_values_filter
from accounts.readonly_admin import ReadOnlyAdmin
from videos.models import Job
from videos.pipeline.job_states import retry_failed_job
from videos.tasks import enqueue_processing

logger = logging.getLogger(__name__)


def read_failure_codes() -> list[str]:
    """Return the codes of the failures that occurred, from an index of failed jobs only."""
    failed = Job.objects.exclude(failure_code="").order_by("failure_code")
    return list(failed.values_list("failure_code", flat=True).distinct())


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin, admin.ModelAdmin[Job]):
    list_display = ["pk", "kind", "file", "state", "attempt", "progress_percent", "failure_code", "queued_at"]
    list_filter = ["state", "kind", known_values_filter("failure_code", gettext_lazy("failure"), read_failure_codes)]
    list_select_related = ["source"]
    search_fields = ["source__key", "source__user_file_name", "source__creator__handle"]
    ordering = ["-queued_at"]
    actions = ["retry_failed"]

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("videos.change_job")

    @admin.display(description=gettext_lazy("file"))
    def file(self, job: Job) -> str:
        return job.source.user_file_name

    @admin.action(description=gettext_lazy("Retry failed jobs"), permissions=["retry"])
    def retry_failed(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        """Requeue the failed jobs among the selected ones, and enqueue a processing task for each."""
        retried = 0
        for job in jobs:
            if retry_failed_job(job_id=job.pk, now=timezone.now()):
                retried += 1
                enqueue_processing()
                self.log_change(request, job, gettext_noop("Retried."))
                logger.info("Job %d is retried by user %s.", job.pk, request.user.pk)
        if retried:
            sentence = ngettext("%(count)d job is queued again.", "%(count)d jobs are queued again.", retried) % {
                "count": retried
            }
            self.message_user(request, sentence, messages.SUCCESS)
        if skipped := len(jobs) - retried:
            sentence = ngettext(
                "%(count)d job was left alone, because it has not failed.",
                "%(count)d jobs were left alone, because they have not failed.",
                skipped,
            ) % {"count": skipped}
            self.message_user(request, sentence, messages.WARNING)
