"""Organisations described by somebody who saw the publications and the contract, and nothing of this project."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.knowledge.loader import load
from bot.model import OptionStatus
from bot.rules.facts import parse_facts
from bot.rules.options import advise

KNOWLEDGE = load()
CASES = yaml.safe_load((Path(__file__).parent / "advice_blind.yml").read_text(encoding="utf-8"))

# Where we read the sources otherwise than the author of the case did, and why.
READ_OTHERWISE = {
    "b07": "a ggz without a ggz partner could still find one: regionaal_team stays open, it isn't ruled out",
    "b25": "a ggz without a ggz partner could still find one: regionaal_team stays open, it isn't ruled out",
    "b39": "nobody trained yet can be arranged (scholing); only trained coaches elsewhere rule scenario 3 out",
    "b43": "who does IPS already, is short of people and has somebody who lends: hiring is what scenario 4 is for",
}


def marked(case: Mapping[str, Any]) -> Any:
    reason = READ_OTHERWISE.get(case["id"].split("-")[0])
    marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
    return pytest.param(case, id=case["id"], marks=marks)


@pytest.mark.parametrize("case", [marked(case) for case in CASES])
def test_blind_case(case: Mapping[str, Any]) -> None:
    advice = advise(parse_facts(case["facts"], KNOWLEDGE), KNOWLEDGE)
    expect = case["expect"]
    assert advice.best == expect["best"]
    for option in expect["possible"]:
        assert advice.option(option).status is not OptionStatus.IMPOSSIBLE, option
    for option, code in expect["impossible"].items():
        assert code in [reason.code for reason in advice.option(option).reasons], option
