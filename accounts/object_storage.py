"""Files in an S3-compatible store: served by this site, read by range, and clear when the store does not answer."""

import io
import logging
from collections.abc import Buffer, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

logger = logging.getLogger(__name__)
MAX_KEY_BYTES = 1024
RETRY_SECONDS = 30
"""What `Retry-After` says while the store is away."""

# A request of a viewer waits at most twice as long as this.
PATIENCE = Config(connect_timeout=3, read_timeout=15, retries={"mode": "standard", "total_max_attempts": 2})


class StoreAway(Exception):
    """The object store does not answer, or refuses. The request can be repeated later."""


@contextmanager
def answering() -> Iterator[None]:
    """Raise StoreAway or FileNotFoundError instead of boto3's exceptions."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
            raise FileNotFoundError(str(error)) from error
        raise _logged(error) from error
    except (BotoCoreError, Boto3Error) as error:
        raise _logged(error) from error


def _logged(error: Exception) -> StoreAway:
    logger.error("The object store does not answer, or refuses: %s", error)
    return StoreAway(str(error))


class ObjectBody(io.RawIOBase):
    """The bytes of an object, read from the store as they are used. Nothing is kept on disk or in memory."""

    def __init__(self, body: IO[bytes]) -> None:
        self._body = body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        view = memoryview(buffer)
        with answering():
            chunk = self._body.read(len(view))
        view[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        if not self.closed:
            self._body.close()
        super().close()


class ObjectStorage(S3Storage):  # type: ignore[misc]  # django-storages has no types
    """A folder of a private bucket. Every method raises StoreAway if the store does not answer, or refuses."""

    def get_default_settings(self) -> dict[str, Any]:
        return {**super().get_default_settings(), "client_config": PATIENCE, "max_memory_size": 1 << 20}

    def url(self, name: str, *_args: object, **_kwargs: object) -> str:
        """Return the file's address on this site, which checks access. The bucket's own address is never shown."""
        return f"{settings.MEDIA_URL}{filepath_to_uri(name)}"

    def facts(self, name: str) -> tuple[int, datetime]:
        """Return the size in bytes and the time of the last change, with one request. Raises FileNotFoundError."""
        with answering():
            head = self._client.head_object(**self._place(name))
        return head["ContentLength"], head["LastModified"]

    def open_range(self, name: str, *, first: int = 0, length: int | None = None) -> IO[bytes]:
        """Return a stream of `length` bytes from `first`, or of the rest. No other bytes leave the store.

        Raises FileNotFoundError.
        """
        last = "" if length is None else first + length - 1
        wanted = {} if first == 0 and length is None else {"Range": f"bytes={first}-{last}"}
        with answering():
            answer = self._client.get_object(**self._place(name), **wanted)
        return io.BufferedReader(ObjectBody(answer["Body"]))

    def put(self, name: str, content: bytes) -> None:
        """Store an object with one request, replacing one of the same name."""
        with answering():
            self._client.put_object(**self._place(name), Body=content)

    def abort_transfers(self, *, begun_before: datetime) -> int:
        """Delete the parts of large files whose transfer was never completed. Return how many transfers there were."""
        prefix = f"{self.location}/" if self.location else ""
        place = {"Bucket": self.bucket_name}
        aborted = 0
        with answering():
            for page in self._client.get_paginator("list_multipart_uploads").paginate(**place, Prefix=prefix):
                for transfer in page.get("Uploads", ()):
                    if transfer["Initiated"] < begun_before:
                        self._client.abort_multipart_upload(**place, Key=transfer["Key"], UploadId=transfer["UploadId"])
                        aborted += 1
        return aborted

    def delete(self, name: str) -> None:
        with answering():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with answering():
            return bool(super().exists(name))

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with answering():
            folders, names = super().listdir(path)
        return folders, names

    def size(self, name: str) -> int:
        return self.facts(name)[0]

    def get_modified_time(self, name: str) -> datetime:
        return self.facts(name)[1]

    def _open(self, name: str, mode: str = "rb") -> Any:
        with answering():
            return super()._open(name, mode)

    def _save(self, name: str, content: Any) -> str:
        with answering():
            return str(super()._save(name, content))

    @property
    def _client(self) -> Any:
        return self.connection.meta.client

    def _place(self, name: str) -> dict[str, str]:
        key = self._normalize_name(clean_name(name))
        if len(key.encode()) > MAX_KEY_BYTES:
            raise FileNotFoundError(key)
        return {"Bucket": self.bucket_name, "Key": key}
