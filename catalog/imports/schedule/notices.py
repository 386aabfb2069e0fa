"""Emails to staff about sources: one when a source keeps failing, and one when its file asks for a person."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.access import staff_with_permission
from accounts.letters import write_email
from catalog.models import CatalogueSource, Import, SourceFetch
from catalog.site import site_name

TOLD_AFTER = 3
"""Failures in a row. A single one is often over at the next try."""


def tell_of_failures(fetch: SourceFetch, *, failures: int) -> None:
    """Tell the staff who import that a source keeps failing, once in a row of failures."""
    if failures == TOLD_AFTER:
        page = reverse("admin:catalog_cataloguesource_change", args=[fetch.source_id])
        _mail(fetch.source, page, fetch=fetch, failures=failures)


def tell_of_question(source: CatalogueSource, run: Import) -> None:
    """Tell the staff who import that a file was fetched that does not start by itself."""
    _mail(source, reverse("admin:catalog_import_change", args=[run.pk]), run=run)


def _mail(source: CatalogueSource, page: str, **context: object) -> None:
    for user in staff_with_permission("catalog.add_import"):
        with override(user.language or settings.LANGUAGE_CODE):
            subject = (
                _("The source “%(name)s” can't be imported")
                if "fetch" in context
                else _("A file of “%(name)s” waits for you")
            ) % {"name": source.name}
            context |= {"source": source, "url": f"{settings.SITE_URL}{page}", "site_name": site_name()}
            write_email(subject, render_to_string("catalog/mail/source.txt", context), to=user.email).send()
