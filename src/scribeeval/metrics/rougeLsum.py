"""ROUGE-Lsum: words of each reference line that stand in order in some line, as F-measure, mean per visit.

The text is split at newlines; a reference line's longest common subsequences with all lines of the
hypothesis are united (Lin 2004, section 3.2), and no word counts more often than the hypothesis has
it.  Which of several longest subsequences is united: text/lcs.py.  See metrics/rouge.py.
"""

from scribeeval.metrics import rouge

METRIC = rouge.metric("rougeLsum", "ROUGE-Lsum F-measure: longest common word sequences, line by line")
