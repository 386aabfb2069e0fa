"""Creators and the terms on which they film: agencies, campaigns, enrolments, slots and waitlists.

Words: creator, agency, representation (an agency's agreed share), campaign, terms (versioned), enrolment, slot (a place
under a campaign's caps: held, earned or released), waitlist. May import accounts and catalog.
"""
