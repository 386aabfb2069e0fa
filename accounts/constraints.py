"""Lookup of the database constraint behind an IntegrityError."""

from django.db import IntegrityError


def violated_constraint(error: IntegrityError) -> str:
    """Return the name of the violated constraint, or "" if the database did not name one.

    Source: https://www.psycopg.org/psycopg3/docs/api/errors.html#psycopg.errors.Diagnostic
    """
    diagnostic = getattr(error.__cause__, "diag", None)
    return getattr(diagnostic, "constraint_name", None) or ""
