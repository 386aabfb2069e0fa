"""The command `manage.py verify_hashtags`, which counts the posts of all hashtags again. It changes nothing."""

from collections.abc import Iterable

from accounts.verify_command import VerifyCommand
from videos.review.hashtag_verification import find_discrepancies


class Command(VerifyCommand):
    help = "Count the posts of all hashtags again and print every discrepancy. Exits with 1 if there is one."
    subject = "hashtags"

    def find_discrepancies(self) -> Iterable[str]:
        return find_discrepancies()
