"""The parts of the reading: spelling, numbers, quantities, clauses and typos."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.interview.reading.clauses import Mood, split
from bot.interview.reading.corrections import without_put_aside
from bot.interview.reading.lexicon import mend
from bot.interview.reading.normalise import normalise
from bot.interview.reading.numbers import Quantity, quantity, shown
from bot.numerals import NUMBER_WORDS


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("0,5 fte", "0.5 fte"),
        ("1.000 cliënten", "1000 clienten"),
        ("1,2,3 ja", "1, 2, 3 ja"),
        ("criterium 4,5", "criterium 4, 5"),
        ("1½ jaar", "1.5 jaar"),
        ("½ fte", "0.5 fte"),
        ("anderhalve fte", "1.5 fte"),
        ("een half jaar", "0.5 jaar"),
        ("tweeënhalf jaar", "2.5 jaar"),
        ("twee en een half jaar", "2.5 jaar"),
        ("vijfentwintig", "25"),
        ("vijf en twintig", "25"),
        ("honderdtwintig", "120"),
        ("een stuk of acht", "ongeveer 8"),
        ("een jaar of drie", "ongeveer 3 jaar"),
        ("één op dertig", "1 op 30"),
        ("een ggz", "een ggz"),
        ("1 tot en met 3", "1 t/m 3"),
        ("1 tm 3", "1 t/m 3"),
        ("12mnd", "12 maanden"),
        ("1,5 jr", "1.5 jaar"),
        ("max. 25", "maximaal 25"),
        ("c4", "criterium 4"),
        ("het derde criterium", "criterium 3"),
        ("fulltime", "fte"),
        ("reïntegratie buro", "reintegratiebedrijf"),
        ("re integratie bedrijf", "reintegratiebedrijf"),
        ("re-integratiebureau's", "reintegratiebedrijf"),
        ("G.G.Z.-instelling", "ggz instelling"),
        ("multidisciplinair overleg", "mdo"),
        ("geen enkel probleem", "prima"),
        ("da's", "dat is"),
        ("tussen de 6 en 18 maanden", "6 tot 18 maanden"),
        ("20 p/fte", "20 per fte"),
        ("een halftimer", "0.5 fte"),
        ("drie halftimers", "1.5 fte"),
        ("v/d gemeente", "van de gemeente"),
        ("een rib", "een ribw"),
        ("re-int", "reintegratiebedrijf"),
        ("hetzelfde pand als zij", "hetzelfde pand met zij"),
    ],
)
def test_normalise(typed: str, plain: str) -> None:
    assert normalise(typed) == plain


@pytest.mark.parametrize(
    ("typo", "word"),
    [
        ("trajectbegeleidder", "trajectbegeleider"),
        ("behandelaarr", "behandelaar"),
        ("gehandicaptezorg", "gehandicaptenzorg"),
        ("structureeel", "structureel"),
        ("tijdelik", "tijdelijk"),
        ("psychiatri", "psychiatri"),
        ("volgende", "volgende"),
        ("opleiding", "opleiding"),
        ("psychiater", "psychiater"),
        ("werkelijk", "werkelijk"),
        ("gemeend", "gemeend"),
    ],
)
def test_mend(typo: str, word: str) -> None:
    assert mend(typo) == word


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("niet 30 maar 20 per fte", "20 per fte"),
        ("1 jaar niet 10", "1 jaar"),
        ("20 per fte, niet 30", "20 per fte"),
        ("20 per fte in plaats van 30", "20 per fte in plaats van"),
        ("we halen 1 en 2, niet 3", "we halen 1 en 2, niet 3"),
        ("we hebben geen 30 per fte", "we hebben geen 30 per fte"),
    ],
)
def test_what_is_put_aside_is_left_out(said: str, kept: str) -> None:
    assert without_put_aside(said).strip() == kept


@pytest.mark.parametrize(("value", "words"), [("0.50", "0,5"), ("26", "26"), ("13.333", "13,33"), ("100", "100")])
def test_shown(value: str, words: str) -> None:
    assert shown(Decimal(value)) == words


def test_every_number_word_is_a_number() -> None:
    assert {"nul", "dertien", "vijfentwintig", "honderd", "anderhalf", "tweehonderdvijftig"} <= set(NUMBER_WORDS)
    assert "een" not in NUMBER_WORDS
    assert all(Decimal(value) >= 0 for value in NUMBER_WORDS.values())


@pytest.mark.parametrize(
    ("modifier", "low", "high"),
    [
        (None, "20", "20"), ("minimaal", "20", None), ("hooguit", "0", "20"), ("meer dan", "20", None),
        ("minder dan", "0", "20"), ("ongeveer", "18", "22"), ("gemiddeld", "20", "20"),
    ],
)  # fmt: skip
def test_quantity(modifier: str | None, low: str, high: str | None) -> None:
    said = quantity(modifier, Decimal(20))
    assert said.low == Decimal(low)
    assert said.high == (None if high is None else Decimal(high))


def test_a_range_may_be_said_either_way_round() -> None:
    assert quantity(None, Decimal(18), Decimal(6)) == Quantity(Decimal(6), Decimal(18))


@pytest.mark.parametrize(
    ("text", "moods"),
    [
        ("we hebben 30 per fte, is dat te veel?", [Mood.STATED, Mood.ASKED]),
        ("we hebben 30 per fte mag dat", [Mood.STATED, Mood.ASKED]),
        ("stel dat ze wel in zorg zijn, kan het dan", [Mood.SUPPOSED, Mood.ASKED]),
        ("we halen 7 als de gemeente meedoet", [Mood.SUPPOSED, Mood.SUPPOSED]),
        ("wij zijn ggz, als we 30 per fte hebben", [Mood.STATED, Mood.SUPPOSED]),
        ("ook de andere criteria kunnen we met ja beantwoorden", [Mood.STATED]),
        ("6 weet ik niet", [Mood.UNKNOWN]),
        ("we willen starten", [Mood.PLANNED]),
        ("als re-integratiebedrijf doen we dat", [Mood.STATED]),
        ("halen we niet", [Mood.STATED]),
        ("halen we dat?", [Mood.ASKED]),
        ("hoe zit dat met de fte", [Mood.ASKED]),
        ("bij 20 per fte, wat dan", [Mood.SUPPOSED, Mood.ASKED]),
        ("wat verandert er als het 30 per fte wordt", [Mood.ASKED, Mood.SUPPOSED]),
        ("hypothetisch: wij zijn een ribw", [Mood.SUPPOSED, Mood.SUPPOSED]),
        ("zeg maar dat we alles halen", [Mood.UNKNOWN]),
        ("mijn baas vindt dat we alles halen", [Mood.UNKNOWN]),
        ("mag een ander doen", [Mood.STATED]),
    ],
)
def test_moods(text: str, moods: list[Mood]) -> None:
    assert [clause.mood for clause in split(normalise(text))] == moods
