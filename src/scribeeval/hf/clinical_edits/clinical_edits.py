"""The metric `clinical_edits` for Hugging Face `evaluate`."""

from scribeeval.hf.module import module_class

Module = module_class("clinical_edits")
