"""The metric `medical_wer` for Hugging Face `evaluate`."""

from scribeeval.hf.module import module_class

Module = module_class("medical_wer")
