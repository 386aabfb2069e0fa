"""The command `manage.py verify_hashtags`, which counts the posts of all hashtags again. It changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from videos.review.hashtag_verification import find_discrepancies


class Command(BaseCommand):
    help = "Count the posts of all hashtags again and print every discrepancy. Exits with 1 if there is one."

    def handle(self, *args: Any, **options: Any) -> None:
        sentences = list(find_discrepancies())
        for sentence in sentences:
            self.stdout.write(sentence)
        if sentences:
            raise CommandError(f"{len(sentences)} discrepancies.")
        self.stdout.write("The hashtags have no discrepancies.")
