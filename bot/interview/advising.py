"""Says an advice in plain Dutch: the verdict, why not the others, who is responsible, what must be arranged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.interview import wording
from bot.interview.commands import plain
from bot.model import (
    CRITERION_NUMBERS,
    Advice,
    Button,
    Difference,
    Dossier,
    Facts,
    Knowledge,
    Missing,
    OptionStatus,
    OptionVerdict,
    Reason,
    Reply,
    SourceRef,
    Status,
    criterion_key,
)
from bot.rules.options import advise, open_questions

STATUS_WORDS = {
    OptionStatus.POSSIBLE: "kan",
    OptionStatus.IMPOSSIBLE: "kan niet",
    OptionStatus.UNDECIDED: "nog open",
}

# What part of the advice a question is about, and which words ask for it.
_PARTS = (
    ("silent", re.compile(r"openlaat|bron (niet|niets) |niet in de bron|laat de bron")),
    (
        "responsible",
        re.compile(r"verantwoordelijk|wie (vraagt|doet|regelt|betaalt)|financiering aan|modeltrouwmeting|contract"),
    ),
    (
        "missing",
        re.compile(r"regelen|geregeld|nodig|ontbreekt|missen|nog doen|moeten we (nog|nu)|volgende stap|en nu\b"),
    ),
)
_OPTION_WORDS = (
    ("onderaannemerschap", re.compile(r"onderaann\w*|scenario (1|een|één)\b|uitbested\w*")),
    ("regionaal_team", re.compile(r"region\w* (ips[- ]?)?team|regioteam|scenario (2|twee)\b")),
    ("reintegratiebedrijf", re.compile(r"re-?[iï]ntegratie\w*|scenario (3|drie)\b")),
    ("inhuren", re.compile(r"inhu\w*|inhuur|scenario (4|vier)\b")),
    ("zelfstandig", re.compile(r"zelfstandig|\balleen doen\b|\bzelf (doen|uitvoeren|ips)\b")),
)
_WHY_NOT = re.compile(
    r"(?:(?:en|maar|ok[eé]?|hm+|ja|oh?|nou)[ ,]+)*(?:waarom|hoezo)(?: (?:kan|mag|mogen|kunnen|lukt|is|zijn|dan|dat|"
    r"het|wij|we|nou|nu|eigenlijk|die|er|de|andere|vormen|opties))*"
    r" (?:niet|niks|nee)(?: (?:dan|nou|eigenlijk|mogelijk|doen))*"
)
_WHY = re.compile(r"\b(?:waarom|hoezo|hoe komt het dat)\b")
_NOT = re.compile(r"\b(?:niet|geen)\b")
# Who does what differs by form; the question about it names none.
_WHO = (
    (
        "funding",
        re.compile(
            r"\bwie\b.*(?:financiering|subsidie|geld)\b.*(?:aan|regel)|"
            r"\bwie (?:moet|vraagt|regelt|doet)\b.*financiering"
        ),
    ),
    ("fidelity_review", re.compile(r"\bwie\b.*\bmodeltrouw\w*\b.*(?:aan|regelt|verantwoordelijk)")),
    ("contract", re.compile(r"\b(?:wie|bij wie|met wie)\b.*\b(?:contract|in dienst)\b")),
)
_REJECTED = re.compile(r"\b(?:geen|niet|niet voor|in plaats van|liever dan)(?: een)? $")
_SUBJECT_WORDS = re.compile(r"(?:criterium|kwaliteitscriterium|crit|c)\s*([1-8])\b|\bvraag ([1-8])\b")


def full(facts: Facts, knowledge: Knowledge, skipped: Iterable[str] = ()) -> tuple[Reply, ...]:
    """Return the whole advice on these facts, as a few replies."""
    advice = advise(facts, knowledge)
    replies = [_verdict(advice, facts, knowledge, skipped), _others(advice, knowledge)]
    if advice.best in advice.possible:
        best = advice.option(advice.best)
        replies += [_responsible(best, knowledge), _missing(best, knowledge)]
    return (*replies[:-1], _closed(replies[-1], advice.best in advice.possible, knowledge))


def asked(text: str, dossier: Dossier, knowledge: Knowledge, left: int = 0) -> tuple[Reply, ...]:
    """Return the part of the advice that a message asks about: one option, a part of the best one, or all.

    `left` is the number of questions still open; while they decide, a short word on how it stands is enough.
    """
    words = plain(text)
    option = next((name for name, pattern in _OPTION_WORDS if pattern.search(words)), None)
    if option:
        return (_option(advise(dossier.facts, knowledge).option(option), knowledge),)
    found = part(text, dossier, knowledge)
    if found or not left or advise(dossier.facts, knowledge).best != "meer_informatie":
        return found or full(dossier.facts, knowledge, dossier.skipped)
    return (_so_far(dossier.facts, knowledge, left),)


def part(text: str, dossier: Dossier, knowledge: Knowledge) -> tuple[Reply, ...]:
    """Return the part of the advice on the best option that a message asks about; empty when it asks about none."""
    advice = advise(dossier.facts, knowledge)
    name = next((name for name, pattern in _PARTS if pattern.search(plain(text))), None)
    if name is None or advice.best not in advice.possible:
        return ()
    best = advice.option(advice.best)
    parts = {"responsible": _responsible, "missing": _missing, "silent": _silent}
    return (parts[name](best, knowledge),)


def difference(change: Difference, changed: Facts, knowledge: Knowledge) -> tuple[Reply, ...]:
    """Return what a hypothesis changes, and that nothing was stored."""
    lines = [wording.say(knowledge, "whatif_intro", facts=wording.described(knowledge, changed, {}))]
    before, after = best_name(change.before, knowledge), best_name(change.after, knowledge)
    if change.before.best == change.after.best:
        lines.append(wording.say(knowledge, "whatif_same", best=after))
    else:
        lines.append(wording.say(knowledge, "whatif_change", before=before, after=after))
    lists, sources = _turned(change, knowledge)
    text = "\n\n".join(lines) + ("\n\n" + "\n".join(lists) if lists else "")
    return (Reply(text, sources=unique(sources)),)


def key_named(text: str, knowledge: Knowledge) -> str | None:
    """Return the fact that a message names by number or subject ("criterium 5", "mijn antwoord over capaciteit")."""
    words = plain(text)
    number = _SUBJECT_WORDS.search(words)
    if number:
        return criterion_key(int(number.group(1) or number.group(2)))
    for key, definition in knowledge.facts.items():
        nouns = re.findall(r"\w{6,}", definition.subject.lower())
        if any(noun in words for noun in nouns):
            return key
    return None


def options_named(text: str) -> tuple[str, ...]:
    """Return the options that a message names, those that it rejects ("geen onderaannemerschap") left out."""
    words = plain(text)
    found = [(name, pattern.search(words)) for name, pattern in _OPTION_WORDS]
    named = [(match.start(), name) for name, match in found if match and not _REJECTED.search(words[: match.start()])]
    return tuple(name for _, name in sorted(named))


def changed(difference: Difference, facts: Facts, knowledge: Knowledge) -> tuple[Reply, ...]:
    """Return the verdict after a change of what was told, and what that change made different."""
    before, after = best_name(difference.before, knowledge), best_name(difference.after, knowledge)
    same = difference.before.best == difference.after.best
    head = wording.say(knowledge, "verdict_same" if same else "verdict_changed", before=before, after=after)
    lines, sources = _turned(difference, knowledge)
    parts = [head, *_criteria_lines(facts, knowledge), "\n".join(lines)]
    sources += [knowledge.criteria[number].source for number in _not_met(facts)]
    title = wording.say(knowledge, "whole_advice_button")
    text = "\n\n".join(part for part in parts if part)
    return (Reply(text, (Button(title, title),), unique(sources)),)


def again(dossier: Dossier, knowledge: Knowledge) -> Reply:
    """Return the verdict in one line, for who comes back."""
    best = best_name(advise(dossier.facts, knowledge), knowledge)
    titles = [wording.say(knowledge, name) for name in ("whole_advice_button", "plan_button", "overview_button")]
    return Reply(wording.say(knowledge, "welcome_advised", best=best), tuple(Button(title, title) for title in titles))


def asks_why_not(text: str) -> bool:
    """Return whether a message is "waarom niet?" or asks why one of the forms can't be."""
    words = plain(text)
    if _WHY_NOT.fullmatch(words):
        return True
    return _WHY.search(words) is not None and _NOT.search(words) is not None and _option_of(words) is not None


