"""Events to credits, measures, payouts and settlements: pay as a pure function of facts, plan and day.

`reading` turns a plan file into `definitions`, `run` is the whole way on one page: `credits` says whose event it is,
`measures` what was reached, `payouts` what a component pays, `settlements` what is paid out, `lines` every step
between. Whoever holds the rows (DuckDB, Polars, Spark) filters, joins and sums whole numbers; `exact` does all
arithmetic that divides.
"""
