"""Amounts of money as Stripe writes them. Pure: no Django, no rows.

Our minor units are those of CLDR, in which people write prices; Stripe's differ for some currencies. A króna is our
minor unit, and 100 of Stripe's. Charges, refunds, disputes and transfers are all converted here.

Source: https://docs.stripe.com/currencies (presentment currencies, zero-decimal, three-decimal, special cases).
"""

from babel.numbers import get_currency_precision

_ZERO_DECIMALS = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
_TWO_DECIMALS = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CNY COP CRC CVE
    CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR ISK JMD KES KGS KHR KYD KZT
    LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN
    QAR RON RSD RUB SAR SBD SCR SEK SGD SHP SLE SOS SRD STD SZL THB TJS TOP TRY TTD TWD TZS UAH UGX USD UYU UZS WST XCD
    XCG YER ZAR ZMW
"""
_THREE_DECIMALS = "BHD JOD KWD OMR TND"

DIGITS = {
    code: digits
    for digits, codes in ((0, _ZERO_DECIMALS), (2, _TWO_DECIMALS), (3, _THREE_DECIMALS))
    for code in codes.split()
}
"""The number of decimals in Stripe's amounts, for each currency in which it charges.

HUF and TWD have two in charges, refunds and transfers; only Stripe's payouts to a bank account must be whole.
"""

STEPS = dict.fromkeys(("ISK", "UGX"), 100) | dict.fromkeys(_THREE_DECIMALS.split(), 10)
"""Stripe's amounts in these currencies must be multiples of this. All others go in steps of 1."""

MINIMUMS = {
    code: amount
    for amount, codes in (
        (30, "GBP"),
        (50, "AUD BRL CAD CHF EUR INR JPY NZD SGD USD"),
        (100, "BGN"),
        (200, "AED MYR PLN RON"),
        (250, "DKK"),
        (300, "NOK SEK"),
        (400, "HKD"),
        (1000, "MXN THB"),
        (1500, "CZK"),
        (17_500, "HUF"),
    )
    for code in codes.split()
}
"""Stripe's smallest charges, in its units. In other currencies they depend on the currency of the shop's own account.

Source: https://docs.stripe.com/currencies (minimum charge amounts).
"""


MAXIMUMS = {
    "INR": 10**9 - 1,
    "COP": 10**10 - 1,
    "HUF": 10**10 - 1,
    "JPY": 10**10 - 1,
    "LBP": 10**11 - 1,
    "IDR": 10**12 - 1,
}
"""Stripe's largest charges, in its units: 12 digits for IDR, 9 for INR, and for cards 11 for LBP and 10 for COP, HUF, JPY.

Source: https://docs.stripe.com/currencies (maximum charge amounts).
"""
MAXIMUM = 10**8 - 1
"""The largest charge in all other currencies: the amount has up to eight digits."""


class AmountNotPayable(ValueError):
    """An amount that Stripe cannot express. `step_minor` is the step of amounts it can, or 0 if it lacks the currency."""

    def __init__(self, amount: int, currency: str, step_minor: int) -> None:
        super().__init__(f"{amount} {currency} is not a multiple of {step_minor}")
        self.step_minor = step_minor


def to_stripe(amount_minor: int, currency: str) -> int:
    """Return an amount in Stripe's units. Raises AmountNotPayable."""
    step_minor = payable_step(currency)
    if not step_minor or amount_minor % step_minor:
        raise AmountNotPayable(amount_minor, currency, step_minor)
    shift = DIGITS[currency] - get_currency_precision(currency)
    return int(amount_minor * 10**shift if shift >= 0 else amount_minor // 10**-shift)


def from_stripe(amount: int, currency: str) -> int:
    """Return an amount of Stripe's in our minor units. Raises AmountNotPayable if it has a fraction of one.

    `currency` may be in lower case, as Stripe writes it.
    """
    code = currency.upper()
    if code not in DIGITS:
        raise AmountNotPayable(amount, code, 0)
    shift = DIGITS[code] - get_currency_precision(code)
    whole, rest = divmod(amount, 10**shift) if shift >= 0 else (amount * 10**-shift, 0)
    if rest:
        raise AmountNotPayable(amount, code, payable_step(code))
    return int(whole)


def least_payable(currency: str) -> int:
    """Return the smallest amount that can be charged, in our minor units. Refunds may be smaller."""
    return from_stripe(MINIMUMS[currency], currency) if currency in MINIMUMS else 1


def most_payable(currency: str) -> int:
    """Return the largest amount that can be charged, in our minor units. Orders are in steps of `payable_step`."""
    maximum, step_minor = MAXIMUMS.get(currency, MAXIMUM), payable_step(currency)
    per_step = to_stripe(step_minor, currency)
    return maximum // per_step * step_minor


def payable_step(currency: str) -> int:
    """Return the smallest amount in our minor units of which payable amounts are multiples, or 0 if there are none."""
    if currency not in DIGITS:
        return 0
    shift = DIGITS[currency] - get_currency_precision(currency)
    scale = int(10 ** abs(shift))
    step = STEPS.get(currency, 1)
    return int(step * scale if shift < 0 else max(1, step // scale))
