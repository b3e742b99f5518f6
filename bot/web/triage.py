"""POST /api/v1/triage: reads the request, judges the message, writes the answer. Nothing is stored."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool

from bot.answers.ladder import reply_of
from bot.channels.rest import source_of, with_sources
from bot.errors import InvalidValue, NotReady, UnknownFact
from bot.hiding import hide_personal
from bot.model import Knowledge, Reply, Triage
from bot.ports import Clock
from bot.rules import triage as rules
from bot.rules.mailtext import Letter, letter_of
from bot.web import texts
from bot.web.intake import clean

log = logging.getLogger(__name__)

Json = dict[str, Any]
CHANNELS = ("mail", "chat", "teams")
MOST_SUBJECT, MOST_TEXT = 500, 20_000  # characters
SURE_ENOUGH = 0.3  # the chance from which a card counts as an answer, beside the classifier's own say
MOST_CARDS = 3
EMPTY = "-"  # what is understood of a mail that holds only quotes or a disclaimer
HERE = ZoneInfo("Europe/Amsterdam")


class Understanding(Protocol):
    """What the NLU makes of a message; raises NotReady."""

    def __call__(
        self, text: str, questions: Sequence[str], signals: Sequence[float]
    ) -> Awaitable[Mapping[str, Any]]: ...


class Triager:
    """Judges helpdesk messages: rules here, the classifier inside Rasa, which sees masked text only."""

    def __init__(self, knowledge: Knowledge, understand: Understanding, clock: Clock) -> None:
        self._knowledge, self._understand, self._clock = knowledge, understand, clock

    async def judge(self, channel: str, text: str, subject: str = "") -> Triage:
        """Return the triage of a message; raises NotReady when it can't be understood, except in danger."""
        signals, letter, redacted = await run_in_threadpool(self._read, channel, text, subject)  # long texts take long
        questions = rules.questions_of(letter)
        try:
            found = await self._understand(rules.core_of(letter) or EMPTY, questions, signals.numbers())
        except NotReady:
            if not signals.danger:
                raise
            log.warning("triage of a message in danger without the classifier")
            found = {}
        guess = rules.Guess(**found["triage"]) if found else None
        cards = self._cards(found.get("answers", ()), len(questions))
        verdict = rules.judge(signals, guess, bool(cards))
        helps = rules.AUTOMATIC in verdict.flags
        answer = self._answer(cards, verdict.category) if helps else None
        return Triage(
            verdict.category, verdict.confidence, verdict.urgency, verdict.flags, answer, redacted, verdict.reasons
        )

    def _read(self, channel: str, text: str, subject: str) -> tuple[rules.Signals, Letter, str]:
        """Return what the rules see, and the message without personal data: in parts, and as one text."""
        today = self._clock().astimezone(HERE).date()
        signals = rules.signals_of(letter_of(text, subject, channel), today)
        hidden, title = hide_personal(text), hide_personal(subject)
        return signals, letter_of(hidden, title, channel), f"{title}\n\n{hidden}" if title else hidden

    def _cards(self, answers: Sequence[Mapping[str, Any]], asked: int) -> tuple[str, ...]:
        """Return the ids of the cards that answer the questions, each once."""
        best = [
            max((a for a in answers if a["part"] == part), key=_score, default=None) for part in range(1, asked + 1)
        ]
        sure = [a["card"] for a in best if a and a["score"] >= SURE_ENOUGH and a["card"] in self._knowledge.cards]
        return tuple(dict.fromkeys(sure))[:MOST_CARDS]

    def _answer(self, cards: Sequence[str], category: str) -> Reply:
        """Return the cards as one reply; somebody who seeks help for themselves is first told where to go."""
        replies = [reply_of(self._knowledge.cards[card], self._knowledge) for card in cards]
        if category == "hulpvraag":
            replies.insert(0, Reply(self._knowledge.texts["private_help"]))
        sources = tuple(dict.fromkeys(ref for reply in replies for ref in reply.sources))
        return Reply("\n\n".join(reply.text for reply in replies), (), sources)


def _score(answer: Mapping[str, Any]) -> float:
    return float(answer["score"])


def read_request(content: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return channel, text and subject of a request body; raises InputError (422)."""
    for key in content:
        if key not in ("channel", "subject", "text"):
            raise UnknownFact(texts.TRIAGE_UNKNOWN_KEY.format(key=str(key)[:60]), str(key)[:60])
    channel = content.get("channel")
    if channel not in CHANNELS:
        raise InvalidValue(texts.TRIAGE_CHANNEL, "channel")
    text, subject = content.get("text"), content.get("subject")
    subject = "" if subject is None else subject
    if not isinstance(text, str) or not clean(text):
        raise InvalidValue(texts.TRIAGE_TEXT, "text")
    if not isinstance(subject, str):
        raise InvalidValue(texts.TRIAGE_SUBJECT, "subject")
    for field, value, limit in (("text", text, MOST_TEXT), ("subject", subject, MOST_SUBJECT)):
        if len(value) > limit:
            raise InvalidValue(texts.TRIAGE_TOO_LONG.format(length=len(value), limit=limit), field)
    return str(channel), clean(text), clean(subject).replace("\n", " ")


def to_json(triage: Triage, knowledge: Knowledge) -> Json:
    """Return the response body."""
    answer = triage.answer
    return {
        "category": triage.category,
        "category_confidence": round(triage.category_confidence, 4),
        "urgency": triage.urgency,
        "flags": list(triage.flags),
        "answer": answer
        and {
            "text": with_sources(answer, knowledge),
            "sources": [source_of(ref, knowledge) for ref in answer.sources],
        },
        "redacted_text": triage.redacted_text,
    }


def openapi_path() -> Json:
    """Return the description of the endpoint for openapi.json."""
    text: Json = {"type": "string"}
    source = _object(id=text, title=text, section=text)
    request = {
        "type": "object",
        "additionalProperties": False,
        "required": ["channel", "text"],
        "properties": {
            "channel": {"type": "string", "enum": list(CHANNELS)},
            "subject": {"type": "string", "maxLength": MOST_SUBJECT, "nullable": True},
            "text": {"type": "string", "minLength": 1, "maxLength": MOST_TEXT},
        },
    }
    response = _object(
        category={"type": "string", "enum": list(rules.CATEGORIES)},
        category_confidence={"type": "number", "minimum": 0, "maximum": 1},
        urgency={"type": "string", "enum": list(rules.URGENCIES)},
        flags={"type": "array", "items": {"type": "string", "enum": list(rules.FLAGS)}},
        answer={**_object(text=text, sources={"type": "array", "items": source}), "nullable": True},
        redacted_text=text,
    )
    error = _object(error=_object(code=text, message=text, field={"type": "string", "nullable": True}))
    return {
        "post": {
            "summary": "Onderwerp, urgentie en antwoord bij een bericht aan de helpdesk. Er wordt niets bewaard.",
            "requestBody": {"required": True, "content": _json_of(request)},
            "responses": {
                "200": {"description": "De triage", "content": _json_of(response)},
                "422": {"description": "Onbekend kanaal, geen tekst of te lang", "content": _json_of(error)},
                "429": {"description": "Te veel berichten", "content": _json_of(error)},
                "503": {"description": "Start nog op", "content": _json_of(error)},
            },
        }
    }


def _object(**properties: Json) -> Json:
    return {"type": "object", "required": list(properties), "properties": properties}


def _json_of(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}
