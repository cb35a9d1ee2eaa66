"""The metric `edit_share_words` for Hugging Face `evaluate`."""

from scribeeval.hf.module import module_class

Module = module_class("edit_share_words")
