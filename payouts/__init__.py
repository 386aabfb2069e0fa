"""Owns money owed to creators: the ledger, statements, commissions booked, fraud holds and payouts sent.

LineDescription: account, posting (a balanced set of entries), entry, tally (booking what was earned), statement, payout, batch,
hold. May import every app but feedsite; nothing imports it.
"""
