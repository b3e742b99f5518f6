"""The words of the domain, and mending a typo in one of them."""

from __future__ import annotations

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


# Words that a typo may stand for. Inflections are listed too, so that a well-spelled one is never "mended".
_WORDS = words(
    """
    reintegratie reintegratiebedrijf reintegratiebedrijven reintegratiebureau reintegratiebureaus
    reintegratieorganisatie gemeente gemeenten gemeentes beschermd beschermde woonvorm woonvormen
    gehandicaptenzorg gehandicapten verstandelijk verslavingszorg psychiatrie psychiatrisch psychiatrische
    geestelijke gezondheidszorg instelling instellingen organisatie organisaties jobcoachbedrijf jobcoachbureau
    jobcoach jobcoaches vrijgevestigd vrijgevestigde maatschappelijke ziekenhuis jeugdzorg
    criterium criteria kwaliteitscriterium kwaliteitscriteria
    trajectbegeleider trajectbegeleiders trajectbegeleiding begeleider begeleiders begeleiding begeleiden begeleid
    begeleidt begeleidde traject trajecten clienten client caseload behandelaar behandelaars behandelaren behandeling
    behandelingen behandelen behandeld behandelt behandelteam hoofdbehandelaar regiebehandelaar
    capaciteit tijdelijk tijdelijke structureel structurele voldoende onvoldoende tekort tekorten
    getraind getrainde getrainden opgeleid opgeleide geschoold geschoolde
    uitbesteden uitbesteed uitbestede uitbesteding inhuren ingehuurd ingehuurde onderaannemer onderaannemerschap
    afspraken samenwerking samenwerken samenwerkingspartner samenwerkingsafspraken overeenkomst schriftelijk
    schriftelijke papier vastgelegd multidisciplinair multidisciplinaire overleg overleggen afstemming
    tweewekelijks wekelijks maandelijks bestuur bestuurder bestuurders directie netwerk werkgever werkgevers
    locatie doelgroep ervaring anderhalf anderhalve driekwart ongeveer minimaal maximaal minstens hooguit
    maanden twintig dertig veertig vijftig vijfentwintig zesentwintig zevenentwintig achtentwintig negenentwintig
    eenentwintig tweeentwintig drieentwintig vierentwintig vijfendertig
    partner partners waarschijnlijk draagvlak stichting voldoen voldoet voldaan
    financiering financiele bestuurlijke slagkracht
    """
)

# Ordinary Dutch that lies a letter or two from a word above and means something else.
_ORDINARY = words(
    """
    gemeend gemeente gemeen gemeenten gemeenschap gemeende partnes partij partijen party parter papieren
    beschermen beschermt bescherming beheren behandelde begeleidend begeleidende geleiding aanleiding opleiding
    opleidingen leiding afspreken afspraak afspreekt ervaren ervaringen ervaart netwerken netwerkt werknemer
    werknemers inhouden inhoud onderdelen stichtingen stichten straks strakke voldoening voldoende samenwerkt
    samenwerkte instellen instelling organiseren organiseert organisatie locaties locatie direct directe directies
    directeur directeuren bestuurt besturen bestuurlijk financieren financieel financien gezondheid opgelegd opgelegde
    opgeleverd maakten maanden minimale maximale minimum maximum minister overlegt papieren tijden tijdens
    tijdelijkheid structuur uitvoert uitvoerder uitvoerders uitvoerend uitvoerbaar uitgevoerd overeenkomen behandel
    handeling handelingen mishandeling verandering afstemmen afstemt afgestemd twijfel trainen trainer training
    trainingen getrouwd geschoond geschorst partnerschap begeleidster afkraken bewandelen beoordeling
    beoordelingen beschaamd gewestelijk gewestelijke gedeelte geleende ministers ondermeer ongemeen opgelaaid
    organisator overeenkomt overleden overwegen overleven overlegden psychiater psychiaters uitgesteld uitzoeken
    volgende volgend werkelijk werkelijke uitkering verstandig verstandige wettelijk wekelijkse lichamelijke
    aanspraken uitspraken inspraken oversteken overlegging bewoners overzicht straatje trajectplan opnemen getroffen
    afstand ervaarde dagelijks jaarlijks tijdig opgelegd gemeld gemelde geremd maatschappelijk maatschappij
    """
)

_LIST = sorted(_WORDS)
_MINIMUM_LENGTH = 6


def _allowed_edits(length: int) -> int:
    if length < 9:
        return 1
    return 2 if length < 13 else 3


def mend(token: str) -> str:
    """Return the domain word that `token` (lower case, no accents) is a typo of, or the token itself."""
    if len(token) < _MINIMUM_LENGTH - 1 or token in _WORDS or token in _ORDINARY:
        return token
    found = process.extractOne(
        token, _LIST, scorer=DamerauLevenshtein.distance, processor=None, score_cutoff=_allowed_edits(len(token))
    )
    if found is None:
        return token
    word = found[0]
    close = len(word) >= _MINIMUM_LENGTH and word[0] == token[0] and found[1] <= _allowed_edits(len(word))
    return word if close and not _is_inflection(token, word) else token


def _is_inflection(token: str, word: str) -> bool:
    """Say whether the two differ only by an ending, so that the token is a form of its own ("ervaring(en)")."""
    if len(token) == len(word) + 1 and token[-1] == token[-2]:
        return False
    return token.startswith(word) or word.startswith(token)
