"""Who may do what, as one table: what each hat sees, the verbs it carries, and what a token's scopes let through.

    hat        sees   verbs
    rep        self   log_work, add_leave, propose_targets
    manager    below  log_work, add_leave, set_targets, propose_targets, edit_plans
    finance    all    see_pay, run_pay, approve_pay, answer_disputes

`docs/guides/access.md` shows this table; a test compares both. Doors to rows are in `services.access`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Sees = Literal["self", "below", "totals", "all"]

SEES: Final[dict[Sees, str]] = {
    "self": "their own rows",
    "below": "their own rows and those of everybody seated in their team or a team under it, as of the day",
    "totals": "their own rows, and totals (never rows or names) of their team and the teams under it",
    "all": "everything",
}

VERBS: Final[dict[str, str]] = {
    "log_work": "log an activity or a field note for a person they see",
    "add_leave": "enter leave for a person they see",
    "set_targets": "change a target of a holder they see",
    "set_goals": "set a goal for a team they see and bring it down",
    "propose_targets": "answer a planned target of a holder they see with a number of their own",
    "edit_plans": "pin, submit and answer in the part of a plan below their team",
    "approve_plans": "return, approve, publish and amend plans of teams they see the people of",
    "import_facts": "hand in files or rows, apply and undo them",
    "change_people": "add people and teams, move them, invite and deactivate users",
    "give_hats": "give the hats that see everything: operations, finance, executive",
    "change_settings": "change the company's calendar, currency and other rules",
    "see_journal": "read everybody's writes (everybody reads their own)",
    "see_pay": "see another person's pay (everybody sees their own)",
    "see_pay_costs": "see what pay costs by month and team, of three people and more together",
    "write_comp_plans": "draft and publish comp plans, and say who is on them",
    "run_pay": "make, preview and discard pay runs",
    "approve_pay": "approve and lock pay runs and make payroll batches; who prepares does not approve",
    "answer_disputes": "answer and resolve questions about pay",
}


@dataclass(frozen=True, slots=True)
class Rights:
    """What a hat sees, and what it may do there."""

    sees: Sees
    verbs: frozenset[str]


def _rights(sees: Sees, verbs: str = "") -> Rights:
    return Rights(sees, frozenset(verbs.split()))


MATRIX: Final[dict[str, Rights]] = {
    "rep": _rights("self", "log_work add_leave propose_targets"),
    "manager": _rights("below", "log_work add_leave set_targets propose_targets edit_plans"),
    "director": _rights(
        "below",
        "log_work add_leave set_targets set_goals propose_targets edit_plans approve_plans import_facts change_people "
        "change_settings see_journal see_pay_costs",
    ),
    "operations": _rights("all", " ".join(verb for verb in VERBS if verb not in {"approve_plans", "approve_pay"})),
    "finance": _rights("all", "see_pay see_pay_costs run_pay approve_pay answer_disputes"),
    "department_head": _rights("totals"),
    "executive": _rights("all", "set_goals edit_plans approve_plans see_journal see_pay_costs"),
}

SCOPES: Final[dict[str, frozenset[str]]] = {
    "read": frozenset({"read", "see_journal", "see_pay", "see_pay_costs"}),
    "write:facts": frozenset({"log_work", "import_facts"}),
    "write:plans": frozenset({"set_targets", "set_goals", "propose_targets", "edit_plans", "approve_plans"}),
    "write:pay": frozenset({"write_comp_plans", "run_pay", "approve_pay", "answer_disputes"}),
    "admin": frozenset({"add_leave", "change_people", "give_hats", "change_settings"}),
}
"""What a token's scope lets through; the hats of the token's owner must carry the verb as well."""


def scopes_for(verb: str) -> list[str]:
    """The scopes that let a verb through.

    >>> scopes_for("set_goals"), scopes_for("read")
    (['write:plans'], ['read'])
    """
    return [scope for scope, verbs in SCOPES.items() if verb in verbs]
