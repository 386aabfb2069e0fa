"""Date and number formats that Django lacks for a language, or that differ from Babel's, which formats money."""
