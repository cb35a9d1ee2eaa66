"""The parts of the extractive drafter: what was said, how it is written, where it is filed."""
