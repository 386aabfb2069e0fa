"""What creators do with their clips: drafts, validation, submission, withdrawal, status and the waitlist."""
