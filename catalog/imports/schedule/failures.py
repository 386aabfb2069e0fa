"""Why the file of a source was not fetched."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FetchFailure(models.TextChoices):
    """Of private addresses, open and closed ports are told in the same words."""

    NOT_PUBLIC = "not_public", _("The address leads to no server on the public web.")
    NOT_HTTPS = "not_https", _("The address redirects to one without https.")
    UNREACHABLE = "unreachable", _("The server could not be reached.")
    TOO_SLOW = "too_slow", _("The server sent its answer too slowly. It may take %(limit)s seconds.")
    TOO_MANY_REDIRECTS = "too_many_redirects", _("The address redirects too often.")
    SIGN_IN = "sign_in", _("The server asks for a sign-in (%(status)s). Check the user name and the password.")
    NOT_FOUND = "not_found", _("There is nothing at the address (%(status)s).")
    TOO_OFTEN = "too_often", _("The server asks to be asked less often (%(status)s).")
    SERVER_ERROR = "server_error", _("The server answered with the error %(status)s.")
    CUT_OFF = "cut_off", _("The file ended early: the server announced more than it sent.")
    TOO_LARGE = "too_large", _("The file has more than %(limit)s MB. Split it into smaller ones.")
    NOT_STORED = "not_stored", _("The file could not be stored here. There may be too little disk space.")
    NOT_READ = "not_read", _("The file was fetched but can't be imported.")
