"""Drafters: a visit -> a note.  A file per drafter, one protocol."""
