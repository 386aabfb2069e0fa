"""Creators, and the campaigns for which they film: agencies, terms, enrolments, slots and waitlists.

Words: creator, agency, representation (an agreement that gives an agency a share of a creator's pay), campaign, terms
(versioned), enrolment, slot (a place for one clip within a campaign's caps: held, earned or released), waitlist. May
import accounts and catalog.
"""
