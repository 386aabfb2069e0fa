"""Arabic: no format of date and time in Django, and 34.977 where Babel writes 34,977."""
