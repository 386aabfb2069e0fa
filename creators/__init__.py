"""Members' profiles, and the campaigns for which creators film: agencies, terms, enrolments, slots and waitlists.

Words: profile (of a member: whoever posts or writes), creator (a member with an enrolment), agency, representation (an
agreement that gives an agency a share of a creator's pay), campaign, terms (versioned), enrolment, slot (a place for one
clip within a campaign's caps: held, earned or released), waitlist. May import accounts and catalog.
"""
