"""Notices of illegal content and of rights holders: the public form, the desk, and what both sides are told.

`pages` finds what the named addresses show, `sending` stores a notice within limits, `decisions` are the moderators',
`transparency` are the yearly numbers. The tables are in `social.models`.
"""
