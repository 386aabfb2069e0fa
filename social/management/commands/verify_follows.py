"""The command `manage.py verify_follows`, which counts all follows again. It changes nothing."""

from collections.abc import Iterable

from accounts.verify_command import VerifyCommand
from social.follow_verification import find_discrepancies


class Command(VerifyCommand):
    help = "Count the follows again and print every discrepancy. Exits with 1 if there is one."
    subject = "follows"

    def find_discrepancies(self) -> Iterable[str]:
        return find_discrepancies()
