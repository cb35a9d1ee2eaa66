"""The metric `rouge1` for Hugging Face `evaluate`."""

from scribeeval.hf.module import module_class

Module = module_class("rouge1")
