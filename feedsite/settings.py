"""Django settings. Values that differ between sites come from environment variables, which README.md lists."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from feedsite.database_options import configure_database
from feedsite.environment import at_least, between, default_sender, env, one_of
from feedsite.monitoring.logs import FORMATS, LEVELS, logging_config
from feedsite.openapi import SPECTACULAR_SETTINGS as SPECTACULAR_SETTINGS
from feedsite.ports import PORTS
from feedsite.proposal_kinds import MONEY_PERMISSIONS as MONEY_PERMISSIONS
from feedsite.proposal_kinds import PROPOSAL_KINDS as PROPOSAL_KINDS
from feedsite.schedule import SCHEDULE
from feedsite.sign_in_settings import *  # noqa: F403  # all of them are settings

django_stubs_ext.monkeypatch()  # lets admin.ModelAdmin[Product] and the like work at run time
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.path("DATA_DIR", BASE_DIR / ".data")

# Addresses and security headers.
DEMO = env.bool("DEMO", False)
DEBUG = env.bool("DEBUG", False)
SECRET_KEY: str = env.secret_key("SECRET_KEY", "demo-only-" + "x" * 50 if DEMO else "")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
_ports = {name: env.int(*port, validate=between(1, 65535)) for name, port in PORTS.items()}
_local_url = f"http://127.0.0.1:{_ports['web']}"
SITE_URL = str(env.site_url("SITE_URL", _local_url))
_hosts = env.list("ALLOWED_HOSTS", [urlsplit(SITE_URL).hostname or ""], subcast=str.strip)
# Health checks and metrics are read from the process's own machine, whatever the shop's name is.
ALLOWED_HOSTS = [*_hosts, "127.0.0.1", "localhost"]
SITE_NAME = env.str("SITE_NAME", "feedsite")
HTTPS = SITE_URL.startswith("https://")
if DEBUG and (HTTPS or not DEMO):
    raise ImproperlyConfigured("DEBUG shows source code and settings to every visitor. Unset it, or start: make dev")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None  # see feedsite.client_address
# Browsers keep HSTS for as long as they were told, so operators raise it step by step. Source: hstspreload.org
HSTS_STEPS = {"off": 0, "hour": 3600, "day": 86400, "year": 31536000, "subdomains": 31536000, "preload": 63072000}
HSTS = env.str("HSTS", "hour", validate=one_of(*HSTS_STEPS))
SECURE_HSTS_SECONDS = HSTS_STEPS[HSTS] if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS and HSTS in ("subdomains", "preload")
SECURE_HSTS_PRELOAD = HTTPS and HSTS == "preload"
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W005", "security.W021"]  # they demand the last step at once
CSRF_FAILURE_VIEW = "feedsite.drafts.refuse_token"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# Browsers let nobody else set cookies of this name: not other hosts of the domain, and nothing without TLS.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid", f"{COOKIE_PREFIX}csrftoken"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
# Browsers apply form-action to the redirect after checkout as well: allow the pages on which shoppers pay.
PAYMENT_PROVIDER = env.str("PAYMENT_PROVIDER", "demo" if DEMO else "none", validate=one_of("none", "demo", "stripe"))
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", "")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", "")
PAYMENT_WAIT_DAYS = env.int("PAYMENT_WAIT_DAYS", 0, validate=between(0, 30))
STRIPE_API_BASE: str = env.web_address("STRIPE_API_BASE", "")
PAYMENT_PAGES = ["https://checkout.stripe.com"] if PAYMENT_PROVIDER == "stripe" else []
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "media-src": [CSP.SELF, "blob:"],
    "connect-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.SELF],
    "form-action": [CSP.SELF, *PAYMENT_PAGES],
    "frame-ancestors": [CSP.NONE],
}

INSTALLED_APPS = [
    "feedsite",
    "accounts",
    "catalog",
    "creators",
    "videos",
    "feed",
    "shop",
    "social",
    "payouts",
    "programme",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "feedsite.apps.SignInConfig",
    "allauth.mfa",
    "feedsite.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "django.forms",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "feedsite.monitoring.middleware.OperatorPages",
    "feedsite.client_address.ClientAddress",
    "feedsite.monitoring.middleware.RequestMonitor",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "feedsite.cookieless.CookielessMiddleware",
    "feedsite.private_pages.PrivatePagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.second_factor.StaffFactorMiddleware",
    "accounts.fresh_sign_in.FreshSignInMiddleware",
    "accounts.browser_accounts.BrowserAccountsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "feedsite.drafts.DraftMiddleware",
    "feedsite.store_away.StoreAwayMiddleware",
    "feedsite.database_away.DatabaseAwayMiddleware",
    "feedsite.unstorable.UnstorableInputMiddleware",
    "feedsite.cross_site.CrossSiteMiddleware",
]
ROOT_URLCONF = "feedsite.urls"
WSGI_APPLICATION = "feedsite.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "feedsite.context.site",
            ],
        },
    }
]
FORM_RENDERER = "feedsite.forms.PageFormRenderer"

# Database, cache and files. By default manage.py starts PostgreSQL and Valkey in DATA_DIR.
DATABASE_POOL_SIZE = env.int("DATABASE_POOL_SIZE", 0, validate=at_least(0))
_database = env.database("DATABASE_URL", "postgresql:///feedsite")
DATABASES = {"default": configure_database(_database, pool_size=DATABASE_POOL_SIZE)}
SESSION_ENGINE = "feedsite.sessions"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL: str = env.redis_url("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {"BACKEND": "feedsite.limits.FailOpenCache", "LOCATION": REDIS_URL},
    "heartbeats": {"BACKEND": "feedsite.monitoring.heartbeat_cache.HeartbeatCache", "LOCATION": REDIS_URL},
}
MEDIA_URL, MEDIA_ROOT = "/media/", DATA_DIR / "media"
_FILES = "django.core.files.storage.FileSystemStorage"
STORAGES = {
    "default": {"BACKEND": _FILES},
    "originals": {"BACKEND": _FILES, "OPTIONS": {"location": DATA_DIR / "originals", "base_url": None}},
    "catalogues": {"BACKEND": _FILES, "OPTIONS": {"location": DATA_DIR / "catalogues", "base_url": None}},
    "staticfiles": {"BACKEND": "feedsite.staticfiles.ModuleManifestStorage"},
}
S3_BUCKET = env.str("S3_BUCKET", "")
S3_ENDPOINT_URL: str = env.web_address("S3_ENDPOINT_URL", "")
S3_REGION = env.str("S3_REGION", "")
if S3_BUCKET:
    # boto3 finds the credentials. The bucket is private: Django serves every media URL. Nothing that matters is elsewhere.
    _s3 = {
        "bucket_name": S3_BUCKET,
        "endpoint_url": S3_ENDPOINT_URL or None,
        "region_name": S3_REGION or None,
        "file_overwrite": False,
    }
    _folders = {name: name for name in ("originals", "uploads", "ranking", "catalogues")}
    for _name, _folder in {"default": "media", **_folders}.items():
        STORAGES[_name] = {"BACKEND": "accounts.object_storage.ObjectStorage", "OPTIONS": _s3 | {"location": _folder}}
STATIC_URL, STATIC_ROOT = "/static/", DATA_DIR / "static"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # of a form without its files; for JSON see accounts.json_parser
FILE_UPLOAD_HANDLERS = [
    "videos.intake.handlers.SizeLimitHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "videos.intake.handlers.DiskFullHandler",
]
# nginx's internal location for media on its disk. When empty, Django serves files and byte ranges itself.
MEDIA_ACCEL_PREFIX: str = "" if S3_BUCKET else env.location("MEDIA_ACCEL_PREFIX", "")

# Rows are the queue; Celery only delivers wake-ups.
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 540, 600
CELERY_WORKER_PREFETCH_MULTIPLIER, CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = 1, True
TRANSCODE_TIME_LIMIT = 3000  # two ffmpeg runs that each reach their own time limit, plus overhead
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3 * TRANSCODE_TIME_LIMIT + 60,
    "max_retries": 1,  # do not block a request on an unreachable broker: the periodic sweep enqueues again
    "interval_start": 0.1,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
}
CELERY_TASK_DEFAULT_QUEUE, CELERY_TIMEZONE = "default", "UTC"
CELERY_TASK_ROUTES = {"videos.tasks.process_next_job": {"queue": "transcode"}}
CELERY_BEAT_SCHEDULE, CELERY_BEAT_SCHEDULE_FILENAME = SCHEDULE, str(DATA_DIR / "beat-schedule")

# Sign-in, beside what feedsite.sign_in_settings says.
_verification = "optional" if DEMO else "mandatory"
ACCOUNT_EMAIL_VERIFICATION = env.str(
    "ACCOUNT_EMAIL_VERIFICATION", _verification, validate=one_of("mandatory", "optional", "none")
)
# A code instead of a link: only so can people sign up with a passkey, in the browser in which they began.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = ACCOUNT_EMAIL_VERIFICATION == "mandatory"
MFA_PASSKEY_SIGNUP_ENABLED = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED
MFA_TOTP_ISSUER = SITE_NAME
# Staff act as staff only in a session that has passed a second factor.
STAFF_REQUIRE_MFA = env.bool("STAFF_REQUIRE_MFA", not DEMO)

# Emails are rows first, so that requests neither wait for the mail server nor fail with it; a worker delivers them.
_outbox: dict[str, Any] = {"BACKEND": "accounts.mail_backend.OutboxBackend"}
MAILERS = {"default": _outbox, "delivery": env.mailer("EMAIL_URL", "console:")}
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", default_sender(SITE_NAME, SITE_URL))

# The JSON API.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_PARSER_CLASSES": ["accounts.json_parser.BoundedJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "feedsite.api_schema.ErrorSchema",
    "DEFAULT_PAGINATION_CLASS": None,
    "DEFAULT_THROTTLE_CLASSES": ["feedsite.limits.ClientThrottle", "feedsite.limits.NetworkThrottle"],
    "DEFAULT_THROTTLE_RATES": {"write": "120/min", "typing": "240/min", "events": "300/min", "lookup": "10/min"},
    "NUM_PROXIES": env.int("NUM_PROXIES", 0, validate=at_least(0)),
}
NETWORK_RATES: dict[str | None, int] = {"write": 1200, "typing": 2400, "events": 6000}  # a minute, for one address
FEED_ASKS_CONSENT = env.bool("FEED_ASKS_CONSENT", True)
FEED_KEEP_MONTHS = env.int("FEED_KEEP_MONTHS", 12, validate=at_least(1))
SPONSORED_SPACING = env.int("SPONSORED_SPACING", 10, validate=between(2, 50))
FEED_EXPLORATION_MIN = env.int("FEED_EXPLORATION_MIN", 0, validate=between(0, 100))
FEED_EXPLORATION_MAX = env.int("FEED_EXPLORATION_MAX", 100, validate=between(0, 100))

# The shop.
CURRENCY: str = env.currency("CURRENCY", "USD")
RESERVATION_MINUTES = env.int("RESERVATION_MINUTES", 15, validate=at_least(1))
ATTRIBUTION_DAYS = env.int("ATTRIBUTION_DAYS", 7, validate=at_least(0))
CANCEL_MINUTES = env.int("CANCEL_MINUTES", 60, validate=at_least(0))
RETURN_DAYS = env.int("RETURN_DAYS", 14, validate=at_least(0))
RATING_REQUEST_DAYS = env.int("RATING_REQUEST_DAYS", 14, validate=between(0, 365))
WEB_PUSH_KEY: str = env.push_key("WEB_PUSH_KEY", "")
COMMENTS_TRUSTED_AFTER = env.int("COMMENTS_TRUSTED_AFTER", 3, validate=at_least(0))
RECORD_PARCELS = env.bool("RECORD_PARCELS", True)
SAMPLE_DAYS = env.int("SAMPLE_DAYS", 30, validate=between(1, 365))
DELIVERED_AFTER_DAYS = env.int("DELIVERED_AFTER_DAYS", 14, validate=at_least(0))
PICKUP_DAYS = env.int("PICKUP_DAYS", 14, validate=at_least(1))
UNSENT_PAYABLE_DAYS = env.int("UNSENT_PAYABLE_DAYS", 60, validate=at_least(0))
MERCHANT_FEE_BPS = env.int("MERCHANT_FEE_BPS", 1000, validate=between(0, 10_000))
SHIPPING_FEE_MINOR = env.int("SHIPPING_FEE_MINOR", 499, validate=at_least(0))
SHIPPING_FREE_FROM_MINOR = env.int("SHIPPING_FREE_FROM_MINOR", 3500, validate=at_least(0))
SHIPPING_BY_CURRENCY: dict[str, tuple[int, int]] = env.shipping("SHIPPING_BY_CURRENCY", "")
PRICES_INCLUDE_TAX = env.bool("PRICES_INCLUDE_TAX", False)
SHOP_COUNTRY: str = env.country("SHOP_COUNTRY", "")
INVOICE_NUMBERS = env.str("INVOICE_NUMBERS", "yearly", validate=one_of("yearly", "continuous"))
PHONE_COUNTRIES: list[str] = env.countries("PHONE_COUNTRIES", "")
TAX_RATES_BPS: dict[str, int] = env.rates("TAX_RATES_BPS", "")
PAYOUT_PROVIDER = env.str("PAYOUT_PROVIDER", "csv", validate=one_of("csv", "stripe"))
PAYOUT_DATA_KEYS: list[str] = env.list("PAYOUT_DATA_KEYS", [], subcast=str.strip)
PAYOUT_DEBTOR_ACCOUNT = env.str("PAYOUT_DEBTOR_ACCOUNT", "")
PAYOUT_DEBTOR_NAME, PAYOUT_DEBTOR_BIC = env.str("PAYOUT_DEBTOR_NAME", ""), env.str("PAYOUT_DEBTOR_BIC", "")
PAYOUT_MINIMUM_MINOR = env.int("PAYOUT_MINIMUM_MINOR", 1000, validate=at_least(1))
PAYOUT_APPROVAL_ABOVE_MINOR = env.int("PAYOUT_APPROVAL_ABOVE_MINOR", 100_000, validate=at_least(0))
PAYOUT_ACCOUNT_DELAY_DAYS = env.int("PAYOUT_ACCOUNT_DELAY_DAYS", 7, validate=at_least(0))
COMMISSION_APPROVAL_ABOVE_PERCENT = env.int("COMMISSION_APPROVAL_ABOVE_PERCENT", 20, validate=between(0, 100))
REFUND_APPROVAL_ABOVE_MINOR = env.int("REFUND_APPROVAL_ABOVE_MINOR", 50_000, validate=at_least(0))
PAYOUT_UNSEEN_MINUTES = env.int("PAYOUT_UNSEEN_MINUTES", 60, validate=at_least(1))
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", 500_000_000, validate=at_least(1))
UPLOAD_LIMITS: dict[str, int] = env.dict("UPLOAD_LIMITS", {}, subcast_values=int)  # of media.policy.Policy, by field
OPEN_CLIPS_WITHOUT_APPROVALS = env.int("OPEN_CLIPS_WITHOUT_APPROVALS", 5, validate=at_least(1))
REVIEW_DUE_HOURS = env.int("REVIEW_DUE_HOURS", 48, validate=at_least(1))
TRUST_AFTER_APPROVALS = env.int("TRUST_AFTER_APPROVALS", 0, validate=at_least(0))
TRUST_SPOT_CHECK_PERCENT = env.int("TRUST_SPOT_CHECK_PERCENT", 20, validate=between(0, 100))
DRIFT_LIMIT_BPS = env.int("DRIFT_LIMIT_BPS", 2000, validate=at_least(0))
REPORTS_HIDE_WEIGHT = env.int("REPORTS_HIDE_WEIGHT", 10, validate=at_least(1))

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ar", _("Arabic")), ("he", _("Hebrew"))]
LANGUAGE_COOKIE_NAME, LANGUAGE_COOKIE_AGE = f"{COOKIE_PREFIX}django_language", 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE, LANGUAGE_COOKIE_HTTPONLY, LANGUAGE_COOKIE_SECURE = "Lax", True, HTTPS
LOCALE_PATHS, FORMAT_MODULE_PATH = [BASE_DIR / "feedsite" / "locale"], ["feedsite.formats"]
TIME_ZONE: str = env.time_zone("TIME_ZONE", "UTC")
_line_format = env.str("LOG_FORMAT", "text", validate=one_of(*FORMATS))
LOGGING = logging_config(line_format=_line_format, level=env.str("LOG_LEVEL", "INFO", validate=one_of(*LEVELS)))
# Error reports and traces are sent only if these are set.
SENTRY_DSN: str = env.sentry_dsn("SENTRY_DSN", "")
OTEL_EXPORTER_OTLP_ENDPOINT: str = env.web_address("OTEL_EXPORTER_OTLP_ENDPOINT", "")
