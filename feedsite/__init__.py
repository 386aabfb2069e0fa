"""The site: settings, routes, Celery, embedded servers, and pages that use several apps.

Imports every app; no app imports it.
"""

from feedsite.celery import app as celery_app

__all__ = ["celery_app"]
