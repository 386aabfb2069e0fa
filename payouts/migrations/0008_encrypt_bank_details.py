"""Encrypt account numbers and tax IDs that are stored already: in accounts, payouts, open proposals and holds."""

import re
from hashlib import sha256
from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Value

SECRETS = {"PayoutAccount": ("number", "tax_id"), "Payout": ("number",)}


def encrypt(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    accounts = apps.get_model("payouts", "PayoutAccount")
    old_subjects = {}
    by_payee = {}
    for account in accounts.objects.iterator():
        plain = _normalize(account.number)
        old_subjects[sha256(plain.encode()).hexdigest()] = plain
        by_payee[account.creator_id, account.agency_id] = account
        country = account.number[:2] if re.fullmatch("[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}", account.number) else ""
        accounts.objects.filter(pk=account.pk).update(
            number=account.number, tax_id=account.tax_id, country_code=country
        )
    _encrypt_payouts(apps, by_payee)
    _encrypt_proposals(apps, by_payee)
    _replace_subjects(apps, old_subjects)


def _encrypt_payouts(apps: Apps, by_payee: dict[Any, Any]) -> None:
    payouts = apps.get_model("payouts", "Payout")
    for payout in payouts.objects.iterator():
        account = by_payee.get((payout.creator_id, payout.agency_id))
        is_current = account is not None and (account.number, account.holder_name) == (
            payout.number,
            payout.holder_name,
        )
        version = account.version if is_current and account else 0
        payouts.objects.filter(pk=payout.pk).update(number=payout.number, account_version=version)


def _encrypt_proposals(apps: Apps, by_payee: dict[Any, Any]) -> None:
    field = apps.get_model("payouts", "PayoutAccount")._meta.get_field("number")
    proposals = apps.get_model("accounts", "Proposal").objects.filter(kind="payout_account", state="proposed")
    for proposal in proposals:
        changes = dict(proposal.changes)
        account = by_payee.get((changes["creator"], changes["agency"]))
        before = changes.pop("fingerprint_before", "")
        now = sha256(_normalize(account.number).encode()).hexdigest() if account else ""
        # Another version than any account has: the proposal is out of date, and approving it is refused.
        changes["version_before"] = (account.version if account else 0) if before == now else 10**6
        for name in SECRETS["PayoutAccount"]:
            changes[name] = field.get_prep_value(changes[name])
        proposals.filter(pk=proposal.pk).update(changes=changes)


def _replace_subjects(apps: Apps, old_subjects: dict[str, str]) -> None:
    """Replace what identifies the evidence: a plain hash of an account number, and a plain tax ID."""
    field = apps.get_model("payouts", "PayoutAccount")._meta.get_field("number")
    holds = apps.get_model("payouts", "Hold").objects.filter(kind__in=("same_account", "same_tax_id"))
    for hold in holds:
        fingerprint = field.get_prep_value(old_subjects.get(hold.subject, hold.subject)).split("$")[1]
        holds.filter(pk=hold.pk).update(subject=fingerprint)


def decrypt(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    for name, fields in SECRETS.items():
        model = apps.get_model("payouts", name)
        for row in model.objects.iterator():
            plain = {field: Value(getattr(row, field), output_field=models.TextField()) for field in fields}
            model.objects.filter(pk=row.pk).update(**plain)


def _normalize(number: str) -> str:
    return "".join(letter for letter in number.upper() if letter.isalnum())


class Migration(migrations.Migration):
    dependencies = [("payouts", "0007_encrypted_accounts"), ("accounts", "0006_proposals")]

    operations = [migrations.RunPython(encrypt, decrypt)]
