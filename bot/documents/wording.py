"""The sentences of the document. What rests on a publication names the place."""

from __future__ import annotations

from bot.model import OptionStatus, SourceRef, Status

TITLE = "Implementatieplan IPS"
NO_NAME = "Naam van de organisatie of coalitie: nog niet ingevuld"
MADE_ON = "Concept van {date}. Gemaakt met de IPS-wijzer, kennisversie {version}."
CONCEPT = (
    "Dit is een concept. Kenniscentrum Phrenos bespreekt het met jullie. Samen kijken jullie of er genoeg aan de "
    "kwaliteitscriteria voldaan kan worden om te beginnen.",
    SourceRef("handreiking", "Wat kan je met deze handreiking"),
)
SEND = (
    "Je stuurt het plan naar Kenniscentrum Phrenos, via ips@kcphrenos.nl.",
    SourceRef("handreiking", "Toelichting"),
)
WHOSE_WORDS = (
    "De antwoorden staan er precies zoals ze gegeven zijn. Ze zijn te herkennen aan de streep ervoor. Al het andere "
    "schreef de IPS-wijzer. Waar dat op een publicatie rust, staat de bron erbij. Waar niets is ingevuld, staat dat er "
    "ook."
)

PLAN = "Het plan"
CHAPTERS = {
    "contact": "Contactpersoon",
    "organisatie": "Organisatie of samenwerkingscoalitie",
    "motivatie": "Motivatie",
    "samenwerking": "Samenwerking",
}
CHAPTER_INTROS = {
    "contact": "Wie Kenniscentrum Phrenos over dit plan kan benaderen.",
    "organisatie": "Wie jullie zijn en voor wie jullie werken.",
    "motivatie": "Waarom jullie met IPS willen beginnen.",
    "samenwerking": "Hoe de partijen samen IPS gaan uitvoeren.",
}
CHAPTER_INTRO = "Wat hierover is gezegd."
CRITERION = "Criterium {number}: {name}"
VERDICT = "Oordeel: {verdict}. {basis}"
OPEN = "Nog open: hier is nog geen antwoord gegeven."
SKIPPED = "Nog open: deze vraag is overgeslagen."
FROM_THE_CHECK = "Dit is al gezegd in de criteriacheck: {value}."
FROM_THE_ADVICE = "Dit volgt uit het advies in de bijlage: {value}."
GIVEN = "Antwoord van {date}"
GIVEN_BY = "Antwoord van {by}, {date}"
OTHER_ANSWERS = "Overige antwoorden"
OTHER_ANSWERS_INTRO = "Deze antwoorden horen bij vragen die nu niet meer gesteld worden."
NONE = "geen"

VERDICTS = "De acht kwaliteitscriteria"
VERDICTS_INTRO = (
    "Dit overzicht laat zien hoe jullie er volgens jullie eigen antwoorden voor staan. Het is geen oordeel van "
    "Kenniscentrum Phrenos."
)
VERDICT_HEADER = ("Criterium", "Oordeel", "Waar dit op rust")
CRITERIA_SOURCE = (SourceRef("handreiking", "kwaliteitscriterium 1"), "kwaliteitscriterium 1 tot en met 8")
STATUS = {Status.VOLDOET: "voldoet", Status.VOLDOET_NIET: "voldoet niet", Status.ONBEKEND: "onbekend"}
NOT_ANSWERED = "Nog niet beantwoord."
OWN_WORD = "Eigen antwoord."
OWN_NUMBERS = "Eigen antwoord: {note}."

OPEN_POINTS = "Open punten"
OPEN_INTRO = "Dit is nog niet klaar of vraagt nog aandacht. Loop het na voor je het plan verstuurt."
NOTHING_OPEN = "Er zijn geen open punten."
OPEN_CRITERIA = "Criteria die nog niet zeker zijn"
OPEN_CRITERION = "Criterium {number} ({name}): {verdict}."
OPEN_QUESTIONS = "Vragen zonder antwoord"
OPEN_SKIPPED = "Overgeslagen vragen"
OPEN_REMARKS = "Antwoorden om nog eens te bekijken"

ADVICE = "Bijlage: advies over de vorm"
ADVICE_INTRO = (
    "Er zijn vijf manieren om IPS uit te voeren. Dit advies volgt uit de antwoorden hiervoor en uit de publicaties. "
    "Het is een hulpmiddel voor het gesprek, geen besluit."
)
BEST = "Welke vorm past"
NO_BEST = {
    "nog_niet": "Met wat er nu is ingevuld, kan nog geen van de vijf vormen.",
    "meer_informatie": "Dat is nog niet te zeggen. Er ontbreekt nog informatie die de uitkomst bepaalt.",
}
OTHERS = "Waarom de andere vormen niet als eerste"
ALL_OPTIONS = "Hoe het staat met elke vorm"
OPTION = "{name}: {status}"
OPTION_STATUS = {
    OptionStatus.POSSIBLE: "kan",
    OptionStatus.IMPOSSIBLE: "kan niet",
    OptionStatus.UNDECIDED: "nog open",
}
RESPONSIBLE_TITLE = "Wie waarvoor verantwoordelijk is"
RESPONSIBLE_HEADER = ("Onderwerp", "Wie")
RESPONSIBLE = ("Uitvoering", "Contract", "Financiering aanvragen", "Modeltrouwmeting")
REQUIRED = "Dit moet nog geregeld worden"
RECOMMENDED = "Dit is aan te raden"
SILENT = "Wat de publicatie openlaat"

CHANGES = "Bijlage: wie wat invulde"
CHANGES_INTRO = "Iedereen die meeschrijft, kan zelf voorletters kiezen."
CHANGES_HEADER = ("Datum", "Wie", "Wat", "Antwoord op")
NO_INITIALS = "zonder voorletters"

SOURCES = "Bijlage: bronnen"
SOURCES_INTRO = "Dit document gebruikt deze publicaties."
SOURCES_HEADER = ("Publicatie", "Uitgever", "Datum", "Gebruikte onderdelen")

DESCRIPTION = "Concept van een implementatieplan voor Individuele Plaatsing en Steun (IPS)."
CONTENTS = "Inhoud"
FOOTER = "Implementatieplan IPS, concept"
SOURCE = "Bron: {source}"
REMARK = "Let op: {text}"


def chapter_name(chapter: str) -> str:
    """Return how a chapter is called in a list: "Criterium 6", "Contactpersoon"."""
    kind, _, number = chapter.partition(".")
    return f"Criterium {number}" if kind == "criterium" else CHAPTERS.get(chapter, chapter).partition(" of ")[0]
