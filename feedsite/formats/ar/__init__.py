"""Arabic: Django has no format for date and time, and writes 34.977 where Babel writes 34,977."""
