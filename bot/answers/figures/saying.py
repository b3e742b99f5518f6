"""How sums of trajectories are said: the lines, what they were computed from, and where and when they hold."""

from __future__ import annotations

from collections.abc import Mapping

from bot.answers.figures.asked import Costs, extras_of
from bot.model import Button, CostBook, CostLine, Knowledge, Receipt, Reply, SourceRef
from bot.rules import costs as rules


def euros(cents: int) -> str:
    """Return an amount as people write it in Dutch: "€ 11.325" or "€ 1.191,68"."""
    whole, rest = divmod(cents, 100)
    return f"€ {whole:,}".replace(",", ".") + (f",{rest:02d}" if rest else "")


def named(counts: Mapping[str, int], book: CostBook) -> str:
    """Return the trajectories in words: "10 EPA-trajecten en 5 CMD-trajecten"."""
    wanted = [(counts[kind], trajectory) for kind, trajectory in book.trajectories.items() if counts.get(kind)]
    return " en ".join(f"{count} {kind.name if count == 1 else kind.plural}" for count, kind in wanted)


def costs(asked: Costs, book: CostBook, knowledge: Knowledge) -> Reply:
    """Return the reply to a question about costs; raises InvalidValue for a contribution that can't be."""
    if asked.problem:
        return _problem(asked, book, knowledge)
    if asked.view == "trajecten":
        return _places(asked, book, knowledge)
    if asked.untyped is not None:
        return _range(asked, book, knowledge)
    receipt = rules.calculate(asked.counts, book, asked.contribution, extras_of(asked, book))
    if asked.view == "gemeenten":
        return _division(asked, receipt, book, knowledge)
    return _sum(asked, receipt, book, knowledge)


# --- the sum -----------------------------------------------------------------------------------------------------


def _sum(asked: Costs, receipt: Receipt, book: CostBook, knowledge: Knowledge) -> Reply:
    parts = [
        *_suppositions(asked, book, knowledge),
        _title(asked, receipt, book, knowledge),
        _list([_cost_line(line, book, knowledge) for line in receipt.costs]),
        *_less(receipt, book, knowledge),
        *_remarks(asked, receipt, book, knowledge),
    ]
    return Reply("\n\n".join(parts), _buttons(asked, book, knowledge), _sources(receipt, book))


def _sources(receipt: Receipt, book: CostBook, *more: SourceRef) -> tuple[SourceRef, ...]:
    """Return where the lines stand, where the contribution stands (also when another is supposed), and the period."""
    return tuple(dict.fromkeys((*receipt.sources, book.contribution.source, *more, book.valid_source)))


