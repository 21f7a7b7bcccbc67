"""A value is compared by type and content; a list element by element, so that the first wrong one can be named.

A notebook that does not know what is right still knows what an answer looks like, and what a known mistake looks like.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from toyevm.teaching.lab.items import Case, Exercise, Symptom
from toyevm.teaching.lab.values import Plain, canonical, kind_of, same, show_plain
from toyevm.teaching.lab.verdicts import Divergence, Finding, Status, Verdict, conclude, explained, without_run


def judge_value(item: Exercise, cases: Sequence[Case], answer: Plain, parts: Mapping[str, int]) -> Verdict:
    """Compare with the expected value; of a list, element by element."""
    if fault := _malformed(item, answer):
        return without_run(item, Status.MALFORMED, fault)
    verdict = conclude(item, [_value_finding(case, _normal(answer)) for case in cases], parts)
    first = verdict.divergence.index if verdict.divergence else None
    return explained(item, verdict, lambda symptom: _value_symptom(symptom, _normal(answer), first))


def _value_finding(case: Case, answer: Plain) -> Finding:
    expected = _normal(canonical(case.expect["value"]))
    if same(answer, expected):
        return Finding(case)
    if isinstance(answer, list) and isinstance(expected, list):
        pairs = list(zip(answer, expected, strict=False))
        at = next((index for index, (mine, theirs) in enumerate(pairs) if not same(mine, theirs)), len(pairs))
        yours = show_plain(answer[at]) if at < len(answer) else "no more"
        theirs = show_plain(expected[at]) if at < len(expected) else "no more"
        return Finding(case, Divergence(case, yours, theirs, index=at))
    return Finding(case, Divergence(case, show_plain(answer), show_plain(expected)))


def _value_symptom(symptom: Symptom, answer: Plain, first: int | None = None) -> bool:
    """Return whether a symptom holds; `first` is the index of the first entry that differs, where it is known."""
    facts = symptom.facts
    if "differs_at" in facts:
        at = facts["differs_at"]
        return at == first and ("value" not in facts or _entry_is(answer, at, facts["value"]))
    if "index" in facts:
        at = facts["index"]
        return _entry_is(answer, at, facts["value"])
    return any(same(answer, _normal(value)) for value in facts.get("any", [facts.get("value")]))


def _entry_is(answer: Plain, at: int, value: Plain) -> bool:
    return isinstance(answer, list) and at < len(answer) and same(answer[at], _normal(value))


def _malformed(item: Exercise, answer: Plain) -> str:
    """Return what is wrong with the shape of a value, or ""."""
    kind, length = item.settings.get("kind", "int"), item.settings.get("length")
    one = {"int": int, "text": str}.get(kind.removesuffix("s"))
    parts: list[Plain] = answer if kind.endswith("s") and isinstance(answer, list) else [answer]
    shape = item.settings.get("form", kind)
    if any(part is None for part in parts):
        return f"`{item.answer}` still lacks entry {parts.index(None) + 1}; expected: {shape}."
    strange = [] if one is None else [index for index, part in enumerate(parts) if type(part) is not one]
    if kind.endswith("s") != isinstance(answer, list) or (strange and parts is not answer):
        return f"`{item.answer}` is {kind_of(answer)}; expected: {shape}."
    if strange:
        part = parts[strange[0]]
        return f"Entry {strange[0] + 1} is {show_plain(part)}, {kind_of(part)}; expected: {shape}."
    if length is not None and len(parts) != length:
        return f"`{item.answer}` has {len(parts)} entries; expected: {shape}."
    words = item.settings.get("words")
    known = None if words is None else _normal(list(words))
    unknown = [] if known is None else [part for part in parts if _normal(part) not in known]
    return f"{show_plain(unknown[0])} is none of the choices; expected: {shape}." if unknown else ""


def _normal(value: Plain) -> Plain:
    """Return a value without what does not matter: capitals and spaces around text."""
    if isinstance(value, list):
        return [_normal(part) for part in value]
    return value.strip().casefold() if isinstance(value, str) else value


def record(item: Exercise, answer: Plain) -> Verdict:
    """Return the verdict of a notebook that cannot know what is right: the form is checked, and the symptoms."""
    if item.judge == "value" and (fault := _malformed(item, answer)):
        return without_run(item, Status.MALFORMED, fault)
    chosen = _letter(item, answer) if item.judge == "choice" else answer
    if chosen is None:
        return _no_option(item, answer)
    noted = without_run(item, Status.RECORDED, f"Recorded: {show_plain(chosen)}. It is marked after you hand it in.")
    return explained(item, noted, lambda symptom: _value_symptom(symptom, _normal(chosen)))


def judge_choice(item: Exercise, cases: Sequence[Case], answer: Plain, parts: Mapping[str, int]) -> Verdict:
    """Compare the letter of the chosen option."""
    letter = _letter(item, answer)
    if letter is None:
        return _no_option(item, answer)
    findings = [_value_finding(case, _normal(letter)) for case in cases]
    return explained(item, conclude(item, findings, parts), lambda symptom: _value_symptom(symptom, _normal(letter)))


def _no_option(item: Exercise, answer: Plain) -> Verdict:
    return without_run(item, Status.MALFORMED, f"{show_plain(answer)} is no option; put the letter of one.")


def _letter(item: Exercise, answer: Plain) -> str | None:
    options = [str(option) for option in item.settings.get("options", [])]
    letters = [chr(ord("A") + index) for index in range(len(options))]
    names = {
        **dict(zip(map(str.casefold, options), letters, strict=True)),
        **{letter.casefold(): letter for letter in letters},
    }
    if type(answer) is int:
        return letters[answer - 1] if 1 <= answer <= len(letters) else None
    return names.get(answer.strip().casefold()) if isinstance(answer, str) else None
