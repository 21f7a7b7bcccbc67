"""Lesson 01: what a transaction read and wrote, beside the stepper of the kit."""
