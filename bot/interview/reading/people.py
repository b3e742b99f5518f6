"""People for IPS: whether there are enough, whose are trained, what they know, in which team and place they work."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from bot.interview.reading.clauses import NEGATION, Clause, Mood
from bot.interview.reading.findings import Finding
from bot.interview.reading.organisations import AGENCY, OWN, PARTNER, TOWN, UWV, Mention
from bot.interview.reading.subjects import OURS, SOMEBODY, Subjects

_COACH = (
    r"(?:ips ?)?(?:traject ?begeleid(?:ers|er|ster|sters)|begeleiders?|ips'?ers|coach(?:es)?|job ?coach(?:es)?|"
    r"consulent(?:en)?|klantmanagers?|"
    r"ips medewerkers?|medewerkers?|mensen(?! met\b)|personeel|professionals?|krachten)"
)
_TRAINED = (
    r"(?:ips )?(?:getrainde|opgeleide|geschoolde|gecertificeerde|gediplomeerde|ips getrainde|"
    r"ips opgeleide|ips geschoolde)"
)
_TRAINED_ADV = r"(?:getraind|opgeleid|geschoold|gecertificeerd|gediplomeerd)"

# --- capacity ----------------------------------------------------------------------------------------------------

_SHORT = re.compile(
    rf"\b(?:te weinig|niet genoeg|onvoldoende|niet voldoende|tekort aan|gebrek aan|geen(?! (?:ips )?(?:getrain|"
    rf"opgeleid|geschoold|gecertif))) (?:ips |nieuwe |getrainde |opgeleide |goede |eigen |vaste )*(?:{_COACH}|"
    rf"capaciteit|fte|handen|uren|formatie)\b|"
    rf"\b(?:krijgen|vinden|krijgen we) (?:\w+ ){{0,4}}geen (?:\w+ )?{_COACH}\b|\b(?:personeels|"
    rf"capaciteits)? ?tekort\b|\bkrap\b|\bonderbezet\w*\b|\bonderbezetting\b|"
    rf"\b{_COACH} (?:\w+ ){{0,4}}(?:te ?kort|niet genoeg|te weinig)\b|\bcapaciteit (?:\w+ ){{0,4}}(?:niet|"
    rf"te weinig|te ?kort|onvoldoende)\b|\b(?:handen|mensen) te ?kort\b|\bmeer uren komen er niet\b|"
    rf"\bvacatures? (?:\w+ ){0, 6}(?:niet ingevuld|niet vervuld|onvervuld)|"
    rf"\bzonder (?:ips )?trajectbegeleiders?\b"
)
_ENOUGH = re.compile(
    r"\b(?:genoeg|voldoende|zat|ruim voldoende|meer dan genoeg) (?:ips |getrainde |opgeleide |"
    r"eigen )*(?:(?:ips )?trajectbegeleiders|begeleiders|coaches|jobcoaches|capaciteit|fte|personeel|handen|"
    r"formatie|menskracht)\b|"
    r"\bgenoeg mensen (?:om|in dienst|voor ips|hiervoor|in huis)\b|\b(?:genoeg|zat) (?:\w+ )?mensen$|"
    r"\b(?:mensen|trajectbegeleiders|begeleiders|coaches|personeel) (?:genoeg|zat)$|"
    r"\bcapaciteit (?:is |hebben we )?(?:\w+ )?(?:ruim |op orde|in orde|prima|voldoende|genoeg|zat)|"
    r"\bgeen (?:personeels |capaciteits )?tekort\b|\bgenoeg (?:\w+ )?in huis\b"
)
_FTE_ENOUGH = re.compile(r"\bfte\b.{0,40},? (?:dat is |ruim |dus )*(?:genoeg|voldoende)\b")
_TEMPORARY = re.compile(
    r"\b(?:tijdelijk|tijdelijke|tot (?:en met )?(?:\w+ )?(?:januari|februari|maart|april|mei|juni|juli|augustus|"
    r"september|oktober|november|december|zomer|najaar|voorjaar|winter|herfst|"
    r"volgend jaar|volgende maand|de vakantie|eind|begin|het eind|na de)|zwangerschap\w*|zwanger|met verlof|"
    r"door ziekte|ziek|ziekteverlof|uitval|uitgevallen|"
    r"komende (?:maanden|weken|tijd|periode)|deze (?:zomer|maanden|winter)|de komende|even te weinig|maar even|"
    r"een paar maanden|kort(?:durend)?|overbrug\w*)\b"
)
_LASTING = re.compile(
    r"\b(?:structureel|structurele|blijvend|blijvende|chronisch|chronische|al jaren|jarenlang|"
    r"permanent|altijd al|altijd|komen er niet|nooit genoeg|steeds|voortdurend|continu)\b"
)
_NAMED_TEMPORARY = re.compile(r"\btijdelijke?\b")
_NAMED_LASTING = re.compile(r"\bstructure(?:el|le)\b")
_NAMED_SHORTAGE = re.compile(r"\b(?:tijdelijke?|structurele?|structureel|blijvende?|chronisch|permanent)\b")
_JUST_ENOUGH = re.compile(
    r"(?:(?:ja|nee|wel|ruim|net|precies|meer|dan|we|wij|hebben|er|zijn|hoor|dus|nu|"
    r"mensen) )*(?:genoeg|voldoende|zat|ruim)(?: (?:mensen|hoor|ja|wel|denk ik))*"
)
_NOT_TEMPORARY = re.compile(r"\b(?:niet|geen|niet meer|niet zomaar|niet echt) (?:een )?tijdelijke?\b")
_NOT_LASTING = re.compile(r"\b(?:niet|geen) (?:een )?(?:structureel|structurele|blijvende?)\b")
_CRAMPED_BUDGET = re.compile(r"\b(?:krap bij kas|geld|budget|financieel|clienten|woningmarkt|arbeidsmarkt is)\b")


def read_capacity(clauses: Sequence[Clause], subjects: Subjects, pending: str | None) -> list[Finding]:
    """Return what is said about having enough trajectbegeleiders: enough, a temporary or a lasting shortage."""
    found = []
    kinds = [
        bool(_NAMED_TEMPORARY.search(clause.text)) - bool(_NAMED_LASTING.search(clause.text)) for clause in clauses
    ]
    asked = pending == "capacity" or (1 in kinds and -1 in kinds)
    for clause in clauses:
        if clause.mood in (Mood.ASKED, Mood.UNKNOWN, Mood.PLANNED) or subjects.of(clause) not in OURS:
            continue
        value = _capacity(clause, asked=asked)
        if value == "tekort":
            found.append(Finding("capacity", clause.start, unclear="is het tekort aan mensen tijdelijk of blijvend?"))
        elif value:
            hedge = clause.hedged and pending != "capacity"
            found.append(
                Finding(
                    "capacity",
                    clause.start,
                    None if hedge else value,
                    unclear="dat is nog niet zeker" if hedge else None,
                )
            )
    if any(finding.value for finding in found):
        return [finding for finding in found if finding.value]
    return found or _fte_enough(clauses, subjects)


def _fte_enough(clauses: Sequence[Clause], subjects: Subjects) -> list[Finding]:
    """Read "2,5 fte, ruim genoeg" across the comma."""
    for one, two in pairwise(clauses):
        both = f"{one.text}, {two.text}"
        if (
            one.mood is Mood.STATED is two.mood
            and subjects.of(one) in OURS
            and _FTE_ENOUGH.search(both)
            and not NEGATION.search(both)
        ):
            return [Finding("capacity", one.start, "voldoende")]
    return []


_SHORT_WORDS = re.compile(r"\b(?:te weinig|tekort|te kort|niet genoeg|onvoldoende|krap)\b")
_DENIED_ENOUGH = re.compile(r"\bniet\b|\bte weinig\b")
_NOT_ENOUGH = re.compile(r"\b(?:niet genoeg|niet voldoende|niet ruim)\b")


def _capacity(clause: Clause, *, asked: bool) -> str | None:
    text = clause.text
    enough = _ENOUGH.search(text) is not None and _NOT_ENOUGH.search(text) is None
    if enough and not _DENIED_ENOUGH.search(text):
        return "voldoende"
    short = (_SHORT.search(text) is not None and not _CRAMPED_BUDGET.search(text)) or (
        asked and _SHORT_WORDS.search(text) is not None
    )
    lasting = _NOT_TEMPORARY.search(text) or (_LASTING.search(text) and not _NOT_LASTING.search(text))
    temporary = _NOT_LASTING.search(text) or _TEMPORARY.search(text)
    if not short and not (asked and len(text.split()) <= 6 and _NAMED_SHORTAGE.search(text)):
        return None if not (asked and _JUST_ENOUGH.fullmatch(text)) else "voldoende"
    if lasting and not _TEMPORARY.search(_NOT_TEMPORARY.sub(" ", text)):
        return "structureel_tekort"
    if temporary and not (_LASTING.search(text) and not _NOT_LASTING.search(text)):
        return "tijdelijk_tekort"
    return "tekort" if short else None


# --- trained people ----------------------------------------------------------------------------------------------

_TRAINED_NOUN = re.compile(rf"\b{_TRAINED} (?:ips )?(?:{_COACH}|mensen)\b")
_TRAINED_VERB = re.compile(
    rf"\b(?:ze|zij|hij|die) (?:is|zijn) (?:\w+ ){{0,2}}(?:ips )?{_TRAINED_ADV}\b|"
    rf"\b{_COACH} (?:[\w']+ ){{0,5}}?{_TRAINED_ADV}\b|\b{_TRAINED_ADV} (?:zijn|"
    rf"is) (?:\w+ ){{0,3}}{_COACH}|\b{_COACH} (?:hebben|heeft|"
    rf"met) (?:\w+ ){{0,3}}(?:ips training|ips opleiding|training gevolgd|"
    rf"opleiding gevolgd|de training|de opleiding)\b"
)
_NONE_TRAINED = re.compile(
    rf"\b(?:geen|nog geen|niet over|geen enkele) (?:ips )?(?:{_TRAINED}) (?:ips )?{_COACH}\b|\b(?:niemand|"
    rf"geen van onze \w+) (?:\w+ ){{0,4}}(?:{_TRAINED_ADV}|training|opleiding)\b|"
    rf"\b{_COACH} (?:\w+ ){{0,3}}(?:niet|nog niet) (?:\w+ )?{_TRAINED_ADV}\b|\b(?:geen|"
    rf"nog geen) (?:ips )?trajectbegeleiders\b(?! (?:geworven|te (?:vinden|krijgen)|die|bij))"
)
_EMPLOYED_THERE = re.compile(
    r"\b(?:alleen )?(?:bij|van) (?:de |die |het |een )?(?:ggz|partner|"
    r"reintegratiebedrijf|gemeente|uwv|hen|hun)(?: \w+){0,2} in dienst\b|"
    r"\bin dienst (?:van|bij) (?:de |die |het |een |hun |hen)?(?:ggz|partner|"
    r"reintegratiebedrijf|gemeente|uwv)\b"
)
_OBLIGED = re.compile(r"\b(?:moet|moeten|nodig|verplicht|hoeft|hoeven|mag|mogen)\b")
_WE_TRAINED_LATER = re.compile(r"\b(?:moeten|gaan|gaat|worden|laten|wil|willen|kunnen|opleiden|trainen|scholen)\b")


def read_trained(
    clauses: Sequence[Clause], subjects: Subjects, mentions: Sequence[Mention], *, hiring: bool, own: str | None
) -> list[Finding]:
    """Return whose trained trajectbegeleiders there are, and whether somebody to be hired is trained."""
    found: list[Finding] = []
    for clause in clauses:
        if clause.mood in (Mood.ASKED, Mood.UNKNOWN) or clause.hedged or _OBLIGED.search(clause.text):
            continue
        subject = subjects.of(clause)
        if subject == SOMEBODY:
            continue
        if _HIRED_PERSON.search(clause.text):
            found.extend(_hired_trained(clause))
            continue
        hired = hiring and (subject == PARTNER or own in (TOWN, UWV))
        none = _NONE_TRAINED.search(clause.text)
        if none:
            if clause.mood is Mood.STATED:
                found.append(_none_trained(clause, subject, hired=hired))
            continue
        match = _TRAINED_NOUN.search(clause.text) or _TRAINED_VERB.search(clause.text)
        if match and not clause.negated:
            found.extend(_trained(clause, match, subject, mentions, hired=hired))
    return [finding for finding in found if finding.key]


_HIRED_PERSON = re.compile(r"\bingehuurde (?:\w+ )?\w+|\b(?:degene|iemand|coach|jobcoach|trajectbegeleider) die (?:we|wij) "
                           r"(?:willen )?inhuren\b")  # fmt: skip
_HAS_TRAINING = re.compile(
    rf"\b(?:is|zijn) (?:\w+ ){{0,2}}{_TRAINED_ADV}\b|"
    r"\bheeft (?:\w+ ){0,3}(?:opleiding|training|scholing|cursus) (?:gedaan|gevolgd|afgerond)\b"
)


def _hired_trained(clause: Clause) -> list[Finding]:
    """Whether whoever is hired is trained; where they are employed isn't said."""
    if clause.mood is not Mood.STATED or not _HAS_TRAINING.search(clause.text):
        return []
    return [Finding("hired_coach_trained", clause.start, not clause.negated)]


