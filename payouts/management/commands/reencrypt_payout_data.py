"""The command `manage.py reencrypt_payout_data`, which writes bank details and tax IDs with the first key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from payouts.reencryption import reencrypt_payout_data


class Command(BaseCommand):
    help = (
        "Encrypt all bank details and tax IDs with the first key of PAYOUT_DATA_KEYS, or with SECRET_KEY if there is none. "
        "Afterwards the other keys are no longer needed for them. Exit with 1 if a value can't be decrypted."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        counts = reencrypt_payout_data()
        self.stdout.write(f"{counts.written} values are encrypted with the first key.")
        if counts.unreadable:
            raise CommandError(
                f"{counts.unreadable} values can't be decrypted and were left as they are. Put the key that was used "
                "before into PAYOUT_DATA_KEYS or SECRET_KEY_FALLBACKS, and run this again."
            )
