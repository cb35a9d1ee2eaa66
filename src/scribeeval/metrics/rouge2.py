"""ROUGE-2: pairs of neighbouring words that both texts share, as F-measure, mean per visit.

A pair may span a line's end, as in rouge_score.  See metrics/rouge.py.
"""

from scribeeval.metrics import rouge

METRIC = rouge.metric("rouge2", "ROUGE-2 F-measure: word pairs in common with the reference note")
