"""Facts to totals, totals to metric values, values to progress: each number with what it is made of.

`measures` sums facts to totals, `definitions` says which totals a metric divides, `values` computes them for any
holder, period and slice, `progress` holds them against targets, and `because` says it in words. Adding a metric is
adding one entry in `definitions.METRICS` and its page in `docs/methods/`.
"""
