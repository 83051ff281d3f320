"""Pages of Markdown, of which a command writes one part and people the rest."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from monitor.core.errors import OperatorError

BEGIN, END = "<!-- oversight evaluate: begin -->", "<!-- oversight evaluate: end -->"
"""Between these two lines a page is rewritten; what people wrote around them stays."""


def write_page(path: Path, text: str) -> None:
    """Write the text between the marks of the page, or, where there is no such page yet, as the whole of it.

    Raises:
        OperatorError: the file cannot be read or written, or holds something else.
    """
    try:
        old = path.read_text("utf-8") if path.exists() else f"{BEGIN}\n{END}\n"
        if BEGIN not in old or END not in old:
            raise OperatorError(f"{path}: holds something else; name another file, or put {BEGIN} and {END} in it")
        path.write_text(within(old, text), "utf-8")
    except OSError as error:
        raise OperatorError(f"{path}: cannot be written: {error.strerror}; name another file") from error


def within(page: str, text: str) -> str:
    r"""The page with this text between its marks.

    >>> print(within(f"by hand\n{BEGIN}\nold\n{END}\n", "new\n"))
    by hand
    <!-- oversight evaluate: begin -->
    <BLANKLINE>
    new
    <BLANKLINE>
    <!-- oversight evaluate: end -->
    <BLANKLINE>
    """
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{text.strip()}\n\n{END}{rest.partition(END)[2]}"


def written(page: str) -> str:
    """What stands between the marks of a page."""
    return page.partition(BEGIN)[2].partition(END)[0].strip() + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table.

    >>> print(table(("a", "b"), [("1", "2")]), end="")
    | a | b |
    | --- | --- |
    | 1 | 2 |
    """
    lines = (head, ["---"] * len(head), *rows)
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
