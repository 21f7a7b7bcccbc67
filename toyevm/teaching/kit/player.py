"""What every player is made of: controls above a picture, the words that say the same, and a voice for what changes.

A player holds a model, names its controls and says what picture the model makes now. Everything else is here: buttons,
the box "as text", what went wrong, the region that a screen reader reads aloud, and what a notebook stores.
"""

from __future__ import annotations

import reprlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from html import escape
from types import ModuleType
from typing import Any, ClassVar

from toyevm.errors import InputError
from toyevm.teaching.kit.picture import Picture


class Player(ABC):
    """A picture to play with; whatever its controls do, a call does too.

    Attributes:
        NAME: what to call it where ipywidgets is missing.
        INSTEAD: a clause that says what works without ipywidgets, such as "show_lanes works without it".
    """

    NAME: ClassVar[str]
    INSTEAD: ClassVar[str]

    def __init__(self) -> None:
        """Build the controls and show the picture of the model, which must be there by now.

        Raises:
            InputError: ipywidgets is not installed.
        """
        self._named: dict[str, Any] = {}
        make = self._widgets
        self._as_text = make.Checkbox(False, description="as text", indent=False, layout=make.Layout(width="90px"))
        self._as_text.observe(lambda _: self._paint(), "value")
        self._screen = make.HTML()
        self._message = make.HTML(layout=make.Layout(display="none"))
        self._voice = make.HTML(layout=make.Layout(height="1px", margin="0", overflow="hidden"))
        self._said: list[str] = []
        *rows, last = self._controls()
        flow = make.Layout(flex_flow="row wrap")
        lines = [make.HBox(row, layout=flow) for row in (*rows, [*last, self._as_text])]
        self.widget = make.VBox([*lines, self._message, self._screen, self._voice])
        self._show()

    @property
    @abstractmethod
    def picture(self) -> Picture:
        """What is shown now, with its text twin."""

    @property
    def text(self) -> str:
        """The text twin of what is shown."""
        return self.picture.text

    @abstractmethod
    def _controls(self) -> Sequence[Sequence[Any]]:
        """Return the rows of controls."""

    def set(self, *values: Any, **named: Any) -> None:
        """Move sliders and switches, by their order or by name: all of them, or none if one cannot be moved so.

        Raises:
            InputError: a control, or a position of it, that there is not.
        """
        if len(values) > len(self._named):
            raise InputError(f"{len(values)} values", expected=f"at most {len(self._named)}: {' | '.join(self._named)}")
        for name in named:
            if name not in self._named:
                raise InputError(f"no switch {name!r}", expected=" | ".join(self._named))
        wanted = {**dict(zip(self._named, values, strict=False)), **named}
        positions = {name: _position(self._named[name], name, value) for name, value in wanted.items()}
        for name, control in self._named.items():  # in their own order: moving an earlier one may reset a later one
            if name in positions:
                control.value = positions[name]

    # For those who build a player

    @cached_property
    def _widgets(self) -> ModuleType:
        try:
            import ipywidgets
        except ImportError:
            expected = f'pip install "toyevm[course]"; {self.INSTEAD}'
            raise InputError(f"{self.NAME} needs ipywidgets", expected=expected) from None
        return ipywidgets  # type: ignore[no-any-return]

    def _control(self, name: str, control: Any) -> Any:
        """Give a slider or switch the name by which `set` knows it; when it moves, the picture is drawn again."""
        self._named[name] = control
        control.observe(lambda _: self._show(), "value")
        return control

    def _button(self, words: str, meaning: str, action: Callable[[], object]) -> Any:
        """Return a button that does something; what is wrong with that is shown, not raised."""
        made = self._widgets.Button(description=words, tooltip=meaning, layout=self._widgets.Layout(width="auto"))
        made.on_click(lambda _: self._try(action))
        return made

    def _text(self, words: str, form: str, width: str, now: Callable[[], str], action: Callable[[str], object]) -> Any:
        """Return a field for a text form; `now` says what it should hold, and what differs somebody has typed."""
        layout = self._widgets.Layout(width=width)
        made = self._widgets.Text(now(), description=words, placeholder=form, continuous_update=False, layout=layout)

        def typed(change: Mapping[str, Any]) -> None:
            if change["new"] != now():
                self._try(lambda: action(change["new"]))

        made.observe(typed, "value")
        return made

    def _try(self, action: Callable[[], object]) -> None:
        try:
            action()
        except InputError as error:
            self._complain(str(error))

    def _complain(self, words: str) -> None:
        self._message.value = f'<div role="alert">{in_text(words)}</div>' if words else ""
        self._message.layout.display = None if words else "none"

    def _show(self) -> None:
        """Show what the model has become; who adds to it brings the controls up to date."""
        self._complain("")
        self._paint()

    def _paint(self) -> None:
        shown = self.picture
        self._screen.value = in_text(shown.text) if self._as_text.value else shown.svg
        lines = shown.text.split("\n")
        if self._said and lines != self._said:
            self._voice.value = _aloud([line for line in lines if line not in self._said] or lines[-1:])
        self._said = lines

    def __str__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        return {**self.widget._repr_mimebundle_(**options), "text/plain": self.text}


def in_text(words: str) -> str:
    """Return words as HTML that keeps their columns."""
    return f'<pre style="margin:0;white-space:pre-wrap">{escape(words)}</pre>'


def _aloud(lines: Sequence[str]) -> str:
    """Return lines as a live region: a screen reader reads it whenever it changes."""
    return f'<div role="status" aria-live="polite" aria-atomic="true">{"<br>".join(map(escape, lines))}</div>'


def _brief(value: Any) -> str:
    """Return a student's value on one line, whatever it is."""
    return " ".join(reprlib.repr(value).split())


def _position(control: Any, name: str, value: Any) -> Any:
    """Return the value that a control takes, given as such or by the words on the control."""
    if hasattr(control, "options"):
        places = dict(control.options)
        if isinstance(value, str) and value in places:
            return places[value]
        if not any(type(value) is type(place) and value == place for place in places.values()):
            raise InputError(f"{name}={_brief(value)}", expected=" | ".join(map(repr, places)))
    elif type(value) is not int or not control.min <= value <= control.max:
        raise InputError(f"{_brief(value)} {name}", expected=f"a whole number from {control.min} to {control.max}")
    return value
