"""Settings of sign-in, with a verified email address and a password or a code; allauth limits the rate."""

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL, LOGIN_REDIRECT_URL = "account_login", "/"

ACCOUNT_ADAPTER = "feedsite.sign_in_merge.SignInMergeAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_FORMS = {
    "signup": "accounts.forms.SignUpForm",
    "reset_password": "accounts.forms.ResetForm",
    "request_login_code": "accounts.forms.CodeForm",
}
ACCOUNT_RATE_LIMITS = dict.fromkeys(("reset_password", "request_login_code"), "6/m/ip,40/h/ip")
ACCOUNT_RATE_LIMITS |= {"mail_from_client": "6/h/key", "mail": "20/h/key"}  # see accounts.mail_limits
ACCOUNT_LOGIN_BY_CODE_ENABLED = ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL, ACCOUNT_SIGNUP_REDIRECT_URL = "/", "/welcome/"

MFA_SUPPORTED_TYPES, MFA_PASSKEY_LOGIN_ENABLED = ["totp", "webauthn", "recovery_codes"], True
MFA_TOTP_TOLERANCE = 1  # one step of 30 s for delays and slow clocks, as RFC 6238 recommends
MFA_FORMS = {"add_webauthn": "accounts.forms.PasskeyForm"}
