"""The command `manage.py verify_comments`, which counts all comments again. It changes nothing."""

from collections.abc import Iterable

from accounts.verify_command import VerifyCommand
from social.comments.verification import find_discrepancies


class Command(VerifyCommand):
    help = "Count the comments and likes again and print every discrepancy. Exits with 1 if there is one."
    subject = "comments"

    def find_discrepancies(self) -> Iterable[str]:
        return find_discrepancies()
