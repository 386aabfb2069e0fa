"""Handlers for the signals that stop the demo: Ctrl-C, `kill` and a closed terminal."""

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType


class StopSignals:
    """Signal handlers that turn the first SIGINT, SIGTERM or SIGHUP into KeyboardInterrupt and ignore later ones.

    This way, a second signal does not interrupt the shutdown, for example when both `make` and the terminal send one.
    A signal that was ignored when the demo started stays ignored, as `nohup` requires.
    """

    def __init__(self) -> None:
        self._is_deferring = False
        self.has_arrived = False
        self.signals = [
            number
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
            if signal.getsignal(number) != signal.SIG_IGN
        ]
        for number in self.signals:
            signal.signal(number, self._interrupt)

    @contextlib.contextmanager
    def deferred(self) -> Iterator[None]:
        """Delay signals until the block ends, so that they cannot interrupt it halfway."""
        self._is_deferring = True
        try:
            yield
        finally:
            self._is_deferring = False
        if self.has_arrived:
            raise KeyboardInterrupt

    def ignore(self) -> None:
        """Ignore all signals from now on."""
        for number in self.signals:
            signal.signal(number, signal.SIG_IGN)

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        is_first, self.has_arrived = not self.has_arrived, True
        if is_first and not self._is_deferring:
            raise KeyboardInterrupt
