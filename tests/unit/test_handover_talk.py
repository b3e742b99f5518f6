"""What is said around a person, without Rasa and without a ticket: wishes, offers, an address, and what is none."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from bot.interview.handover import masked_address, wishes
from bot.knowledge.loader import load
from bot.model import Dossier, Message, Reply
from bot.rules.distress import distressed
from bot.service import Service
from tests.fakes.questions import MemoryQuestionLog
from tests.fakes.store import MemoryDossierStore

KNOWLEDGE = load()
ADDRESS = "k.de.boer@voorbeeld.nl"

WISHES = """
mag ik een mens spreken?
kan ik ff iemand spreken
bel me terug
bel me aub
kunnen jullie mij terugbellen
kan er iemand mij effe bellen vandaag
medewerker
medewerker aub
medwerker graag
ik wil een medewerkr spreken
mens
pff mens graag
kan k nen echte mens spreken
geef me een mens
geef mij maar een echt persoon
ik praat liever met een mens dan met een computer
ik wil geen bot
verbind me door
kun je me doorverbinden met iemand
stuur mijn vraag maar door naar een collega
zet me door naar de helpdesk aub
laat iemand mij mailen
is er iemand die ik kan spreken
is er een medewerker die me kan helpen
ik kom er niet uit met jou, geef me een mens
dit is te moeilijk. ik wil iemand spreken
ik wil graag contact met een adviseur
ik wil graag gebeld worden
wil met iemand praten
neem contact met me op
Ja, haal er een mens bij
Ik wil een mens spreken
helpdesk
praat met een medewerker
hoi, lastige gemeente hier. kan er iemand ff meekijke?
mag ik met iemand bellen hierover
""".strip().splitlines()

NO_WISHES = """
ben jij een mens?
praat ik nu met een mens of met een computer
wij hebben een medewerker die met cliënten belt
onze medewerkers spreken elke week met het mdo
hoeveel mensen kan een trajectbegeleider begeleiden
moet een trajectbegeleider mensen bellen
wat kost een medewerker
de mensen willen graag werken
iemand met epa, kan die meedoen
een client wil met iemand praten
kan een client contact opnemen met de begeleider
wie is verantwoordelijk voor contact met werkgevers
ja
nee
wij zijn een ribw
we hebben twee mensen in dienst
wat is ips
mag een mens met lvb ook meedoen
als iemand contact wil dan belt de behandelaar
ik ben medewerker bij een gemeente
ik geef training aan een medewerker
hoe kan iemand met epa meehelpen in de kantine
""".strip().splitlines()


@pytest.mark.parametrize("text", WISHES)
def test_a_wish_for_a_person_is_heard(text: str) -> None:
    assert wishes(Message("c", text))


@pytest.mark.parametrize("text", NO_WISHES)
def test_speaking_of_people_is_no_wish(text: str) -> None:
    assert not wishes(Message("c", text))


def test_in_a_plan_only_a_short_wish_is_one() -> None:
    assert wishes(Message("c", "mag ik een mens spreken?"), in_a_plan=True)
    answer = "bij twijfel kan ik altijd met een medewerker van het wijkteam contact opnemen over de cliënt"
    assert not wishes(Message("c", answer), in_a_plan=True)


UPSET = """
ik ben ten einde raad
ik zit er helemaal doorheen
ik kan dit niet meer aan
ik ben wanhopig
ik ben echt radeloos, niemand helpt me
ik zit hier te huilen
ik weet niet meer wat ik moet doen
help me alsjeblieft
pff ik kan niet meer
ik trek het niet meer
""".strip().splitlines()

NOT_UPSET = """
wij zijn wanhopig op zoek naar trajectbegeleiders
ik weet het niet meer
weet ik niet
onze cliënten zitten er vaak doorheen
kun je me helpen
ik kan het niet meer vinden in de handreiking
help
hoe help je een cliënt die in paniek raakt
dat kan ik niet
wij kunnen de caseload niet meer aan
""".strip().splitlines()


@pytest.mark.parametrize("text", UPSET)
def test_somebody_upset_is_heard(text: str) -> None:
    assert distressed(text)


@pytest.mark.parametrize("text", NOT_UPSET)
def test_work_is_no_distress(text: str) -> None:
    assert not distressed(text)


class Talk:
    """A conversation; `say` returns the replies, and what the form asks after them."""

    def __init__(self) -> None:
        self.store = MemoryDossierStore(lambda: datetime(2026, 11, 21, tzinfo=timezone.utc))
        self.service = Service(KNOWLEDGE, self.store, MemoryQuestionLog(), self.store._clock)

    def say(self, text: str, intent: str = "informeren", confidence: float = 0.9, contact: str = "") -> list[Reply]:
        outcome = self.service.turn(Message("c", text, intent, confidence, contact=contact))
        asked = self.service.question("c").replies if outcome.active else ()
        return [reply for reply in (*outcome.replies, *asked) if reply.text != KNOWLEDGE.texts["notice"]]

    @property
    def dossier(self) -> Dossier:
        found = self.store.load("c")
        assert found
        return found


@pytest.fixture
def talk() -> Talk:
    return Talk()


def marks(replies: list[Reply]) -> list[dict[str, object]]:
    return [dict(reply.handover) for reply in replies if reply.handover]


OPENED = [{"open": "gevraagd"}, {"ask": "contact"}]


def test_a_wish_brings_a_person_at_once_and_asks_for_an_address(talk: Talk) -> None:
    assert marks(talk.say("mag ik een mens spreken?", "mens")) == OPENED


def test_an_address_is_taken_and_read_back_masked(talk: Talk) -> None:
    talk.say("mens")
    (noted,) = talk.say("ja hoor: [e-mailadres]", contact=f"ja hoor: {ADDRESS}")
    assert noted.handover == {"contact": True}
    assert "k…@voorbeeld.nl" in noted.text
    assert ADDRESS not in str(talk.dossier)


def test_an_address_in_the_wish_itself_is_not_asked_for_again(talk: Talk) -> None:
    replies = talk.say("kan iemand me mailen op [e-mailadres]", contact=f"kan iemand me mailen op {ADDRESS}")
    assert marks(replies) == [{"open": "gevraagd"}, {"contact": True}]


@pytest.mark.parametrize(
    "no", ["nee", "nee hoor laat maar", "laat maar", "hoeft nie", "Nee, geen e-mail", "liever niet"]
)
def test_no_address_is_fine(talk: Talk, no: str) -> None:
    talk.say("mens")
    (reply,) = talk.say(no, "ontkennen")
    assert reply.handover == {"no": "contact"}
    assert not talk.dossier.person["stage"]


def test_asking_on_is_fine(talk: Talk) -> None:
    talk.say("mens")
    replies = talk.say("wat kosten 10 epa trajecten?", "vraag")
    assert "€ 113.250" in replies[0].text
    assert marks(replies) == []


def test_what_is_no_address_is_asked_again_and_a_lost_one_too(talk: Talk) -> None:
    talk.say("mens")
    assert "e-mailadres" in talk.say("jan apenstaartje gmail punt com")[0].text
    assert "ging iets mis" in talk.say("[e-mailadres]")[0].text
    assert "meer dan één" in talk.say("[e-mailadres] of [e-mailadres]", contact=f"{ADDRESS} of b@voorbeeld.nl")[0].text
    assert talk.say("wat doen jullie met mijn adres?", "vraag")[0].handover == {"consent": True}
    assert marks(talk.say("[e-mailadres]", contact=ADDRESS)) == [{"contact": True}]


def test_an_address_may_come_later(talk: Talk) -> None:
    talk.say("mens")
    talk.say("nee", "ontkennen")
    talk.say("wat kosten 10 epa trajecten?", "vraag")
    assert marks(talk.say("toch maar: [e-mailadres]", contact=f"toch maar: {ADDRESS}")) == [{"contact": True}]


def test_in_the_interview_its_question_waits_until_the_address_is_settled(talk: Talk) -> None:
    talk.say("wij zijn een ggz-instelling")
    replies = talk.say("mag ik een mens spreken?", "mens")
    assert marks(replies) == OPENED
    assert "Criterium 1" not in "".join(reply.text for reply in replies)
    replies = talk.say("nee", "ontkennen")
    assert "Criterium 1 van 8" in replies[-1].text
    assert "criteria.1" not in talk.dossier.facts


def test_a_wish_is_never_refused_or_forgotten(talk: Talk) -> None:
    talk.say("mens")
    talk.say("nee", "ontkennen")
    assert marks(talk.say("nu wil ik een medewerker spreken")) == OPENED


@pytest.mark.parametrize(
    "text", ["waar blijft die medewerker nou", "heeft er al iemand gekeken?", "wanneer krijg ik antwoord"]
)
def test_how_it_stands_can_be_asked(talk: Talk, text: str) -> None:
    assert {"standing": True} not in marks(talk.say(text, "vraag"))
    talk.say("mens")
    talk.say("nee", "ontkennen")
    assert marks(talk.say(text, "vraag")) == [{"standing": True}]


def test_a_bare_yes_where_perhaps_nothing_was_offered_brings_nobody(talk: Talk) -> None:
    talk.say("flepse droem", "vraag")
    assert marks(talk.say("ja", "bevestigen")) == []
    talk.say("flapse droom", "vraag")
    assert marks(talk.say("ja graag", "bevestigen"))[0] == {"open": "mens_nodig"}


def test_it_can_be_withdrawn(talk: Talk) -> None:
    talk.say("mens")
    assert marks(talk.say("ik heb toch geen mens nodig")) == [{"withdraw": True}]


def test_two_misses_in_a_row_offer_a_person_and_a_no_is_respected(talk: Talk) -> None:
    assert marks(talk.say("flepse droem", "vraag")) == [{"maybe": "mens_nodig"}]
    replies = talk.say("flapse droom", "vraag")
    assert marks(replies) == [{"offer": "niet_begrepen"}]
    assert [button.title for button in replies[-1].buttons] == ["Ja, haal er een mens bij", "Nee, hoeft niet"]
    assert 'Zeg "mens"' in talk.say("nee dank je", "ontkennen")[0].text
    assert [marks(talk.say("floepse drem", "vraag")) for _ in range(3)] == [[], [], [{"maybe": "mens_nodig"}]]


def test_a_yes_to_the_offer_brings_a_person(talk: Talk) -> None:
    talk.say("flepse droem", "vraag")
    talk.say("flapse droom", "vraag")
    assert marks(talk.say("ja graag", "bevestigen")) == [{"open": "niet_begrepen"}, {"ask": "contact"}]


def test_an_answer_in_between_ends_the_row(talk: Talk) -> None:
    talk.say("flepse droem", "vraag")
    talk.say("wat kosten 10 epa?", "vraag")
    assert marks(talk.say("flapse droom", "vraag")) == [{"maybe": "mens_nodig"}]


def test_two_misses_in_the_interview_say_how_to_get_a_person(talk: Talk) -> None:
    talk.say("wij zijn een ggz-instelling")
    talk.say("flepse droem", "weet_niet", 0.2)
    assert 'zeg "mens"' in "".join(reply.text for reply in talk.say("flapse droom", "weet_niet", 0.2))


def test_who_is_upset_is_offered_a_person_with_a_kind_word(talk: Talk) -> None:
    replies = talk.say("ik ben echt ten einde raad", "vraag")
    assert marks(replies) == [{"offer": "nood", "always": True}]
    assert "zwaar" in replies[-1].text
    assert marks(talk.say("ja", "bevestigen")) == [{"open": "nood"}, {"ask": "contact"}]


def test_who_is_upset_and_asks_for_a_person_gets_one(talk: Talk) -> None:
    assert marks(talk.say("ik ben ten einde raad, kan iemand mij bellen", "mens"))[0] == {"open": "nood"}


def test_how_to_reach_the_institute_is_a_question_and_no_ticket(talk: Talk) -> None:
    replies = talk.say("hoe kan ik phrenos bereiken", "mens")
    assert "ips@kcphrenos.nl" in replies[0].text
    assert marks(replies) == [{"offer": "gevraagd", "always": True}]


def test_an_address_is_read_back_without_its_name() -> None:
    assert masked_address(ADDRESS) == "k…@voorbeeld.nl"
