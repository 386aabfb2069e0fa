"""Money owed to creators and agencies: the ledger, statements, fraud holds and payouts.

Words: account, posting (one movement of money), entry (the part of a posting on one account; the entries of a posting
sum to zero), reversal, tally (the run that books new earnings), statement, payout, batch, hold. May import accounts,
catalog, creators, videos, feed, shop and social.
"""
