"""Users: sign-in, languages, confirmed ages, uploaded pictures and idempotency keys.

Words: user, idempotency key. Imports no other app. As the leftmost app it also holds what every other app shares:
access (the user of a request), API errors, pagination, read-only admin, violated constraints and state transitions.
"""
