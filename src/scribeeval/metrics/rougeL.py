"""ROUGE-L: the longest common subsequence of words, as F-measure, mean per visit.

The text is one sequence; newlines mean nothing.  Papers often print rougeLsum under this name.  See
metrics/rouge.py.
"""

from scribeeval.metrics import rouge

METRIC = rouge.metric("rougeL", "ROUGE-L F-measure: longest common word sequence, text as one line")
