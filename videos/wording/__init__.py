"""Wording rules: phrases that a caption must not contain, or should avoid. No Django here.

`normalization` makes texts comparable, `rules` defines a rule, `packs` holds the built-in rules by language, and
`engine` matches them. The same engine runs while the creator types, at submission and in review.
"""
