"""The metric `duplicated_share` for Hugging Face `evaluate`."""

from scribeeval.hf.module import module_class

Module = module_class("duplicated_share")
