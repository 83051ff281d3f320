"""The map written out: lines for a terminal, a Markdown table, a page of HTML that needs nothing beside it."""

import re
from collections.abc import Iterator
from html import escape
from textwrap import wrap

from monitor.cli.lines import printable
from monitor.cli.policy_map import MapRow, PolicyMap, RuleRow

COLUMNS = (
    "Situation",
    "The AI may",
    "A person is needed when",
    "Who",
    "How soon",
    "What a person adds",
    "The user is told",
)
REVIEWED = "What reviews changed"
BOUNDARIES = "What it may do"
RULE_COLUMNS = ("A person is called because", "Only where", "How it acts")
REASONS = "Reasons to call a person"
LEGEND = (
    "Any one of the reasons below is enough. One that acts at once calls somebody whatever else holds; the others stay "
    "silent for a while after they were answered, and end when their signs are over. Bounds, names and conditions "
    "behind the words: --technical."
)
WORDS = "Words"
GLOSSARY = (
    ("escalation", "one call for a person, with its reasons; open until somebody answers or its signs are over"),
    ("severity", "how bad it is: info, warning or critical"),
    ("granted", "the most a person has allowed the AI to do by itself"),
    (
        "levels",
        "from most to least: act by itself; recommend, and act on a yes; prepare and support staff; nothing, no answer",
    ),
    ("one level less", "the next of these levels; it may come to that again and again"),
    ("goes on", "a call stops nothing by itself: whether the AI waits for it is up to the application"),
    ("held back", "for now the AI may do less than it was granted, because of how it behaves"),
    ("at stake", "what a mistake would cost somebody, as said by the application or found in the words"),
    ("verdict", "what the person found: the call was justified, was not justified, or came too late"),
    ("shadow", "decided and recorded to be looked at; it calls nobody and holds nothing back"),
    ("staff", "the people who run this AI; what the user says is never their approval"),
)
_MARKDOWN = re.compile(r"([\\`*_\[\]|<>#])")
_LABEL = 17


def terminal(it: PolicyMap, width: int) -> Iterator[str]:
    """The map for a terminal of that many columns."""
    for text in (it.title, it.subtitle, *(f"!! {note}" for note in it.notes), LEGEND):
        yield from wrap(printable(text), width, break_on_hyphens=False)
    yield from ("", BOUNDARIES.upper())
    for label, text in it.boundaries:
        yield from _labelled(label, text, width)
    for row in it.rows:
        yield ""
        yield printable(row.title.upper())
        for label, text in _facts(row):
            yield from _labelled(label, text, width)
        for index, rule in enumerate(row.rules):
            yield from _labelled("called because" if index == 0 else "or because", _sentence(rule), width)
    yield from ("", WORDS.upper())
    for word, meaning in GLOSSARY:
        yield from _labelled(word, meaning, width)


def markdown(it: PolicyMap) -> Iterator[str]:
    """The map as Markdown: two tables."""
    yield from (f"# {_md(it.title)}", "", _md(it.subtitle), "")
    for note in it.notes:
        yield from (f"> **{_md(note)}**", "")
    yield from (f"## {BOUNDARIES}", "")
    yield from (f"- **{_md(label)}**: {_md(text)}" for label, text in it.boundaries)
    yield ""
    yield from _md_head(_columns(it))
    for row in it.rows:
        owner = _md(row.owner) if row.owned else f"**{_md(row.owner)}**"
        who = f"{owner} {_md(f'({row.backup})')} {_md(row.person)}"
        cells = (
            f"**{_md(row.title)}**",
            *map(_md, (row.ai_may, row.human_when)),
            who,
            *map(_md, _last_cells(row)),
        )
        yield f"| {' | '.join(cells)} |"
    yield from ("", f"## {REASONS}", "", LEGEND, "")
    yield from _md_head(("Situation", *RULE_COLUMNS))
    for row in it.rows:
        for rule in row.rules:
            cells = (row.title, _named(rule), _only(rule), _acts(rule))
            yield f"| {' | '.join(map(_md, cells))} |"
    yield from ("", f"## {WORDS}", "")
    yield from (f"- **{_md(word)}**: {_md(meaning)}" for word, meaning in GLOSSARY)


def html(it: PolicyMap) -> Iterator[str]:
    """The map as one page: no script, no font, no address of anything outside it."""
    title = escape(it.title)
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>"
    yield f"<h1>{title}</h1>\n<p>{escape(it.subtitle)}</p>"
    yield from (f'<p class="note">{escape(note)}</p>' for note in it.notes)
    yield f'<table class="map">\n{_html_head(_columns(it))}\n<tbody>'
    yield from (_html_row(row, _columns(it)[1:]) for row in it.rows)
    yield "</tbody>\n</table>"
    yield f"<h2>{BOUNDARIES}</h2>\n<table>\n<tbody>"
    for label, text in it.boundaries:
        yield f'<tr><th scope="row">{escape(label)}</th><td>{escape(text)}</td></tr>'
    yield "</tbody>\n</table>"
    yield f"<h2>{REASONS}</h2>\n<p>{escape(LEGEND)}</p>\n<table>\n{_html_head(RULE_COLUMNS)}"
    for row in it.rows:
        yield f'<tbody>\n<tr><th class="group" colspan="{len(RULE_COLUMNS)}">{escape(row.title)}</th></tr>'
        yield from (_html_rule(rule) for rule in row.rules)
        yield "</tbody>"
    yield f"</table>\n<h2>{WORDS}</h2>\n<dl>"
    yield from (f"<dt>{escape(word)}</dt><dd>{escape(meaning)}</dd>" for word, meaning in GLOSSARY)
    yield "</dl>\n</body>\n</html>"


