"""Wires the apps into one site: settings, routes, Celery, the embedded servers and the demo shop.

Imports every app; no app imports it.
"""

from feedsite.celery import app as celery_app

__all__ = ["celery_app"]
