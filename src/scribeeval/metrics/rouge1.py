"""ROUGE-1: words that the reference and the hypothesis share, as F-measure, mean per visit.

Shared = as often as on the side that has the word less often, in any order.  See metrics/rouge.py.
"""

from scribeeval.metrics import rouge

METRIC = rouge.metric("rouge1", "ROUGE-1 F-measure: words in common with the reference note")
