"""The authority as an HTTP service: time-outs, bounded retries with jitter, a circuit breaker.

The call costs at most `DEADLINE` seconds, is made outside any database transaction, and leaves no personal data in the
logs. Contract: POST `<url>/persons` or `<url>/units` with a JSON object; the answer is
`{"result": "match" | "mismatch" | "unknown", "code": "name" | "unit_name" | "rep" | "not_found" | ""}`.
"""

from __future__ import annotations

import json
import logging
import random
import secrets
import time
from collections.abc import Mapping

import httpx

from waizhuan.identity.realname.authority.answers import REASONS, UNAVAILABLE, Answer, Result
from waizhuan.identity.realname.authority.breaker import Breaker

log = logging.getLogger("waizhuan.authority")
TRIES = 3
DEADLINE = 8.0  # seconds for the whole check, waiting between tries included
LONGEST = 64 * 1024  # bytes of an answer


class NoAnswer(Exception):
    """This try failed. `again`: another try may help. `why` goes into the log and holds nothing personal."""

    def __init__(self, why: str, *, again: bool) -> None:
        super().__init__(why)
        self.why, self.again = why, again


class HttpAuthority:
    def __init__(
        self, url: str, token: str, *, timeout: float = 3.0, pause: float = 0.2, breaker: Breaker | None = None
    ) -> None:
        self.url = url.rstrip("/")
        self.pause = pause
        self.breaker = breaker or Breaker()
        self.client = httpx.Client(
            timeout=httpx.Timeout(timeout, connect=min(timeout, 2.0)),
            headers={"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {}),
            follow_redirects=False,
        )

    def check_person(self, name: str, doc_type: str, number: str, country: str) -> Answer:
        return self._ask("persons", {"name": name, "doc_type": doc_type, "number": number, "country": country})

    def check_unit(self, name: str, uscc: str, rep_name: str, rep_number: str) -> Answer:
        return self._ask("units", {"name": name, "uscc": uscc, "rep_name": rep_name, "rep_number": rep_number})

    def _ask(self, what: str, question: Mapping[str, str]) -> Answer:
        if not self.breaker.let_through():
            log.warning("authority not asked: circuit open", extra={"what": what})
            return UNAVAILABLE
        until = time.monotonic() + DEADLINE
        answer: Answer | None = None
        try:
            answer = self._try_several_times(what, question, until)
        finally:
            if answer is None:
                self.breaker.failed()
            else:
                self.breaker.succeeded()
        return answer or UNAVAILABLE

    def _try_several_times(self, what: str, question: Mapping[str, str], until: float) -> Answer | None:
        call = secrets.token_hex(8)  # both sides log it
        for attempt in range(1, TRIES + 1):
            began = time.monotonic()
            try:
                answer = self._once(what, call, question, until)
            except NoAnswer as error:
                seconds = round(time.monotonic() - began, 3)
                log.warning(
                    "authority did not answer",
                    extra={"what": what, "call": call, "why": error.why, "attempt": attempt, "seconds": seconds},
                )
                wait = self.pause * 2 ** (attempt - 1) * (0.5 + random.random())  # noqa: S311 (jitter, not a secret)
                if not error.again or attempt == TRIES or time.monotonic() + wait >= until:
                    return None
                time.sleep(wait)
            else:
                log.info("authority answered", extra={"what": what, "call": call, "result": answer.result})
                return answer
        return None

    def _once(self, what: str, call: str, question: Mapping[str, str], until: float) -> Answer:
        body = b""
        try:
            with self.client.stream(
                "POST", f"{self.url}/{what}", json=dict(question), headers={"X-Request-ID": call}
            ) as response:
                if response.status_code >= 500 or response.status_code == 429:
                    raise NoAnswer(f"status {response.status_code}", again=True)
                if response.status_code != 200:
                    raise NoAnswer(f"status {response.status_code}", again=False)
                for chunk in response.iter_bytes():
                    body += chunk
                    # a server that drips one byte at a time never meets the read time-out
                    if len(body) > LONGEST or time.monotonic() > until:
                        raise NoAnswer("answer too long or too slow", again=False)
        except httpx.HTTPError as error:
            raise NoAnswer(type(error).__name__, again=True) from error
        return _read(body)


def _read(body: bytes) -> Answer:
    try:
        given = json.loads(body)
        result = Result(given["result"])
    except (ValueError, KeyError, TypeError) as error:
        raise NoAnswer("answer not understood", again=False) from error
    if result is Result.UNAVAILABLE:
        raise NoAnswer("it says that it is unavailable", again=True)
    code = given.get("code", "")
    default = {Result.MISMATCH: "name", Result.UNKNOWN: "not_found"}.get(result, "")
    return Answer(result, code if isinstance(code, str) and code in REASONS and code else default)
