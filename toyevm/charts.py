"""Charts of numbers against numbers, by matplotlib, in one style; without matplotlib their words stand alone.

A chart is drawn when it is looked at or saved, so that nothing here needs matplotlib before.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from html import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from toyevm.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WHITE, PALE, GREY, FAINT_GREY, BLACK = "#ffffff", "#f6f6f4", "#767676", "#595959", "#1b1b1b"
LIGHT_GREY, LIGHT_BLUE, LIGHT_ORANGE, LIGHT_GREEN = "#d9d9d4", "#a9cfee", "#f2b45c", "#7cc7ad"
BLUE, ORANGE, GREEN, RED = "#0b5fa5", "#b35900", "#00785a", "#a32a12"  # readable on white
DARK_BLUE, DARK_ORANGE, DARK_GREEN, DARK_RED = "#084a80", "#7a3d00", "#00513b", "#8a1f0a"  # for words on a tint
INKS = (DARK_BLUE, DARK_ORANGE, DARK_GREEN, DARK_RED, "#5b2a86", BLACK)  # of curves and of the words beside them
DASHES: tuple[Any, ...] = (
    "-",
    (0, (5, 2)),
    (0, (1, 2)),
    (0, (6, 2, 2, 2)),
    (0, (3, 1)),
    (0, (1, 3)),
)  # not by ink alone

WIDTH, PIXELS, SHOWN = 9.6, 150, 960  # inches, dots an inch, and how wide a notebook shows it
FORMATS = (".png", ".svg")  # both can carry a description
_SPACES = {"": "http://www.w3.org/2000/svg", "xlink": "http://www.w3.org/1999/xlink"}
STYLE: Any = {
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.edgecolor": GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": BLACK,
    "axes.labelcolor": BLACK,
    "xtick.color": FAINT_GREY,
    "ytick.color": FAINT_GREY,
    "legend.frameon": False,
    "svg.hashsalt": "toyevm",  # the same numbers give the same file
}


@dataclass(frozen=True)
class Chart:
    """A chart, and the words that say the same.

    Args:
        draw: puts the chart on an empty figure.
        title: what it shows, in a few words.
        alt: what a screen reader says in its place.
        text: the text twin, a table.
        height: in inches.
    """

    draw: Callable[[Figure], None]
    title: str
    alt: str
    text: str
    height: float = 4.0

    def __str__(self) -> str:
        return self.text

    @cached_property
    def png(self) -> bytes | None:
        """The picture; None without matplotlib."""
        picture = BytesIO()
        try:
            self._write(picture, "png")
        except ImportError:
            return None
        return picture.getvalue()

    @cached_property
    def svg(self) -> str | None:
        """The picture as an element of a page, with names that no other picture has; None without matplotlib."""
        picture = BytesIO()
        try:
            self._write(picture, "svg")
        except ImportError:
            return None
        drawn = ElementTree.fromstring(picture.getvalue())
        drawn.attrib |= {"role": "img", "aria-label": self.alt}
        own = sha256(self.title.encode()).hexdigest()[:8]
        for each in drawn.iter():
            for name, value in each.attrib.items():
                is_name = name == "id" or (name.endswith("href") and value.startswith("#"))
                prefixed = f"#{own}-{value[1:]}" if value.startswith("#") else f"{own}-{value}"
                each.set(name, prefixed if is_name else value.replace("url(#", f"url(#{own}-"))
        for prefix, space in _SPACES.items():
            ElementTree.register_namespace(prefix, space)
        return ElementTree.tostring(drawn, "unicode")

    def save(self, path: Path, option: str = "--plot") -> None:
        """Write the picture to a file, which carries the words of the chart, too.

        Raises:
            InputError: `check_plot` refuses the path, or the file cannot be written.
        """
        check_plot(path, option)
        try:
            self._write(path, path.suffix.lower()[1:])
        except OSError as error:
            raise InputError(f"cannot write {str(path)!r}: {error.strerror}", option) from error

    def _write(self, target: Path | BytesIO, kind: str) -> None:
        from matplotlib import rc_context
        from matplotlib.figure import Figure

        about = {"Title": self.title, "Description": self.alt} | (
            {"Date": None} if kind == "svg" else {"Software": None}
        )
        with rc_context(STYLE):
            figure = Figure(figsize=(WIDTH, self.height), dpi=PIXELS, layout="constrained")
            self.draw(figure)
            figure.savefig(target, format=kind, metadata=about)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Any:
        """Return the picture with its alternative text, and the text twin.

        JupyterLab leaves the alternative text of a PNG away, and shows it in a widget; everything else reads the PNG's
        metadata.
        """
        if self.png is None:
            return {"text/plain": self.text}
        encoded = b64encode(self.png).decode()
        data = {"image/png": encoded, "text/plain": self.text}
        return data | _in_widget(encoded, self.alt), {"image/png": {"alt": self.alt, "width": SHOWN}}


def _in_widget(encoded: str, alt: str) -> dict[str, Any]:
    try:
        from ipywidgets import HTML
    except ImportError:
        return {}
    image = f'<img alt="{escape(alt)}" src="data:image/png;base64,{encoded}" width="{SHOWN}" style="height:auto">'
    bundle = HTML(image)._repr_mimebundle_()
    return {mime: shown for mime, shown in bundle.items() if mime != "text/plain"}


def check_plot(path: Path, option: str = "--plot") -> None:
    """Raise InputError when a chart could not be written there, before anything is worked out."""
    if path.suffix.lower() not in FORMATS:
        raise InputError(f"cannot draw {str(path)!r}", option, f"a file name that ends in {' or '.join(FORMATS)}")
    if not path.parent.is_dir():
        raise InputError(f"no folder {str(path.parent)!r}", option)
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise InputError("matplotlib is not installed", option, "pip install 'toyevm[course]'") from None


def say(
    axes: Axes, words: str, at: tuple[float, float], ink: str, *, shift: tuple[float, float] = (0, 4), **style: Any
) -> None:
    """Put words beside a point: `shift` says how many points of type to the right and above."""
    axes.annotate(words, at, xytext=shift, textcoords="offset points", color=ink, **style)


def bar_axes(axes: Axes) -> None:
    """Let horizontal bars stand without a frame, the first on top."""
    axes.invert_yaxis()
    axes.spines[["left"]].set_visible(False)
    axes.tick_params(axis="y", length=0, labelcolor=BLACK)
