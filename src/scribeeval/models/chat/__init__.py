"""Language models: questions -> answers.  A table, a file per kind, one protocol."""
