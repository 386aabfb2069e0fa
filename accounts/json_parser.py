"""The parser of JSON bodies. It refuses bodies that are too large, before it reads them, or nested too deeply."""

import io
from collections.abc import Mapping
from typing import IO, Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.renderers import JSONRenderer

from accounts.api_errors import BodyTooLarge

MAX_BYTES = 65_536
MAX_DEPTH = 16
"""Levels of objects and lists within each other. No endpoint has a body of more than four."""


class BoundedJSONParser(BaseParser):
    """Parser for `application/json`, up to `max_bytes`. A view whose bodies may be larger has a subclass of its own.

    It is no subclass of the framework's parser, because that one is given the body only once it was read as a whole.
    """

    media_type = "application/json"
    renderer_class = JSONRenderer
    max_bytes: ClassVar[int] = MAX_BYTES

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the parsed body. Raises BodyTooLarge, or ParseError if it is not JSON or nested too deeply."""
        body = stream.read(self.max_bytes + 1)
        if len(body) > self.max_bytes:
            raise BodyTooLarge(_("Send at most %(most)d bytes of JSON.") % {"most": self.max_bytes})
        try:
            value = JSONParser().parse(io.BytesIO(body), media_type, parser_context)
        except RecursionError as error:
            raise ParseError(_("This JSON is nested too deeply.")) from error
        if depth_of(value, at_most=MAX_DEPTH + 1) > MAX_DEPTH:
            raise ParseError(_("This JSON is nested too deeply."))
        return value


def depth_of(value: Any, *, at_most: int) -> int:
    """Return how many levels of objects and lists a value has, without counting further than `at_most`."""
    depth, level = 0, [value]
    while depth < at_most and (level := [part for part in level if isinstance(part, (dict, list))]):
        depth += 1
        level = [inner for part in level for inner in (part.values() if isinstance(part, dict) else part)]
    return depth
