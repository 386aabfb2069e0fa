"""An S3-compatible server for tests: moto's, which counts requests and bytes and refuses when it is told to."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

BUCKET = "shop"
FOLDERS = {"default": "media", "originals": "originals", "uploads": "uploads", "ranking": "ranking"}
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}


@dataclass(frozen=True)
class Exchange:
    """A request that the server has answered. `sent_bytes` is the length of the answer's body."""

    method: str
    path: str
    range: str
    sent_bytes: int


@dataclass
class ObjectStore:
    """A running server. With `refuses` set, it answers every request for which it returns True with SlowDown.

    With `cuts_short`, the connection ends after half of each object.
    """

    address: str = ""
    client: Any = None
    exchanges: list[Exchange] = field(default_factory=list)
    refuses: Callable[[str, str], bool] | None = None
    cuts_short: bool = False

    @property
    def variables(self) -> dict[str, str]:
        """Return the environment variables of a process that keeps its files here."""
        return KEYS | {"S3_BUCKET": BUCKET, "S3_ENDPOINT_URL": self.address, "S3_REGION": "us-east-1"}

    @property
    def storages(self) -> dict[str, dict[str, Any]]:
        """Return the setting STORAGES of such a process."""
        options = {"bucket_name": BUCKET, "endpoint_url": self.address, "region_name": "us-east-1"}
        return {
            name: {
                "BACKEND": "accounts.object_storage.ObjectStorage",
                "OPTIONS": options | {"location": folder, "file_overwrite": False},
            }
            for name, folder in FOLDERS.items()
        }

    @property
    def keys(self) -> list[str]:
        """Return the keys of all objects."""
        return [found["Key"] for found in self.client.list_objects_v2(Bucket=BUCKET).get("Contents", ())]

    @contextmanager
    def counting(self) -> Iterator[list[Exchange]]:
        """Yield a list of the requests that arrive within the block."""
        self.exchanges.clear()
        yield self.exchanges

    @contextmanager
    def refusing(self, condition: Callable[[str, str], bool] = lambda method, path: True) -> Iterator[None]:
        """Refuse the requests for whose method and path the condition holds."""
        self.refuses = condition
        try:
            yield
        finally:
            self.refuses = None


def counted(store: ObjectStore, application: Any) -> Any:
    """Return a WSGI application that records what another one answers."""

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if store.refuses is not None and store.refuses(method, path):
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            body = b"<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>"
            start_response("503 Slow Down", [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
            return [body]
        body = b"".join(application(environ, start_response))
        store.exchanges.append(Exchange(method, path, environ.get("HTTP_RANGE", ""), len(body)))
        return [body[: len(body) // 2]] if store.cuts_short else [body]

    return answer


@contextmanager
def run_object_store() -> Iterator[ObjectStore]:
    """Run the server, with an empty bucket, until the block is left."""
    import boto3
    from moto.moto_api._internal.models import moto_api_backend
    from moto.server import DomainDispatcherApplication, create_backend_app  # type: ignore[attr-defined]  # moto says what it exports
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    moto_api_backend.reset()
    store = ObjectStore()
    server = make_server("127.0.0.1", 0, counted(store, DomainDispatcherApplication(create_backend_app)), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    store.address = f"http://127.0.0.1:{server.server_port}"
    store.client = boto3.client(
        "s3", aws_access_key_id="test", aws_secret_access_key="test", endpoint_url=store.address,
        region_name="us-east-1",
    )  # fmt: skip
    store.client.create_bucket(Bucket=BUCKET)
    try:
        yield store
    finally:
        store.client.close()
        server.shutdown()
        server.server_close()
