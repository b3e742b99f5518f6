"""Only Slack gets in. After docs.slack.dev/authentication/verifying-requests-from-slack."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import Clock, SignatureVerifier

from bot.channels.slack import is_signed, signature
from tests.fakes.slack import SECRET, SlackSite, signed, slack_site

NOW = 1_531_420_618
BODY = b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&command=%2Fweather&text=94070"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlackSite]:
    with slack_site(tmp_path_factory.mktemp("slack")) as site:
        yield site


class At(Clock):
    """Slack's own verifier at a set time."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def now(self) -> float:
        return self.seconds


def event(text: str = "Wat is IPS?") -> bytes:
    inner = {"type": "message", "channel_type": "im", "channel": "D1", "user": "U1", "ts": "1.000001", "text": text}
    return json.dumps({"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": inner}).encode()


def shift(headers: dict[str, str], **changes: str) -> dict[str, str]:
    return {**headers, **{name.replace("_", "-"): value for name, value in changes.items()}}


def off(seconds: int) -> Callable[[bytes], dict[str, str]]:
    return lambda body: signed(body, int(time.time()) + seconds)


def without(name: str) -> Callable[[bytes], dict[str, str]]:
    return lambda body: {key: value for key, value in signed(body).items() if key != name}


def with_mark(change: Callable[[str], str]) -> Callable[[bytes], dict[str, str]]:
    return lambda body: {**signed(body), "X-Slack-Signature": change(signed(body)["X-Slack-Signature"])}


def with_stamp(change: Callable[[str], str]) -> Callable[[bytes], dict[str, str]]:
    return lambda body: {
        **signed(body),
        "X-Slack-Request-Timestamp": change(signed(body)["X-Slack-Request-Timestamp"]),
    }


REFUSED: dict[str, Callable[[bytes], dict[str, str]]] = {
    "nothing": lambda body: {},
    "no signature": without("X-Slack-Signature"),
    "no timestamp": without("X-Slack-Request-Timestamp"),
    "empty signature": with_mark(lambda mark: ""),
    "another secret": lambda body: signed(body, secret="another"),
    "the empty secret": lambda body: signed(body, secret=""),
    "another body": lambda body: signed(body + b" "),
    "body without its last byte": lambda body: signed(body[:-1]),
    "an empty body's": lambda body: signed(b""),
    "five minutes and a bit old": off(-310),
    "an hour old": off(-3600),
    "a year old": off(-31_536_000),
    "six minutes ahead": off(360),
    "timestamp moved a second": with_stamp(lambda stamp: str(int(stamp) + 1)),
    "timestamp no number": with_stamp(lambda stamp: "nu"),
    "timestamp negative": with_stamp(lambda stamp: f"-{stamp}"),
    "timestamp a fraction": with_stamp(lambda stamp: f"{stamp}.0"),
    "timestamp in exponents": lambda body: signed(body, "1e9"),
    "timestamp not a number, signed": lambda body: signed(body, "nan"),
    "timestamp of thirty digits": lambda body: signed(body, "9" * 30),
    "timestamp zero": lambda body: signed(body, "0"),
    "timestamp empty, signed": lambda body: signed(body, ""),
    "version v1": with_mark(lambda mark: "v1" + mark[2:]),
    "no version": with_mark(lambda mark: mark[3:]),
    "upper case": with_mark(lambda mark: mark[:3] + mark[3:].upper()),
    "cut short": with_mark(lambda mark: mark[:-1]),
    "made longer": with_mark(lambda mark: mark + "0"),
    "last figure changed": with_mark(lambda mark: mark[:-1] + ("0" if mark[-1] != "0" else "1")),
    "all zeros": with_mark(lambda mark: "v0=" + "0" * 64),
    "two in one header": with_mark(lambda mark: f"{mark},{mark}"),
    "with a quote": with_mark(lambda mark: mark[:-1] + '"'),
}


@pytest.mark.parametrize("forge", REFUSED.values(), ids=REFUSED)
def test_refused(site: SlackSite, forge: Callable[[bytes], dict[str, str]], caplog: Any) -> None:
    caplog.set_level(logging.INFO)
    body = event("een geheim bericht")
    answer = site.post(body, headers=forge(body))
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "niet_ondertekend"
    assert site.heard == []
    assert site.slack.posted == []
    assert "geheim" not in caplog.text


def test_two_signatures_are_one_too_many(site: SlackSite) -> None:
    body = event()
    right, url = signed(body), f"{site.address}/webhooks/slack/webhook"
    headers = [("Content-Type", "application/json"), *right.items(), ("X-Slack-Signature", "v0=" + "0" * 64)]
    assert site.http.post(url, content=body, headers=headers).status_code == 401


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"\xff\xfe", b"null", b"[" * 5000])
def test_what_is_no_request_is_refused_after_its_signature(site: SlackSite, body: bytes) -> None:
    assert site.post(body, headers={}).status_code == 401
    assert site.post(body).status_code == 400


def test_a_body_that_is_too_large_is_refused(site: SlackSite) -> None:
    assert site.post(b" " * (513 * 1024)).status_code == 413


def test_another_method_is_refused(site: SlackSite) -> None:
    assert site.http.get(f"{site.address}/webhooks/slack/webhook").status_code == 405


def test_slacks_own_example() -> None:
    given = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    whole = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    assert signature("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", whole) == given
    assert is_signed("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", given, whole, NOW)


@given(
    st.text(max_size=300).map(str.encode),
    st.integers(0, 2**33),
    st.integers(-900, 900),
    st.text(min_size=1, max_size=40).filter(str.strip),
)
def test_we_judge_as_slacks_own_verifier_does(body: bytes, stamp: int, late: int, secret: str) -> None:
    theirs = SignatureVerifier(secret, At(stamp + late))
    mark = theirs.generate_signature(timestamp=str(stamp), body=body)
    assert mark
    ours = is_signed(secret, str(stamp), mark, body, stamp + late)
    assert ours == theirs.is_valid(body, str(stamp), mark) == (abs(late) <= 300)


@given(st.binary(min_size=1, max_size=300), st.data())
def test_one_other_bit_anywhere_is_refused(body: bytes, data: st.DataObject) -> None:
    stamp = str(NOW)
    mark = signature(SECRET, stamp, body)
    place = data.draw(st.integers(0, len(body) * 8 - 1))
    other = bytearray(body)
    other[place // 8] ^= 1 << place % 8
    assert is_signed(SECRET, stamp, mark, body, NOW)
    assert not is_signed(SECRET, stamp, mark, bytes(other), NOW)
    at = data.draw(st.integers(0, len(mark) - 1))
    figure = data.draw(st.characters(max_codepoint=0x2FF).filter(lambda each: each != mark[at]))
    assert not is_signed(SECRET, stamp, mark[:at] + figure + mark[at + 1 :], body, NOW)
    assert not is_signed(SECRET, str(NOW + 1), mark, body, NOW)


def test_without_a_secret_nothing_is_signed() -> None:
    assert not is_signed("", str(NOW), signature("", str(NOW), BODY), BODY, NOW)
