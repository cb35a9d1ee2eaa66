"""The metric `length_change_share` for Hugging Face `evaluate`."""

from scribeeval.hf.module import module_class

Module = module_class("length_change_share")
