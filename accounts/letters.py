"""How every email looks: its text, the same in HTML, the shop's name as sender, and the language in which it is written."""

import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.utils import parseaddr

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.message import EmailAlternative
from django.template.loader import render_to_string
from django.utils.translation import get_language, override

_ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Paragraph:
    """Lines that stand together: a link alone, or rows of a name and an amount, or lines of text."""

    lines: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    link: str = ""


def write_email(subject: str, text: str, *, to: str, headers: dict[str, str] | None = None) -> EmailMessage:
    """Return an email in the active language. The outbox adds what `complete_email` does."""
    language = {"Content-Language": get_language() or settings.LANGUAGE_CODE}
    return EmailMessage(" ".join(subject.split()), text, to=[to], headers=language | (headers or {}))


def complete_email(message: EmailMessage) -> EmailMessage:
    """Return the email with the shop's name as sender, a subject of one line, and HTML beside its text."""
    headers = {"Auto-Submitted": "auto-generated"} | message.extra_headers
    language = headers.setdefault("Content-Language", get_language() or settings.LANGUAGE_CODE)
    complete = EmailMultiAlternatives(
        " ".join(str(message.subject).split()),
        message.body,
        _name_sender(str(message.from_email)),
        message.to,
        bcc=message.bcc,
        cc=message.cc,
        reply_to=message.reply_to,
        attachments=message.attachments,
        headers=headers,
    )
    alternatives = list(message.alternatives) if isinstance(message, EmailMultiAlternatives) else []
    html = EmailAlternative(_render(str(complete.subject), str(message.body), language), "text/html")
    complete.alternatives = alternatives or [html]
    return complete


def split_paragraphs(text: str) -> list[Paragraph]:
    """Split a text at blank lines. A line that is nothing but a link becomes a paragraph of its own."""
    paragraphs = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines: list[str] = []
        for line in map(str.strip, block.splitlines()):
            if _ADDRESS.fullmatch(line):
                paragraphs += [*_read_lines(lines), Paragraph(link=line)]
                lines = []
            else:
                lines.append(line)
        paragraphs += _read_lines(lines)
    return paragraphs


def _read_lines(lines: list[str]) -> list[Paragraph]:
    pairs = [tuple(part.strip() for part in line.rsplit("  ", 1)) for line in lines]
    if lines and all(len(pair) == 2 for pair in pairs):
        return [Paragraph(rows=tuple((pair[0], pair[1]) for pair in pairs))]
    return [Paragraph(lines=tuple(lines))] if lines else []


def _render(subject: str, text: str, language: str) -> str:
    with override(language):
        context = {"subject": subject, "site_name": get_adapter().get_site_name(), "site_url": settings.SITE_URL}
        return render_to_string("mail/email.html", context | {"paragraphs": split_paragraphs(text)})


def _name_sender(sender: str) -> str:
    """Return the shop's address with the name that staff gave the shop. Another sender stays as it is."""
    if sender != settings.DEFAULT_FROM_EMAIL:
        return sender
    return str(Address(get_adapter().get_site_name(), addr_spec=parseaddr(sender)[1]))
