"""How well personal data is hidden in messages written by hand (docs/metingen.md says how each file was made)."""

from __future__ import annotations

import pytest

from tests.masking.scoring import FILES, MASKS, rows, score

RECALL, FALSE_ALARMS = 0.95, 0.03  # the goals
AT_THE_PORT = 0.95  # without names: Rasa, the dossier and the plan hear those, for a plan has contact persons


def test_there_are_enough_messages_and_half_were_written_blind() -> None:
    count = {name: len(rows(name)) for name in FILES}
    assert sum(count.values()) >= 400
    assert count["blind"] * 2 >= 400


@pytest.mark.parametrize("name", FILES)
def test_what_tells_who_it_is_goes_and_the_rest_stays(name: str) -> None:
    result = score(rows(name), MASKS["bewaard"])
    assert result.recall >= RECALL, result.misses
    assert result.false_alarms <= FALSE_ALARMS, result.misses
    assert not [miss for miss in result.misses if " lost " in miss]


@pytest.mark.parametrize("name", FILES)
def test_what_is_no_name_goes_at_the_port_already(name: str) -> None:
    result = score(rows(name), MASKS["poort"])
    known = [kind for kind in result.there if kind != "naam"]
    hidden = sum(result.hidden[kind] for kind in known) / sum(result.there[kind] for kind in known)
    assert hidden >= AT_THE_PORT, result.misses
    assert result.false_alarms <= FALSE_ALARMS, result.misses
