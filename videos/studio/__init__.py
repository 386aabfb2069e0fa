"""What creators do with a clip: drafts, validation, submission, withdrawal, status and the waitlist."""
