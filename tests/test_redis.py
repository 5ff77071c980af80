"""The production profile's cache: rate limits count in Redis (here: Valkey) as they do in the database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache.backends.redis import RedisCache

from tests.services import valkey
from waizhuan.identity import rate


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[RedisCache]:
    with valkey(tmp_path) as url:
        cache = RedisCache(url, {})
        yield cache
        cache.close()


def test_rate_limits_count_in_redis(cache: RedisCache, settings, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    settings.RATE_LIMITS_ON = True
    monkeypatch.setattr(rate, "cache", cache)
    monkeypatch.setattr(rate, "caches", {"default": cache})
    verdicts = [rate.limit("try", times=3, seconds=900) for _ in range(5)]
    assert [v.ok for v in verdicts] == [True, True, True, False, False]
    assert "15 分钟后再试" in str(verdicts[-1].reason)
    rate.forget("try", seconds=900)
    assert rate.allowed("try", times=3, seconds=900)