def why_not(text: str, dossier: Dossier, knowledge: Knowledge, left: int = 0) -> tuple[Reply, ...]:
    """Return why the form that is named can't be (or what it still lacks); without one, why the others can't."""
    advice, name = advise(dossier.facts, knowledge), _option_of(plain(text))
    if name:
        return (_reasons(advice.option(name), knowledge),)
    if left:
        return (_so_far(dossier.facts, knowledge, left),)
    lines = _criteria_lines(dossier.facts, knowledge)
    others = _others(advice, knowledge)
    missed = [knowledge.criteria[number].source for number in _not_met(dossier.facts)]
    return (replace(others, text="\n\n".join([*lines, others.text]), sources=unique([*missed, *others.sources])),)


def who(text: str, facts: Facts, knowledge: Knowledge) -> Reply | None:
    """Return who does what is asked about, for every form that these facts leave open; else None."""
    words = plain(text)
    part = next((name for name, pattern in _WHO if pattern.search(words)), None)
    left = [v for v in advise(facts, knowledge).options if v.status is not OptionStatus.IMPOSSIBLE]
    if part is None or _option_of(words) or not left:
        return None
    lines = [f"{_capital(verdict.name)}: {getattr(verdict.responsible, part)}" for verdict in left]
    sources = unique(verdict.responsible.source for verdict in left if verdict.responsible.source)
    return Reply(wording.say(knowledge, "who_by_form") + "\n\n" + _bullets(lines), sources=sources)


