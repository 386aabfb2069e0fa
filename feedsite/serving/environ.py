"""The WSGI environment of an ASGI request. Sources: PEP 3333, asgi.readthedocs.io/en/latest/specs/www.html."""

import sys
from collections.abc import Iterable, Mapping
from typing import Any, Protocol
from urllib.parse import unquote_to_bytes

UNPREFIXED = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


class Input(Protocol):
    """A body, of which Django reads pieces and lines."""

    def read(self, size: int = -1, /) -> bytes: ...

    def readline(self, size: int = -1, /) -> bytes: ...


def build_environ(scope: Mapping[str, Any], *, body: Input, body_bytes: int) -> dict[str, Any]:
    """Return the environment of a request whose body has been read. `body_bytes` is its length."""
    host, port = scope.get("server") or ("127.0.0.1", 80)
    client = scope.get("client")
    return {
        **_header_variables(scope["headers"]),
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "CONTENT_LENGTH": str(body_bytes) if body_bytes else "",
        "SERVER_NAME": str(host),
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0] if client else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def _header_variables(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return the variables of the headers. Join those that were sent several times.

    A name with an underscore is left out, because it would pass for the name with a hyphen that a proxy sets.
    """
    variables: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if "_" in name:
            continue
        variable = UNPREFIXED.get(name) or "HTTP_" + name.replace("-", "_").upper()
        if variable in variables:
            value = f"{variables[variable]}{'; ' if name == 'cookie' else ','}{value}"
        variables[variable] = value
    return variables