def _none_trained(clause: Clause, subject: str, *, hired: bool) -> Finding:
    if clause.in_progress:
        return Finding("trained_coaches", clause.start, in_progress=True)
    if hired:
        return Finding("hired_coach_trained", clause.start, False)
    return Finding("trained_coaches" if subject != PARTNER else "", clause.start, "geen")


_OUR_WORDS = re.compile(r"\b(?:wij|we|onze)\b")


def _trained(
    clause: Clause, match: re.Match[str], subject: str, mentions: Sequence[Mention], *, hired: bool
) -> list[Finding]:
    if _WE_TRAINED_LATER.search(clause.text) and not _TRAINED_NOUN.search(clause.text):
        return [Finding("trained_coaches", clause.start, in_progress=True)] if subject != PARTNER else []
    near = [m for m in mentions if clause.start <= m.start < clause.start + match.start() and m.role in (OWN, PARTNER)]
    whose = near[-1].role if near else subject
    if near and _OUR_WORDS.search(clause.text[near[-1].end - clause.start : match.end() + 20]):
        whose = OWN
    if _EMPLOYED_THERE.search(clause.text):
        whose = PARTNER
    if clause.mood is Mood.PLANNED and whose != PARTNER:
        return []
    found = [Finding("trained_coaches", clause.start, "partner" if whose == PARTNER else "eigen")]
    return found + ([Finding("hired_coach_trained", clause.start, True)] if hired else [])


