"""Working with a partner: clients in care there, the distance, and how the coaches stay in touch with clinicians."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.interview.reading.clauses import Clause, Mood
from bot.interview.reading.findings import Finding
from bot.interview.reading.organisations import AGENCY, GGZ, HOUSING, PARTNER
from bot.interview.reading.subjects import Subjects

_IN_CARE_THERE = re.compile(
    r"\b(?:daar|er|bij (?:de|die|een|deze|zo'n|onze|hun) (?:\w+ )?(?:ggz|partner|instelling)(?: \w+)?|bij hen|"
    r"bij hun)(?: [\w']+){0,5} (?:in zorg|in behandeling|onder behandeling|behandeld)\b|"
    r"\b(?:in zorg|in behandeling|onder behandeling|behandeld|patient|client) (?:\w+ ){0,3}(?:bij|door|"
    r"van) (?:de|die|een|deze|zo'n|onze) (?:\w+ )?(?:ggz|partner)\b|\b(?:in zorg|in behandeling) (?:bij|daar)\b"
)
_NEAR = re.compile(
    r"\b(?:dichtbij|dicht bij|dichtbij elkaar|vlakbij|vlak bij|in de buurt|uit de buurt|(?:de)?zelfde (?:stad|plaats|"
    r"dorp|straat|gebouw|pand|wijk)|hetzelfde (?:gebouw|pand|dorp|terrein)|om de hoek|naast (?:ons|elkaar|hun)|"
    r"verderop|"
    r"op loopafstand|op fietsafstand|(?:een )?kwartier(?:tje)?|(?:[1-9]|1\d|20) (?:min|minuten|"
    r"minuutjes)(?: (?:rijden|fietsen|lopen|met de auto))?|een paar straten|steenworp)\b"
)
_FAR = re.compile(
    r"\b(?:een (?:heel )?eind weg|ver weg|te ver|heel ver|ver uit elkaar|andere kant van het land|andere provincie|(?:1|2|3|een|"
    r"anderhalf|1\.5|2) uur(?:tje)? (?:rijden|reizen|met de auto|verderop)|niet in de buurt|niet dichtbij|"
    r"niet dicht bij|niet vlakbij|ver van elkaar|ver bij \w+ vandaan)\b"
)
_UNSURE_DISTANCE = re.compile(r"\b(?:\d{1,3} ?(?:km|kilometer)|(?:2[1-9]|[3-9]\d) (?:min|minuten))\b")
_ABOUT_PARTNER = re.compile(r"\b(?:team|partner|zij|ze|zitten|elkaar|ons|instelling\w*|organisatie\w*|ggz)\b")
_MDO = re.compile(r"\b(?:mdo|teamoverleg(?:gen)?|behandeloverleg|zorgoverleg|multidisciplinair\w*)\b")
_JOINS = re.compile(
    r"\b(?:schuif|schuift|schuiven|sluit|sluiten|aan|bij|zit|zitten|neemt|nemen|aanwezig|mee|"
    r"deel|altijd)\b"
)
_BIWEEKLY = re.compile(
    r"\b(?:tweewekelijks|2 ?wekelijks|om de (?:2|14) (?:weken|dagen)|om de week|elke (?:2|14) (?:weken|dagen)|"
    r"iedere (?:2|14) (?:weken|dagen)|(?:1|een) ?(?:keer|x|maal)? ?(?:per|in de|in) (?:2|twee) weken|"
    r"eens (?:per|in de) (?:2|14) (?:weken|dagen)|"
    r"wekelijks|elke week|iedere week|(?:1|2|een) ?(?:keer|x|maal) (?:per|in de) week|eens per week|dagelijks)\b"
)
_SELDOM = re.compile(
    r"\b(?:maandelijks|(?:1|een) ?(?:keer|x|maal) (?:per|in de|in het) (?:maand|kwartaal|jaar)|eens (?:per|"
    r"in de|in het) (?:maand|kwartaal|jaar)|elke maand|iedere maand|elk kwartaal|per kwartaal|af en toe|zelden|"
    r"alleen als het nodig is|alleen bij problemen|(?:elke|om de|iedere) (?:[3-9]) weken|halfjaarlijks|"
    r"jaarlijks|nauwelijks|(?:geen|nooit) (?:vast )?overleg)\b"
)
_WITH_CLINICIAN = re.compile(
    r"\b(?:behandelaars?|behandelaren|hoofdbehandelaar|regiebehandelaar|psychiater|"
    r"zorgteam|behandelteam|casemanager)\b"
)


def read_relations(
    clauses: Sequence[Clause], subjects: Subjects, *, own: str | None, pending: str | None
) -> list[Finding]:
    """Return what is said of clients in care with the partner, the distance to it, and the coaches' alignment."""
    found: list[Finding] = []
    for clause in clauses:
        if clause.mood in (Mood.ASKED, Mood.UNKNOWN):
            continue
        for finding in (
            _care(clause, own, pending),
            _distance(clause, subjects, pending),
            _alignment(clause, subjects, own, pending),
        ):
            if finding:
                found.append(finding)
    return found


