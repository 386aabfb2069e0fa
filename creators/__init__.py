"""Owns the campaign's promise: creators, campaigns and their versioned terms, enrolments, and the slots under the caps.

Words: creator, campaign, terms, enrolment, slot (held, earned, released). May import accounts.
"""
