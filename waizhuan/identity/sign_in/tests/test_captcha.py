"""The captcha: two ways to answer, each asked once, and a wrong one loses nothing (G1)."""

from __future__ import annotations

import datetime as dt
import io
import re
import wave

import pytest
from captcha.models import CaptchaStore
from django.test import Client
from django.utils import timezone

from waizhuan.identity import demo
from waizhuan.identity.sign_in import speech

pytestmark = pytest.mark.django_db
GIVEN = {"name": "买买提·吐尔逊", "doc_type": "resident_id", "doc_number": demo.resident_id(77)}


@pytest.fixture(autouse=True)
def switches(settings) -> None:  # type: ignore[no-untyped-def]
    settings.CAPTCHA_ON, settings.RATE_LIMITS_ON = True, False


def asked(client: Client) -> str:
    """The keys that the page carries: of the picture, and of the question."""
    found = re.search(r'name="captcha_keys" value="([^"]+)"', client.get("/register/person/identity/").content.decode())
    assert found
    return found[1]


def answer_of(keys: str, which: int) -> str:
    return str(CaptchaStore.objects.get(hashkey=keys.split()[which]).response)


@pytest.mark.parametrize("which", [0, 1, 2])
def test_the_picture_the_question_or_the_digits_will_do(client: Client, which: int) -> None:
    keys = asked(client)
    answer = client.post(
        "/register/person/identity/", {**GIVEN, "captcha_keys": keys, "captcha": answer_of(keys, which)}
    )
    assert answer.status_code == 302


def test_a_wrong_answer_loses_nothing_and_asks_anew(client: Client) -> None:
    keys = asked(client)
    page = client.post(
        "/register/person/identity/", {**GIVEN, "captcha_keys": keys, "captcha": "zzzz"}
    ).content.decode()
    assert "刚才的验证码不对" in page
    assert GIVEN["doc_number"] in page
    assert keys not in page


def test_an_answer_counts_once(client: Client) -> None:
    keys = asked(client)
    right = answer_of(keys, 1)
    client.post("/register/person/identity/", {**GIVEN, "captcha_keys": keys, "captcha": right})
    again = Client().post("/register/person/identity/", {**GIVEN, "captcha_keys": keys, "captcha": right})
    assert again.status_code == 422


def test_an_expired_one_is_said_to_be_expired(client: Client) -> None:
    keys = asked(client)
    right = answer_of(keys, 1)
    CaptchaStore.objects.update(expiration=timezone.now() - dt.timedelta(minutes=1))
    page = client.post("/register/person/identity/", {**GIVEN, "captcha_keys": keys, "captcha": right}).content.decode()
    assert "验证码已过期" in page


def test_renewing_keeps_what_was_typed(client: Client) -> None:
    keys = asked(client)
    page = client.post("/register/person/identity/", {**GIVEN, "captcha_keys": keys, "renew": "1"}).content.decode()
    assert GIVEN["doc_number"] in page
    assert "wz-problem" not in page
    assert keys not in page


def test_the_picture_is_a_picture(client: Client) -> None:
    answer = client.get(f"/sign-in/captcha/{asked(client).split()[0]}.png")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"


def test_the_digits_are_read_aloud_in_the_reader_s_language(client: Client) -> None:
    """G1: five digits, spoken; nothing else is, and nothing after its time."""
    picture, _question, spoken = asked(client).split()
    recordings = []
    for language in ("zh-hans", "en"):
        client.cookies["language"] = language
        answer = client.get(f"/sign-in/captcha/{spoken}.wav")
        assert answer["Content-Type"] == "audio/wav"
        with wave.open(io.BytesIO(answer.content)) as recording:
            recordings.append(recording.getnframes() / recording.getframerate())
    assert all(4 < seconds < 10 for seconds in recordings)
    assert client.get(f"/sign-in/captcha/{picture}.wav").status_code == 404
    assert client.get("/sign-in/captcha/nothing.wav").status_code == 404
    CaptchaStore.objects.update(expiration=timezone.now() - dt.timedelta(minutes=1))
    assert client.get(f"/sign-in/captcha/{spoken}.wav").status_code == 404


def test_a_recording_says_what_it_was_given() -> None:
    """Each digit's own recording is in it, under the hiss."""
    with wave.open(io.BytesIO(speech.read_aloud("77777", "zh-hans"))) as recording:
        samples = recording.readframes(recording.getnframes())
    with wave.open(str(speech.SOUNDS / "zh" / "7.wav")) as one:
        seven = one.readframes(one.getnframes())
    loud = sum(abs(s - speech.SILENCE) > 30 for s in samples)
    wanted = 5 * sum(abs(s - speech.SILENCE) > 30 for s in seven)
    assert abs(loud - wanted) < wanted * 0.15
