"""The metric `wrong_section_share` for Hugging Face `evaluate`."""

from scribeeval.hf.module import module_class

Module = module_class("wrong_section_share")
