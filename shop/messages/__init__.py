"""Messages between shoppers and merchants: threads, their pages and API, emails about them, and reports."""
