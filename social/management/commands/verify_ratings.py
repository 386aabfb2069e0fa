"""The command `manage.py verify_ratings`, which counts all ratings and votes again. It changes nothing."""

from collections.abc import Iterable

from accounts.verify_command import VerifyCommand
from social.ratings.verification import find_discrepancies


class Command(VerifyCommand):
    help = "Count the ratings and votes again and print every discrepancy. Exits with 1 if there is one."
    subject = "ratings"

    def find_discrepancies(self) -> Iterable[str]:
        return find_discrepancies()
