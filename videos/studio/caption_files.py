"""Caption files and pasted captions, checked for forms."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from videos.playback.captions import NotCaptions, clean_captions


def checked_captions(content: bytes, *, language: str = "") -> str:
    """Return the captions as clean WebVTT. Raises ValidationError with a sentence that says what is wrong.

    `language` is the code of the clip's language, which decides between code pages.
    """
    try:
        return clean_captions(content, language=language)
    except NotCaptions as error:
        if str(error) == "too_large":
            raise ValidationError(_("These captions are too long for one clip.")) from error
        if error.line:
            raise ValidationError(
                _("The time of the caption in line %(line)s can't be read. Correct it, or remove the caption."),
                params={"line": error.line},
            ) from error
        raise ValidationError(_("We couldn't find any captions here. Use WebVTT (.vtt) or SubRip (.srt).")) from error
