"""The report on whole sessions as Markdown: ``docs/quality.md`` is exactly this."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import fmean, median

from tests.quality.budgets import BUDGETS, RANKINGS, Estimate, at_budget, mean
from tests.quality.data import HELD_OUT, TUNED
from tests.quality.history import NOTES, STEPS, Step
from tests.quality.outcomes import BAD, CALM, Outcome, of

COMMAND = "python -m tests.quality escalations --markdown docs/quality.md"
HALVES = (TUNED, HELD_OUT)
PROMISED = 50
BOTH = "both"
FEW = 50
"""Calm sessions below which a budget is a matter of one or two of them."""
INDENT = "&emsp;"
MEANT = {
    "maia_dqe": "customer support; calm: task success 5, bad: 3 or less",
    "betold": "a telephone bot, intents only; bad: the caller hung up or asked for a person",
    "tau_airline": "an airline agent; calm: reward 1, bad: reward 0",
    "agentdojo": "agents with tools; calm: not attacked, bad: the attack succeeded",
    "rjudge": "agent traces; calm: safe, bad: unsafe",
    "asse_security": "agent traces, security; calm: safe, bad: unsafe",
    "esconv_failed": "people in distress; all bad, none calm",
}
"""The files of the report, in order, and what their labels mean."""
OF_CALM = ("maia_dqe", "betold")
"""Where the shipped policy promises to be calm."""

INTRO = f"""# How the shipped policy does on recorded conversations

    {COMMAND}

writes this page: every session of every file goes through the engine of `oversight replay` under
`monitor/policies/default.yaml`, labels stripped, and is then held against what people said of it. The files are public
research data that lie beside a checkout; they are not part of this repository. `python -m tests.quality` prints how
each signal does on labelled turns.

- **calm** and **bad** sessions are the two ends of each label; what lies between is in neither.
- **tuned** and **held out**: sessions are cut in two by a hash of their id. Bounds, weights and phrases were changed
  while looking at the tuned half; the held-out half was only counted.
- **escalations per 1,000**: live `raised` events of one session; what is said of a whole system is not in it.
- **lead**: the turn (from 0) of a session's first escalation, and how many turns came after it; medians.
- **before the last turn**: what comes with the last turn helps nobody any more, so it does not count as found. Length
  as a baseline is the number of turns until then.
- **at a budget** of so many per 1,000 calm sessions: the threshold is where at most that share of the calm sessions
  ranks above it, ties staying below. Below {FEW} calm sessions a budget means none or a few
  of them, and the figure says little.
