"""The spoken captcha (G1, GB/T 37668-2019): digits read aloud from short recordings, with uneven pauses and some hiss.

The recordings in `sounds/` are 8 kHz, 8 bits, one channel: what a telephone carries, and small.
"""

from __future__ import annotations

import io
import secrets
import wave
from functools import cache
from pathlib import Path

SOUNDS = Path(__file__).with_name("sounds")
RATE = 8000  # samples a second
SILENCE = 128  # of unsigned 8 bits
HISS = 8  # of 256: far below the voice


@cache
def _digit(language: str, digit: str) -> bytes:
    with wave.open(str(SOUNDS / language / f"{digit}.wav"), "rb") as recording:
        return recording.readframes(recording.getnframes())


def _pause() -> bytes:
    """Between 0.5 and 0.9 seconds: time to type, and nothing to cut the digits apart by."""
    return bytes([SILENCE]) * (RATE // 2 + secrets.randbelow(RATE * 2 // 5))


def read_aloud(digits: str, language: str) -> bytes:
    """A WAV file that says these digits; languages without recordings get Chinese. About 10 ms."""
    spoken = "en" if language.startswith("en") else "zh"
    voice = _pause() + b"".join(_digit(spoken, d) + _pause() for d in digits)
    hiss = secrets.token_bytes(len(voice))
    samples = bytes(min(255, max(0, v + h % HISS - HISS // 2)) for v, h in zip(voice, hiss, strict=True))
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(RATE)
        out.writeframes(samples)
    return file.getvalue()
