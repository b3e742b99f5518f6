"""Mails as real programs and strangers send them: each is read as tests/cases/mail/verwacht.yml says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.mail.reading import REMARKS, read
from bot.mail.texts import REMARKS as SENTENCES
from bot.rules.mailtext import letter_of, reply_in
from bot.rules.triage import in_danger

HERE = Path(__file__).parent / "mail"
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "verwacht.yml").read_text("utf-8"))
KEYS = {
    "says", "not", "sender", "answer_to", "subject", "nature", "answerable", "remarks", "attachments", "bounce",
    "reply", "answers", "danger", "authentication",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_mail_is_read(name: str) -> None:
    expected = EXPECTED[name]
    assert expected.keys() <= KEYS
    mail = read((HERE / f"{name}.eml").read_bytes())
    for part in expected.get("says", ()):
        assert part in mail.text
    for part in expected.get("not", ()):
        assert part not in mail.text
    for field in ("sender", "answer_to", "subject"):
        assert getattr(mail, field) == expected.get(field, getattr(mail, field))
    if "sender" not in expected:
        assert mail.sender
    assert mail.nature.kind == expected.get("nature", "persoon")
    assert mail.nature.answerable == expected.get("answerable", mail.nature.answerable)
    unclear = ["afzender_onduidelijk"] if mail.sender == "" else []
    assert sorted(mail.remarks) == sorted(set(expected.get("remarks", ())) | set(unclear))
    assert [each.name for each in mail.attachments] == expected.get(
        "attachments", [each.name for each in mail.attachments]
    )
    if "bounce" in expected:
        bounce = mail.bounce
        assert bounce
        assert {"ids": list(bounce.message_ids), "status": bounce.status, "delayed": bounce.delayed} == expected[
            "bounce"
        ]
    if "reply" in expected:
        assert reply_in(mail.text) == expected["reply"]
    if "answers" in expected:
        assert list(mail.answers)[: len(expected["answers"])] == expected["answers"]
    assert len(mail.authentication) == expected.get("authentication", 0)


@pytest.mark.parametrize("name", sorted(name for name, each in EXPECTED.items() if "danger" in each))
def test_danger_is_seen_however_it_is_written(name: str) -> None:
    mail = read((HERE / f"{name}.eml").read_bytes())
    assert in_danger(letter_of(mail.text, mail.subject)) is EXPECTED[name]["danger"]


def test_every_mail_has_an_expectation() -> None:
    assert {path.stem for path in HERE.glob("*.eml")} == EXPECTED.keys()
    assert len(EXPECTED) >= 120


def test_every_remark_has_a_sentence_and_a_mail() -> None:
    assert set(REMARKS) == SENTENCES.keys()
    seen = {code for each in EXPECTED.values() for code in each.get("remarks", ())}
    assert set(REMARKS) - seen == {"afgekapt", "ingekort"}  # those depend on size: tests/unit/test_mail.py
