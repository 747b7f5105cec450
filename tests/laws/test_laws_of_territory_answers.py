"""Whatever managers answer, in whatever order: no account moves before the last word, and then all of them do, once."""

from __future__ import annotations

import random
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from quarterdeck.records.models import Account, AccountHolding
from quarterdeck.services.territories import proposals
from quarterdeck.services.territories.doors import proposal_for
from quarterdeck.terms.errors import Refusal
from small_company import small_company
from territory_stage import placed, proposed

if TYPE_CHECKING:
    from collections.abc import Callable

    from small_company import SmallCompany

pytestmark = pytest.mark.django_db
ANSWERS: tuple[Callable[..., Any], ...] = (
    proposals.proposal_accepted, proposals.proposal_accepted, proposals.proposal_taken_back,
    proposals.proposal_declined, proposals.proposal_withdrawn,
)  # fmt: skip


def lying() -> dict[int, int | None]:
    return dict(Account.objects.values_list("pk", "territory_id"))


def walked(company: SmallCompany, chance: random.Random, n_answers: int) -> None:
    before, row = lying(), proposed(company.actor("dana"))
    goes: dict[int, int | None] = dict(row.moves.values_list("account_id", "to_territory_id"))
    for _ in range(n_answers):
        answer, who = chance.choice(ANSWERS[: chance.choice((3, 5))]), chance.choice(("mona", "wim", "rita", "dana"))
        with suppress(Refusal):
            answer(company.actor(who), row.pk, note="so")
        found = proposal_for(company.actor("dana"), row.pk)
        is_moved = found.state == "moved"
        assert is_moved == (not found.waits_for and found.state not in {"declined", "withdrawn"})
        assert lying() == (before | goes if is_moved else before)
        assert AccountHolding.current.count() == (2 * len(goes) if is_moved else 0)


@pytest.mark.parametrize("seed", range(2))
def test_nothing_moves_before_the_last_word(seed: int) -> None:
    walked(placed(small_company()), random.Random(seed), 8)  # noqa: S311  not for secrets
