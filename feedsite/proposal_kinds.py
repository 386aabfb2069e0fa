"""The kinds of change that one member of staff proposes and another approves. See accounts.proposals."""

PROPOSAL_KINDS = (
    "creators.terms_proposals.TermsPublication",
    "creators.cap_proposals.CapRaise",
    "shop.refund_proposals.LargeRefund",
    "payouts.account_proposals.PayoutAccountChange",
    "payouts.outcome_proposals.PayoutOutcome",
    "payouts.reversal_proposals.LedgerReversal",
)
