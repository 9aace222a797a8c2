"""Which forms a sequence draws from, and how each letter of a form is drawn."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from tools.fuzz.form import DOUBLE_LETTERS, SINGLE_LETTERS, Form
from tools.fuzz.tables import all_forms

FEATURES = {
    "cortex-m4f": frozenset({"", "fp"}),
    "cortex-m7": frozenset({"", "fp", "fp5", "dp"}),
    "cortex-m7-sp": frozenset({"", "fp", "fp5"}),
}
# What a sequence is about, and how often each group of forms is then drawn.
FLAVOURS: dict[str, tuple[float, dict[str, int]]] = {
    "integer": (0.3, {"narrow": 10, "immediate": 9, "register": 9, "extend": 3, "bits": 5,
                      "saturate": 1, "multiply": 3, "memory": 4, "multiple": 1, "system": 2}),
    "dsp": (0.24, {"narrow": 2, "immediate": 1, "register": 2, "extend": 5, "bits": 5,
                   "saturate": 7, "multiply": 14, "parallel": 14, "memory": 1, "system": 2}),
    "memory": (0.16, {"narrow": 3, "immediate": 2, "memory": 14, "multiple": 9, "fp_memory": 3,
                      "exclusive": 1, "register": 1}),
    "floating": (0.3, {"arithmetic": 24, "compare": 5, "convert": 16, "fp_move": 8,
                       "fp_memory": 5, "version5": 10, "narrow": 1}),
}  # fmt: skip
WEIGHTS = {"nop": 0.3, "nop_w": 0.3, "dsb": 0.3, "dmb": 0.3, "isb": 0.3, "sel": 4, "vmsr": 0.0,
           "mrs_iapsr": 0.4, "pld": 0.4, "clrex": 0.2}  # fmt: skip

LOW, ANY, ANY_SP, ANY_PC, SINGLE, DOUBLE, BITS = range(7)


@dataclass(frozen=True, slots=True)
class Choice:
    """Forms with the running sums of their weights, for one flavour."""

    forms: tuple[Form, ...]
    sums: tuple[float, ...]

    def draw(self, rng: random.Random) -> Form:
        """One of them."""
        return rng.choices(self.forms, cum_weights=self.sums)[0]


@cache
def choices_of(processor: str) -> tuple[tuple[Choice, ...], tuple[float, ...]]:
    """A choice for every flavour, and running sums of how often they come."""
    features = FEATURES[processor]
    choices, sums, total = [], [], 0.0
    for probability, groups in FLAVOURS.values():
        forms, weights = [], []
        for group, weight in groups.items():
            members = [
                form
                for form in all_forms()
                if form.group == group
                and form.options.get("needs", "") in features
                and form.op not in ("move_sp", "vmsr")
            ]
            if members:
                total_weight = sum(WEIGHTS.get(form.name, 1) for form in members)
                forms += members
                weights += [weight * WEIGHTS.get(form.name, 1) / total_weight for form in members]
        choices.append(Choice(tuple(forms), tuple(accumulate(weights))))
        total += probability
        sums.append(total)
    return tuple(choices), tuple(sums)


@cache
def plan_of(form: Form) -> tuple[tuple[str, int, int], ...]:
    """How each letter is drawn: letter, kind, width."""
    with_sp, with_pc = form.options.get("sp", ""), form.options.get("pc", "")
    plan = []
    for letter, width in form.fields:
        if letter in SINGLE_LETTERS and width == 5:
            kind = SINGLE
        elif letter in DOUBLE_LETTERS and width == 5:
            kind = DOUBLE
        elif letter in "dnmatulh" and width == 3:
            kind = LOW
        elif letter in "dnmatulh" and width == 4:
            kind = ANY_PC if letter in with_pc else ANY_SP if letter in with_sp else ANY
        else:
            kind = BITS
        plan.append((letter, kind, width))
    return tuple(plan)