# --- experience, team and place of people ------------------------------------------------------------------------

_KNOWS = re.compile(
    r"\b(?:kennen|kent) (?:\w+ ){0,4}(?:doelgroep|mensen met psychische)\b|\bdoelgroep (?:\w+ ){0,3}(?:goed|"
    r"door en door)\b|"
    r"\b(?:gedegen |goede |veel |ruime |aantoonbare |jarenlange |jaren |brede )(?:\w+ ){0,3}(?:kennis|"
    r"ervaring)\b(?: en ervaring)?(?: (?:\w+ ){0,3}(?:met|van|in|over) (?:\w+ ){0,2}(?:psychisch\w*|doelgroep|"
    r"ggz|psychiatrie|kwetsbare))|"
    r"\bervaring (?:\w+ ){0,2}(?:met|in) (?:mensen met |de |deze |onze )?(?:psychische\w*|doelgroep|ggz|"
    r"psychiatrie)\b|\bkennis (?:van|over) (?:de |deze )?(?:doelgroep|psychische\w*)\b|"
    r"\b(?:al )?jaren met mensen met (?:een )?psychische\b|"
    r"\bwerken (?:\w+ ){0,4}met mensen met (?:een )?(?:ernstige )?psychische\b"
)
_IN_TEAM = re.compile(
    r"\b(?:in|deel van|onderdeel van|bij|mee in|komt in|lid van) (?:ons|het|hun|dat|ons eigen|"
    r"de) (?:eigen )?(?:ips )?team\b"
)
_APART = re.compile(
    r"\b(?:niet (?:in|bij) (?:ons|het|hun) (?:ips )?team|geen (?:deel|onderdeel) van (?:ons|het|"
    r"hun) (?:ips )?team|blijft? (?:\w+ ){0,3}(?:los van|buiten) (?:ons|het|"
    r"hun) (?:ips )?team)\b"
)
_SAME_PLACE = re.compile(
    r"\b(?:op|vanaf|vanuit) (?:onze|dezelfde|hun|die|onze eigen|zelfde|"
    r"de zelfde) (?:ggz )?(?:locatie|plek|kantoor|vestiging|werkplek)\b|\b(?:bij ons|"
    r"daar) op (?:locatie|kantoor)\b|\bop ons kantoor\b"
)
_OTHER_PLACE = re.compile(
    r"\b(?:op|vanuit|vanaf) (?:een )?(?:andere|eigen|haar eigen|zijn eigen|"
    r"hun eigen) (?:locatie|kantoor|plek|vestiging)\b|\b(?:vanuit|op|in) het (?:gemeentehuis|"
    r"stadhuis|stadskantoor)\b|\bniet op (?:onze|dezelfde|hun) (?:locatie|kantoor)\b|"
    r"\bop afstand\b|\bvanuit huis\b"
)
HIRING = re.compile(
    r"\b(?:inhuren|inhuur|ingehuurd\w*|in te huren|hur(?:en|t) (?:\w+ ){0,5}in|uitlen\w*|"
    r"uitleen\w*|uit te lenen|detacher\w*|gedetacheerd\w*)\b"
)


