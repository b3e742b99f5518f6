"""What the daily clean-up forgets and what it keeps, on the real stores."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import build, utc_now
from bot.codes import make_code
from bot.model import KeptQuestion, Miss, Plan
from bot.settings import Settings
from bot.store.plans import SqlPlanStore
from bot.store.questions import SqlQuestionLog


@pytest.mark.parametrize(("days", "kept"), [(0, True), (6, True), (8, False)])
def test_what_is_older_than_its_days_goes(tmp_path: Path, days: int, kept: bool) -> None:
    environ = {"IPS_DATA": str(tmp_path), "IPS_PLAN_DAYS": "7", "IPS_QUESTION_DAYS": "7"}
    settings = Settings.from_environment(environ)
    then, code = utc_now() - timedelta(days=days), make_code()
    SqlPlanStore(settings.store_url, lambda: then).create(Plan("plan-1"), code)
    SqlQuestionLog(settings.store_url).keep(KeptQuestion(then.date(), Miss.NIET_IN_BRONNEN, "een vraag"))
    assistant = build(settings)
    assistant.clean_up()
    assert (assistant.plans.find(code) is not None) == kept
    assert bool(assistant.questions.kept()) == kept


def test_each_has_days_of_its_own(tmp_path: Path) -> None:
    settings = Settings.from_environment({"IPS_DATA": str(tmp_path)})
    then, code = utc_now() - timedelta(days=91), make_code()
    SqlPlanStore(settings.store_url, lambda: then).create(Plan("plan-1"), code)
    SqlQuestionLog(settings.store_url).keep(KeptQuestion(then.date(), Miss.NIET_IN_BRONNEN, "een vraag"))
    assistant = build(settings)
    assistant.clean_up()
    assert assistant.plans.find(code) is None
    assert assistant.questions.kept()
