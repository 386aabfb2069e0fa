"""What is said in a clip as one text, so that a phrase that two captions share is still found, and found at its time.

No Django here.
"""

from bisect import bisect_right
from dataclasses import dataclass, replace

from videos.playback.captions import Cue, NotCaptions, read_captions
from videos.wording.engine import RuleMatch


@dataclass(frozen=True)
class SpokenMatch:
    """A rule that fired in what is said, and when its first word is shown; None where no time can be read."""

    hit: RuleMatch
    at_ms: int | None


@dataclass(frozen=True)
class TranscriptLine:
    """One cue, and what fires in it; the hits count characters of the cue's own text."""

    cue: Cue
    hits: list[RuleMatch]


@dataclass(frozen=True)
class Transcript:
    """The cues in order of time; `starts[i]` is where cue i begins in `text`."""

    text: str
    cues: tuple[Cue, ...]
    starts: tuple[int, ...]

    def place(self, hit: RuleMatch) -> SpokenMatch:
        number = bisect_right(self.starts, hit.start) - 1
        return SpokenMatch(hit, self.cues[number].start_ms if self.cues else None)

    def lines(self, hits: list[RuleMatch]) -> list[TranscriptLine]:
        """Hand out the hits to the cues; one that two cues share is marked in both."""
        return [
            TranscriptLine(cue, _within(cue, start, hits)) for cue, start in zip(self.cues, self.starts, strict=True)
        ]


def read_transcript(captions_vtt: str) -> Transcript:
    """Join the cues of a captions file; a text without any is taken as it is, so that nothing goes unheard."""
    try:
        cues = tuple(read_captions(captions_vtt.encode()))
    except NotCaptions:
        return Transcript(captions_vtt, (), ())
    starts, place = [], 0
    for cue in cues:
        starts.append(place)
        place += len(cue.text) + 1
    return Transcript("\n".join(cue.text for cue in cues), cues, tuple(starts))


def _within(cue: Cue, start: int, hits: list[RuleMatch]) -> list[RuleMatch]:
    found = []
    for hit in hits:
        first, last = max(hit.start - start, 0), min(hit.end - start, len(cue.text))
        if first < last:
            found.append(replace(hit, start=first, end=last, words=cue.text[first:last]))
    return found
