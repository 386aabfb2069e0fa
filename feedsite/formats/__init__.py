"""Dates and numbers where Django's own formats of a language lack something or differ from Babel's, which writes the money."""
