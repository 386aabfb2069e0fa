"""The command `python -m tests.money_machine`: many sequences, on servers of their own. Several can run at once."""

import argparse
import atexit
import os
import secrets
import shutil
import sys
import tempfile

import pytest

from tests.money_machine.plan import Plan

TEST = "tests/money_machine/test_money_machine.py::test_our_books_equal_the_providers_after_any_sequence"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.money_machine", description=__doc__)
    parser.add_argument("--sequences", type=int, default=1000, help="how many (default: %(default)s)")
    parser.add_argument("--steps", type=int, default=50, help="steps of each (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="repeat the run with this seed")
    parser.add_argument("--no-shrink", action="store_true", help="stop at the first broken sequence as it is")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    folder = tempfile.mkdtemp(prefix="money-machine-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # registered first, so after the servers have stopped
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ["DATA_DIR"] = folder
    plan = Plan(options.sequences, options.steps, shrinks=not options.no_shrink, is_repeated=False)
    arguments = [
        "-q",
        "-s",
        "--tb=short",
        "--show-capture=no",
        "--timeout=0",
        f"--hypothesis-seed={options.seed}",
        TEST,
    ]
    return int(pytest.main(arguments, plugins=[Plans(plan)]))


class Plans:
    """A plugin of pytest that hands the plan to the test."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def pytest_configure(self, config: pytest.Config) -> None:
        config.pluginmanager.register(self.plan, "money-machine-plan")


if __name__ == "__main__":
    sys.exit(main())
