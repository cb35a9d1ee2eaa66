"""The report: one self-contained HTML page, in English or Korean.

`opening`, `scores`, `use` and `closing` turn the run's numbers into blocks of text, tables and figures;
`page` puts the blocks into the template.  All rounding is in `languages.py`, all strings are in
`languages/*.toml`.
"""

from scribeeval.report.page import render

__all__ = ["render"]
