"""Random sequences: reproducible from the seed and a sequence's number."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate

from tools.fuzz.addressing import draw_access, draw_list
from tools.fuzz.draft import GENERAL, Draft
from tools.fuzz.form import DOUBLE_LETTERS, SINGLE_LETTERS, Form, single_field
from tools.fuzz.sequence import Item, Sequence
from tools.fuzz.tables import all_forms, by_name

Fields = dict[str, int]

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
def _choices(processor: str) -> tuple[tuple[Choice, ...], tuple[float, ...]]:
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
def _plan(form: Form) -> tuple[tuple[str, int, int], ...]:
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


class Generator:
    """Draws sequences for one processor."""

    def __init__(self, seed: int, processor: str) -> None:
        self.seed = seed
        self.processor = processor
        self.choices, self.sums = _choices(processor)
        self.has_fp = "fp" in FEATURES[processor]

    def sequence(self, number: int) -> Sequence:
        """The sequence of this number."""
        rng = random.Random(self.seed << 40 | number)
        draft = Draft(rng, self._pool(rng))
        singles = tuple(rng.sample(range(32), rng.choice([3, 5, 8])))
        doubles = tuple(rng.sample(range(16), rng.choice([2, 4, 6])))
        choice = rng.choices(self.choices, cum_weights=self.sums)[0]
        writer = _Writer(draft, choice, singles, doubles, self.has_fp)
        wanted = rng.randint(1, 12)
        while len(draft.items) < wanted:
            writer.unit(0)
        return draft.finish(number)

    @staticmethod
    def _pool(rng: random.Random) -> tuple[int, ...]:
        size = rng.choice([4, 6, 9, 14])
        pool = rng.sample(GENERAL, size)
        if not any(register < 8 for register in pool):
            pool.append(rng.randrange(8))
        return tuple(pool)


class _Writer:
    """Appends units (an instruction, an IT block, a branch with what it skips) to a draft."""

    def __init__(
        self,
        draft: Draft,
        choice: Choice,
        singles: tuple[int, ...],
        doubles: tuple[int, ...],
        has_fp: bool,
    ) -> None:
        self.draft = draft
        self.rng = draft.rng
        self.choice = choice
        self.singles = singles
        self.doubles = doubles
        self.has_fp = has_fp
        self.lows = tuple(register for register in draft.pool if register < 8)

    def unit(self, depth: int) -> None:
        """One unit."""
        roll = self.rng.random()
        if roll < 0.72 or depth > 1:
            self.plain(in_it=False)
        elif roll < 0.84:
            self.it_block()
        elif roll < 0.915:
            self.skip(depth)
        elif roll < 0.93:
            self.table_branch(depth)
        elif roll < 0.95:
            self.register_branch(depth)
        elif roll < 0.96:
            self.pop_branch()
        elif roll < 0.975:
            self.exclusive()
        elif roll < 0.99 or not self.has_fp:
            self.move_stack()
        else:
            self.set_fpscr()

    # ---- one instruction ---------------------------------------------------------------------

    def fields(self, form: Form) -> Fields:
        """Random fields that meet the form's condition (bases of accesses are chosen later)."""
        rng, draft = self.rng, self.draft
        is_access = "mode" in form.options
        while True:
            values: Fields = {}
            for letter, kind, width in _plan(form):
                if is_access and letter in "nm":
                    continue
                if kind == ANY:
                    values[letter] = rng.choice(draft.pool)
                elif kind == LOW:
                    values[letter] = rng.choice(self.lows)
                elif kind == BITS:
                    values[letter] = rng.getrandbits(width)
                elif kind == SINGLE:
                    values[letter] = single_field(rng.choice(self.singles))
                elif kind == DOUBLE:
                    values[letter] = rng.choice(self.doubles)
                elif kind == ANY_SP:
                    values[letter] = 13 if rng.random() < 0.08 else rng.choice(draft.pool)
                else:
                    values[letter] = rng.choice((13, 15, *draft.pool))
            if is_access and form.options["mode"] in ("multiple", "vector"):
                draw_list(draft, form, values)
            if form.legal is None or (is_access and "n" in dict(form.fields)):
                return values
            if form.legal(**values):
                return values

    def plain(self, *, in_it: bool) -> None:
        """One instruction that does not branch."""
        while True:
            form = self.choice.draw(self.rng)
            if in_it and form.options.get("it") == "no":
                continue
            if form.group == "exclusive":
                if in_it:
                    continue
                self.exclusive()
                return
            fields = self.fields(form)
            if "mode" in form.options:
                if not draw_access(self.draft, form, fields, conditional=in_it):
                    continue
            else:
                if form.op == "clrex" and not self.draft.unsure:
                    self.draft.monitor_open = False
                self.draft.add(form, fields)
            return

    def set_fpscr(self) -> None:
        """VMSR with a value that has no reserved bits."""
        fresh = self.draft.fresh()
        if not fresh:
            return
        register = self.rng.choice(fresh)
        self.draft.pin_number(register, self.rng.getrandbits(32) & 0xF7C0_009F)
        self.draft.add(by_name()["vmsr"], {"t": register})

    def move_stack(self) -> None:
        """ADD or SUB of SP."""
        name = self.rng.choice(["add_sp_7", "sub_sp_7"])
        amount = self.rng.randint(0, 20)
        change = 4 * amount * (1 if name == "add_sp_7" else -1)
        if self.draft.stack_can_move(change):
            self.draft.add(by_name()[name], {"i": amount})
            self.draft.move_stack(change)

    def exclusive(self) -> None:
        """LDREX, perhaps something, STREX to the same place; or a STREX that fails."""
        draft, rng = self.draft, self.rng
        suffix = rng.choice(["", "b", "h"])
        load, store = by_name()["ldrex" + suffix], by_name()["strex" + suffix]
        if not draft.monitor_open and rng.random() < 0.3:
            fields = self.fields(store)
            if fields["d"] != fields["t"]:
                draw_access(draft, store, fields, conditional=False)
            return
        draft.unsure += 1  # no `mov register, sp` between
        try:
            fields = self.fields(load)
            if not draw_access(draft, load, fields, conditional=False):
                return
        finally:
            draft.unsure -= 1
        base = fields["n"]
        draft.monitor_open = True
        if base == fields["t"]:
            return
        others = [register for register in draft.pool if register != base]
        if len(others) < 2:
            return
        if rng.random() < 0.5:
            draft.add(by_name()["addw"], {"d": others[0], "n": others[1], "i": rng.getrandbits(12)})
        status, value = rng.sample(others, 2)
        again = {"t": value, "d": status, "n": base}
        if "i" in fields:
            again["i"] = fields["i"]
        draft.add(store, again)
        draft.monitor_open = False

    # ---- several -----------------------------------------------------------------------------

    def it_block(self) -> None:
        """IT with one to four instructions; sometimes the last is a branch."""
        draft, rng = self.draft, self.rng
        length, condition = rng.randint(1, 4), rng.randrange(14)
        choices = (condition & 1, ~condition & 1)
        if rng.random() < 0.04:
            condition, choices = 14, (0, 0)  # always: no "else"
        mask = 0
        for _ in range(length - 1):
            mask = mask << 1 | rng.choice(choices)
        mask = (mask << 1 | 1) << (4 - length)
        draft.add(by_name()["it"], {"c": condition, "j": mask})
        draft.unsure += 1
        branches = rng.random() < 0.08
        for _ in range(length - branches):
            self.plain(in_it=True)
        draft.unsure -= 1
        if branches:
            self.branch_over(by_name()[rng.choice(["b_16", "b_w"])], {}, 1)

    def branch_over(self, form: Form, fields: Fields, depth: int) -> None:
        """A branch over one to three units."""
        draft = self.draft
        place = len(draft.items)
        draft.add(form, fields)
        self.skipped(self.rng.randint(1, 3), depth)
        if form.op == "cbz" and sum(item.size for item in draft.items[place:]) > 120:
            form, fields = by_name()["b_w"], {}
        draft.items[place] = Item(form, fields, (len(draft.items),))

    def skipped(self, count: int, depth: int) -> None:
        """Units that may be branched over: what they make known is not known behind them."""
        draft = self.draft
        before, stack = dict(draft.known), draft.stack
        draft.unsure += 1
        begin = len(draft.items)
        while count > 0 or len(draft.items) == begin:  # a unit may find nothing to write
            self.unit(depth + 1)
            count -= 1
        draft.unsure -= 1
        draft.known = {
            register: value
            for register, value in draft.known.items()
            if register not in draft.written or before.get(register) == value
        }
        draft.stack = (min(stack[0], draft.stack[0]), max(stack[1], draft.stack[1]))

    def skip(self, depth: int) -> None:
        """A conditional or unconditional branch over a few units."""
        rng = self.rng
        names = ["b_cond", "b_cond", "b_cond", "b_cond_w", "b_16", "b_w", "cbz", "cbnz", "bl"]
        form = by_name()[rng.choice(names)]
        fields: Fields = {}
        if "c" in dict(form.fields):
            fields["c"] = rng.randrange(14)
        if "n" in dict(form.fields):
            fields["n"] = rng.choice(self.lows)
        if form.op == "bl":
            self.draft.overwrite(14)
        self.branch_over(form, fields, depth)

    def table_branch(self, depth: int) -> None:
        """TBB or TBH behind whose table stand a few units, which it enters anywhere."""
        draft, rng = self.draft, self.rng
        fresh = draft.fresh()
        if not fresh:
            return
        entries = rng.randint(1, 4)
        index = rng.choice(fresh)
        draft.pin_number(index, rng.randrange(entries))
        place = len(draft.items)
        draft.add(by_name()[rng.choice(["tbb", "tbh"])], {"n": 15, "m": index})
        begins = [len(draft.items)]
        for _ in range(rng.randint(1, 3)):
            self.skipped(1, depth)
            begins.append(len(draft.items))
        targets = tuple(rng.choice(begins) for _ in range(entries))
        draft.items[place] = replace(draft.items[place], targets=targets)

    def register_branch(self, depth: int) -> None:
        """ADR of a label, then BX, BLX or MOV PC."""
        draft, rng = self.draft, self.rng
        register = rng.choice(draft.pool)
        form = by_name()[rng.choice(["bx", "blx", "mov_pc"])]
        place = len(draft.items)
        draft.add(by_name()["adr_add"], {"d": register})
        draft.add(form, {"m": register})
        if form.name == "blx":
            draft.overwrite(14)
        self.skipped(rng.randint(1, 2), depth)
        end = len(draft.items)
        draft.items[place] = Item(
            draft.items[place].form, {"d": register}, (end,), partners=(place + 1,)
        )
        draft.items[place + 1] = replace(draft.items[place + 1], partners=(place,))

    def pop_branch(self) -> None:
        """ADR of a label, PUSH, POP into PC; other registers go up and down with it."""
        draft, rng = self.draft, self.rng
        listed = rng.choice((0, rng.getrandbits(8) & rng.getrandbits(8)))
        if not draft.stack_can_move(-4 * (1 + listed.bit_count())):
            return
        place = len(draft.items)
        draft.add(by_name()["adr_add"], {"d": 14})
        draft.add(by_name()["push_16"], {"i": 0x100 | listed})
        draft.add(by_name()["pop_pc"], {"i": listed})
        self.skipped(1, 1)
        end = len(draft.items)
        draft.items[place] = Item(
            draft.items[place].form, {"d": 14}, (end,), partners=(place + 1, place + 2)
        )
        for other in (place + 1, place + 2):
            draft.items[other] = replace(draft.items[other], partners=(place,))