- [95 % intervals] are bootstrapped over sessions, seeded.
"""


def page(files: Mapping[str, Sequence[Outcome]]) -> str:
    """The whole page."""
    calm = _calm({file: files[file] for file in OF_CALM if file in files})
    return "\n".join((INTRO, *calm, *(section(file, sessions) for file, sessions in files.items())))


def _held(files: Mapping[str, Sequence[Outcome]]) -> str:
    above = [
        f"`{file}`, {half}"
        for file, sessions in files.items()
        for half in (*HALVES, BOTH)
        if (calm := _sessions(sessions, half, CALM)) and 1000 * fmean(len(each.raised) for each in calm) > PROMISED
    ]
    return f"Not held on {'; '.join(above)}." if above else "Held in every row."


def _calm(files: Mapping[str, Sequence[Outcome]]) -> Iterator[str]:
    yield "## Calm where nothing went wrong\n"
    together = [each for sessions in files.values() for each in sessions]
    yield f"Promised: at most {PROMISED} escalations per 1,000 calm sessions, aimed at: 20. {_held(files)}\n"
    rows = [
        (file, half, str(len(calm)), _per_1000(mean([len(each.raised) for each in calm])))
        for file, sessions in (*files.items(), ("together", together))
        for half in (*HALVES, BOTH)
        if (calm := _sessions(sessions, half, CALM))
    ]
    yield table(("data", "half", "calm sessions", "escalations per 1,000"), rows)
    yield "What it cost, step by step, as measured at each change (tuned / held out):\n"
    yield table(
        ("change", "data", "per 1,000 calm", "bad escalated before the last turn"), [_step(each) for each in STEPS]
    )
    yield NOTES


def _step(step: Step) -> tuple[str, ...]:
    return (step.change, step.file, *(f"{tuned:g} / {held:g}" for tuned, held in (step.calm, step.caught)))


def section(file: str, sessions: Sequence[Outcome]) -> str:
    """What one file shows."""
    groups = [(half, verdict, of(sessions, half, verdict)) for half in HALVES for verdict in (CALM, BAD)]
    groups = [group for group in groups if group[2]]
    meant = f"{MEANT[file][0].upper()}{MEANT[file][1:]}."
    parts = (f"## {file}\n", f"{meant}{_few(groups)}\n", _raised(groups), _by_name(groups))
    return "\n".join((*parts, _budgets(sessions)))


def _few(groups: Sequence[tuple[str, str, Sequence[Outcome]]]) -> str:
    fewest = min((len(members) for _, verdict, members in groups if verdict == CALM), default=FEW)
    return "" if fewest >= FEW else f" Few calm sessions ({fewest} in a half): its budgets say little."


def _raised(groups: Sequence[tuple[str, str, Sequence[Outcome]]]) -> str:
    head = (
        "half",
        "sessions",
        "n",
        "escalations per 1,000",
        "escalated before the last turn",
        "first turn",
        "turns left",
    )
    return table(
        head,
        [
            (
                half,
                verdict,
                str(len(members)),
                _per_1000(mean([len(each.raised) for each in members])),
                _share(mean([float(each.caught) for each in members])),
                *_lead(members),
            )
            for half, verdict, members in groups
        ],
    )


def _lead(members: Iterable[Outcome]) -> tuple[str, str]:
    leads = [each.lead for each in members if each.lead is not None]
    return (f"{median(at for at, _ in leads):g}", f"{median(left for _, left in leads):g}") if leads else ("", "")


def _by_name(groups: Sequence[tuple[str, str, Sequence[Outcome]]]) -> str:
    """Escalations per 1,000 sessions by situation and, indented, by the rules that raised them."""
    counts = [Counter(name for each in members for name in _names(each)) for _, _, members in groups]
    names = sorted({name for count in counts for name in count})
    if not names:
        return "Nothing was raised.\n"
    heads = [f"{half}, {verdict}" for half, verdict, _ in groups]
    sizes = [len(members) for _, _, members in groups]
    rows = [
        (_label(name), *(f"{1000 * count[name] / size:.0f}" for count, size in zip(counts, sizes, strict=True)))
        for name in names
    ]
    return table(("per 1,000, by situation and rule", *heads), rows)


def _names(session: Outcome) -> Iterator[tuple[str, ...]]:
    for _, situation, rules in session.raised:
        yield (situation,)
        yield from ((situation, rule) for rule in rules)


def _label(name: tuple[str, ...]) -> str:
    return f"`{name[0]}`" if len(name) == 1 else f"{INDENT}`{name[1]}`"


def _budgets(sessions: Sequence[Outcome]) -> str:
    head = (
        "bad sessions found before the last turn, ranked by",
        "half",
        "calm n",
        "bad n",
        *(f"at {b}" for b in BUDGETS),
    )
    rows = [
        (name, half, str(len(calm)), str(len(bad)), *(_share(at_budget(*ranked, budget)) for budget in BUDGETS))
        for name, rank in RANKINGS
        for half in HALVES
        if (calm := of(sessions, half, CALM)) and (bad := of(sessions, half, BAD))
        for ranked in (([rank(each) for each in calm], [rank(each) for each in bad]),)
    ]
    return table(head, [*rows, *TRIVIAL]) if rows else "No calm sessions, so no budget.\n"


TRIVIAL = (
    ("always: disturbs 1,000 of 1,000", "", "", "", *("1.00" for _ in BUDGETS)),
    ("by lot", "", "", "", *(f"{budget / 1000:.2f}" for budget in BUDGETS)),
    ("never", "", "", "", *("0.00" for _ in BUDGETS)),
)


def _sessions(sessions: Sequence[Outcome], half: str, verdict: str) -> list[Outcome]:
    halves = HALVES if half == BOTH else (half,)
    return [each for one in halves for each in of(sessions, one, verdict)]


def _per_1000(found: Estimate) -> str:
    return f"{1000 * found.value:.0f} [{1000 * found.low:.0f}, {1000 * found.high:.0f}]"


def _share(found: Estimate) -> str:
    return f"{found.value:.2f} [{found.low:.2f}, {found.high:.2f}]"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, ended by an empty line.

    >>> print(table(("a", "b"), [("1", "2")]), end="")
    | a | b |
    | --- | --- |
    | 1 | 2 |
    """
    lines = (head, ["---"] * len(head), *rows)
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
