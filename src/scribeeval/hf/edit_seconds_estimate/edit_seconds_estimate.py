"""The metric `edit_seconds_estimate` for Hugging Face `evaluate`."""

from scribeeval.hf.module import module_class

Module = module_class("edit_seconds_estimate")
