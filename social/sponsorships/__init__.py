"""Sponsorships: booking, payment, review, running and pausing, what is left at the end, statements and the archive."""
