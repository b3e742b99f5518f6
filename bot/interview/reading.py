"""What an utterance states: facts, measures, polarity. Pure text in, `Reading` out; what to do with it is the engine's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.model import CriterionVerdict, FactValue, Knowledge


@dataclass(frozen=True)
class Reading:
    """What one message says.

    `facts`: asserted facts by key ("organisation_type", "criteria.6", "near_partner"…), values as in the contract.
    `notes`: per key a short Dutch phrase of what was read, for repeating it ("30 cliënten per fte").
    `verdicts`: criteria judged by a measure, with their reason and source.
    `hypothetical`: facts under "stel dat", "wat als", "als we … zouden": never to be stored.
    `in_progress`: keys said to be in the works ("we werken eraan"): not yes.
    `unclear`: per key why a mentioned value can't be decided ("6 tot 18 maanden" against a limit of one year), in Dutch.
    `answer`: the polarity of the message as an answer to a yes/no question: "ja", "nee", "weet_niet", "deels" or None.
    `asks`: the message asks something; `corrects`: it has words of correction ("ik bedoel", "verander … naar", "toch").
    """

    facts: Mapping[str, FactValue] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    verdicts: Mapping[int, CriterionVerdict] = field(default_factory=dict)
    hypothetical: Mapping[str, FactValue] = field(default_factory=dict)
    in_progress: tuple[str, ...] = ()
    unclear: Mapping[str, str] = field(default_factory=dict)
    answer: str | None = None
    asks: bool = False
    corrects: bool = False


def read(text: str, pending: str | None, knowledge: Knowledge) -> Reading:
    """Read one masked message of at most 2,000 characters; `pending` is the key that was asked last, or None."""
    raise NotImplementedError