def best_name(advice: Advice, knowledge: Knowledge) -> str:
    """Return the outcome in a few words."""
    names = {"nog_niet": "nog geen vorm mogelijk", "meer_informatie": "nog niet te zeggen"}
    return names.get(advice.best) or advice.option(advice.best).name


def unique(refs: Iterable[SourceRef]) -> tuple[SourceRef, ...]:
    """Return the places without repeats, in order."""
    return tuple(dict.fromkeys(refs))


# --- parts -------------------------------------------------------------------------------------------------------


def _verdict(advice: Advice, facts: Facts, knowledge: Knowledge, skipped: Iterable[str]) -> Reply:
    heads = {
        "nog_niet": "**Advies: nu nog niet.** Met wat je hebt ingevuld kan nu geen van de vijf vormen.",
        "meer_informatie": "**Advies: nog niet te zeggen.** Er ontbreekt nog informatie die de uitkomst bepaalt.",
    }
    if advice.best in heads:
        lines, sources = [heads[advice.best]], []
        open_ways = [verdict.name for verdict in advice.options if verdict.status is OptionStatus.UNDECIDED]
        if advice.best == "nog_niet" and open_ways:
            lines.append(wording.say(knowledge, "still_open", names=" of ".join(open_ways)))
        if advice.possible:
            names = ", ".join(advice.option(name).name for name in advice.possible)
            lines.append(f"Dit kan in elk geval: {names}.")
    else:
        best = advice.option(advice.best)
        because = " ".join((knowledge.options[best.id].summary, *(reason.text for reason in best.fits)))
        lines = [f"**Advies: {best.name}.** {because}"]
        sources = [knowledge.options[best.id].source, *(reason.source for reason in best.fits)]
    lines += _criteria_lines(facts, knowledge)
    sources += [knowledge.criteria[number].source for number in _not_met(facts)]
    to_find_out = _to_find_out(advice, facts, knowledge, skipped)
    if to_find_out:
        lines.append(wording.say(knowledge, "decides_title") + "\n\n" + _bullets(to_find_out))
    lines.append(wording.say(knowledge, "advice_disclaimer"))
    return Reply("\n\n".join(lines), sources=unique(sources) or (SourceRef("praktijkscenarios", "Aanleiding"),))


