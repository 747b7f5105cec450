"""Plans: a goal on its way to targets, negotiated, published and amended. `docs/plans.md` walks through the rooms.

plan_made(goal)             the ground: tree, season and last year, kept as they were
  edits_made / undone       pins, one row an edit; what a plan shows is a function of goal, ground and edits
  proposal_made / answered  bottom-up numbers with reasons
  plan_submitted ... published   states with names and dates; publishing writes the targets and freezes the plan
  plan_amended              dated; closed months stay, each person concerned is told
"""
