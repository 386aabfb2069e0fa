"""Moderation of clips: decisions, appeals, trust, flags, duplicates, price drift, deadlines and emails."""
