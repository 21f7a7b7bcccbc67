"""What was measured, for the eyes only.

It differs from computer to computer and from day to day. So it is shown and never stored: the text that a notebook
keeps says only what is the same everywhere.
"""

from __future__ import annotations

from typing import Any

from toyevm.teaching.kit.player import in_text
from toyevm.teaching.lab.panels import ipywidgets
from toyevm.teaching.lessons.schedulers.real_run import MeasuredPlans


class RealPlans(MeasuredPlans):
    """Plans that were run and measured, which a notebook shows as a table and does not keep."""

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        stable = "Measured here and now, so not stored: print the text of this object to read the table."
        widgets = ipywidgets()
        if widgets is None:
            return {"text/plain": self.text}
        return {**widgets.HTML(in_text(self.text))._repr_mimebundle_(**options), "text/plain": stable}
