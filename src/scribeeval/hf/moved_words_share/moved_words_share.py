"""The metric `moved_words_share` for Hugging Face `evaluate`."""

from scribeeval.hf.module import module_class

Module = module_class("moved_words_share")
