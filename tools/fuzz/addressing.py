"""Drawing loads and stores whose addresses hit the record's memory."""

from __future__ import annotations

from collections.abc import Callable

from tools.fuzz.draft import MASK, Draft
from tools.fuzz.form import Form, single
from tools.fuzz.tables import by_name

Fields = dict[str, int]
SP = 13


def _length(form: Form, fields: Fields) -> int:
    """Bytes that the instruction accesses."""
    op = form.op
    if op in ("load2", "store2"):
        return 8
    if op in ("load_multiple", "store_multiple"):
        return 4 * (fields["i"].bit_count() + (form.name == "pop_pc"))
    if op in ("vload", "vstore"):
        if form.options["mode"] == "vector":
            return 4 * fields["i"] * (2 if "p" in fields else 1)
        return 4 * int(form.options["words"])
    return int(form.options["size"])


def _displacement(form: Form, fields: Fields, length: int) -> tuple[int, int]:
    """From the base register to the first byte accessed, and to the base register afterwards."""
    options = form.options
    mode = options["mode"]
    if mode in ("multiple", "vector"):
        down, back = "down" in options, "wb" in options
        return (-length if down else 0), ((-length if down else length) if back else 0)
    amount = fields.get("i", 0) * int(options.get("scale", "1"))
    if mode == "down" or fields.get("U", 1) == 0:
        amount = -amount
    if mode == "post":
        return 0, amount
    return amount, amount if mode == "pre" else 0


def _alignment(draft: Draft, form: Form) -> int:
    mode = form.options["mode"]
    size = int(form.options.get("size", "4"))
    must = mode in ("multiple", "vector") or form.op in ("load2", "store2", "vload", "vstore")
    if must or "exclusive" in form.options:
        return size
    return 1 if draft.rng.random() < 0.35 else size


def _on_stack(draft: Draft, reach: int, back: int, length: int, alignment: int) -> bool:
    """Whether SP serves as the base."""
    if back % 4 or not draft.stack_can_move(back):
        return False
    ends = (draft.stack[0] + reach, draft.stack[1] + reach)
    return all(draft.fits(end, length, alignment) for end in ends)


def _base(
    draft: Draft,
    form: Form,
    reach: int,
    length: int,
    alignment: int,
    allowed: Callable[[int], bool],
) -> int | None:
    """A register that holds, or can be made to hold, the right address."""
    low = next(width for letter, width in form.fields if letter == "n") == 3
    holders = [
        register
        for register, value in draft.known.items()
        if (register < 8 or not low)
        and allowed(register)
        and draft.fits(value + reach, length, alignment)
    ]
    if holders and draft.rng.random() < 0.6:
        return draft.rng.choice(holders)
    fresh = [register for register in draft.fresh(low) if allowed(register)]
    if fresh:
        register = draft.rng.choice(fresh)
        draft.pin_address(register, draft.somewhere(length, alignment) - reach)
        return register
    if holders:
        return draft.rng.choice(holders)
    if draft.unsure or draft.stack[0] != draft.stack[1]:
        return None
    # mov register, sp
    if not draft.fits(draft.stack[0] + reach, length, alignment):
        return None
    choice = [
        register for register in draft.pool if (register < 8 or not low) and allowed(register)
    ]
    if not choice:
        return None
    register = draft.rng.choice(choice)
    draft.add(by_name()["mov_high"], {"d": register, "m": SP})
    draft.known[register] = draft.stack[0] & MASK
    return register


def _indexed(draft: Draft, form: Form, fields: Fields, alignment: int) -> bool:
    """Chooses base and index of a register offset."""
    low = form.width == 2
    numbers = draft.numbers(low)
    fresh = draft.fresh(low)
    if numbers and draft.rng.random() < 0.5:
        fields["m"] = draft.rng.choice(list(numbers))
    elif fresh:
        fields["m"] = draft.rng.choice(fresh)
        draft.pin_number(
            fields["m"], draft.rng.choice([draft.rng.getrandbits(32), draft.rng.getrandbits(8)])
        )
    else:
        return False
    reach = draft.pins[fields["m"]].value << fields.get("j", 0)
    size = int(form.options["size"])
    base = _base(draft, form, reach, size, alignment, lambda n: n != fields["m"])
    if base is None:
        return False
    fields["n"] = base
    return True


def draw_access(draft: Draft, form: Form, fields: Fields, *, conditional: bool) -> bool:
    """Completes a load's or store's fields and appends it; False if no address can be had.

    ``fields`` has everything but the base (and the index).
    """
    mode = form.options["mode"]
    alignment = _alignment(draft, form)
    if mode == "literal":
        draft.add(form, fields)
        return True
    if mode == "index":
        if not _indexed(draft, form, fields, alignment):
            return False
        draft.add(form, fields)
        return True
    length = _length(form, fields)
    reach, back = _displacement(form, fields, length)

    def allowed(register: int) -> bool:
        return form.legal is None or form.legal(**{**fields, "n": register})

    fixed = form.options.get("base") == "sp"
    if fixed or ("n" in form.options.get("sp", "") and draft.rng.random() < 0.3):
        if _on_stack(draft, reach, back, length, alignment) and (fixed or allowed(SP)):
            if not fixed:
                fields["n"] = SP
            _append(draft, form, fields, back, conditional)
            return True
        if fixed:
            return False
    base = _base(draft, form, reach, length, alignment, allowed)
    if base is None:
        return False
    fields["n"] = base
    _append(draft, form, fields, back, conditional)
    return True


def _append(draft: Draft, form: Form, fields: Fields, back: int, conditional: bool) -> None:
    base = fields.get("n", SP)
    draft.add(form, fields)
    if back or "wb" in form.options or form.options["mode"] in ("pre", "post"):
        if base == SP:
            draft.move_stack(back, may_fail=conditional)
        else:
            draft.move_known(base, back)
    if form.op == "load_multiple":
        listed = fields["i"] if form.width == 2 else fields["i"] & 0x1FFF | fields["i"] >> 13 << 14
        for register in range(15):
            if listed >> register & 1:
                draft.overwrite(register)


def draw_list(draft: Draft, form: Form, fields: Fields) -> None:
    """A register list or range that is short enough for the memory."""
    rng = draft.rng
    width = dict(form.fields)["i"]
    if form.options["mode"] == "vector":
        first = fields["p"] if "p" in fields else single(fields["v"])
        limit = (16 if "p" in fields else 32) - first
        fields["i"] = rng.randint(1, max(1, min(limit, rng.choice([2, 4, 8, 16]))))
        if "p" in fields:
            fields["p"] &= 15
        return
    wanted = rng.choice([1, 2, 3, 4, 6, 8]) if width in (8, 9) else rng.choice([2, 2, 3, 4, 6, 9])
    fields["i"] = sum(1 << bit for bit in rng.sample(range(width), min(wanted, width)))
