"""Lesson 05: attempts, aborts and retries on virtual cores."""
