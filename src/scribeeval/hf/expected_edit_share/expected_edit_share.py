"""The metric `expected_edit_share` for Hugging Face `evaluate`."""

from scribeeval.hf.module import module_class

Module = module_class("expected_edit_share")
