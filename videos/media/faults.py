"""Decides who is at fault when ffmpeg fails: the file, for good, or this machine, for now.

ffmpeg ends with the low byte of its error code, so its statuses from 128 on are mostly not signals: 234 is EINVAL and
183 is invalid data. Signals 1 to 31 come as 129 to 159 through a shell or bubblewrap; no error of reading a file does.
"""

import re
import signal

from accounts.sandbox import TAIL_BYTES, Finished
from videos.media.policy import MediaFailed, MediaRefused, Refusal

# A crash while reading a file happens again with the same file.
CRASHES = {signal.SIGSEGV, signal.SIGABRT, signal.SIGILL, signal.SIGFPE, signal.SIGTRAP, signal.SIGSYS}
OUR_STATUSES = {1, 8, 126, 127}
"""Statuses of the sandbox, of a shell, and of options or filters that this ffmpeg does not have."""
OUR_MESSAGES = re.compile(
    "No space left on device|Disk quota exceeded|Input/output error|Resource temporarily unavailable"
    "|No such file or directory|Permission denied|Read-only file system|Too many open files|^bwrap:|^Traceback",
    re.MULTILINE,
)
REFUSALS = (
    (
        Refusal.SOUND,
        re.compile(r"\[a(?:ist|ost)#|\[dec:(?:aac|mp3|opus|vorbis|pcm|adpcm|ac3|eac3|flac|alac|amr)|channel layout"),
    ),
    (Refusal.COLOUR, re.compile(r"lut3d|zscale|setparams|[cC]olorspace|color space|Impossible to convert between")),
)


def raise_fault(finished: Finished) -> None:
    """Do nothing if ffmpeg succeeded. Raises MediaFailed if a retry may succeed, and MediaRefused if it won't."""
    status, log = finished.returncode, finished.log_tail
    if finished.deadline_passed:
        raise MediaFailed("ffmpeg was stopped at its deadline.", log_tail=log)
    if finished.memory_exceeded:
        raise MediaFailed("ffmpeg was stopped at its memory limit.", log_tail=log)
    if status == 0:
        return
    number = -status if status < 0 else status - 128 if 128 < status < 160 else 0
    if number in CRASHES:
        raise MediaRefused(Refusal.UNREADABLE, log_tail=log)
    if number:
        raise MediaFailed(f"ffmpeg was killed by signal {number}.", log_tail=log)
    messages = _messages(log)
    if status in OUR_STATUSES or OUR_MESSAGES.search(messages):
        raise MediaFailed(f"ffmpeg ended with status {status}.", log_tail=log)
    for refusal, pattern in REFUSALS:
        if pattern.search(messages):
            raise MediaRefused(refusal, log_tail=log)
    raise MediaRefused(Refusal.DAMAGED, log_tail=log)


def _messages(log: str) -> str:
    """Return what ffmpeg says itself: without indented lines, which describe the file and quote titles from it."""
    lines = log.split("\n")
    is_cut = len(log.encode()) >= TAIL_BYTES
    return "\n".join(line for line in lines[is_cut:] if not line.startswith((" ", "\t")))
