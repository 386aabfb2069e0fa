"""What sellers answer to requests for samples, with the history and the letter."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.history import history_line
from accounts.models import User
from creators.models import Sample
from creators.samples import decline_sample
from shop.samples.mail import mail_sample
from shop.samples.orders import approve_sample


def answer_request(*, sample: Sample, user: User, approves: bool, reason: str = "") -> None:
    """Send a sample or decline the request, tell the creator, and record who did so. Raises SampleRefused."""
    now = timezone.now()
    with transaction.atomic():
        if approves:
            order = approve_sample(sample=sample, decided_by=user, now=now)
            mail_sample(sample=sample, kind="approved", order=order)
            words = history_line(gettext_noop("Approved the sample, order %(code)s."), code=order.code)
        else:
            decline_sample(sample=sample, reason=reason, decided_by=user, now=now)
            sample.reason = reason
            mail_sample(sample=sample, kind="declined")
            words = history_line(gettext_noop("Declined: %(reason)s"), reason=reason)
        LogEntry.objects.log_actions(user.pk, [sample], CHANGE, words, single_object=True)
