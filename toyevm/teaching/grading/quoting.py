"""Words of a submission reach a terminal, a table and a web page: they come in quotes, on one line, cut, and inert.

Inside of the quotes there are no such quotes, so what stands in them cannot pretend to stand outside.
"""

from __future__ import annotations

import re

LONGEST_QUOTE = 160
LONGEST_LINE = 600
_QUOTES = re.compile("[“”„‟]")
# A sign with which a cell would begin after a spreadsheet has split a line, at its own idea of a separator or at ours.
# No group is repeated possessively: Python 3.11.2 (Debian 12) goes on from a wrong place where a repetition fails half-way.
_BEGINS_FORMULA = re.compile(
    r"""((?:^|[;,|])[\s"'“‘]*+)(?!(?<=[;,|\s])[+-]\d[\d.]*+(?:,\d{3})*(?!,\d{3})(?:[;,\])}]|$))([=+@＝＋－＠-])"""
)


def one_line(text: str, most: int = LONGEST_LINE) -> str:
    """Return text in one printable line of at most so many characters.

    >>> one_line("a\\x1b[31m\\n  b"), one_line("abcdef", 4), one_line("\\u202egpj.exe")
    ('a?[31m b', 'abc…', '?gpj.exe')
    """
    line = re.sub(r"\s+", " ", text[: 4 * most]).strip()
    line = "".join(sign if sign.isprintable() else "?" for sign in line)
    return line if len(line) <= most else line[: most - 1] + "…"


def quoted(text: str, most: int = LONGEST_QUOTE) -> str:
    """Return a submission's own words, so that they can be told from ours.

    >>> quoted("no” the marker failed: “x")
    '“no" the marker failed: "x”'
    """
    return "“" + one_line(_QUOTES.sub('"', text[: 4 * most]), most) + "”"


def inert(text: str) -> str:
    """Return text that no spreadsheet takes for a formula, whichever sign it splits lines at.

    An apostrophe, which a spreadsheet hides, is put before a sign that would begin one. A negative number stays.

    >>> inert("=1+1"), inert(";=1+1;"), inert('a;"@SUM(1)'), inert("yours: [1, -2]"), inert("\\t=1")
    ("'=1+1", ";'=1+1;", 'a;"\\'@SUM(1)', 'yours: [1, -2]', " '=1")
    """
    return _BEGINS_FORMULA.sub(r"\1'\2", re.sub(r"[\t\r\n]+", " ", text))
