"""The base of commands that count something again and print what does not agree."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError


class VerifyCommand(BaseCommand):
    """Prints every discrepancy, and exits with 1 if there is one. It changes nothing. `subject` names what is counted."""

    subject: ClassVar[str]

    def find_discrepancies(self) -> Iterable[str]:
        """Return a sentence for each discrepancy."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        sentences = list(self.find_discrepancies())
        for sentence in sentences:
            self.stdout.write(sentence)
        if sentences:
            raise CommandError(f"{len(sentences)} discrepancies.")
        self.stdout.write(f"The {self.subject} have no discrepancies.")
