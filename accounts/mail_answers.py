"""What a mail server's answer to an email means: send it again later, or never, and whether its address is at fault."""

import re
import smtplib
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.encoding import force_str

REPAIRABLE = (
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPSenderRefused,
)
"""Refusals that say nothing about the email: the operator corrects EMAIL_URL or DEFAULT_FROM_EMAIL."""

_POLICY = re.compile(r"\b5\.7\.\d{1,3}\b|\brelay", re.IGNORECASE)
"""Answers that refuse whoever sends, not the address. Source: RFC 3463, section 3.8."""

_ADDRESS = re.compile(r"\b5\.[12]\.\d{1,3}\b")
"""Answers that refuse the address or its mailbox. Source: RFC 3463, sections 3.2 and 3.3."""

LOGIN_CODES = frozenset({530, 534, 535, 538})
"""The server wants a login or encryption first. Sources: RFC 4954, section 6, and RFC 3207, section 4."""


@dataclass(frozen=True)
class MailAnswer:
    """A failed attempt, in one line for people.

    `is_final` means that the server will not accept the email later either, and `is_about_address` that its answer was
    about the address. `has_answered` is False if the server was away, or hung up.
    """

    text: str
    is_final: bool
    is_about_address: bool
    has_answered: bool


def read_failure(failure: Exception) -> MailAnswer:
    """Return what an exception from sending one email to one address means. Source: RFC 5321, section 4.2.1."""
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        codes, text = {code for code, _reply in failure.recipients.values()}, _join(failure.recipients.values())
        is_about_address = codes.isdisjoint(LOGIN_CODES) and not _POLICY.search(text)
        return MailAnswer(text, is_about_address and min(codes) >= 500, is_about_address, has_answered=True)
    if isinstance(failure, smtplib.SMTPResponseException):
        code, text = failure.smtp_code, _join([(failure.smtp_code, failure.smtp_error)])
        is_final = code >= 500 and code not in LOGIN_CODES and not isinstance(failure, REPAIRABLE)
        return MailAnswer(text, is_final, is_final and bool(_ADDRESS.search(text)), has_answered=True)
    if isinstance(failure, OSError):  # of which smtplib's other exceptions are subclasses
        return MailAnswer(_describe(failure), is_final=False, is_about_address=False, has_answered=False)
    return MailAnswer(_describe(failure), is_final=True, is_about_address=True, has_answered=True)


def _describe(failure: Exception) -> str:
    text = failure.strerror if isinstance(failure, OSError) and failure.strerror else str(failure)
    return " ".join(text.split()) or type(failure).__name__


def _join(replies: Iterable[tuple[int, bytes | str]]) -> str:
    return " ".join(" ".join(f"{code} {force_str(text, errors='replace')}" for code, text in replies).split())
