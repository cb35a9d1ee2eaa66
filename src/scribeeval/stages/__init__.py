"""Stages: each reads the run folder or a table, and writes the run folder."""