def _criteria_lines(facts: Facts, knowledge: Knowledge) -> list[str]:
    missed = [f"{n} ({wording.lower_first(knowledge.criteria[n].name)})" for n in _not_met(facts)]
    unsure = [str(n) for n in CRITERION_NUMBERS if facts.get(criterion_key(n)) == Status.ONBEKEND.value]
    met = [n for n in CRITERION_NUMBERS if facts.get(criterion_key(n)) == Status.VOLDOET.value]
    lines = []
    if len(met) == len(CRITERION_NUMBERS):
        lines.append("Jullie voldoen volgens je antwoorden aan alle acht kwaliteitscriteria.")
    if missed:
        lines.append(f"Niet gehaald: criterium {', '.join(missed)}.")
    if unsure:
        lines.append(f"Nog niet zeker: criterium {', '.join(unsure)}.")
    return lines


def _not_met(facts: Facts) -> list[int]:
    return [n for n in CRITERION_NUMBERS if facts.get(criterion_key(n)) == Status.VOLDOET_NIET.value]


def _to_find_out(advice: Advice, facts: Facts, knowledge: Knowledge, skipped: Iterable[str]) -> list[str]:
    if advice.best != "meer_informatie":
        return []
    asked_for = set(open_questions(facts, knowledge)) | {
        criterion_key(n) for n in CRITERION_NUMBERS if facts.get(criterion_key(n)) == Status.ONBEKEND.value
    }
    return [wording.subject(knowledge, key) for key in knowledge.facts if key in asked_for][:8]


def _others(advice: Advice, knowledge: Knowledge) -> Reply:
    others = [verdict for verdict in advice.options if verdict.id != advice.best]
    lines = [_one_line(verdict, knowledge) for verdict in others]
    sources = [reason.source for verdict in others for reason in _why(verdict)]
    return Reply(wording.say(knowledge, "why_not_title") + "\n\n" + "\n".join(lines), sources=unique(sources))


def _one_line(verdict: OptionVerdict, knowledge: Knowledge) -> str:
    because = " ".join(reason.text for reason in _why(verdict)) or knowledge.options[verdict.id].summary
    return f"- **{_capital(verdict.name)}**: {STATUS_WORDS[verdict.status]}. {because}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _why(verdict: OptionVerdict) -> tuple[Reason | Missing, ...]:
    if verdict.reasons:
        return verdict.reasons[:2]
    return (
        tuple(item for item in verdict.missing if item.required)[:2] if verdict.status != OptionStatus.POSSIBLE else ()
    )


def _option(verdict: OptionVerdict, knowledge: Knowledge) -> Reply:
    lines = [
        f"**{_capital(verdict.name)}: {STATUS_WORDS[verdict.status]}.** " + " ".join(r.text for r in verdict.reasons)
    ]
    required = [item.text for item in verdict.missing if item.required]
    if required:
        lines.append(wording.say(knowledge, "required_title") + "\n\n" + _bullets(required))
    if verdict.remarks:
        lines.append(wording.say(knowledge, "silent_title") + "\n\n" + _bullets([r.text for r in verdict.remarks]))
    missing = [item.source for item in verdict.missing if item.required]
    sources = [*(r.source for r in verdict.reasons), *missing, *(r.source for r in verdict.remarks)]
    return Reply("\n\n".join(line.strip() for line in lines), sources=unique(sources))


def _so_far(facts: Facts, knowledge: Knowledge, left: int) -> Reply:
    """How it stands in the middle of the interview: what is ruled out already, and how much is still to be asked."""
    advice = advise(facts, knowledge)
    out = [verdict for verdict in advice.options if verdict.status is OptionStatus.IMPOSSIBLE]
    lines = [wording.say(knowledge, "so_far", left=left), *_criteria_lines(facts, knowledge)]
    if out:
        lines.append(_bullets(f"{_capital(verdict.name)}: kan niet. {verdict.reasons[0].text}" for verdict in out))
    sources = [knowledge.criteria[number].source for number in _not_met(facts)]
    return Reply("\n\n".join(lines), sources=unique([*sources, *(verdict.reasons[0].source for verdict in out)]))


