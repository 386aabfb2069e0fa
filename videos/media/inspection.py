"""Inspection of a source: is it accepted, what does it contain, and what is made from it?"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from videos.media import probing, sniffing
from videos.media.first_frame import with_first_frame
from videos.media.planning import Plan, plan
from videos.media.policy import Policy


@dataclass(frozen=True)
class Inspected:
    """An accepted source with its probe and its plan."""

    source: Path
    probe: probing.Probe
    plan: Plan

    def without_sound(self) -> "Inspected":
        """Return a copy for which the sound cannot be decoded."""
        silent = self.probe.without_sound()
        return Inspected(self.source, silent, plan(silent))


def inspect(source: Path, policy: Policy, *, languages: Sequence[str] = ()) -> Inspected:
    """Sniff and probe a source, plan its renditions, and return the results. Raises MediaRefused, MediaFailed."""
    probe = probing.probe(source, sniffing.sniff(source, policy), policy, languages=languages)
    probe = with_first_frame(source, probe, policy)
    return Inspected(source, probe, plan(probe))
