"""What the inbox says: plain Dutch for codes, moments and events. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.model import Ticket, TicketEvent

HERE = ZoneInfo("Europe/Amsterdam")
DAYS = ("ma", "di", "wo", "do", "vr", "za", "zo")
MONTHS = ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")

CATEGORIES = {
    "toepasbaarheid": "Past IPS bij ons",
    "kwaliteitscriteria": "Kwaliteitscriteria",
    "samenwerking": "Samenwerking",
    "implementatieplan": "Implementatieplan",
    "financiering": "Financiering",
    "modeltrouw": "Modeltrouw",
    "training": "Training",
    "onderzoek": "Onderzoek",
    "hulpvraag": "Hulpvraag",
    "techniek": "Techniek",
    "overig": "Overig",
}
URGENCIES = {"direct": "Direct", "hoog": "Hoog", "normaal": "Normaal", "laag": "Laag"}
STATES = {
    "nieuw": "Nieuw",
    "in_behandeling": "In behandeling",
    "wacht_op_vrager": "Wacht op de vrager",
    "opgelost": "Opgelost",
}
OPEN = ("nieuw", "in_behandeling", "wacht_op_vrager")
OURS = ("nieuw", "in_behandeling")  # the ones in which the next word is ours
CHANNELS = {"widget": "Chat op de website", "slack": "Slack", "teams": "Teams", "rest": "Andere chat", "mail": "Mail"}
WHY = {
    "gevraagd": "De vrager wil een mens spreken.",
    "niet_begrepen": "De bot begreep de vrager twee keer niet.",
    "mens_nodig": "De bot kan deze vraag niet zelf beantwoorden.",
    "nood": "De vrager lijkt in nood.",
    "mail": "De vraag kwam per mail.",
}
FLAGS = {
    "crisis": "Mogelijk levensgevaar.",
    "persoonsgegevens": "In het bericht stonden gegevens van een cliënt. Die zijn onleesbaar gemaakt.",
    "mens_nodig": "Deze vraag heeft een mens nodig.",
    "automatisch": "De bronnen geven hier een antwoord op.",
}
REASONS = {
    "gevaar": "Er staan woorden in die op levensgevaar wijzen. Daarom is de vraag direct.",
    "klacht": "Het is een klacht. Daarom is de urgentie hoog.",
    "datalek": "Het gaat mogelijk om een datalek. Daarom is de urgentie hoog.",
    "termijn": "Er staat een termijn in van hooguit ongeveer een week. Daarom is de urgentie hoog.",
    "persoonsgegevens": "Er stonden persoonsgegevens van een cliënt in. Daarom moet een mens kijken.",
}
NO_REASON = "Geen vaste regel was van toepassing. De indeling is een inschatting aan de hand van voorbeelden."
WHO = {"asker": "Vrager", "bot": "Bot", "person": "Medewerker", "note": "Notitie"}
ROLES = {"medewerker": "Medewerker", "beheerder": "Beheerder"}
EVENTS = {
    "geopend": "Vraag kwam binnen",
    "bericht": "Bericht van de vrager",
    "bot_antwoord": "Antwoord van de bot",
    "antwoord": "Antwoord verstuurd",
    "notitie": "Notitie gemaakt",
    "opgepakt": "Opgepakt",
    "toegewezen": "Toegewezen",
    "teruggegeven": "Teruggegeven aan de bot",
    "wacht": "Wacht op de vrager",
    "opgelost": "Gesloten",
    "heropend": "Weer geopend",
    "triage_gewijzigd": "Indeling verbeterd",
    "had_geweten": "Gemeld: dit had de bot moeten weten",
    "contact": "Contactgegevens gegeven",
    "bekeken": "Bekeken",
    "gekoppeld": "Gekoppeld aan een ander systeem",
    "te_laat": "Niemand was op tijd",
    "gewist": "Gesprek gewist",
    "verwijderd": "Vraag verwijderd",
}
DONE = {
    "antwoord": "Je antwoord is verstuurd.",
    "notitie": "De notitie is bewaard. De vrager ziet die niet.",
    "pak-op": "Je hebt de vraag opgepakt. De bot zwijgt nu in dit gesprek.",
    "wijs-toe": "De vraag is toegewezen.",
    "geef-terug": "De bot antwoordt weer in dit gesprek.",
    "wacht": "De vraag wacht nu op de vrager.",
    "sluit": "De vraag is gesloten. Je kunt haar weer openen.",
    "heropen": "De vraag is weer open.",
    "triage": "De indeling is verbeterd. Dank je: de triage leert hiervan.",
    "had-geweten": "Doorgegeven aan de mensen die de kennis bijhouden.",
    "wis": "Wat de vrager vertelde, is gewist. De vraag is gesloten.",
    "account-uit": "Het account is uitgezet. Wie ingelogd was, is dat niet meer.",
    "account-aan": "Het account kan weer inloggen.",
}

CLOSED = "De inbox is nog dicht, want er is nog geen account."
HOW_TO_OPEN = "Maak er een op de server met: make medewerker"
WRONG_LOGIN = "De naam of het wachtwoord klopt niet, of dit account kan niet inloggen."
WAIT_LOGIN = "Dat zijn veel pogingen. Wacht {wait} en probeer het dan opnieuw."
LOGIN_LAPSED = "Deze pagina stond te lang open. Probeer het nog eens."
OIDC_REFUSED = "Inloggen via je organisatie is niet gelukt. Probeer het nog eens, of vraag je beheerder om toegang."
OIDC_DOWN = "Inloggen via je organisatie lukt nu niet. Probeer het over een minuut nog eens."
LAPSED = "Je was te lang weg en bent uitgelogd. Er is niets verstuurd of bewaard."
WRONG_FORM = "Dit formulier is niet meer geldig. Ga terug, laad de pagina opnieuw en probeer het nog eens."
WRONG_TYPE = "Dit formulier kwam niet goed binnen."
NOT_ALLOWED = "Dit is alleen voor beheerders."
NO_TICKET = "Deze vraag bestaat niet (meer)."
NO_PAGE = "Deze pagina bestaat niet."
WRONG_METHOD = "Dit kan hier niet. Ga terug naar de vorige pagina."
STORE_DOWN = "De inbox kan nu niet bij de gegevens. Er is niets verstuurd. Probeer het over een minuut nog eens."
BROKEN = "Er ging bij ons iets mis. Probeer het later nog eens."
EMPTY_ANSWER = "Typ eerst een antwoord."
EMPTY_NOTE = "Typ eerst een notitie."
TOO_LONG = "Deze tekst is te lang: {length} tekens. Er passen er {limit}."
CHOOSE_CATEGORY = "Kies een onderwerp uit de lijst."
CHOOSE_URGENCY = "Kies een urgentie uit de lijst."
CHOOSE_PERSON = "Kies een medewerker uit de lijst."
TAKEN = "{by} heeft deze vraag {at} opgepakt. Je antwoord is niet verstuurd."
TAKEN_ACT = "{by} heeft deze vraag {at} opgepakt."
STALE = "Er kwam iets bij terwijl je schreef. Je antwoord is niet verstuurd. Lees eerst wat nieuw is."
STALE_ACT = "Iemand anders wijzigde deze vraag tegelijk. Er is niets veranderd. Kijk hoe de vraag er nu voor staat."


def moment(at: datetime, now: datetime) -> str:
    """Return a moment as people say it: "vandaag om 09:30", "ma 23 nov om 09:30", with the year when it's another."""
    local, today = at.astimezone(HERE), now.astimezone(HERE)
    days = (local.date() - today.date()).days
    day = {0: "vandaag", -1: "gisteren", 1: "morgen"}.get(days)
    if day is None:
        year = f" {local.year}" if local.year != today.year else ""
        day = f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}{year}"
    return f"{day} om {local:%H:%M}"


