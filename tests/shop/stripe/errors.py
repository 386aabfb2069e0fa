"""What Stripe refuses, with its types, codes and messages. Source: docs.stripe.com/api/errors, docs.stripe.com/error-codes."""

from typing import Any


class Refusal(Exception):
    """An error answer with this HTTP status and content."""

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        status: int = 400,
        kind: str = "invalid_request_error",
        param: str = "",
        details: "Fields | None" = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        error = {"type": kind, "message": message, **({"code": code} if code else {}), **(details or {})}
        self.content = {"error": error}
        if param:
            self.content["error"]["param"] = param


def not_found(kind: str, name: str) -> Refusal:
    return Refusal(f"No such {kind}: '{name}'", code="resource_missing", status=404, param="id")


def no_such(kind: str, name: str, param: str, *, status: int = 400) -> Refusal:
    """Return the answer to a parameter that names an object which does not exist."""
    return Refusal(f"No such {kind}: '{name}'", code="resource_missing", status=status, param=param)


def unknown_parameter(name: str) -> Refusal:
    return Refusal(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)


def missing_parameter(name: str) -> Refusal:
    return Refusal(f"Missing required param: {name}.", code="parameter_missing", param=name)


ZERO_DECIMALS = frozenset(
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"]
)
THREE_DECIMALS = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])
WHOLE_AS_TWO_DECIMALS = frozenset(("isk", "ugx"))
MINIMUMS = {
    "usd": 50,
    "aed": 200,
    "aud": 50,
    "brl": 50,
    "cad": 50,
    "chf": 50,
    "czk": 1500,
    "dkk": 250,
    "eur": 50,
    "gbp": 30,
    "hkd": 400,
    "huf": 17500,
    "inr": 50,
    "jpy": 50,
    "mxn": 1000,
    "myr": 200,
    "nok": 300,
    "nzd": 50,
    "pln": 200,
    "ron": 200,
    "sek": 300,
    "sgd": 50,
    "thb": 1000,
}
"""Source: docs.stripe.com/currencies, "Minimum and maximum charge amounts"."""


def check_amount(amount: int, currency: str, *, is_charge: bool) -> None:
    """Refuse an amount that Stripe cannot move in this currency. Source: docs.stripe.com/currencies."""
    if currency != currency.lower() or len(currency) != 3:
        raise Refusal(f"Invalid currency: {currency}", param="currency")
    if amount < 1:
        raise Refusal(
            "This value must be greater than or equal to 1.", code="parameter_invalid_integer", param="amount"
        )
    if currency in WHOLE_AS_TWO_DECIMALS and amount % 100:
        message = f"Invalid amount. Currency {currency.upper()} has become effectively zero-decimal."
        raise Refusal(message, code="invalid_charge_amount_no_decimal_compatible", param="amount")
    if currency in THREE_DECIMALS and amount % 10:
        raise Refusal("The last digit of the amount must be 0.", code="parameter_invalid_integer", param="amount")
    if is_charge and amount < MINIMUMS.get(currency, 1):
        raise Refusal("The amount is below the minimum.", code="amount_too_small", param="amount")


type Fields = dict[str, Any]
