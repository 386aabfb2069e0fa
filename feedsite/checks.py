"""System checks of settings that depend on each other. `manage.py check` and every process that starts run them."""

from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as CheckWarning
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email
from django.http.request import validate_host

from payouts.account_numbers import AccountInvalid, parse_debtor
from payouts.bank_letters import is_bank_name
from shop.order_payment import PAGE_HOURS
from shop.providers.stripe_amounts import payable_step
from shop.providers.stripe_checkout import LIVE_KEYS, TEST_KEYS


@register
def check_secret_key(**_options: Any) -> list[CheckMessage]:
    """Report a missing key before the first page that needs it. Django does so only when the key is read."""
    try:
        _key = settings.SECRET_KEY
    except ImproperlyConfigured as error:
        return [Error(str(error), "Make one: openssl rand -hex 32", id="feedsite.E018")]
    return []


@register
def check_addresses(**_options: Any) -> list[CheckMessage]:
    """Report a public address that the site would not answer to, and an unusable sender of emails."""
    errors: list[CheckMessage] = []
    host = urlsplit(settings.SITE_URL).hostname or ""
    if not validate_host(host, settings.ALLOWED_HOSTS):
        hint = f"Add {host} to ALLOWED_HOSTS."
        errors.append(
            Error(f"The site would refuse every request to SITE_URL, {settings.SITE_URL}.", hint, id="feedsite.E001")
        )
    try:
        validate_email(parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
    except ValidationError:
        hint = "Write it like: Shop <shop@example.org>"
        errors.append(Error("DEFAULT_FROM_EMAIL holds no email address.", hint, id="feedsite.E002"))
    return errors


@register
def check_proxies(**_options: Any) -> list[CheckMessage]:
    """Report a site with HTTPS that trusts no proxy: it would redirect every request to itself for ever."""
    if not settings.HTTPS or settings.REST_FRAMEWORK["NUM_PROXIES"]:
        return []
    hint = "Set it to the number of proxies in front of the web process, the one that terminates TLS included."
    return [Error("SITE_URL begins with https://, but NUM_PROXIES is 0.", hint, id="feedsite.E008")]


@register
def check_providers(**_options: Any) -> list[CheckMessage]:
    """Report keys that the chosen payment and payout providers lack."""
    errors: list[CheckMessage] = []
    uses = [name for name in ("PAYMENT_PROVIDER", "PAYOUT_PROVIDER") if getattr(settings, name) == "stripe"]
    if uses and not settings.STRIPE_SECRET_KEY:
        errors.append(Error(f"{' and '.join(uses)} = stripe needs STRIPE_SECRET_KEY.", id="feedsite.E004"))
    if settings.PAYMENT_PROVIDER == "demo" and not settings.DEMO:
        message = "PAYMENT_PROVIDER is demo outside the demo."
        hint = "Every order would count as paid without any money moving. Use stripe, or none."
        is_public = settings.HTTPS
        errors.append(
            Error(message, hint, id="feedsite.E009") if is_public else CheckWarning(message, hint, id="feedsite.W001")
        )
    return errors + (check_stripe_payments() if settings.PAYMENT_PROVIDER == "stripe" else [])


def check_stripe_payments() -> list[CheckMessage]:
    """Report whatever would take shoppers' money for orders that never become paid."""
    errors: list[CheckMessage] = []
    key, secret = settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET
    if not secret:
        hint = "Without it, no order would ever become paid. Stripe shows it beside the webhook's address."
        errors.append(Error("PAYMENT_PROVIDER = stripe needs STRIPE_WEBHOOK_SECRET.", hint, id="feedsite.E005"))
    elif secret.startswith(("sk_", "rk_", "pk_")):
        hint = "It begins with whsec_. Stripe shows it beside the webhook's address."
        errors.append(Error("STRIPE_WEBHOOK_SECRET is a key of the API.", hint, id="feedsite.E013"))
    if key.startswith(("pk_", "whsec_")):
        hint = "It begins with sk_live_ or rk_live_. The publishable key, pk_…, can charge nobody."
        errors.append(Error("STRIPE_SECRET_KEY is not a secret key.", hint, id="feedsite.E014"))
    if settings.DEMO and key.startswith(LIVE_KEYS):
        hint = "Use a test key, or leave the demo."
        errors.append(
            Error("The demo would charge real cards: STRIPE_SECRET_KEY is a live key.", hint, id="feedsite.E010")
        )
    if settings.HTTPS and not settings.DEMO and key.startswith(TEST_KEYS):
        hint = "Orders would count as paid with test cards. Use a live key, and the webhook secret of live mode."
        errors.append(CheckWarning("STRIPE_SECRET_KEY is a test key.", hint, id="feedsite.W003"))
    if not payable_step(settings.CURRENCY):
        hint = "See docs.stripe.com/currencies."
        errors.append(Error(f"Stripe does not charge in {settings.CURRENCY}.", hint, id="feedsite.E011"))
    if settings.RESERVATION_MINUTES > PAGE_HOURS * 60:
        hint = f"A payment page at Stripe closes after a day. Use {PAGE_HOURS * 60} or less."
        errors.append(Error("RESERVATION_MINUTES is longer than anybody can pay.", hint, id="feedsite.E012"))
    return errors


@register
def check_debtor(**_options: Any) -> list[CheckMessage]:
    """Report a bank account of the shop that is incomplete or not valid."""
    name, number = settings.PAYOUT_DEBTOR_NAME, settings.PAYOUT_DEBTOR_ACCOUNT
    if not (name or number or settings.PAYOUT_DEBTOR_BIC):
        return []
    if not (name and number):
        return [Error("Payment orders need both PAYOUT_DEBTOR_NAME and PAYOUT_DEBTOR_ACCOUNT.", id="feedsite.E015")]
    if not is_bank_name(name):
        return [Error("PAYOUT_DEBTOR_NAME must be in Latin letters, as the bank writes it.", id="feedsite.E015")]
    try:
        parse_debtor(number, settings.PAYOUT_DEBTOR_BIC)
    except AccountInvalid as error:
        hint = "Write an IBAN, or a routing number and an account number such as 021000021/123456789."
        variable = "PAYOUT_DEBTOR_BIC" if error.code == "bic_invalid" else "PAYOUT_DEBTOR_ACCOUNT"
        return [Error(f"{variable} is not valid ({error.code}).", hint, id="feedsite.E016")]
    return []


@register
def check_object_storage(**_options: Any) -> list[CheckMessage]:
    """Report variables of an S3 bucket without the bucket's name."""
    lonely = [name for name in ("S3_ENDPOINT_URL", "S3_REGION") if getattr(settings, name) and not settings.S3_BUCKET]
    if not lonely:
        return []
    hint = "Files would stay in DATA_DIR. Set S3_BUCKET, or unset the others."
    return [Error(f"{' and '.join(lonely)} without S3_BUCKET does nothing.", hint, id="feedsite.E006")]


@register
def check_exploration(**_options: Any) -> list[CheckMessage]:
    """Report limits of exploration that leave nothing between them."""
    if settings.FEED_EXPLORATION_MIN <= settings.FEED_EXPLORATION_MAX:
        return []
    hint = "Both are percentages, and 0 and 100 let the log decide."
    return [Error("FEED_EXPLORATION_MIN is above FEED_EXPLORATION_MAX.", hint, id="feedsite.E017")]


@register
def check_mail(**_options: Any) -> list[CheckMessage]:
    """Report a public site whose emails nobody would receive."""
    backend = settings.MAILERS["delivery"]["BACKEND"]
    is_read_by_nobody = backend == "django.core.mail.backends.console.EmailBackend" and not settings.DEMO
    if not (is_read_by_nobody and settings.HTTPS and settings.ACCOUNT_EMAIL_VERIFICATION == "mandatory"):
        return []
    hint = "Write it like smtp+tls://user:password@mail.example.org:587."
    return [Error("Nobody can sign up: EMAIL_URL names no mail server.", hint, id="feedsite.E007")]
