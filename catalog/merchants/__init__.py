"""Merchants' own area: who may open it, applications, members and settings of an organisation."""
