"""Date and number formats that Django lacks or that must match Babel, which formats amounts."""
