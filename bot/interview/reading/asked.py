"""An answer to the question that was asked, in words that mean nothing without it: "eentje, bij ons"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.interview.reading.clauses import Clause, Mood
from bot.interview.reading.findings import CORRECTED, Finding
from bot.interview.reading.normalise import normalise
from bot.model import FactValue, Knowledge, Status, criterion_key

_SHORT = 12
_VERY_SHORT = 9
_YES, _NO = Status.VOLDOET.value, Status.VOLDOET_NIET.value

_FILLER = (
    r"(?:ja|nee|nou|maar|wel|gewoon|hoor|dus|eigenlijk|we|wij|ze|zij|er|is|zijn|het|dat|die|nu|al|best|helaas|gelukkig|"
    r"ook|toch|eh|uh|hebben|en|daar|allemaal|heel|erg|nog)"
)


def _whole(pattern: str) -> re.Pattern[str]:
    """Match an answer that says this and, but for small words, nothing else."""
    return re.compile(rf"^(?:{_FILLER} )*(?:{pattern})(?: {_FILLER})*$")


_FREQUENT = r"(?:(?:bijna )?(?:dagelijks|wekelijks)|(?:elke|iedere) (?:dag|week))"
_NO_EXPERIENCE = (
    r"(?:heeft |hebben )?(?:er )?(?:nog )?(?:geen|weinig|nauwelijks|0|amper) (?:ervaring|kennis)(?: mee| van)?"
)
_DOES_NOT_WANT = (
    r"(?:(?:de|het|onze|ons|een|mijn|hun) (?:\w+ ){1,2})?(?:wil|willen) (?:dat|het|dit) (?:liever |echt )?niet|"
    r"(?:wil|willen) (?:we|wij|ze|zij|(?:de|onze) \w+) (?:dat |het )?(?:liever |echt )?niet|"
    r"(?:(?:de|die|een|onze) \w+ )?weiger(?:t|en)(?: (?:dat|het|dit))?"
)

# How people say a value right after its question, in the order in which the values are tried.
_ANSWERS: dict[str, tuple[tuple[FactValue, re.Pattern[str]], ...]] = {
    criterion_key(4): (
        (_YES, _whole(rf"(?:zien|spreken) elkaar {_FREQUENT}|(?:(?:zitten|werken) )?(?:allemaal |samen )*in "
                      r"(?:1|een|hetzelfde) team")),
        (_NO, _whole(r"(?:overleggen|spreken elkaar|zien elkaar) (?:eigenlijk )?(?:nooit|nauwelijks|amper)")),
    ),
    criterion_key(8): (
        (_YES, _whole(r"(?:mogen|kunnen|bepalen|beslissen) (?:dat |alles )?zelf(?: (?:bepalen|beslissen|weten))?"
                      r"(?: (?:hoe|wat) .{1,40})?|(?:helemaal |volledig )?vrij")),
        (_NO, _whole(r"(?:(?:elk|ieder) uur|alles) moet verantwoord worden|moeten (?:alles|elk uur) verantwoorden")),
    ),
    "delivers_ips_now": (
        (True, _whole(r"sinds (?!.*\bniet\b).{2,25}|al (?:ongeveer )?(?:\d+(?:\.\d)? (?:jaar|maanden)|jaren)(?: lang)?|"
                      r"(?:net|pas|vorig jaar|dit jaar) (?:begonnen|gestart)")),
    ),
    "prefers_outsourcing": (
        (False, _whole(r"(?:liever |het liefst |doe |doen |willen )?(?:maar |het |dit |wij |we )*zelf(?: (?:doen|"
                       r"uitvoeren|houden))?")),
        (True, _whole(r"(?:mag|laat|kan) (?:het )?(?:maar )?(?:een ander|iemand anders) (?:het |dat )?(?:maar |best )?"
                      r"(?:doen|uitvoeren)|(?:liever |graag |gewoon )?uitbesteden(?: graag| maar)?|"
                      r"(?:het )?(?:liefst|liever) wel")),
    ),
    "few_clients": (
        (True, _whole(r"(?:hooguit |ongeveer |zo'n |maximaal )*(?:[1-9]|10)(?: of (?:[1-9]|10))?(?: (?:clienten|mensen|"
                      r"man|stuks))?|(?:te )?weinig|een handje ?vol|(?:een paar|enkele)(?: clienten| mensen)?")),
        (False, _whole(r"(?:meer dan |ruim )?(?:genoeg|voldoende|zat|veel)(?: clienten| mensen)?|honderden|tientallen|"
                       r"(?:meer dan |zeker |ongeveer )?\d{3,4}(?: clienten| mensen)?")),
    ),
    "lacks_funding_or_governance_power": (
        (True, _whole(r"geen (?:cent|geld|budget)|redden (?:we |wij |het )*niet (?:alleen|zelf)")),
        (False, _whole(r"(?:geld|budget) (?:zat|genoeg|is er)")),
    ),
    "partner_meets_criteria": ((False, _whole(r"(?:eentje|een|1)(?: van hen| ervan)? niet|niet allemaal")),),
    "clients_in_care_with_partner": ((True, _whole(r"allemaal(?: bij (?:de|die) ggz)?|allen|iedereen")),),
    "trained_coaches": (
        ("geen", re.compile(r"^(?:nee\b.*|nog )?(?:geen|niemand|nergens|ze zijn er (?:nog )?niet|"
                            r"die zijn er (?:nog )?niet|nog niet|zijn er niet|die hebben we (?:nog )?niet|"
                            r"niet)(?: (?:getraind\w*|opgeleid\w*|trajectbegeleiders|mensen|eigenlijk|hoor|dus|"
                            r"helaas|een|1|geen|hebben|we|die|nog))*$")),
        ("partner", re.compile(r"\b(?:bij (?:de|het|dat|onze|een|die) (?:partner|ander|andere|ggz|reintegratiebedrijf|"
                               r"gemeente|uwv|uitvoerder)\b|(?:bij|van) (?:hen|hun)|van de ander|de partner|partner|"
                               r"zij hebben (?:ze|"
                               r"die|er)|ze hebben ze daar)\b|^(?:daar|zij)$")),
        ("eigen", re.compile(r"\b(?:zelf|eigen|bij ons|van ons|onszelf|in huis|in eigen huis|(?:wij|we) hebben (?:ze|"
                             r"die|er)|"
                             r"die hebben (?:we|wij))\b|^(?:hier|wij|ons|wij wel)$")),
    ),
    "written_agreements": (
        (False, _whole(r"(?:alleen )?mondeling")),
        (True, _whole(r"(?:staan?|alles) (?:al )?(?:zwart op wit|op papier|vast)|"
                      r"(?:ligt )?(?:al )?een (?:contract|overeenkomst|convenant)")),
    ),
    "agreements_refused": (
        (False, _whole(r"iedereen (?:doet|werkt|wil) (?:graag )?mee(?:doen|werken)?")),
        (True, _whole(_DOES_NOT_WANT)),
    ),
    "phrenos_review_refused": (
        (False, _whole(r"(?:mag|mogen) (?:best |gerust |gewoon |altijd )?(?:komen )?(?:kijken|toetsen|meekijken|"
                       r"beoordelen)|geen bezwaar")),
        (True, _whole(_DOES_NOT_WANT)),
    ),
    "only_own_clients": (
        (True, _whole(r"alleen (?:die van ons|(?:clienten|mensen) van (?:ons|onszelf)|onze(?: eigen)?)")),
        (False, _whole(r"ook (?:die )?(?:van )?(?:anderen|andere|buiten|elders)(?: \w+)?")),
    ),
    "coach_alignment": (("minder", _whole(r"(?:bijna |vrijwel )?nooit|zelden|nauwelijks|af en toe")),),
    "team_form": (
        ("aparte_organisatie", re.compile(r"\b(?:apart|aparte|stichting|los|losse|nieuwe organisatie|"
                                          r"eigen (?:organisatie|"
                                          r"stichting|bv)|zelfstandig|zelfstandige|bv|cooperatie)\b")),
        ("onderdeel_van_een_ggz", re.compile(r"\b(?:onderdeel|bij een van|bij 1 van|ondergebracht|onder (?:een|"
                                             r"1|ons|onze|de|hen)|bij ons|binnen (?:een|de|1)|bij (?:de|een) ggz|"
                                             r"van een ggz)\b")),
    ),
    "capacity": (
        ("tijdelijk_tekort", re.compile(r"^(?:ja |een |alleen |het is |dat is |is |maar |gewoon |nu |"
                                        r"even )*(?:tijdelijk|tijdelijke|tijdelijk tekort|even)\b")),
        ("structureel_tekort", re.compile(r"^(?:ja |een |het is |dat is |is |nee |helaas )*(?:structureel|"
                                          r"blijvend|chronisch|permanent|structurele?|blijvende?)\b")),
    ),
    "coaches_know_target_group": ((False, _whole(_NO_EXPERIENCE)),),
    "hired_coach_trained": (
        (False, _whole(r"(?:nog )?niet (?:in ips )?(?:getraind|opgeleid|geschoold)")),
        (True, _whole(r"heeft (?:de |een |die |al )*(?:ips )?(?:opleiding|training|scholing|cursus) (?:al )?(?:gedaan|"
                      r"gevolgd|afgerond)|(?:in ips )?(?:getraind|opgeleid|geschoold)")),
    ),
    "hired_coach_experience": (
        (False, _whole(_NO_EXPERIENCE)),
        (True, _whole(r"werkt (?:al )?(?:(?:\d+|vele) jaar |jaren |lang )?(?:in|met|bij) (?:de |mensen met )?"
                      r"(?:psychiatrie|ggz|psych\w+ \w+)")),
    ),
    "hired_coach_in_team": (
        (True, _whole(r"hoort er (?:helemaal |gewoon |echt )?bij|draait (?:gewoon |volledig )?mee")),
        (False, _whole(r"staat (?:er|daar) (?:\w+ )?los van|hoort er niet bij")),
    ),
    "hired_coach_same_location": (
        (False, _whole(r"(?:werkt )?(?:vanuit huis|thuis|elders|ergens anders)")),
        (True, _whole(r"(?:gewoon |zit |werkt |komt )*(?:bij ons|hier)(?: op kantoor| op locatie)?")),
    ),
}  # fmt: skip


_A_WEEK = (
    r"(?:om de week|om de 2 weken|wekelijks|(?:elke|iedere) (?:2 )?(?:week|weken)|(?:[1-7] ?x|(?:een|[1-7]) keer|eens|"
)
_A_WEEK += r"1 maal) (?:per|in de|per 2|in de 2) (?:week|weken))"
_ALWAYS = r"(?:altijd |ook |wel |gewoon |standaard |wekelijks |elke week )*"
_SELDOM = r"(?:eens|1 ?x|(?:een|1) keer|[1-3] ?x) (?:per|in het|in de) (?:jaar|kwartaal|half jaar|maand)"
_COACH = (
    r"(?:de |onze |die )?(?:ips )?(?:trajectbegeleiders?|begeleiders?|job ?coach(?:es)?|coach(?:es)?|ze|die|hij|zij)"
)
_SOME_CLIENTS = (
    r"(?:de )?(?:jongeren|jongvolwassenen|ouderen|jeugd|mannen|vrouwen|vroege psychose|(?:1|een|2|enkele|sommige) "
    r"(?:teams?|afdelingen|afdeling|locaties?))"
)
_OTHER_PARTIES = r"(?:gemeenten?|uwv|werkgevers)"

# A whole message that answers a criterion in its own words: a status, or None with what to ask on.
_WHOLE_ANSWERS: dict[str, tuple[tuple[FactValue | None, str, re.Pattern[str]], ...]] = {
    criterion_key(1): (
        (_NO, "", _whole(r"na (?:het |hun |de )?(?:ontslag|afsluiting|behandeling|traject) (?:krijgen|hebben|is) (?:ze |zij |de clienten |clienten )?(?:helemaal )?"
                         r"(?:geen|niks|niets)(?: zorg| begeleiding| ondersteuning)?(?: meer)?(?: van ons)?")),
        (None, "blijven ze vanaf nu nog minstens een jaar?",
         _whole(r"(?:(?:onze|de|die) )?(?:\w+ )?(?:zitten|wonen|zijn|komen) (?:hier )?al (?:\w+ ){0,2}(?:jaar|jaren|lang)"
                r"(?: (?:bij ons|hier|in zorg))?")),
    ),
    criterion_key(2): ((_YES, "", _whole(r"(?:net )?(?:zo ?lang|zolang) (?:als )?(?:het |dat )?nodig(?: is)?")),),
    criterion_key(3): (
        (_YES, "", _whole(r"(?:alle |de )*neuzen (?:staan|wijzen) (?:allemaal |echt |wel |hier )*(?:dezelfde|1|een|de zelfde) kant op")),
    ),
    criterion_key(4): (
        (_YES, "", _whole(rf"(?:minstens |minimaal |zeker |ongeveer )?{_A_WEEK}(?: overleg)?(?: met (?:de |hun |het )?"
                          r"(?:regie|hoofd)?(?:behandelaars?|behandelaren|behandelteam))?")),
        (None, "hoe vaak is er dan overleg met de behandelaar?",
         _whole(rf"{_SELDOM}|(?:alleen|pas|enkel) (?:als|bij|wanneer) (?:er |het |dat )?(?:\w+ ){{0,3}}\w+")),
        (_YES, "", _whole(rf"{_COACH} (?:sluit|sluiten|schuift|schuiven|zit|zitten) {_ALWAYS}(?:aan )?(?:bij|in) "
                          r"(?:het|ons|elk|ieder) mdo")),
    ),
    criterion_key(5): ((_NO, "", _whole(rf"(?:alleen|enkel|uitsluitend) (?:voor|bij) {_SOME_CLIENTS}")),),
    criterion_key(6): ((_YES, "", _whole(r"(?:ruim|meer dan) (?:genoeg|voldoende)")),),
    criterion_key(7): (
        (_YES, "", _whole(r"(?:(?:een|zo'n) netwerk )?kunnen (?:wel |zeker |goed |zelf |prima |best )*opbouwen|"
                          r"(?:dat |die )?kunnen (?:we|wij) (?:wel |zeker |goed |zelf |prima |best )*opbouwen")),
        (None, "lukt het jullie om dat netwerk ook met die anderen op te bouwen?",
         re.compile(rf"^(?=.*\b(?:goed|goede|prima|korte|veel)\b).*\b{_OTHER_PARTIES}\b.*[, ](?:met )?(?:de )?"
                    rf"{_OTHER_PARTIES} (?:(?:nog|wel|is|hebben|kennen|we|dat) )*(?:niet|weinig|nauwelijks|minder|geen)\b")),
    ),
    criterion_key(8): (
        (_YES, "", _whole(r"(?:mogen|kunnen) (?:gewoon |altijd |zelf )?doen wat (?:er )?nodig is|vrijheid blijheid|"
                          rf"{_COACH} (?:mogen|mag) doen wat (?:er )?nodig is")),
    ),
}  # fmt: skip


_LEAD_NO, _LEAD_YES = re.compile(r"(?:nou )?(?:nee|nog)\b"), re.compile(r"(?:nou )?ja\b")


def read_whole(text: str, pending: str | None, found: Sequence[Finding]) -> list[Finding]:
    """Return what a whole short message answers to the criterion that was asked, when nothing else read it."""
    plain = text.strip(" .,!;:")
    if "?" in text or len(plain.split()) > _SHORT + 2 or any(finding.key == pending for finding in found):
        return []
    for value, question, pattern in _WHOLE_ANSWERS.get(pending or "", ()):
        contrary = _LEAD_NO if value == _YES else _LEAD_YES
        if pattern.search(plain) and not (value and contrary.match(plain)):
            return [Finding(pending or "", 0, value, weight=CORRECTED, unclear=question or None)]
    return []


def read_asked(
    text: str, clauses: Sequence[Clause], pending: str | None, knowledge: Knowledge, found: Sequence[Finding]
) -> list[Finding]:
    """Return what a short answer says to the pending question, when nothing else read it."""
    definition = knowledge.facts.get(pending or "")
    if definition is None or any(finding.key == pending for finding in found):
        return []
    stated = " ".join(clause.text for clause in clauses if clause.mood in (Mood.STATED, Mood.PLANNED))
    if not stated or len(stated.split()) > _SHORT:
        return []
    known = _ANSWERS.get(definition.key, ()) if len(stated.split()) <= _VERY_SHORT else ()
    values = [value for value, pattern in known if pattern.search(stated)]
    if not values and definition.kind == "choice":
        names = _is_only if definition.key == "organisation_type" else _names
        values = [value for value, label in definition.values if names(stated, value, label)]
    if definition.key == "trained_coaches" and "geen" in values:
        values = ["geen"]
    return [Finding(definition.key, _first_stated(clauses), values[0])] if len(values) == 1 else []


def _first_stated(clauses: Sequence[Clause]) -> int:
    return next(clause.start for clause in clauses if clause.mood in (Mood.STATED, Mood.PLANNED))


def _is_only(stated: str, value: str, label: str) -> bool:
    """Say whether the answer is no more than a choice's value or label: "de ggz weigert" names somebody else."""
    either = "|".join(re.escape(normalise(words)) for words in (value.replace("_", " "), label))
    return _whole(rf"(?:een )?(?:{either})").match(stated) is not None


def _names(stated: str, value: str, label: str) -> bool:
    """Say whether the answer is a choice's value or label, or holds it whole."""
    for words in (normalise(value.replace("_", " ")), normalise(label)):
        if f" {words} " in f" {stated} " or (len(stated) >= 5 and f" {stated} " in f" {words} "):
            return True
    return False
