"""Source rows to facts: the states of opportunities, who belonged where, and whose each booking is.

Everything here turns what a company handed in into frames that say what was so on a day. Nothing here sums.
"""
