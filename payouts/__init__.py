"""Money owed to creators and agencies: the ledger, statements, fraud holds and payouts.

Words: account, posting (a balanced set of entries), entry, tally (the run that books new earnings), reversal,
statement, payout, batch, hold. May import accounts, catalog, creators, videos, feed, shop and social.
"""