def read_people(
    clauses: Sequence[Clause],
    subjects: Subjects,
    mentions: Sequence[Mention],
    *,
    hiring: bool,
    own: str | None,
    pending: str | None,
) -> list[Finding]:
    """Return what is said of the people who will do it: knowledge of the target group, team and workplace."""
    found: list[Finding] = []
    hired = hiring or (pending or "").startswith("hired_coach")
    for clause in clauses:
        if clause.mood in (Mood.ASKED, Mood.UNKNOWN):
            continue
        if _KNOWS.search(clause.text) and clause.mood is Mood.STATED:
            key = "hired_coach_experience" if hired else "coaches_know_target_group"
            agency = own == AGENCY or any(m.type == AGENCY and m.role == PARTNER for m in mentions) or pending == key
            if hired or (agency and (own == AGENCY) == (subjects.of(clause) != PARTNER)) or pending == key:
                found.append(_said(key, clause))
        if hired:
            found.extend(_place(clause))
    return found


def _said(key: str, clause: Clause) -> Finding:
    if clause.hedged:
        return Finding(key, clause.start, unclear="dat is nog niet zeker of geldt maar deels")
    return Finding(key, clause.start, not clause.negated)


def _place(clause: Clause) -> list[Finding]:
    found = []
    if _APART.search(clause.text):
        found.append(Finding("hired_coach_in_team", clause.start, False))
    elif _IN_TEAM.search(clause.text) and not clause.negated and not clause.hedged:
        found.append(Finding("hired_coach_in_team", clause.start, True))
    if _OTHER_PLACE.search(clause.text):
        found.append(Finding("hired_coach_same_location", clause.start, False))
    elif _SAME_PLACE.search(clause.text) and not clause.negated and not clause.hedged:
        found.append(Finding("hired_coach_same_location", clause.start, True))
    return found