_IN_CARE = re.compile(r"\bin (?:zorg|behandeling)\b")
_PART_OF_THEM = re.compile(
    r"\b(?:niet (?:iedereen|allemaal|alle)|de helft|de meesten?|sommigen?|(?:een )?(?:deel|aantal)|deels|gedeeltelijk)\b"
)
_ONLY_IN_CARE = "alleen cliënten die daar in zorg zijn, mogen meedoen. Houden jullie het bij die cliënten?"
_DURATION_WORD = re.compile(r"\b(?:jaar|maanden|weken)\b")


def _care(clause: Clause, own: str | None, pending: str | None) -> Finding | None:
    key = "clients_in_care_with_partner"
    there = own not in (GGZ, HOUSING) and clause.mood is not Mood.PLANNED and _IN_CARE_THERE.search(clause.text)
    lasting = _DURATION_WORD.search(clause.text)
    answers = pending == key and _IN_CARE.search(clause.text)
    if pending == key and _PART_OF_THEM.search(clause.text):
        return Finding(key, clause.start, unclear=_ONLY_IN_CARE)
    if not answers and (not there or lasting):
        return None
    if clause.hedged:
        return Finding(key, clause.start, unclear=_ONLY_IN_CARE)
    return Finding(key, clause.start, not clause.negated)


_DISTANCE_WORD = re.compile(r"\b(?:rijden|verderop|afstand|uit elkaar|vandaan)\b")
_NEAR_IN_TIME = re.compile(r"\b(?:wachten|overleg|gesprek|werkgevers?|per week|clienten)\b")


def _distance(clause: Clause, subjects: Subjects, pending: str | None) -> Finding | None:
    asked = pending == "near_partner"
    about = _ABOUT_PARTNER.search(clause.text) or subjects.of(clause) == PARTNER
    if not asked and not subjects.names_partner(clause) and not (subjects.has_partner and about):
        return None
    if _FAR.search(clause.text):
        return Finding("near_partner", clause.start, False)
    if _UNSURE_DISTANCE.search(clause.text) and (asked or _DISTANCE_WORD.search(clause.text)):
        return Finding(
            "near_partner", clause.start, unclear="de publicatie noemt geen afstand; vinden jullie dat dichtbij?"
        )
    if not _NEAR.search(clause.text) or clause.negated or _NEAR_IN_TIME.search(clause.text):
        return None
    return Finding("near_partner", clause.start, True)


def _alignment(clause: Clause, subjects: Subjects, own: str | None, pending: str | None) -> Finding | None:
    asked = pending == "coach_alignment"
    theirs = asked or subjects.of(clause) == PARTNER or (own == AGENCY and subjects.has_partner)
    if not theirs or clause.mood is Mood.PLANNED:
        return None
    value = _alignment_value(clause, asked=asked)
    if value is None:
        return None
    if clause.hedged and value != "minder":
        return Finding("coach_alignment", clause.start, unclear="gebeurt dat altijd, of soms?")
    return Finding("coach_alignment", clause.start, value)


_LESS_OFTEN = re.compile(r"^(?:veel |nog )?minder\b|\bminder (?:vaak|dan)\b")


def _alignment_value(clause: Clause, *, asked: bool) -> str | None:
    text = clause.text
    if _MDO.search(text) and (asked or _JOINS.search(text)):
        return None if clause.negated else "sluit_aan_bij_mdo"
    clinician = (asked and len(text.split()) <= 8) or _WITH_CLINICIAN.search(text) is not None
    if clinician and _SELDOM.search(text):
        return "minder"
    if clinician and _BIWEEKLY.search(text) and not clause.negated:
        return "tweewekelijks_met_behandelaar"
    if asked and _LESS_OFTEN.search(text):
        return "minder"
    return None
