"""The two roots of every error: what the user can mend, and what we must.

A `Refusal` is part of the product: it says what was refused, why, what to do next, and which rule said so.
A `QuarterdeckFault` is a defect or a broken machine; the user can only report it.
Bad rows in a file raise neither: they become findings (see `findings`).
"""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818  a refusal is an answer, not an error of ours
    """The user asked for something that cannot be done as asked, and can act on the answer.

    >>> refusal = Refusal("The goal was not set.", "2018 has no months yet.", "Set the calendar first.", "calendar")
    >>> print(refusal)
    The goal was not set. 2018 has no months yet. Set the calendar first.
    >>> refusal.rule
    'calendar'
    """

    def __init__(self, what: str, why: str, next_step: str, rule: str, *, row: str = "") -> None:
        """Keep the parts apart, so that each face can lay them out in its own way."""
        super().__init__(f"{what} {why} {next_step}")
        self.what, self.why, self.next_step, self.rule, self.row = what, why, next_step, rule, row


class QuarterdeckFault(Exception):  # noqa: N818  named by the design
    """Ours to mend: an invariant broke, a frame has the wrong shape, a machine failed."""
