"""Functions of growth: retention, price and volume and mix, market and share, wallets, growth a year.

accounts.csv   a 100 -> 115, b 60 -> 55, c 40 -> 0, d 0 -> 40    --contraction counted   ->   net 0.85, gross 0.775
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_args

from quarterdeck.engine.growth.market import Joint as ShareJoint
from quarterdeck.engine.growth.market import market_and_share, share_after_growth, wallet
from quarterdeck.engine.growth.mix import Joint as PriceJoint
from quarterdeck.engine.growth.mix import price_volume_mix
from quarterdeck.engine.growth.rates import cagr
from quarterdeck.engine.growth.retention import Contraction, retention, revenue_bridge
from quarterdeck.services.compute.planning.declared import Answer, Example, Given, Input, Option, PlanFunction
from quarterdeck.services.compute.planning.framing import Row, each, made, n_of
from quarterdeck.terms import plan_inputs as reads
from quarterdeck.terms import plan_outputs as writes
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.planning import BRIDGE, PRICE_VOLUME_MIX

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

ROOM: Final = "Growth"


def _retention(given: Given) -> Answer:
    bridge = _revenue(given)
    found = retention(bridge, contraction=given["contraction"])
    table = made(writes.RETENTION, [{"net": found.net, "gross": found.gross, "because": found.because}])
    net, gross = ("unknown" if one is None else f"{float(one):.2%}" for one in (found.net, found.gross))
    counted = given["contraction"].replace("_", " ")
    says = f"Net revenue retention is {net}, gross {gross}; contraction is {counted}."
    parts: dict[str, int] = dict(bridge.select("part", "amount_minor").iter_rows())
    return Answer({"retention": table, "bridge": bridge}, says, {"end_minor": parts.get("end")})


def _revenue(given: Given) -> Frame:
    """The bridge, from accounts or from its parts."""
    accounts, parts = given.frame("accounts"), given.rows("revenue_parts")
    if (accounts is None) == (not parts):
        why = "There are accounts and sums of them, or neither."
        raise Refusal("The retention was not computed.", why, "Give accounts.csv, or revenue_parts.csv.", "plan_input")
    if accounts is not None:
        return revenue_bridge(accounts)
    sums: dict[str, int] = {row["part"]: row["amount_minor"] for row in parts}
    if bad := [part for part in ("contraction", "churn") if sums.get(part, 0) > 0]:
        why = f"{bad[0]} of {given.money(sums[bad[0]])} is above zero."
        raise Refusal("The retention was not computed.", why, "Write losses below zero.", "growth")
    end = sum(amount for part, amount in sums.items() if part != "end")
    if sums.get("end", end) != end:
        why = f"The parts come to {given.money(end)}, the end is {given.money(sums['end'])}."
        raise Refusal("The retention was not computed.", why, "Correct one of them, or leave the end out.", "growth")
    listed = [
        {"part": part, "amount_minor": amount, "because": "{}"} for part, amount in ({**sums, "end": end}).items()
    ]
    return made(BRIDGE, listed)


def _mix(given: Given) -> Answer:
    found = price_volume_mix(given.inputs["products"].frame(), joint=given["joint"])
    sums = {
        part: sum(found[f"{part}_minor"].to_list()) for part in ("price", "volume", "mix", "joint", "other", "change")
    }
    told = ", ".join(f"{part} {given.money(sums[part])}" for part in ("price", "volume", "mix"))
    says = f"Revenue changed by {given.money(sums['change'])}: {told}; the joint part is {given['joint']}."
    return Answer({"price_volume_mix": found}, says, {f"{part}_minor": amount for part, amount in sums.items()})


def _market(given: Given) -> Answer:
    def row_of(row: Row) -> Row:
        bridge = market_and_share(
            row["before_minor"],
            row["after_minor"],
            row["market_before_minor"],
            row["market_after_minor"],
            joint=given["joint"],
        )
        return {f"{part}_minor": amount for part, amount in bridge.select("part", "amount_minor").iter_rows()}

    rows = each(given.rows("markets"), "segment_id", row_of)
    sums = {part: sum(row[f"{part}_minor"] for row in rows) for part in ("start", "market", "share", "joint", "end")}
    told = f"the market {given.money(sums['market'])}, our share {given.money(sums['share'])}"
    says = (
        f"From {given.money(sums['start'])} to {given.money(sums['end'])}: {told}; the joint part is {given['joint']}."
    )
    table = made(writes.MARKET_PARTS, rows)
    return Answer({"market_and_share": table}, says, {f"{part}_minor": amount for part, amount in sums.items()})


def _share_after(given: Given) -> Answer:
    def row_of(row: Row) -> Row:
        after = share_after_growth(row["share"], row["own_growth"], row["market_growth"])
        return {"share": row["share"], "new_share": after, "change": after - row["share"]}

    rows = each(given.rows("shares"), "segment_id", row_of)
    up = sum(row["change"] > 0 for row in rows)
    says = f"Our share grows in {up} of {n_of(len(rows), 'segment')}."
    return Answer({"shares": made(writes.SHARES_AFTER, rows)}, says, {"n_up": up})


def _wallets(given: Given) -> Answer:
    def row_of(row: Row) -> Row:
        share, elsewhere, missing = wallet(row["budget_minor"], row["revenue_minor"], row["target_share"])
        return {"share": share, "elsewhere_minor": elsewhere, "missing_minor": missing}

    rows = each(given.rows("wallets"), "account_id", row_of)
    elsewhere, missing = (sum(row[name] for row in rows) for name in ("elsewhere_minor", "missing_minor"))
    says = f"{given.money(elsewhere)} go elsewhere; {given.money(missing)} are missing to the shares aimed at."
    figures = {"elsewhere_minor": elsewhere, "missing_minor": missing}
    return Answer({"wallets": made(writes.WALLET_SHARES, rows)}, says, figures)


def _growth_a_year(given: Given) -> Answer:
    rows = each(
        given.rows("series"),
        "series_id",
        lambda row: {"cagr": cagr(row["start_minor"], row["end_minor"], row["n_years"])},
    )
    known = [f"{row['series_id']} {row['cagr']:.2%}" for row in rows if row["cagr"] is not None]
    says = f"Growth a year: {', '.join(known[:5]) or 'none can be told'}."
    return Answer({"growth": made(writes.GROWTH_RATES, rows)}, says, {"n_known": len(known)})


FUNCTIONS: Final = (
    PlanFunction(
        name="revenue-retention",
        room=ROOM,
        about="Net and gross revenue retention, and the bridge behind them.",
        method="revenue-retention",
        inputs=(Input(reads.ACCOUNT_CHANGES, is_required=False), Input(reads.REVENUE_PARTS, is_required=False)),
        outputs=(writes.RETENTION, BRIDGE),
        compute=_retention,
        options=(
            Option(
                name="contraction",
                kind="choice",
                choices=get_args(Contraction),
                is_required=True,
                about="Whether shrinking customers count against gross retention.",
            ),
        ),
        example=Example(
            files={"accounts": "account,before,after\na,100,115\nb,60,55\nc,40,\nd,,40\n"},
            options={"contraction": "counted"},
        ),
    ),
    PlanFunction(
        name="price-volume-mix",
        room=ROOM,
        about="Why revenue changed: price, volume and mix per product.",
        method="price-volume-mix",
        inputs=(Input(reads.PRODUCTS),),
        outputs=(PRICE_VOLUME_MIX,),
        compute=_mix,
        options=(
            Option(
                name="joint",
                kind="choice",
                choices=get_args(PriceJoint),
                is_required=True,
                about="Where price change times unit change goes.",
            ),
        ),
        example=Example(
            files={"products": "product,units_before,before,units_after,after\nABC,50,60,60,66\nDEF,40,32,50,50\n"},
            options={"joint": "in_price"},
        ),
    ),
    PlanFunction(
        name="market-and-share",
        room=ROOM,
        about="Whether revenue changed because the market did, or our share of it.",
        method="market-and-share",
        inputs=(Input(reads.MARKETS),),
        outputs=(writes.MARKET_PARTS,),
        compute=_market,
        options=(
            Option(
                name="joint",
                kind="choice",
                choices=get_args(ShareJoint),
                is_required=True,
                about="Where the change of share times the change of the market goes.",
            ),
        ),
        example=Example(
            files={"markets": "segment,before,after,market_before,market_after\nclinics,40,43.20,1000,1100\n"},
            options={"joint": "in_share"},
        ),
    ),
    PlanFunction(
        name="share-after-growth",
        room=ROOM,
        about="Our share of a market after both grew.",
        method="market-and-share",
        inputs=(Input(reads.SHARES),),
        outputs=(writes.SHARES_AFTER,),
        compute=_share_after,
        example=Example(files={"shares": "segment,share,own_growth,market_growth\nclinics,4 %,8 %,10 %\n"}),
    ),
    PlanFunction(
        name="share-of-wallet",
        room=ROOM,
        about="Our share of what customers spend, and what is missing to the one aimed at.",
        method="market-and-share",
        inputs=(Input(reads.WALLETS),),
        outputs=(writes.WALLET_SHARES,),
        compute=_wallets,
        example=Example(files={"wallets": "account,budget,revenue,target_share\na,10000,2500,0.5\n"}),
    ),
    PlanFunction(
        name="cagr",
        room=ROOM,
        about="The same growth every year that leads from start to end.",
        method="cagr",
        inputs=(Input(reads.SERIES),),
        outputs=(writes.GROWTH_RATES,),
        compute=_growth_a_year,
        example=Example(files={"series": "series,start,end,years\nbookings,100,121,2\n"}),
    ),
)
