"""The metric `term_precision` for Hugging Face `evaluate`."""

from scribeeval.hf.module import module_class

Module = module_class("term_precision")
