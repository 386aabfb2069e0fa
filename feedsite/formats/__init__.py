"""Date and number formats that Django lacks, or that differ from those of Babel, which formats money."""
