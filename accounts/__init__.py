"""Owns people: users, their sign-in and what is known of their age, and the keys that make writes idempotent.

Words: user, idempotency key. Imports no other app.
"""
