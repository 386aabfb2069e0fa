"""A clip's captions joined into one text, so that wording rules also match phrases that span two cues."""

from bisect import bisect_right
from dataclasses import dataclass, replace

from videos.playback.captions import Cue, NotCaptions, read_captions
from videos.wording.engine import RuleMatch


@dataclass(frozen=True)
class SpokenMatch:
    """A rule match, and the time in the clip at which it is heard. `at_ms` is None if the time is unknown."""

    match: RuleMatch
    at_ms: int | None


@dataclass(frozen=True)
class TranscriptLine:
    """One cue with the rule matches in it. The matches' offsets refer to the cue's text."""

    cue: Cue
    matches: list[RuleMatch]


@dataclass(frozen=True)
class Transcript:
    """The cues in order of time, and their joined text. Cue i starts at offset `starts[i]` in `text`."""

    text: str
    cues: tuple[Cue, ...]
    starts: tuple[int, ...]

    def locate(self, match: RuleMatch) -> SpokenMatch:
        """Return the match with its time, which is the start of the cue in which it begins."""
        number = bisect_right(self.starts, match.start) - 1
        return SpokenMatch(match, self.cues[number].start_ms if self.cues else None)

    def lines(self, matches: list[RuleMatch]) -> list[TranscriptLine]:
        """Return all cues, each with the matches in it. A match that spans two cues is listed in both."""
        cues = zip(self.cues, self.starts, strict=True)
        return [TranscriptLine(cue, _matches_within(cue, start, matches)) for cue, start in cues]


def read_transcript(captions_vtt: str) -> Transcript:
    """Return the transcript of a caption file. If the text has no cues, the transcript is the unchanged text."""
    try:
        cues = tuple(read_captions(captions_vtt.encode(), at_most=None))
    except NotCaptions:
        return Transcript(captions_vtt, (), ())
    starts, offset = [], 0
    for cue in cues:
        starts.append(offset)
        offset += len(cue.text) + 1
    return Transcript("\n".join(cue.text for cue in cues), cues, tuple(starts))


def _matches_within(cue: Cue, start: int, matches: list[RuleMatch]) -> list[RuleMatch]:
    clipped = []
    for match in matches:
        first, last = max(match.start - start, 0), min(match.end - start, len(cue.text))
        if first < last:
            clipped.append(replace(match, start=first, end=last, words=cue.text[first:last]))
    return clipped
