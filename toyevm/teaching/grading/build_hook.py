"""What hatchling asks when it builds a wheel or an sdist: put the students' files in.

The wheel carries them inside the package, the sdist beside it. They are made from the tracked ones while the archive is
written, so that no second copy lies about in a checkout, and they are those of the bundle: `student_files`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CourseHook(BuildHookInterface[Any]):
    """Add the course to what is built. An editable install has it beside the package already."""

    _made: tempfile.TemporaryDirectory[str] | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the students' files to a temporary folder, and tell the builder where they belong."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)  # the toyevm that is being built, whichever else is installed
        from toyevm.teaching.lab.course import MATERIAL, student_files

        self._made = tempfile.TemporaryDirectory()
        prefix = "" if self.target_name == "sdist" else f"toyevm/{MATERIAL}/"
        for name, data in student_files(Path(self.root) / "course"):
            path = Path(self._made.name, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            build_data["force_include"][str(path)] = prefix + name

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the temporary folder."""
        if self._made is not None:
            self._made.cleanup()
