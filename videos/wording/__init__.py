"""Wording rules: phrases that captions must not contain or should avoid. This package does not depend on Django.

`normalization` makes texts comparable, `rules` defines a rule, `packs` holds the shipped rules by language, and
`engine` matches rules against texts. The same engine runs while the creator types, at submission, and in review.
"""
