"""Units of a sequence: an instruction, an IT block, a branch with what it skips."""

from __future__ import annotations

from dataclasses import replace

from tools.fuzz.form import Form
from tools.fuzz.instructions import Fields, InstructionWriter
from tools.fuzz.sequence import Item
from tools.fuzz.tables import by_name


class Writer(InstructionWriter):
    """Appends units; they nest."""

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