def is_overdue(ticket: Ticket, now: datetime) -> bool:
    """Tell whether the asker should have had an answer by now."""
    return ticket.due is not None and ticket.due < now and ticket.state in OURS


def due(ticket: Ticket, now: datetime) -> str:
    """Return by when the asker must have an answer, in words; "" when nobody waits for us."""
    if ticket.due is None or ticket.state not in OURS:
        return ""
    if is_overdue(ticket, now):
        return f"Te laat: het antwoord moest er {moment(ticket.due, now)} zijn"
    return f"Antwoord uiterlijk {moment(ticket.due, now)}"


def title(ticket: Ticket, longest: int = 90) -> str:
    """Return what a ticket is about: its subject, else how the asker's last words begin."""
    said = [message.text for message in ticket.messages if message.who == "asker"]
    text = " ".join((ticket.subject or (said[-1] if said else "")).split())
    if not text:
        return "Vraag zonder tekst"
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def reasons(ticket: Ticket) -> list[str]:
    """Return why the triage judged as it did, in sentences."""
    told = [REASONS[code] for code in ticket.reasons if code in REASONS]
    flagged = [
        FLAGS[code] for code in ticket.flags if code in FLAGS and not (code in REASONS and code in ticket.reasons)
    ]
    return [WHY.get(ticket.why, ""), *(told or [NO_REASON]), *flagged]


def event(happened: TicketEvent) -> str:
    """Return an event of the audit trail in words, with what its detail adds."""
    told, detail = EVENTS.get(happened.what, happened.what), happened.detail
    category, urgency = detail.get("category", ""), detail.get("urgency", "")
    more = [CATEGORIES.get(category, category), URGENCIES.get(urgency, urgency)]
    if happened.what == "triage_gewijzigd":
        before = (CATEGORIES.get(detail.get("category_was", ""), ""), URGENCIES.get(detail.get("urgency_was", ""), ""))
        more.append("eerst " + " en ".join(each for each in before if each))
    if happened.what == "toegewezen":
        more.append(f"aan {detail.get('to') or 'niemand'}")
    more.append(CHANNELS.get(detail.get("channel", ""), ""))
    shown = ", ".join(each for each in more if each)
    return f"{told} ({shown})" if shown else told


def wait(seconds: int) -> str:
    """Return a time to wait, rounded up to whole minutes beyond one."""
    if seconds < 60:
        return f"{seconds} seconden" if seconds != 1 else "1 seconde"
    minutes = -(-seconds // 60)
    return "1 minuut" if minutes == 1 else f"{minutes} minuten"


def options(choices: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return choices for a select."""
    return list(choices.items())
