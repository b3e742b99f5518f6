"""The sentences that mails, and notes about mails, say."""

CONSENT = "Heeft zelf naar de helpdesk gemaild. Het antwoord gaat naar dit adres."
NO_TEXT = "(Deze mail heeft geen tekst die ik kan lezen.)"
NO_SUBJECT = "(geen onderwerp)"

# Notes in a ticket about what was odd; the codes are those of bot.mail.reading.REMARKS.
REMARKS = {
    "kapot": "De mail is kapot. Wat te lezen was, staat hier. Kijk ook in de mailbox.",
    "afgekapt": "De mail is te groot. Alleen het begin staat hier. Lees hem in de mailbox.",
    "leeg": "De mail heeft geen tekst. Kijk in de mailbox of er een plaatje of bijlage bij zit.",
    "versleuteld": "De mail is versleuteld. Ik kan hem niet lezen. Lees hem in de mailbox of vraag om een gewone mail.",
    "ondertekend_dicht": "De mail is digitaal ondertekend en verpakt. Ik kan hem niet lezen. Lees hem in de mailbox.",
    "winmail": "De mail heeft een winmail.dat (van Outlook). Daar kan tekst of een bijlage in zitten die ik niet lees.",
    "agenda": "De mail heeft een uitnodiging voor de agenda. Die is niet beantwoord.",
    "doorgestuurd_als_bijlage": "De mail heeft een andere mail als bijlage. De tekst daarvan staat eronder.",
    "te_veel_delen": "De mail heeft heel veel delen. Niet alles is gelezen. Kijk in de mailbox.",
    "ingekort": "De mail is erg lang. Alleen het begin staat hier. Lees hem in de mailbox.",
    "afzender_onduidelijk": "Ik weet niet zeker wie dit stuurde. Er staat daarom geen adres bij dit ticket.",
}
UNREADABLE = "Mail die ik niet kan ophalen of lezen"
UNJUDGED = "De triage lukte niet. Kijk zelf naar het onderwerp en de urgentie."
ATTACHMENTS = "Bijlagen (niet geopend en niet bewaard; ze staan in de mailbox): {names}."
NATURES = {
    "automatisch": "Dit is een automatisch bericht. Er gaat geen automatisch antwoord uit.",
    "lijst": "Dit kwam via een mailinglijst of nieuwsbrief. Er gaat geen automatisch antwoord uit.",
    "onbestelbaar": "Een mailprogramma meldt dat een mail niet aankwam. Het hoort niet bij een ticket.",
}
STRANGER = (
    "Deze mail lijkt een antwoord bij ticket {ticket}, maar komt van een ander adres. Daarom is het een eigen ticket."
)
NOT_GENUINE = (
    "Deze mail lijkt een antwoord bij ticket {ticket}, maar onze mailserver kon de afzender niet bevestigen. Daarom is "
    "het een eigen ticket."
)
NOT_ALLOWED = (
    "Deze mail lijkt het antwoord van een medewerker bij ticket {ticket}, maar {reason}. Het is niet naar de vrager "
    "gestuurd."
)
REASONS = {
    "adres": "het adres staat niet in de lijst van medewerkers",
    "kenmerk": "het kenmerk van het ticket ontbreekt",
    "echtheid": "onze mailserver kon de afzender niet bevestigen",
}
DANGER_IN_REPLY = "De vrager schreef iets dat op levensgevaar kan wijzen. Dat staat in ticket {ticket}."
BELONGS_TO = "Dit hoort bij ticket {ticket}."
AUTO_REPLY = "Er kwam een automatisch antwoord op onze mail:\n\n{text}"
BOUNCED = (
    "Onze mail kwam niet aan bij de vrager{status}. Het adres klopt misschien niet of de mailbox is vol. Zoek een "
    "andere weg om te antwoorden."
)
DELAYED = "Onze mail is nog niet aangekomen bij de vrager{status}. Het mailprogramma probeert het later opnieuw."
STAFF_BOUNCED = "Een mail over dit ticket kwam niet aan bij de helpdesk{status}."
REFUSED = (
    "Onze mail aan de vrager werd geweigerd. Het adres klopt misschien niet. Zoek een andere weg om te antwoorden."
)
FLOOD = (
    "Deze afzender stuurt heel veel mails. Vanaf nu komen ze een uur lang niet in een ticket. Ze staan ongelezen in de "
    "mailbox."
)

# --- mails to askers
SIGNED_BY_PERSON = "{text}\n\nDit antwoord hoort bij je vraag met nummer {ticket}. Je kunt op deze mail antwoorden."
BOT_OPENING = (
    "Hallo,\n\nDit is een automatisch antwoord van IPS-wijzer, een computerprogramma. Er heeft nog geen mens naar je "
    "vraag gekeken."
)
BOT_CLOSING = (
    "Helpt dit niet, of wil je liever een mens spreken? Antwoord dan op deze mail. Een medewerker van de helpdesk "
    "leest je antwoord. Je vraag heeft nummer {ticket}."
)
DANGER_OPENING = "Hallo,\n\nDit is een automatisch bericht van IPS-wijzer, een computerprogramma."
DANGER_CLOSING = (
    "Je mail is ook bij de helpdesk terechtgekomen, met nummer {ticket}. Een medewerker leest hem. Dat kan even duren. "
    "Wacht daar niet op als je nu hulp nodig hebt."
)
REPLY_SUBJECT = "Re: {subject}"

# --- mails to the helpdesk
DESK_SUBJECT = "Ticket {ticket} ({urgency}): {category} [{token}]"
DESK_NEW = "Nieuw ticket {ticket}."
DESK_SAID = "De vrager schreef verder bij ticket {ticket}."
DESK_NOTE = "Bij ticket {ticket}:"
DESK_FACTS = "Onderwerp: {category}. Urgentie: {urgency}. Kanaal: {channel}."
DESK_DUE = "Antwoord uiterlijk: {due}."
DESK_SUGGESTION = "Voorstel voor een antwoord (uit de bronnen, nog niet verstuurd):"
DESK_ANSWERED = "De bot heeft dit al geantwoord:"
DESK_HOW = (
    "Antwoord op deze mail om de vrager te antwoorden. Laat het kenmerk [{token}] in het onderwerp staan. Je "
    "adres gaat niet mee, behalve als je het zelf schrijft.\n"
    "Zet een van deze woorden op een eigen regel als dat nodig is: #notitie (alleen voor collega's, gaat niet naar de "
    "vrager), #teruggeven (de bot mag weer antwoorden), #opgelost (het ticket is klaar)."
)
DESK_LINK = "Of open het ticket: {link}"
LINE = "----------"

# --- mails to an employee whose reply was not passed on
NOT_SENT_SUBJECT = "Niet verstuurd: ticket {ticket}"
TAKEN = "Je antwoord bij ticket {ticket} is niet verstuurd. {by} behandelt dit ticket al sinds {at}."
STALE = (
    "Je antwoord bij ticket {ticket} is niet verstuurd. Na de mail waarop je antwoordt, schreef de vrager of een "
    "collega nog iets. Lees de nieuwste mail over dit ticket en antwoord daarop."
)
ERASED = "Je antwoord bij ticket {ticket} is niet verstuurd. De vrager heeft zijn gegevens gewist of het ticket is weg."
EMPTY = "Je antwoord bij ticket {ticket} is niet verstuurd. Er stond geen eigen tekst in je mail."
