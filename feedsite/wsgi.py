"""The WSGI application, which is served by granian."""

import os

from django.core.wsgi import get_wsgi_application

from feedsite.monitoring.reporters import report_errors, start_tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "feedsite.settings")
report_errors()
start_tracing("web")
application = get_wsgi_application()
