"""Users: sign-in, blocks and mutes, languages, confirmed ages, uploaded pictures and idempotency keys.

Words: user, idempotency key. Imports no other app. Because every other app may import this one, it also holds their
shared code: access (the signed-in user), the sandbox, JSON bodies, API errors, pagination, read-only admin pages, names of
violated database constraints, and state transitions.
"""
