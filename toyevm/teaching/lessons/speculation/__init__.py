"""Lesson 05: attempts, aborts and retries on virtual cores."""

from __future__ import annotations

from toyevm.teaching.lessons.speculation.attempts_view import show_attempts, show_reads

__all__ = ["show_attempts", "show_reads"]
