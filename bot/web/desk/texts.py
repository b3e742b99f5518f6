"""What employees read in a staff channel and in Zammad. Nothing here holds anything of an asker."""

STATES = {
    "nieuw": "nieuw",
    "in_behandeling": "in behandeling",
    "wacht_op_vrager": "wacht op de vrager",
    "opgelost": "opgelost",
}
CHANNELS = {"widget": "chat op de site", "rest": "chat", "slack": "Slack", "teams": "Teams", "mail": "mail"}
WHO = {"asker": "Vrager", "bot": "IPS-wijzer", "person": "Medewerker", "note": "Notitie"}

CARD_TITLE = "Vraag {number}"
CARD_CATEGORY = "Onderwerp: {category}"
CARD_URGENCY = "Urgentie: {urgency}"
CARD_CHANNEL = "Via: {channel}"
CARD_STATE = "Stand: {state}"
CARD_ASSIGNEE = "Opgepakt door: {name}"
CARD_NOBODY = "Nog niet opgepakt"
CARD_DUE = "Antwoord uiterlijk: {due}"
CARD_OPEN = "Open in de inbox"
CARD_GONE = "Vraag {number}: verwijderd"
CARD_HOW = (
    "Schrijf in deze draad: dat gaat naar de vrager. Begin met !notitie voor een notitie die alleen collega's zien."
)
CARD_HOW_TEAMS = (
    "Schrijf in deze draad en noem @IPS-wijzer: dat gaat naar de vrager. Begin met !notitie voor een notitie die "
    "alleen collega's zien."
)
TAKE, HAND_BACK, CLOSE, REOPEN = "Oppakken", "Teruggeven aan IPS-wijzer", "Afsluiten", "Heropenen"
SUGGESTION = "Voorstel uit de bronnen (nog niet verstuurd)"
NO_TEXT = "(geen tekst)"

SENT = "Verstuurd naar de vrager."
NOTED = "Notitie bewaard. De vrager ziet die niet."
TAKEN = "Niet verstuurd: {name} beantwoordt deze vraag sinds {since}."
TAKEN_ACT = "Dat kan nu niet: {name} beantwoordt deze vraag sinds {since}."
REFUSED = "Niet verstuurd. {reason}"
STALE = "Niet verstuurd: er kwam net een bericht bij. Lees dat eerst en stuur je antwoord dan opnieuw."
UNKNOWN = "Deze vraag is er niet meer."
NOT_A_MEMBER = "Alleen wie in dit kanaal zit, kan vragen beantwoorden."
TOO_LONG = "Niet verstuurd: je antwoord is te lang ({length} tekens, er passen er {limit}). Knip het in stukken."
ONLY_WORDS = "Alleen je tekst is verstuurd. Bestanden kunnen niet mee."
NO_WORDS = "Niet verstuurd: een bestand zonder tekst kan niet mee."
DONE = {
    "take": "Je hebt vraag {number} opgepakt.",
    "hand_back": "IPS-wijzer heeft het gesprek weer.",
    "close": "Vraag {number} is afgesloten.",
    "reopen": "Vraag {number} is weer open.",
}

ZAMMAD_TITLE = "IPS-wijzer {number}: {category}, {urgency} [{mark}]"
ZAMMAD_ABOUT = (
    "Vraag {number} van IPS-wijzer, via {channel}.\nOnderwerp: {category}. Urgentie: {urgency}.\n"
    "Antwoord uiterlijk: {due}.\n\nEen openbare notitie of mail in dit ticket gaat naar de vrager. Een interne notitie "
    "niet. Een interne notitie met !teruggeven geeft het gesprek terug aan IPS-wijzer.\n{link}"
)
ZAMMAD_NO_DUE = "niet nodig"
ZAMMAD_SUMMARY = "Wat het gesprek al vertelde:"
ZAMMAD_ERASED = "De vrager liet deze vraag wissen. Verwijder dit ticket ook in Zammad."
ZAMMAD_ERASED_TITLE = "IPS-wijzer: gewist op verzoek"
ZAMMAD_TOO_LONG = "Niet verstuurd: dit antwoord is te lang ({length} tekens, er passen er {limit})."

NOTIFY = "IPS-wijzer: vraag {number} heeft urgentie {urgency}. {link}"
NOTIFY_HIGHER = "IPS-wijzer: vraag {number} (urgentie {urgency}) is na {minutes} minuten nog niet opgepakt. {link}"
NOTIFY_SUBJECT = "IPS-wijzer: vraag {number}, urgentie {urgency}"
