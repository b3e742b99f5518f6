"""What reads the texts of strangers never breaks; `tests/soak/fuzz.py` is the long run of the same."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.soak.parsers import PARSERS, knowledge

knowledge()  # loaded once, outside the clock of the examples
WORDS = """
ja nee stel dat wij ggz ribw 25 per fte 0,5 criterium 6 scenario 2 cliënt Jan de Vries schizofrenie bsn 123456782
geboren 12-3-1985 06-12345678 Kerkstraat 12 1234 AB a@b.nl NL91ABNA0417164300
{"type": [ ] } - id: &a *a !!python/object: << >
Van: Groet, <@U1> <mailto:a@b|c> &amp; %00 é １２３ Ⅷ ½ ² ٣ 🙂 verander in weet ik niet toon verwijder
terug noteer dit EUR 1.000.000,00 12e 1e
"""
PIECES = st.sampled_from([*WORDS.split(), "\n", "\x00", "\u202e", "\u200b", "\ud800", "e\u0301"])
TEXTS = st.one_of(
    st.text(max_size=80), st.lists(PIECES, max_size=25).map(" ".join), st.lists(PIECES, max_size=25).map("".join)
)


@pytest.mark.parametrize("name", PARSERS)
def test_a_strange_text_breaks_nothing(name: str) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(TEXTS)
    def any_text(text: str) -> None:
        PARSERS[name](text)

    any_text()
