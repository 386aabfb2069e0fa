"""The command `manage.py verify_sponsorships`, which adds up budgets, days, views and refunds again. It changes nothing."""

from collections.abc import Iterable

from accounts.verify_command import VerifyCommand
from social.sponsorships.verification import find_sponsorship_problems


class Command(VerifyCommand):
    help = "Add up budgets, days, views and refunds of sponsorships again and print every discrepancy. Exits with 1 if there is one."
    subject = "sponsorships"

    def find_discrepancies(self) -> Iterable[str]:
        return find_sponsorship_problems()
