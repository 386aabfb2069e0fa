"""Limits on accepted files, and the sentences that explain a refusal."""

from dataclasses import dataclass
from enum import StrEnum


def N_(sentence: str) -> str:  # noqa: N802 - the name that Babel extracts by default
    """Mark a sentence for translation and return it unchanged. Django's gettext is not available in this module."""
    return sentence


class Refusal(StrEnum):
    """A reason to refuse a file permanently. The database stores its value. SENTENCES explains each reason."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_VIDEO = "not_video"
    UNREADABLE = "unreadable"
    NO_VIDEO = "no_video"
    CODEC = "codec"
    TOO_MANY_STREAMS = "too_many_streams"
    TOO_SMALL = "too_small"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    FRAME_RATE = "frame_rate"
    DAMAGED = "damaged"
    ASPECT = "aspect"
    SOUND = "sound"
    COLOUR = "colour"


SENTENCES: dict[Refusal, str] = {
    Refusal.EMPTY: N_("The file is empty. Export the clip again and upload the new file."),
    Refusal.TOO_LARGE: N_("The file is larger than %(megabytes)s MB. Export it at a lower bit rate."),
    Refusal.NOT_VIDEO: N_(
        "This is not a video file of an accepted type. Choose a file of one of these types: "
        "MP4, MOV, 3GP, WebM, MKV, AVI, TS."
    ),
    Refusal.UNREADABLE: N_("The video could not be read. Export it again as MP4 (H.264) and upload the new file."),
    Refusal.NO_VIDEO: N_("This file contains no video. Upload the clip itself, not just its audio or cover image."),
    Refusal.CODEC: N_("The video format %(codec)s is not accepted. Export it again as MP4 (H.264)."),
    Refusal.TOO_MANY_STREAMS: N_(
        "The file has %(streams)s tracks; at most %(limit)s are accepted. Export it again with fewer tracks."
    ),
    Refusal.TOO_SMALL: N_("The video is %(width)s × %(height)s pixels; each side must be at least %(limit)s pixels."),
    Refusal.TOO_MANY_PIXELS: N_("The video is %(width)s × %(height)s pixels; the maximum is 4K."),
    Refusal.TOO_SHORT: N_("The clip is %(seconds)s s long; it must be at least %(limit)s s."),
    Refusal.TOO_LONG: N_("The clip is longer than %(limit)s s. Trim it and upload the shorter version."),
    Refusal.FRAME_RATE: N_("The clip has more than %(limit)s frames per second. Export it at 60 or fewer."),
    Refusal.ASPECT: N_(
        "The picture would be shown %(ratio)s times as long as it is wide; at most %(limit)s times is accepted. "
        "Export it again with square pixels."
    ),
    Refusal.SOUND: N_("The sound could not be decoded. Export the clip again with AAC sound and upload the new file."),
    Refusal.COLOUR: N_("The colours could not be converted. Export the clip again in SDR (BT.709) and upload it."),
    Refusal.DAMAGED: N_("Only part of the video could be decoded. Export it again and upload the new file."),
}


class MediaRefused(Exception):
    """The file is refused permanently, because a retry would end the same way.

    `sentence` is in English. To get a translation, translate SENTENCES[code] and fill in `parameters`.
    """

    def __init__(self, code: Refusal, *, log_tail: str = "", **parameters: str | int | float) -> None:
        self.code = code
        self.log_tail = log_tail
        self.parameters = parameters
        self.sentence = SENTENCES[code] % parameters
        super().__init__(f"{code}: {self.sentence}")


class MediaFailed(Exception):
    """Processing failed, but a retry may succeed.

    Possible causes are a missed deadline, too little memory or disk space, or a killed process.
    """

    def __init__(self, message: str, *, log_tail: str = "") -> None:
        self.log_tail = log_tail
        super().__init__(message)


ISO, MATROSKA, AVI, MPEGTS = "mov", "matroska", "avi", "mpegts"

# Extensions that stored files keep. What a file contains is decided by its first bytes alone.
EXTENSIONS = frozenset({".mp4", ".mov", ".m4v", ".3gp", ".webm", ".mkv", ".avi", ".ts", ".mts", ".m2ts"})

VIDEO_CODECS = ("h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "h263", "mpeg2video", "prores")
AUDIO_CODECS = ("aac", "mp3", "mp2", "opus", "vorbis", "flac", "alac", "ac3", "eac3", "amr_nb", "amr_wb")
# Uncompressed or nearly so: cameras, recorders and editors write them, and their decoders are a few lines each.
PCM_CODECS = (
    *("pcm_u8", "pcm_s8", "pcm_s16le", "pcm_s16be", "pcm_u16le", "pcm_u16be", "pcm_s24le", "pcm_s24be", "pcm_u24le"),
    *("pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be", "pcm_mulaw", "pcm_alaw"),
    *("adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt", "adpcm_yamaha"),
)

# Names of libavcodec decoders: a codec may have several. No decoder outside this list is ever opened.
DECODERS = (
    *VIDEO_CODECS,
    "libdav1d",
    "libvpx",
    "libvpx-vp9",
    *AUDIO_CODECS,
    "aac_fixed",
    "mp3float",
    "mp2float",
    "libopus",
    "libvorbis",
    "amrnb",
    "amrwb",
    *PCM_CODECS,
)

DURATION_SLACK = 0.005


@dataclass(frozen=True)
class Policy:
    """Limits on accepted files. Side lengths and pixel counts refer to the coded frame.

    `max_aspect` is the long side ÷ the short side as shown. A clip may exceed `max_duration_ms` by DURATION_SLACK, because
    cameras stop at a whole frame or audio packet after the limit.
    """

    max_bytes: int = 1 << 30
    min_side_px: int = 64
    max_side_px: int = 4096
    max_pixels: int = 8_294_400
    min_duration_ms: int = 500
    max_duration_ms: int = 180_000
    max_fps: int = 250
    max_streams: int = 16
    max_aspect: int = 6

    @property
    def max_frames(self) -> int:
        """Return the maximum number of video frames that these limits allow."""
        return self.max_fps * self.max_duration_ms // 1000
