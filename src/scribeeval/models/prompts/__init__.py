"""Prompts as data: note templates, the default rules, the fence around a transcript, the reading of answers.

A template is a TOML file beside this one; wording/ holds the words that all templates of a language share.
"""