def _facts(row: MapRow) -> Iterator[tuple[str, str]]:
    yield "the AI may", row.ai_may
    yield "human when", row.human_when
    yield "who", f"{row.owner} ({row.backup}) {row.person}"
    yield "how soon", row.how_soon
    yield "adds", row.adds
    yield from (("user told", text) for text in row.told or ("nothing",))
    if row.reviews is not None:
        yield "reviews", row.reviews


def _columns(it: PolicyMap) -> tuple[str, ...]:
    return (*COLUMNS, REVIEWED) if any(row.reviews is not None for row in it.rows) else COLUMNS


def _last_cells(row: MapRow) -> tuple[str, ...]:
    told = "\n".join(row.told) or "nothing"
    return (row.how_soon, row.adds, told, *(() if row.reviews is None else (row.reviews,)))


def _labelled(label: str, text: str, width: int) -> Iterator[str]:
    indent = " " * (_LABEL + 2)
    room = max(width, _LABEL + 20)
    lines = wrap(printable(text), room, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
    for index, line in enumerate(lines):
        yield f"  {label:<{_LABEL}}{line[len(indent) :]}" if index == 0 else line


def _named(rule: RuleRow) -> str:
    return f"{rule.text} ({rule.name})" if rule.name else rule.text


def _only(rule: RuleRow) -> str:
    return "; and ".join(rule.only)


def _acts(rule: RuleRow) -> str:
    parts = ["at once" if rule.hard else "", rule.acts, "SHADOW: acts on nothing" if rule.shadow else ""]
    return "; ".join(part for part in parts if part)


def _sentence(rule: RuleRow) -> str:
    """A rule in one sentence, and how it acts."""
    only = f"; only where {_only(rule)}" if rule.only else ""
    return f"{_named(rule)}{only}. ({_acts(rule)})"


def _md(text: str) -> str:
    r"""Text in a cell of a Markdown table.

    >>> _md("a|b <c>\nd")
    'a\\|b \\<c\\> d'
    """
    return _MARKDOWN.sub(r"\\\1", printable(text))


def _md_head(columns: tuple[str, ...]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"


def _html_head(columns: tuple[str, ...]) -> str:
    cells = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    return f"<thead><tr>{cells}</tr></thead>"


def _html_row(row: MapRow, columns: tuple[str, ...]) -> str:
    owner = f'<strong class="{"owner" if row.owned else "nobody"}">{escape(row.owner)}</strong>'
    who = f"{owner}<br><small>{escape(row.backup)}</small><br>{escape(row.person)}"
    cells = (
        escape(row.ai_may),
        escape(row.human_when),
        who,
        *(escape(cell).replace("\n", "<br>") for cell in _last_cells(row)),
    )
    return f'<tr><th scope="row">{escape(row.title)}</th>{"".join(map(_html_cell, columns, cells))}</tr>'


def _html_rule(rule: RuleRow) -> str:
    name = f"<br><small>{escape(rule.name)}</small>" if rule.name else ""
    cells = (escape(rule.text) + name, "<br>and ".join(map(escape, rule.only)), escape(_acts(rule)))
    kind = ' class="hard"' if rule.hard else ""
    return f"<tr{kind}>{''.join(map(_html_cell, RULE_COLUMNS, cells))}</tr>"


def _html_cell(column: str, content: str) -> str:
    """A cell that says its column where the page is too narrow for a table; an empty one says nothing."""
    return f'<td data-column="{escape(column)}">{content}</td>' if content else "<td></td>"


_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; color: #1c2329; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .3rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .3rem; }
table { border-collapse: collapse; width: 100%; margin-top: 1rem; }
th, td { border: 1px solid #c6ced6; padding: .45rem .6rem; text-align: left; vertical-align: top; }
thead th, .group { background: #edf1f5; } tbody th { font-weight: 600; } th::first-letter { text-transform: uppercase; }
td { overflow-wrap: break-word; } .map td:nth-child(4) { min-width: 11rem; } small { color: #56616b; }
.note, .nobody { background: #b3261e; color: #fff; font-weight: 600; }
.note { padding: .5rem .8rem; } .nobody { padding: 0 .3rem; white-space: nowrap; }
.hard td:first-child { border-left: 4px solid #b3261e; }
dt { font-weight: 600; } dd { margin: 0 0 .4rem 1rem; }
@media (max-width: 48rem) {
  body { margin: 1rem auto; } thead { display: none; }
  table, tbody, tr, th, td { display: block; } td { border-top: 0; } td:empty { display: none; }
  tr { margin-bottom: .8rem; } .note, .nobody { white-space: normal; }
  td[data-column]::before { content: attr(data-column) ": "; color: #56616b; font-size: .85em; display: block; }
}
@media print {
  @page { size: A4 landscape; margin: 12mm; }
  body { font-size: 10.5px; margin: 0; max-width: none; padding: 0; }
  thead { display: table-header-group; } tr { break-inside: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
