"""The WSGI application, which is served by granian."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from feedsite.database_options import limit_requests
from feedsite.monitoring.reporters import report_errors, start_tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "feedsite.settings")
report_errors()
start_tracing("web")
limit_requests(settings.DATABASES["default"])
application = get_wsgi_application()
