"""Where the sealed contents lie: a folder, or an S3-compatible store. Nothing here knows what it keeps."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from waizhuan.kernel import crypto
from waizhuan.kernel.errors import Unavailable
from waizhuan.kernel.words import say

BELONGS_TO = "documents.content"


class Store(Protocol):
    def put(self, key: str, blob: bytes) -> None: ...

    def get(self, key: str) -> bytes | None: ...

    def delete(self, key: str) -> None: ...


class Folder:
    """Files below a folder; each appears whole or not at all."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def _path(self, key: str) -> Path:
        return self.root / key[:2] / key

    def put(self, key: str, blob: bytes) -> None:
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as temporary:
                temporary.write(blob)
                temporary.flush()
                os.fsync(temporary.fileno())
            os.replace(temporary.name, path)
        except OSError as error:
            raise Unavailable(say("文件存储暂时没有应答")) from error

    def get(self, key: str) -> bytes | None:
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            return None

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)


class S3:
    """A bucket of an S3-compatible store."""

    def __init__(self, bucket: str, prefix: str) -> None:
        self.bucket, self.prefix = bucket, prefix
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=settings.ENV["S3_ENDPOINT"] or None,
            aws_access_key_id=settings.ENV["S3_ACCESS_KEY"] or None,
            aws_secret_access_key=settings.ENV["S3_SECRET_KEY"] or None,
            region_name="us-east-1",
            # checksums only where they are asked for: stores that speak S3 without being Amazon's refuse the new trailers
            config=Config(
                connect_timeout=3,
                read_timeout=15,
                retries={"max_attempts": 3},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def put(self, key: str, blob: bytes) -> None:
        try:
            self.client.put_object(Bucket=self.bucket, Key=self.prefix + key, Body=blob)
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(say("文件存储暂时没有应答")) from error

    def get(self, key: str) -> bytes | None:
        try:
            body: bytes = self.client.get_object(Bucket=self.bucket, Key=self.prefix + key)["Body"].read()
            return body
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in ("NoSuchKey", "404"):
                return None
            raise Unavailable(say("文件存储暂时没有应答")) from error
        except BotoCoreError as error:
            raise Unavailable(say("文件存储暂时没有应答")) from error

    def delete(self, key: str) -> None:
        try:
            self.client.delete_object(Bucket=self.bucket, Key=self.prefix + key)
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(say("文件存储暂时没有应答")) from error


@cache
def _store(where: str) -> Store:
    if where.startswith("s3://"):
        bucket, _, prefix = where.removeprefix("s3://").partition("/")
        return S3(bucket, prefix.rstrip("/") + "/" if prefix else "")
    path = Path(where)
    return Folder(path if path.is_absolute() else settings.ROOT / path)


def store() -> Store:
    return _store(settings.ENV["FILES"])


def put(key: str, content: bytes) -> None:
    """Seal and keep."""
    key_id, sealed = crypto.seal_bytes(content, BELONGS_TO)
    store().put(key, key_id.encode() + b"\x00" + sealed)


def get(key: str) -> bytes | None:
    """Fetch and open; None where there is nothing. Raises Unavailable."""
    blob = store().get(key)
    if blob is None:
        return None
    key_id, _, sealed = blob.partition(b"\x00")
    return crypto.open_bytes(key_id.decode(), sealed, BELONGS_TO)


def reseal(key: str) -> bool:
    """Seal what lies under this key again under the current encryption key; False where that is not needed.

    Contents never change once they are written, so sealing again beside a running product loses nothing.
    """
    blob = store().get(key)
    if blob is None or blob.partition(b"\x00")[0] == crypto.current_key_id().encode():
        return False
    content = get(key)
    assert content is not None
    put(key, content)
    return True
