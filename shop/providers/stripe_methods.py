"""Methods of payment whose outcome is known only days later. Pure: no Django, no rows.

Source: https://docs.stripe.com/payments/payment-methods/payment-method-support ("delayed notification"), and each
method's own page.
"""

DAYS: dict[str, int] = {
    "boleto": 5,
    "konbini": 5,
    "multibanco": 8,
    "oxxo": 5,
    "customer_balance": 14,
    "acss_debit": 7,
    "au_becs_debit": 7,
    "bacs_debit": 9,
    "nz_bank_account": 4,
    "sepa_debit": 14,
    "us_bank_account": 7,
}
"""The most days, weekends included, until a shopper who chose this method has paid or failed to."""


def methods_slower_than(days: int) -> list[str]:
    """Return the methods whose outcome may take more days than the shop waits."""
    return sorted(method for method, most in DAYS.items() if most > days)
