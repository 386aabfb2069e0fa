"""Removals: what staff took away, with reason and rule, and appeals, which somebody else decides.

`records` stores and ends removals, `appeals` has what their owners and moderators do, `restoring` knows how each kind
comes back, `profiles` and `messages` take away what has no decisions of its own. The table is in `social.models`.
"""
