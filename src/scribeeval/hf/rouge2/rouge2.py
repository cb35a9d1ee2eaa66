"""The metric `rouge2` for Hugging Face `evaluate`."""

from scribeeval.hf.module import module_class

Module = module_class("rouge2")
