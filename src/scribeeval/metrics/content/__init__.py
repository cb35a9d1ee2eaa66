"""What the content metrics share: statements and facts, a transcript read for looking up, contradictions."""
