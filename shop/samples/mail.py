"""Emails to creators about their samples."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy, override

from accounts.letters import write_email
from catalog.site import site_name
from creators.models import Sample
from shop.models import Order

SUBJECTS = {
    "approved": gettext_lazy("Your sample of %(product)s is being sent"),
    "declined": gettext_lazy("Your request for a sample of %(product)s was declined"),
    "due": gettext_lazy("Your clip about %(product)s is due on %(date)s"),
    "overdue": gettext_lazy("Your clip about %(product)s is overdue"),
}


def mail_sample(*, sample: Sample, kind: str, order: Order | None = None) -> None:
    """Email the creator, in their language. `kind` is a key of SUBJECTS. Nobody is emailed at a deleted account."""
    user = sample.creator.user
    if user is None or not user.is_active:
        return
    with override(user.language or settings.LANGUAGE_CODE):
        product = sample.variant.product.local_name
        date = date_format(sample.due_on) if sample.due_on else ""
        context = {"sample": sample, "kind": kind, "order": order, "product": product, "date": date}
        context |= {"site_url": settings.SITE_URL, "site_name": site_name(), "days": settings.SAMPLE_DAYS}
        text = render_to_string("shop/mail/sample.txt", context)
        write_email(SUBJECTS[kind] % {"product": product, "date": date}, text, to=user.email).send()
