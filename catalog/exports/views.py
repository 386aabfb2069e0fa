"""The secret addresses under which other programs read the shop's products."""

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog.exports.google_files import GoogleFile
from catalog.exports.responses import stream_google_file
from catalog.models import ExportAddress


@require_safe
def read_export(request: HttpRequest, token: str, kind: GoogleFile) -> HttpResponseBase:
    """Send all that is on sale now. Raises Http404 if the address was closed or never existed."""
    if not ExportAddress.objects.filter(token=token).update(last_read_at=timezone.now()):
        raise Http404
    return stream_google_file(kind)
