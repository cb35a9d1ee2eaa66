"""The metric `swer` for Hugging Face `evaluate`."""

from scribeeval.hf.module import module_class

Module = module_class("swer")
