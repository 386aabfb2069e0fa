"""Money owed to creators and agencies: the ledger, statements, fraud holds and payouts.

Words: account, posting (a balanced set of entries), entry, tally (booking what was earned), statement, payout, batch,
hold. May import every app; no app imports it.
"""