def _responsible(verdict: OptionVerdict, knowledge: Knowledge) -> Reply:
    who = verdict.responsible
    lines = [
        f"Uitvoering: {who.execution}",
        f"Contract: {who.contract}",
        f"Financiering aanvragen: {who.funding}",
        f"Modeltrouwmeting: {who.fidelity_review}",
    ]
    text = wording.say(knowledge, "responsible_title") + "\n\n" + _bullets(lines)
    return Reply(text, sources=(who.source,) if who.source else ())


def _missing(verdict: OptionVerdict, knowledge: Knowledge) -> Reply:
    about_you = _remarks_on_these_facts(verdict, knowledge)
    parts: Mapping[str, list[str]] = {
        "required_title": [item.text for item in verdict.missing if item.required],
        "recommended_title": [item.text for item in verdict.missing if not item.required],
        "silent_title": [remark.text for remark in about_you],
    }
    texts = [wording.say(knowledge, title) + "\n\n" + _bullets(items) for title, items in parts.items() if items]
    sources = unique([*(item.source for item in verdict.missing), *(remark.source for remark in about_you)])
    return Reply("\n\n".join(texts) or wording.say(knowledge, "nothing_missing"), sources=sources)


def _remarks_on_these_facts(verdict: OptionVerdict, knowledge: Knowledge) -> list[Reason]:
    """Return what the source leaves open about just this organisation; the general remarks are behind a button."""
    specific = {note.reason.code for note in knowledge.options[verdict.id].remarks if note.when}
    return [remark for remark in verdict.remarks if remark.code in specific]


def _silent(verdict: OptionVerdict, knowledge: Knowledge) -> Reply:
    text = wording.say(knowledge, "silent_title") + "\n\n" + _bullets(remark.text for remark in verdict.remarks)
    return Reply(text, sources=unique(remark.source for remark in verdict.remarks))


def _turned(change: Difference, knowledge: Knowledge) -> tuple[list[str], list[SourceRef]]:
    """Return a line for each form whose verdict turns, and the places of their reasons."""
    lists: list[str] = []
    sources: list[SourceRef] = []
    for old, new in zip(change.before.options, change.after.options, strict=True):
        if old.status != new.status:
            words = {"name": _capital(new.name), "before": STATUS_WORDS[old.status], "after": STATUS_WORDS[new.status]}
            reason = next(iter((*new.reasons, *old.reasons)), None)
            lists.append(
                "- " + wording.say(knowledge, "whatif_option", **words) + (f". {reason.text}" if reason else ".")
            )
            sources += [reason.source] if reason else []
    return lists, sources


def _option_of(words: str) -> str | None:
    return next((name for name, pattern in _OPTION_WORDS if pattern.search(words)), None)


def _reasons(verdict: OptionVerdict, knowledge: Knowledge) -> Reply:
    """Why a form can't be; when it can or is open, what it still asks."""
    if verdict.status is not OptionStatus.IMPOSSIBLE:
        lacks = [item for item in verdict.missing if item.required]
        head = f"**{_capital(verdict.name)}: {STATUS_WORDS[verdict.status]}.**"
        text = head + (
            f" {wording.say(knowledge, 'required_title')}\n\n{_bullets(i.text for i in lacks)}" if lacks else ""
        )
        return Reply(text, sources=unique([*(i.source for i in lacks), *(r.source for r in verdict.reasons)]))
    text = f"**{_capital(verdict.name)}: kan niet.** " + " ".join(reason.text for reason in verdict.reasons)
    return Reply(text, sources=unique(reason.source for reason in verdict.reasons))


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _closed(reply: Reply, found: bool, knowledge: Knowledge) -> Reply:
    names = ("silent_button",) * found + ("plan_button", "overview_button", "person_button", "restart_button")
    titles = [wording.say(knowledge, name) for name in names]
    return Reply(reply.text, tuple(Button(title, title) for title in titles), reply.sources)
