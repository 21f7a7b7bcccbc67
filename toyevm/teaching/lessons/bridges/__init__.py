"""Lesson 14: bridges and messages between chains; what may be believed, and when."""

from __future__ import annotations

from toyevm.teaching.lessons.bridges.matrix_view import show_matrix
from toyevm.teaching.lessons.bridges.messages_player import MessagesPlayer
from toyevm.teaching.lessons.bridges.messages_view import show_messages
from toyevm.teaching.lessons.bridges.port import open_port
from toyevm.teaching.lessons.bridges.story import after_the_reorg, before_the_reorg
from toyevm.teaching.lessons.bridges.studies import bicycle, mixed_messages, one_evening, real_answers
from toyevm.teaching.lessons.bridges.trust_matrix import attack_on

__all__ = [
    "MessagesPlayer", "after_the_reorg", "attack_on", "before_the_reorg", "bicycle", "mixed_messages", "one_evening",
    "open_port", "real_answers", "show_matrix", "show_messages",
]  # fmt: skip