def _list(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _title(asked: Costs, receipt: Receipt, book: CostBook, knowledge: Knowledge) -> str:
    text_id = "figures_sum_one" if receipt.trajectories == 1 else "figures_sum"
    text_id = "figures_sum_extras" if extras_of(asked, book) else text_id
    return knowledge.texts[text_id].format(what=named(asked.counts, book), total=euros(receipt.total))


def _suppositions(asked: Costs, book: CostBook, knowledge: Knowledge) -> list[str]:
    """Say what the sum takes for granted."""
    text, found = knowledge.texts, []
    if asked.pilot_assumed:
        found.append(text["figures_pilot_assumed"].format(what=named(asked.counts, book)))
    if asked.contribution is not None:
        text_id = "figures_supposed" if asked.contribution else "figures_supposed_nothing"
        plan = euros(book.contribution.per_trajectory)
        found.append(text[text_id].format(name=book.contribution.name, amount=euros(asked.contribution), plan=plan))
    return found


def _cost_line(line: CostLine, book: CostBook, knowledge: Knowledge) -> str:
    extra = next((each for each in book.extras.values() if each.name == line.name), None)
    if extra is None:
        return _times("figures_line", line, knowledge)
    text_id = "figures_line_extra" if extra.percent == 100 else "figures_line_part"
    words = {"amount": euros(line.amount), "percent": extra.percent, "total": euros(extra.total)}
    return knowledge.texts[text_id].format(name=line.name, **words)


def _times(text_id: str, line: CostLine, knowledge: Knowledge) -> str:
    words = {"count": line.count, "each": euros(line.each), "amount": euros(line.amount)}
    return knowledge.texts[text_id].format(name=line.name, **words)


def _less(receipt: Receipt, book: CostBook, knowledge: Knowledge) -> list[str]:
    """Say who pays what of it and what remains for the gemeenten."""
    text, remains = knowledge.texts, euros(receipt.remains)
    if not receipt.covered:
        return [text["figures_no_contribution"].format(name=book.contribution.name, amount=remains)]
    lines = [
        _times(
            "figures_line_contribution" if line.name == book.contribution.name else "figures_line_covered",
            line,
            knowledge,
        )
        for line in receipt.covered
    ]
    return [text["figures_off"], _list(lines), text["figures_remains"].format(amount=remains)]


def _remarks(asked: Costs, receipt: Receipt, book: CostBook, knowledge: Knowledge) -> list[str]:
    """Say what the plan leaves out or prints otherwise, and for where and when its prices hold."""
    text, found, extras = knowledge.texts, [], extras_of(asked, book)
    pilot = sum(rules.pilot_counts(book).values())
    if receipt.is_pilot and extras == rules.pilot_extras(book) and receipt.total != book.printed_total:
        words = {"printed": euros(book.printed_total), "sum": euros(receipt.total)}
        difference = euros(abs(receipt.total - book.printed_total))
        found.append(text["figures_printed"].format(difference=difference, **words))
    elif extras and not receipt.is_pilot:
        found.append(text["figures_extras_of_pilot"].format(pilot=pilot))
    elif not extras:
        found.append(text["figures_no_extras"].format(pilot=pilot))
    if receipt.beyond_reserve:
        words = {"reserved": euros(book.contribution.reserved), "beyond": euros(receipt.beyond_reserve)}
        found.append(text["figures_beyond"].format(**words))
    return [*found, _caveat(book, knowledge)]


def _caveat(book: CostBook, knowledge: Knowledge) -> str:
    return knowledge.texts["figures_caveat"].format(region=book.region, year=book.valid_from.year)


def _buttons(asked: Costs, book: CostBook, knowledge: Knowledge) -> tuple[Button, ...]:
    """Offer what people ask next."""
    names = ["figures_divide_button"]
    names.append("figures_nothing_button" if asked.contribution is None else "figures_planned_button")
    if not extras_of(asked, book):
        names.append("figures_extras_button")
    return tuple(Button(knowledge.texts[name], knowledge.texts[name]) for name in names)


# --- trajectories of which the kind was not said -------------------------------------------------------------------


def _range(asked: Costs, book: CostBook, knowledge: Knowledge) -> Reply:
    assert asked.untyped is not None
    text, count = knowledge.texts, asked.untyped
    if asked.view == "gemeenten":
        return Reply(text["figures_need_kinds"])
    low, high = rules.between(count, book, asked.contribution)
    words = {"low": euros(low.total), "high": euros(high.total)}
    kinds = {"cheap": low.costs[0].name, "dear": high.costs[0].name}
    remains = {"low": euros(low.remains), "high": euros(high.remains)}
    parts = [
        *_suppositions(asked, book, knowledge),
        text["figures_range"].format(count=count, **words, **kinds),
        _list([_times("figures_line", receipt.costs[0], knowledge) for receipt in (low, high)]),
        text["figures_range_remains"].format(name=book.contribution.name, **remains),
        text["figures_range_ask"],
        _caveat(book, knowledge),
    ]
    titles = [text["figures_kind_button"].format(count=count, name=each.costs[0].name) for each in (low, high)]
    return Reply("\n\n".join(parts), tuple(Button(title, title) for title in titles), _sources(low, book))


# --- over the gemeenten ------------------------------------------------------------------------------------------


def _division(asked: Costs, receipt: Receipt, book: CostBook, knowledge: Knowledge) -> Reply:
    text, shares = knowledge.texts, rules.key_shares(book)
    parts, whole = rules.distribute(receipt.remains, shares), euros(receipt.remains)
    words = {"parts": sum(shares.values())}
    lines = [
        text["figures_divide_line"].format(gemeente=name, share=shares[name], amount=euros(amount), **words)
        for name, amount in parts.items()
        if asked.gemeente in (None, name)
    ]
    title = text["figures_divide"].format(amount=whole)
    if asked.gemeente:
        title = text["figures_divide_one"].format(
            gemeente=asked.gemeente, amount=euros(parts[asked.gemeente]), whole=whole
        )
    said = [*_suppositions(asked, book, knowledge), title, _list(lines), text["figures_divide_how"]]
    sources = _sources(receipt, book, book.key_source)
    return Reply("\n\n".join([*said, _caveat(book, knowledge)]), (), sources)


def _places(asked: Costs, book: CostBook, knowledge: Knowledge) -> Reply:
    text, shares = knowledge.texts, rules.key_shares(book)
    count = asked.untyped if asked.untyped is not None else sum(asked.counts.values())
    parts, whole = rules.distribute(count, shares), sum(shares.values())
    if asked.gemeente:
        said = [text["figures_places_one"].format(gemeente=asked.gemeente, part=parts[asked.gemeente], count=count)]
    else:
        said = [text["figures_places"].format(count=count), _list([f"{name}: {part}" for name, part in parts.items()])]
    how = "figures_places_how_plan" if count == whole else "figures_places_how"
    said.append(text[how].format(parts=whole, count=count))
    return Reply("\n\n".join(said), (), (book.key_source,))


# --- what can't be computed --------------------------------------------------------------------------------------


def _problem(asked: Costs, book: CostBook, knowledge: Knowledge) -> Reply:
    assert asked.problem
    text = knowledge.texts
    words: dict[str, object] = {
        "most": f"{rules.MOST_TRAJECTORIES:,}".replace(",", "."),
        "pilot": sum(rules.pilot_counts(book).values()),
        "region": book.region,
        "year": book.valid_from.year,
        "word": asked.word,
    }
    said = text[asked.problem].format(**words)
    if asked.problem == "figures_either":
        kinds = [
            text["figures_kind_button"].format(count=n, name=book.trajectories[k].plural)
            for k, n in asked.counts.items()
        ]
        return Reply(said, tuple(Button(title, title) for title in kinds))
    if asked.problem != "figures_elsewhere":
        return Reply(said)
    buttons = [Button(text["person_button"], text["person_button"])]
    if named(asked.counts, book):
        title = text["figures_here_button"].format(what=named(asked.counts, book))
        buttons.insert(0, Button(title, title))
    refs: tuple[SourceRef, ...] = tuple(each.price_source for each in book.trajectories.values())
    return Reply(said, tuple(buttons), tuple(dict.fromkeys((*refs, book.valid_source))))
