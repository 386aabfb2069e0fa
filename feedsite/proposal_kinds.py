"""What needs two people: the kinds of change that one member of staff proposes and another approves. See accounts.proposals."""

PROPOSAL_KINDS = (
    "accounts.access_proposals.AccessChange",
    "catalog.merchants.fees.LowerMerchantFee",
    "catalog.rate_proposals.HighCommissionRate",
    "creators.rule_proposals.NewCommissionRule",
    "creators.rule_proposals.CommissionRuleEnd",
    "creators.terms_proposals.TermsPublication",
    "creators.cap_proposals.CapRaise",
    "shop.refund_proposals.LargeRefund",
    "social.sponsorships.remainders.LargeRemainder",
    "payouts.account_proposals.PayoutAccountChange",
    "payouts.outcome_proposals.PayoutOutcome",
    "payouts.reversal_proposals.LedgerReversal",
)

MONEY_PERMISSIONS = (
    "accounts.assign_role",
    "catalog.approve_merchantfee",
    "creators.approve_terms",
    "payouts.add_batch",
    "payouts.add_payout",
    "payouts.approve_batch",
    "payouts.approve_payoutaccount",
    "payouts.approve_reversal",
    "payouts.change_payoutaccount",
    "payouts.release_hold",
    "payouts.reverse_posting",
    "shop.add_refund",
    "shop.approve_refund",
    "shop.decide_commissionhold",
)
"""Permissions to move money, to approve where it goes, and to give such permissions. See accounts.money_access."""
