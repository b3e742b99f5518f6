"""The sentences that the public port says itself: when the rest is down, refused or masked."""

UNAVAILABLE = (
    "Ik start even opnieuw op en kan nu geen antwoord geven. Je antwoorden zijn bewaard. Probeer het over een minuut "
    "nog eens, of mail ips@kcphrenos.nl."
)
MASKED = (
    "Ik heb persoonsgegevens in je bericht onleesbaar gemaakt ({kinds}). Stuur liever geen gegevens van cliënten of "
    "van jezelf."
)

UNKNOWN_PATH = "Deze pagina bestaat niet."
WRONG_METHOD = "Deze manier van vragen kan hier niet."
BROKEN = "Er ging bij ons iets mis. Probeer het later nog eens."
NOT_READY = "Dit onderdeel start nog op. Probeer het over een minuut nog eens."
TOO_BIG = "Dit bericht is te groot."
TOO_SLOW = "Het bericht kwam niet op tijd binnen."
WRONG_TYPE = "Stuur JSON, met Content-Type: application/json."
NOT_JSON = "Dit is geen geldige JSON."
NOT_AN_OBJECT = "Stuur een JSON-object."
SENDER_MISSING = "Er ontbreekt een afzender (sender)."
SENDER_WRONG = "De afzender mag alleen letters, cijfers, punten, streepjes en dubbele punten hebben, hooguit 128."
MESSAGE_MISSING = "Er ontbreekt een bericht (message)."
MESSAGE_EMPTY = "Het bericht is leeg. Typ een vraag of een antwoord."
MESSAGE_TOO_LONG = (
    "Je bericht is te lang: {length} tekens, en er passen er {limit} in één bericht. Er is niets verloren gegaan. "
    "Deel het op in kortere berichten."
)
MESSAGE_ID_WRONG = "Het kenmerk van het bericht (client_message_id) is een tekst van hooguit 64 tekens."
TOO_MANY = "Je stuurt veel berichten achter elkaar. Wacht {seconds} seconden en probeer het dan opnieuw."
WRONG_ORIGIN = "Deze website mag de chat niet gebruiken."
FORBIDDEN = "Dit is niet openbaar."
