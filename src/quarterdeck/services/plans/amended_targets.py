"""The cells of an amendment as targets: a new version of each cell that moved, in both layers, the old ones superseded.

person:7  May 2026  plan  53,000.00 (known until now)  ->  25,645.00, derivation: amendment 2, "Rita left on 16 May"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.records.models import Target
from quarterdeck.services.dated import BY_HAND
from quarterdeck.services.goals import cell_key
from quarterdeck.services.scene import holder_of

if TYPE_CHECKING:
    from quarterdeck.records.models import Amendment
    from quarterdeck.services.plans.doors import Door


def amended_targets(found: Door, amendment: Amendment) -> int:
    """Write the cells an amendment moved; how many. A cell that the plan never had begins here."""
    plan = found.plan
    ends = {str(month.starts_on): month for month in found.ground.months}
    said: dict[str, Any] = {
        "rule": "amended", "by": found.actor.name, "note": amendment.trigger,
        "plan": {"id": plan.pk, "name": plan.name}, "amendment": amendment.pk,
    }  # fmt: skip
    rows = []
    for layer, moved in amendment.moved.items():
        for node, starts_on, before, after in moved:
            kind, number = holder_of(node)
            month = ends[starts_on]
            rows.append(
                Target(
                    source_system=BY_HAND, source_id=cell_key(node, plan.metric, "month", month.starts_on, layer),
                    known_at=found.actor.now, metric=plan.metric, period_kind="month", starts_on=month.starts_on,
                    ends_on=month.ends_on, amount=after, goal=plan.goal, layer=layer,
                    derivation=said | {"before": before}, **{f"{kind}_id": number},
                )
            )  # fmt: skip
    keys = [row.source_id for row in rows]
    earlier = Target.current.filter(source_system=BY_HAND, source_id__in=keys)
    at = max([found.actor.now, *earlier.order_by("-known_at").values_list("known_at", flat=True)[:1]])
    earlier.update(superseded_at=at)
    for row in rows:
        row.known_at = at
    Target.objects.bulk_create(rows, batch_size=1_000)
    return len(rows)
