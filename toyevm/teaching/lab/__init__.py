"""What stands around a lesson: the student's own copy of the course, and all that a lesson asks, checks and remembers.

from toyevm.teaching.lab import lesson
lab = lesson("01-the-machine")
lab.predict("sub-order")                     # a bet before the result
lab.check("largest", my_program)             # what it did, where it parts, the next question
lab.hint("largest"); lab.parsons("largest")  # when stuck
"""

from __future__ import annotations

from toyevm.teaching.lab.lessons import Lesson, lesson

__all__ = ["Lesson", "lesson"]
