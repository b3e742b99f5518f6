"""How facts, questions and verdicts are said, from the labels and sentences in the knowledge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.model import (
    CRITERION_NUMBERS,
    Button,
    Dossier,
    FactValue,
    Knowledge,
    Progress,
    Reply,
    SourceRef,
    Status,
    criterion_key,
)

CRITERION_LABELS = {
    Status.VOLDOET.value: "voldoet",
    Status.VOLDOET_NIET.value: "voldoet niet",
    Status.ONBEKEND.value: "nog niet zeker",
}


def criterion_number(key: str) -> int | None:
    """Return the number in "criteria.6", or None for another key."""
    return int(key.split(".")[1]) if key.startswith("criteria.") else None


def say(knowledge: Knowledge, text_id: str, **words: object) -> str:
    """Return a fixed sentence with its words filled in; raises KeyError for an unknown id or word."""
    return knowledge.texts[text_id].format(**words)


def subject(knowledge: Knowledge, key: str) -> str:
    """Return what a fact is about in a few words: "criterium 6 (genoeg trajectbegeleiders)"."""
    number = criterion_number(key)
    if number is not None:
        return f"criterium {number} ({lower_first(knowledge.criteria[number].name)})"
    return lower_first(knowledge.facts[key].subject)


def value(knowledge: Knowledge, key: str, fact: FactValue) -> str:
    """Return a value as people say it."""
    if criterion_number(key) is not None:
        return CRITERION_LABELS[str(fact)]
    labels = dict(knowledge.facts[key].values)
    if isinstance(fact, tuple):
        return " en ".join(labels.get(item, item) for item in fact) or "geen"
    return labels.get(str(fact).lower(), str(fact))


def described(knowledge: Knowledge, facts: Mapping[str, FactValue], notes: Mapping[str, str]) -> str:
    """Return facts as one line: "type organisatie: beschermd wonen; criteria 1 en 2: voldoet"."""
    parts: list[str] = []
    for status, numbers in _criteria_by_status(facts, notes).items():
        parts.append(f"{_criteria(numbers)}: {CRITERION_LABELS[status]}")
    for key, fact in facts.items():
        note = notes.get(key)
        if criterion_number(key) is None:
            said = value(knowledge, key, fact)  # what a bool says stands on its own
            parts.append(said if isinstance(fact, bool) else f"{subject(knowledge, key)}: {said}")
        elif note:
            parts.append(f"{subject(knowledge, key)}: {value(knowledge, key, fact)}, want {note}")
    return "; ".join(parts)


def _criteria_by_status(facts: Mapping[str, FactValue], notes: Mapping[str, str]) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = {}
    for number in CRITERION_NUMBERS:
        key = criterion_key(number)
        if key in facts and key not in notes:
            groups.setdefault(str(facts[key]), []).append(number)
    return groups


def _criteria(numbers: list[int]) -> str:
    if numbers == list(CRITERION_NUMBERS):
        return "alle acht criteria"
    if len(numbers) == 1:
        return f"criterium {numbers[0]}"
    return "criteria " + ", ".join(map(str, numbers[:-1])) + f" en {numbers[-1]}"


def lower_first(text: str) -> str:
    """Return the text with a small first letter, unless its first word is an abbreviation."""
    return text if len(text) > 1 and text[1].isupper() else text[:1].lower() + text[1:]


def question(knowledge: Knowledge, key: str, left: int) -> Reply:
    """Return the question for a key, with its buttons, its progress and the place it rests on."""
    number = criterion_number(key)
    definition = knowledge.facts[key]
    if number is not None:
        label = say(knowledge, "step", number=number)
        text = f"**{label}: {lower_first(knowledge.criteria[number].name)}.** {definition.question}"
        return Reply(text, _yes_no(knowledge), (definition.source,), Progress(number, 8, label))
    return Reply(definition.question, _choices(knowledge, key), (), None if left < 1 else _rest(knowledge, left))


def _rest(knowledge: Knowledge, left: int) -> Progress:
    return Progress(0, left, say(knowledge, "step_last") if left == 1 else say(knowledge, "step_other", left=left))


def _yes_no(knowledge: Knowledge) -> tuple[Button, ...]:
    titles = [say(knowledge, name) for name in ("yes", "no", "dont_know", "why_button")]
    return tuple(Button(title, title) for title in titles)


def _choices(knowledge: Knowledge, key: str) -> tuple[Button, ...]:
    definition = knowledge.facts[key]
    if definition.kind == "bool":
        return _yes_no(knowledge)
    labels = [label for _, label in definition.values]
    extra = [say(knowledge, "dont_know"), say(knowledge, "why_button")]
    return tuple(Button(title, title) for title in [*labels, *extra])


def overview(knowledge: Knowledge, dossier: Dossier) -> Reply:
    """Return what was noted so far, with a button to go on."""
    lines = [f"- {_line(knowledge, dossier, key)}" for key in _in_order(knowledge, dossier.facts)]
    skipped = [subject(knowledge, key) for key in dossier.skipped]
    if not lines and not skipped:
        return Reply(say(knowledge, "overview_empty"))
    text = say(knowledge, "overview_title") + "\n\n" + "\n".join(lines) if lines else say(knowledge, "overview_empty")
    if skipped:
        text += "\n\n" + say(knowledge, "overview_skipped", subjects=", ".join(skipped))
    return Reply(text)


def _line(knowledge: Knowledge, dossier: Dossier, key: str) -> str:
    note = dossier.notes.get(key)
    line = f"{subject(knowledge, key)}: **{value(knowledge, key, dossier.facts[key])}**"
    return f"{line} ({note})" if note else line


def _in_order(knowledge: Knowledge, facts: Mapping[str, FactValue]) -> Iterable[str]:
    return [key for key in knowledge.facts if key in facts]


def cite(knowledge: Knowledge, ref: SourceRef) -> str:
    """Return a place as people read it: "Handreiking implementatieplan IPS, kwaliteitscriterium 6"."""
    return f"{knowledge.sources[ref.id].short}, {ref.section}"


def stuck(knowledge: Knowledge, key: str) -> Reply:
    """Return what to do when the open question was not understood twice: its choices by number, on, or a person."""
    definition = knowledge.facts[key]
    if definition.values and definition.kind not in ("bool", "criterion"):
        lines = [f"{number}. {label}" for number, (_, label) in enumerate(definition.values, start=1)]
        text = say(knowledge, "stuck_choice") + "\n\n" + "\n".join(lines)
    else:
        text = say(knowledge, "stuck_yes_no")
    titles = [say(knowledge, name) for name in ("skip_button", "person_button")]
    return Reply(f"{text}\n\n{say(knowledge, 'stuck_way_out')}", tuple(Button(title, title) for title in titles))
