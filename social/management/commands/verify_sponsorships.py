from typing import Any

from django.core.management.base import BaseCommand, CommandError

from social.sponsorships.verification import find_sponsorship_problems


class Command(BaseCommand):
    help = "Compare budgets, days, views and refunds of sponsorships. Fails if they do not agree."

    def handle(self, *args: Any, **options: Any) -> None:
        problems = list(find_sponsorship_problems())
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            raise CommandError(f"{len(problems)} problems.")
        self.stdout.write("All sponsorships agree.")
