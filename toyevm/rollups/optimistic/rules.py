"""The rules of the dispute game: one function for each kind of move, and the table that says when there is which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from toyevm.rollups.optimistic.bonds import bond_at
from toyevm.rollups.optimistic.claims import MAX_HEIGHT, ROOT, DisputeClaim
from toyevm.rollups.optimistic.game import DisputeGame, DisputeStage, Verifier
from toyevm.rollups.optimistic.moves import GameMove, MoveKind, MoveRefused


def play(game: DisputeGame, move: GameMove, player: str, now: int, verify: Verifier) -> DisputeGame:
    """Return the game after a move.

    Raises:
        MoveRefused: the rules do not have it.
    """
    if not ROOT <= move.against < len(game.claims):
        raise MoveRefused("no such claim")
    if game.claims[move.against].is_resolved:
        raise MoveRefused("resolved already")
    rule = MOVES.get((game.stage(move.against), move.kind))
    if rule is None:
        raise MoveRefused("not at this depth")
    return rule(game, move, player, now, verify)


def _enter_item(game: DisputeGame, move: GameMove, player: str, now: int, verify: Verifier) -> DisputeGame:
    """Claim the state halfway through the one item that is left."""
    if game.is_decided(*game.interval(move.against, move.kind is MoveKind.ATTACK)):
        raise MoveRefused("nothing to halve")
    return _answer(game, move, player, now, verify)


def _answer(game: DisputeGame, move: GameMove, player: str, now: int, verify: Verifier) -> DisputeGame:
    """Claim the state halfway, if there is time left and it has not been claimed before."""
    is_attack, parent, terms = move.kind is MoveKind.ATTACK, game.claims[move.against], game.terms
    lo, hi, item, at = game.middle(move.against, is_attack)
    _require_open(game, move.against, now)
    state, height = move.claim
    if item is None and height > MAX_HEIGHT:
        raise MoveRefused("too high")
    if item is not None:
        height = game.claims[hi].height
    siblings = game.children.get(move.against, ())
    for each in (game.claims[number] for number in siblings):
        if (each.is_attack, each.state, each.height) == (is_attack, state, height):
            raise MoveRefused("claimed already")
    used = min(game.time_used(move.against, now), terms.clock - terms.extension)
    depth = parent.depth + 1
    claim = DisputeClaim(
        *(move.against, is_attack, lo, hi, item, at, state, height),
        *(depth, player, bond_at(depth), used, now),
    )
    children = {**game.children, move.against: (*siblings, len(game.claims))}
    return replace(game, claims=(*game.claims, claim), children=children)


def _require_open(game: DisputeGame, number: int, now: int) -> None:
    if game.claims[number].countered_by is not None:
        raise MoveRefused("countered already")
    if game.time_used(number, now) >= game.terms.clock:
        raise MoveRefused("time is up")


def _prove(game: DisputeGame, move: GameMove, player: str, now: int, verify: Verifier) -> DisputeGame:
    """Counter a claim for good: a step that it stands for is not one, or one that it disputes is."""
    lo, hi = game.interval(move.against, move.kind is MoveKind.PROVE_ATTACK)
    if game.stage(move.against) is DisputeStage.ITEM and not game.is_decided(lo, hi):
        raise MoveRefused("more than one step")
    _require_open(game, move.against, now)
    is_own = (game.claims[move.against].depth - game.claims[hi].depth) % 2 == 0  # the claimant's side stands for hi
    if is_own == _holds(game, lo, hi, move, verify):
        raise MoveRefused("the claim is right")
    claims = list(game.claims)
    claims[move.against] = replace(claims[move.against], countered_by=player)
    return replace(game, claims=tuple(claims))


def _holds(game: DisputeGame, lo: int, hi: int, move: GameMove, verify: Verifier) -> bool:
    """Tell whether one step leads from a claim to the other; after the last step of an item, the item must be done."""
    begin, end = game.claims[lo], game.claims[hi]
    item = begin.at if begin.item is None else begin.item
    if item >= game.terms.items:
        return end.state == begin.state  # behind the last item nothing changes any more
    after, is_done = verify(item, begin.state, move.witness, move.posted)
    return after == end.state and (is_done or end.item is not None)


def _resolve(game: DisputeGame, move: GameMove, player: str, now: int, verify: Verifier) -> DisputeGame:
    """Give a claim's bond to who countered it first from the left, or back; from below to above."""
    number, claim = move.against, game.claims[move.against]
    if game.time_used(number, now) < game.terms.clock:
        raise MoveRefused("there is still time")
    children = [game.claims[each] for each in game.children.get(number, ())]
    if not all(child.is_resolved for child in children):
        raise MoveRefused("an answer is not resolved")
    winner = claim.countered_by or leftmost_counter(children)
    claims, receiver = list(game.claims), winner or claim.claimant
    claims[number] = replace(claim, countered_by=winner, is_resolved=True)
    paid = {**game.credits, receiver: game.credits.get(receiver, 0) + claim.bond}
    return replace(game, claims=tuple(claims), credits=paid)


def leftmost_counter(children: list[DisputeClaim]) -> str | None:
    """Return who made the first of the answers that stand: attacks lie left of defences."""
    standing = [child for child in children if child.countered_by is None]
    return next((child.claimant for child in sorted(standing, key=lambda one: not one.is_attack)), None)


Rule = Callable[[DisputeGame, GameMove, str, int, Verifier], DisputeGame]
MOVES: dict[tuple[DisputeStage, MoveKind], Rule] = {
    (DisputeStage.ITEMS, MoveKind.ATTACK): _answer,
    (DisputeStage.ITEMS, MoveKind.DEFEND): _answer,
    (DisputeStage.ITEM, MoveKind.ATTACK): _enter_item,
    (DisputeStage.ITEM, MoveKind.DEFEND): _enter_item,
    (DisputeStage.ITEM, MoveKind.PROVE_ATTACK): _prove,
    (DisputeStage.ITEM, MoveKind.PROVE_DEFENCE): _prove,
    (DisputeStage.STEPS, MoveKind.ATTACK): _answer,
    (DisputeStage.STEPS, MoveKind.DEFEND): _answer,
    (DisputeStage.STEP, MoveKind.PROVE_ATTACK): _prove,
    (DisputeStage.STEP, MoveKind.PROVE_DEFENCE): _prove,
    **{(stage, MoveKind.RESOLVE): _resolve for stage in DisputeStage},
}
