"""Arabic formats. Django has no format for a date with a time, and writes 34.977 where Babel writes 34,977."""
