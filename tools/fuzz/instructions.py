"""Single instructions with random operands, appended to a draft."""

from __future__ import annotations

from tools.fuzz.addressing import draw_access, draw_list
from tools.fuzz.choice import ANY, ANY_SP, BITS, DOUBLE, LOW, SINGLE, Choice, plan_of
from tools.fuzz.draft import Draft
from tools.fuzz.form import Form, single_field
from tools.fuzz.tables import by_name

Fields = dict[str, int]


class InstructionWriter:
    """Appends instructions that do not branch."""

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

    def fields(self, form: Form) -> Fields:
        """Random fields that meet the form's condition (bases of accesses are chosen later)."""
        rng, draft = self.rng, self.draft
        is_access = "mode" in form.options
        while True:
            values: Fields = {}
            for letter, kind, width in plan_of(form):
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
