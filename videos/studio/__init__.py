"""Creators' work on their clips: drafts, validation, submission, withdrawal, status and the waitlist."""
