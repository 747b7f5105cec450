"""What goes with accounts and what stays sum to the number in every month; what is over stays; all of it is a move."""

import datetime as dt
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from laws.planned import months
from quarterdeck.engine.cascade.handovers import handed_over
from quarterdeck.engine.cascade.proration import moved_quota

QUARTER = months(3)
COUNTS = st.sampled_from(["calendar", "weekdays", "thirty_360"])


@given(
    st.lists(st.integers(0, 10**9), min_size=3, max_size=3), st.integers(0, 95), COUNTS,
    st.sampled_from(["counts", "does_not_count"]), st.lists(st.integers(0, 50), min_size=1, max_size=4),
)  # fmt: skip
@settings(max_examples=30, deadline=None)
def test_parts_and_the_rest_are_what_would_move(
    amounts: list[int], day: int, day_count: str, first_day: str, weights: list[int]
) -> None:
    moved_on = QUARTER[0].starts_on + dt.timedelta(days=day)
    whole = sum(weights) + 7
    said = {"day_count": day_count, "first_day": first_day}
    pool = moved_quota(amounts, QUARTER, moved_on, **said)["moved"].to_list()  # type: ignore[arg-type]  # drawn from them
    shares = [Fraction(weight, whole) for weight in weights]
    found = handed_over(amounts, QUARTER, moved_on, shares, **said)  # type: ignore[arg-type]  # as above
    gone = [sum(month) for month in zip(*found, strict=True)]
    assert all(0 <= part <= most for part, most in zip(gone, pool, strict=True))
    for share, row in zip(shares, found, strict=True):
        assert all(abs(part - share * most) < 1 for part, most in zip(row, pool, strict=True))
    assert all(not part for part, month in zip(gone, QUARTER, strict=True) if month.ends_on <= moved_on)
    everything = handed_over(amounts, QUARTER, moved_on, [Fraction(1)], **said)  # type: ignore[arg-type]  # as above
    assert everything == [pool]
