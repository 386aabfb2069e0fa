"""Who is at fault when ffmpeg ends: the file, for good, or this machine, for now."""

import pytest

from accounts.sandbox import Finished
from videos.media.faults import raise_fault
from videos.media.policy import MediaFailed, MediaRefused, Refusal


@pytest.mark.parametrize("status", [161, 183, 187, 218, 234, 244, 245, 69])
def test_error_codes_of_ffmpeg_are_the_fault_of_the_file(status: int) -> None:
    with pytest.raises(MediaRefused) as refused:
        raise_fault(Finished(status, "", "Conversion failed!", deadline_passed=False))
    assert (refused.value.code, refused.value.log_tail) == (Refusal.DAMAGED, "Conversion failed!")


@pytest.mark.parametrize(
    ("status", "log", "code"),
    [
        (234, "[aist#0:1/pcm @ 0x1] Error while opening decoder: Invalid argument", Refusal.SOUND),
        (218, "[Parsed_lut3d_4 @ 0x1] no path between colorspaces", Refusal.COLOUR),
        (139, "", Refusal.UNREADABLE),
        (-11, "", Refusal.UNREADABLE),
        (134, "Assertion failed", Refusal.UNREADABLE),
    ],
)
def test_refusal_says_what_is_wrong(status: int, log: str, code: Refusal) -> None:
    with pytest.raises(MediaRefused) as refused:
        raise_fault(Finished(status, "", log, deadline_passed=False))
    assert refused.value.code is code


@pytest.mark.parametrize(
    ("status", "log"),
    [
        (137, ""),
        (-9, ""),
        (143, ""),
        (-15, ""),
        (135, ""),
        (1, "bwrap: No permissions to create new namespace"),
        (127, ""),
        (8, "Unrecognized option 'reinit'"),
        (228, "av_interleaved_write_frame(): No space left on device"),
        (251, "Input/output error"),
        (254, "No such file or directory"),
    ],
)
def test_faults_of_this_machine_are_retried(status: int, log: str) -> None:
    with pytest.raises(MediaFailed):
        raise_fault(Finished(status, "", log, deadline_passed=False))


def test_limits_of_this_machine_are_not_the_fault_of_the_file() -> None:
    for finished in (
        Finished(-9, "", "", deadline_passed=True),
        Finished(-9, "", "", deadline_passed=False, memory_exceeded=True),
    ):
        with pytest.raises(MediaFailed):
            raise_fault(finished)
    raise_fault(Finished(0, "", "Conversion failed!", deadline_passed=False))


QUOTED = "    title           : No space left on device, lut3d, channel layout"


def test_titles_in_a_file_do_not_decide_whose_fault_it_is() -> None:
    for log in (f"  Metadata:\n{QUOTED}\nConversion failed!", ("x" * 9000 + QUOTED + "\nConversion failed!")[-8192:]):
        with pytest.raises(MediaRefused) as refused:
            raise_fault(Finished(183, "", log, deadline_passed=False))
        assert refused.value.code is Refusal.DAMAGED
