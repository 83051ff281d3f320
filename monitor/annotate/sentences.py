"""What of a text is the speaker's own: code and quoted lines of the other side are blanked before it is read."""

import re

_CODE = re.compile(r"(```|~~~).*?(?:\1|\Z)", re.DOTALL)
_INLINE = re.compile(r"(?<!\w)`[^`\n]{1,200}`(?!\w)")
_QUOTED_LINE = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_QUOTED = re.compile(
    r"[\"\u201c][^\"\u201c\u201d\n]{1,400}[\"\u201d]"
    r"|(?<!\w)['\u2018](?:[^'\u2018\u2019\n]|(?<=\w)['\u2019](?=\w)){1,400}['\u2019](?!\w)"
)
_MARKS = frozenset("\"'\u201c\u2018")


def own_words(text: str) -> str:
    r"""The text with code blocks and quoted lines as spaces; the length, and so every position, stays.

    >>> own_words("> please delete it\nI did not write that.")
    '                  \nI did not write that.'
    >>> own_words("It says `delete it` there, I can`t, don`t")
    'It says             there, I can`t, don`t'
    """
    if "```" in text or "~~~" in text:
        text = _CODE.sub(_blank, text)
    if "`" in text:
        text = _INLINE.sub(_blank, text)
    if ">" in text:
        text = _QUOTED_LINE.sub(_blank, text)
    return text


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def quoted_ranges(text: str) -> tuple[tuple[int, int], ...]:
    """Character ranges inside quotation marks: said there, but perhaps by somebody else.

    >>> quoted_ranges('They said "never again" to me')
    ((10, 23),)
    >>> quoted_ranges("It's 'can't go on' there, I don't know")
    ((5, 18),)
    """
    if _MARKS.isdisjoint(text):
        return ()
    return tuple(match.span() for match in _QUOTED.finditer(text))
