"""Pay in the product: comp plans, runs, statements, disputes, payroll. `docs/pay.md` walks through the rooms.

comp_plan_drafted / published   a plan file, checked and tried on its own examples by the engine
person_assigned                 who is on it from when to when, with what is theirs alone
pay_run_made                    a period's inputs, frozen; previewed: computed and stored with the hash of all of it
pay_run_approved ... paid       by finance; from locked on the period never changes, what is late is posted later
statement, disputes             every line down to its event; a question, its thread and its answer
payroll                         numbered, frozen, hashed; nobody gets a written zero for nothing
"""
