"""What the laboratory shows: words first. A widget, where there is one, is another form of the same words.

So everything works without a display: `text` is complete, and is what a terminal, a screen reader, a test and a
stored notebook have. In a notebook the words are set as Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from types import ModuleType
from typing import Any


class Panel:
    """Words to show, and perhaps how to build the widget that asks for an answer.

    Args:
        build: given the module ipywidgets, returns a widget. It is called when the panel is shown.
    """

    def __init__(self, text: str, build: Callable[[ModuleType], Any] | None = None) -> None:
        self.text = text
        self._build = build

    def __repr__(self) -> str:
        return self.text

    def widget(self) -> Any:
        """Return the widget, or None where there is none or ipywidgets is not installed."""
        module = ipywidgets() if self._build else None
        return self._build(module) if self._build and module else None

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        widget = self.widget()
        bundle = {"text/markdown": self.text} if widget is None else dict(widget._repr_mimebundle_(**options))
        return {**bundle, "text/plain": self.text}


def ipywidgets() -> ModuleType | None:
    """Return ipywidgets, if it is installed."""
    try:
        import ipywidgets as module
    except ImportError:
        return None
    return module  # type: ignore[no-any-return]


def as_html(text: str) -> str:
    """Return Markdown for an HTML widget; HTML in it is shown, not obeyed.

    >>> as_html("`PUSH1` takes <b>one</b> byte").partition("<p>")[2]
    '<code>PUSH1</code> takes &lt;b&gt;one&lt;/b&gt; byte</p>\\n</div>'
    """
    from markdown_it import MarkdownIt

    made = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    return f'<div style="line-height:1.45;max-width:44em">{made}</div>'


def as_label(text: str) -> str:
    """Return Markdown for a label, which takes plain words only.

    >>> as_label("the *second* `SSTORE`")
    'the second SSTORE'
    """
    return re.sub(r"`|\*+(?=\S)|(?<=\S)\*+", "", text)
