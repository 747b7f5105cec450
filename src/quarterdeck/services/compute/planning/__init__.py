"""`compute plan`: the formulas of planning on files, each declared once as data.

declared    what a function is                     reading, exact, asking    files and options to exact values
goals, quotas, plans, spans, capacity, sizing, funnels, growth, territories, fairness    by room
catalogue   all of them by name                    doors                     run one on files, write the result
"""

from quarterdeck.services.compute.planning.catalogue import FUNCTIONS
from quarterdeck.services.compute.planning.declared import COUNT, Option, PlanFunction, digits_of
from quarterdeck.services.compute.planning.doors import Computed, computed, example_written, function_named, written

__all__ = [
    "COUNT",
    "FUNCTIONS",
    "Computed",
    "Option",
    "PlanFunction",
    "computed",
    "digits_of",
    "example_written",
    "function_named",
    "written",
]
