"""Judging: what the chip computed against references, what it costs against budgets."""
