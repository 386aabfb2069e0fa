"""Creators and the terms on which they film: agencies, campaigns, enrolments, slots and waitlists.

Words: creator, agency, representation (an agreement that gives an agency a share of a creator's pay), campaign, terms
(versioned), enrolment, slot (a place for one clip within a campaign's caps: held, earned or released), waitlist. May
import accounts and catalog.
"""
