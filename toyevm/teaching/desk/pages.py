"""A page that needs nothing but itself, no script, no font, no picture from elsewhere; whatever is put in is escaped.

Headings go down one step at a time, tables have captions and heads, and every colour is readable on its ground.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from toyevm.charts import BLACK, DARK_BLUE, DARK_RED, FAINT_GREY, GREY, PALE, WHITE

INKS_ON = {WHITE: (BLACK, DARK_BLUE, DARK_RED, FAINT_GREY), PALE: (BLACK, DARK_BLUE, DARK_RED, FAINT_GREY)}
_STYLE = f"""
body {{ background: {WHITE}; color: {BLACK}; font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem;
  padding: 0 1rem; overflow-wrap: break-word; }}
h1, h2, h3 {{ color: {DARK_BLUE}; line-height: 1.2; }}
h2 {{ border-top: 1px solid {GREY}; margin-top: 2rem; padding-top: 1rem; }}
table {{ border-collapse: collapse; margin: 1rem 0; }}
caption {{ color: {FAINT_GREY}; text-align: left; }}
th, td {{ border-bottom: 1px solid {GREY}; padding: .25rem .75rem; text-align: left; vertical-align: top; }}
td {{ overflow-wrap: anywhere; }}
.number {{ font-variant-numeric: tabular-nums; text-align: right; white-space: nowrap; }}
pre, blockquote {{ background: {PALE}; margin: .5rem 0; overflow: auto; padding: .5rem 1rem; white-space: pre-wrap; }}
blockquote {{ border-left: .25rem solid {DARK_BLUE}; }}
.look {{ color: {DARK_RED}; font-weight: bold; }}
svg {{ height: auto; max-width: 100%; }}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"  # so says the page itself: nothing is loaded, nothing runs


def page(title: str, body: Sequence[str]) -> bytes:
    """Return a page; `body` is markup."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n{element('style', _STYLE)}\n</head>\n<body>\n<main>\n"
        f"<h1>{escape(title)}</h1>\n" + "\n".join(body) + "\n</main>\n</body>\n</html>\n"
    ).encode()


def element(tag: str, words: str, kind: str = "") -> str:
    """Return words in an element.

    >>> element("p", "1 < 2", "look")
    '<p class="look">1 &lt; 2</p>'
    """
    return f"<{tag}{kind and f' class={chr(34)}{kind}{chr(34)}'}>{escape(words)}</{tag}>"


def folded(summary: str, words: str) -> str:
    """Return a long text, as it is, that opens at a click."""
    return f"<details>{element('summary', summary)}{element('pre', words)}</details>"


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str | float | None]]) -> str:
    """Return a table; the first cell of a row is its head; numbers stand right, and None is a dash."""
    heads = "".join(f'<th scope="col">{escape(each)}</th>' for each in head)
    lines = [
        f'<tr><th scope="row">{escape(_words(first))}</th>{"".join(map(_cell, rest))}</tr>' for first, *rest in rows
    ]
    return (
        f"<table>{element('caption', caption)}<thead><tr>{heads}</tr></thead>\n<tbody>"
        + "\n".join(lines)
        + "</tbody></table>"
    )


def _cell(value: str | float | None) -> str:
    return element("td", _words(value), "" if isinstance(value, str) else "number")


def _words(value: str | float | None) -> str:
    return "–" if value is None else value if isinstance(value, str) else f"{value:g}"
