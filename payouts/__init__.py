"""Owns money owed to creators: the ledger, statements, commissions booked and payouts sent.

Words: account, posting, entry, statement, commission, payout. May import every app but feedsite.
"""
