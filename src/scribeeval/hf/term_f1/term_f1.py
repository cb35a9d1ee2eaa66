"""The metric `term_f1` for Hugging Face `evaluate`."""

from scribeeval.hf.module import module_class

Module = module_class("term_f1")
