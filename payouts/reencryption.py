"""Encryption of all stored bank details and tax IDs with the first key, after keys were changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Model

from accounts.models import Proposal
from payouts.account_proposals import SECRET_FIELDS, PayoutAccountChange
from payouts.encryption import Undecryptable, decrypt_text, encrypt_text, fingerprints_of
from payouts.models import Hold, HoldKind, PayoutAccount
from payouts.models.encrypted import UNREADABLE, EncryptedTextField

SUBJECTS = {HoldKind.SAME_ACCOUNT: "number", HoldKind.SAME_TAX_ID: "tax_id"}


@dataclass
class ReencryptionCounts:
    written: int = 0
    unreadable: int = 0


def _encrypted_columns() -> Iterator[tuple[type[Model], list[str]]]:
    """Yield each model with encrypted columns, of whatever app, and their names."""
    for model in apps.get_models():
        names = [field.name for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)]
        if names:
            yield model, names


def reencrypt_payout_data() -> ReencryptionCounts:
    """Write every value again with the first key, and holds with its fingerprints. Values that can't be read stay.

    Each row is locked while it is written, so that a change at the same time is not lost.
    """
    counts = ReencryptionCounts()
    _rename_subjects()
    for model, names in _encrypted_columns():
        for pk in list(model._default_manager.values_list("pk", flat=True)):
            with transaction.atomic():
                row = model._default_manager.select_for_update().filter(pk=pk).first()
                if row is None:
                    continue  # deleted since the ids were read
                values = {name: getattr(row, name) for name in names}
                readable = {name: value for name, value in values.items() if value not in ("", UNREADABLE)}
                counts.unreadable += sum(value == UNREADABLE for value in values.values())
                counts.written += len(readable)
                if readable:
                    model._default_manager.filter(pk=pk).update(**readable)
    _reencrypt_proposals(counts)
    return counts


def _rename_subjects() -> None:
    """Give holds the fingerprint by the first key, so that evidence that was looked into is not held again."""
    for kind, name in SUBJECTS.items():
        for account in PayoutAccount.objects.filter(creator__isnull=False):
            value = getattr(account, name)
            if value and value != UNREADABLE:
                first, *others = fingerprints_of(value)
                Hold.objects.filter(kind=kind, subject__in=others).update(subject=first)


def _reencrypt_proposals(counts: ReencryptionCounts) -> None:
    with transaction.atomic():
        for proposal in Proposal.objects.open().filter(kind=PayoutAccountChange.code).select_for_update():
            changes: dict[str, Any] = dict(proposal.changes)
            try:
                changes |= {name: encrypt_text(decrypt_text(changes[name])) for name in SECRET_FIELDS}
            except Undecryptable:
                counts.unreadable += 1
                continue
            counts.written += 1
            Proposal.objects.filter(pk=proposal.pk).update(changes=changes)
