"""The drivers there are: what each means, in which unit, within which bounds, and what holds while nothing is known.

ramp_months   count   0 to 36    assumed 3      until a new head brings all that a ramped one does
attrition     ratio   0 to 1     measured       share of the people in rep seats who leave in a year
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

DriverUnit = Literal["money", "ratio", "count", "days", "word", "hires"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """One driver; money in whole minor units, ratios exact decimals as text, words one of the choices."""

    name: str
    title: str
    unit: DriverUnit
    about: str
    least: int = 0
    most: int = 10**15
    assumed: int | str | None = None
    """What holds while nobody stated it and it is not measured; None: it is left out."""
    choices: tuple[str, ...] = ()
    is_measured: bool = False
    group: Literal["capacity", "sizing", "goal"] = "capacity"


_SPECS: Final = (
    Spec(name="productivity", title="A ramped head brings a month", unit="money", is_measured=True, least=1,
        about="What somebody fully ramped and full time brings in an average month."),
    Spec(name="ramp_months", title="Months to ramp", unit="count", most=36, assumed=3,
        about="A new head brings 1/(n+1) of a ramped one in the first month, 2/(n+1) in the second, and so on."),
    Spec(name="attrition", title="Leave in a year", unit="ratio", most=1, is_measured=True,
        about="The share of the people in rep seats who leave them in a year and take no other."),
    Spec(name="attrition_shape", title="Shape of attrition", unit="word", choices=("compound", "linear"),
        assumed="compound", about="Compound loses the same share of those left each month, linear as many each month."),
    Spec(name="attrition_counted", title="Heads are counted at", unit="word", choices=("start", "middle", "end"),
        assumed="middle", about="At which point of a month the heads that are left are counted."),
    Spec(name="days_to_fill", title="Days to fill a seat", unit="days", most=720, assumed=60, is_measured=True,
        about="From opening a seat to somebody's first day in it."),
    Spec(name="hires", title="Planned hires", unit="hires", assumed=None,
        about="How many start on the first day of which month, besides the seats that are known."),
    Spec(name="season", title="Season", unit="word", choices=("even",), assumed="plan",
        about="Whether months weigh as in the plan, or all alike."),
    Spec(name="goal_amount", title="Goal", unit="money", group="goal", about="What is asked for in the year."),
    Spec(name="growth", title="Growth on last year", unit="ratio", least=-1, most=100, group="goal",
        about="The goal, as growth on what was brought last year."),
    Spec(name="win_rate", title="Win rate", unit="ratio", most=1, group="goal", is_measured=True,
        about="Deals won, of all decided; what a head brings moves in proportion."),
    Spec(name="average_deal", title="Average deal", unit="money", least=1, group="goal", is_measured=True,
        about="Won value per deal won; what a head brings moves in proportion."),
    Spec(name="cost_of_rep", title="A rep costs a year", unit="money", group="sizing", least=1,
        about="Pay, costs of pay and of the workplace."),
    Spec(name="margin", title="Contribution", unit="ratio", most=1, group="sizing",
        about="The share of what is brought that is left before the cost of people."),
    Spec(name="marginal_rule", title="Hire while the next one", unit="word", group="sizing",
        choices=("while_above", "while_at_least", "best_total"),
        about="Adds more than it costs, adds no less than it costs, or as many as leave the most in total."),
    Spec(name="calls_per_account", title="Contacts per account a year", unit="count", group="sizing", most=10_000,
        is_measured=True, about="How often an account is called, visited or written to."),
    Spec(name="minutes_per_call", title="Minutes each", unit="count", group="sizing", most=1_440, assumed=60,
        about="With preparation, travel and notes."),
    Spec(name="hours_per_year", title="Hours a year", unit="count", group="sizing", most=8_760, assumed=1_800, least=1,
        about="What one person works in a year."),
    Spec(name="selling_share", title="Of which selling", unit="ratio", most=1, group="sizing", assumed="0.35",
        about="The share of these hours spent with customers or on their behalf."),
)  # fmt: skip
SPECS: Final = {spec.name: spec for spec in _SPECS}
STATED: Final = tuple(spec.name for spec in _SPECS if spec.group in {"capacity", "sizing"} and spec.name != "season")
"""What a team states for itself."""
OVERRIDDEN: Final = tuple(spec.name for spec in _SPECS if spec.group in {"capacity", "goal"})
"""What a scenario may name otherwise."""
