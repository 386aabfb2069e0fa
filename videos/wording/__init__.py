"""Rules of wording: phrases and patterns that must not, or should not, stand in a caption. No Django here.

`normal` makes texts comparable, `rules` holds what a rule is, `packs` are the shipped rules by language, `engine` runs
them. The same engine runs while the creator types, at submission and in review.
"""
