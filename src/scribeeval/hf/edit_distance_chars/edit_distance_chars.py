"""The metric `edit_distance_chars` for Hugging Face `evaluate`."""

from scribeeval.hf.module import module_class

Module = module_class("edit_distance_chars")
