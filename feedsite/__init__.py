"""The site: settings, routes, Celery, embedded servers, and pages that use several apps.

This package imports every app. No app imports it.
"""

from feedsite.celery import app as celery_app

__all__ = ["celery_app"]
