"""Judges: a model's opinion of a note by a rubric.  Optional, never the default.

rubrics.py reads what is asked, judge.py puts the questions and reads the answers.
"""
