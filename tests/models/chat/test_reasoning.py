"""Reasoning as the models write it, and notes that only look like it."""

import pytest

from scribeeval.models.chat.reasoning import separate

NOTE = "SUBJECTIVE:\nKnee pain.\n\nPLAN:\nIbuprofen 400 mg."


@pytest.mark.parametrize(
    "text",
    [
        NOTE,
        f"\n {NOTE} \n",
        "I think, she thinks, rethink; <thinking about a move>; [think] of [THINKING]; a thought",
        "Patient reports analysis paralysis. assistant final",
        "analysis of gait: normal",
        "2 < 3 and <|not a channel",
        "",
    ],
)
def test_a_note_without_reasoning_is_left_as_it_is(text: str) -> None:
    assert separate(text) == (text, "")


@pytest.mark.parametrize(
    ("text", "reasoning"),
    [
        # Qwen3, DeepSeek-R1 where the server keeps the opening tag
        (f"<think>\nKnee? Yes.\n</think>\n\n{NOTE}", "Knee? Yes."),
        # Qwen3 told not to think
        (f"<think>\n\n</think>\n\n{NOTE}", ""),
        # DeepSeek-R1, EXAONE Deep: the template opens the reasoning, the answer only closes it
        (f"Knee? Yes.\n</think>\n\n{NOTE}", "Knee? Yes."),
        (f"Knee? Yes.\n</thought>\n\n{NOTE}", "Knee? Yes."),
        # Magistral, Ministral Reasoning
        (f"[THINK]Knee? Yes.[/THINK]{NOTE}", "Knee? Yes."),
        # EXAONE Deep
        (f"<thought>\nKnee? Yes.\n</thought>\n{NOTE}", "Knee? Yes."),
        # Kimi
        (f"◁think▷Knee? Yes.◁/think▷{NOTE}", "Knee? Yes."),
        # repeated, nested, naming its own tag or another's
        (f"<think>Knee?</think><think>Yes.</think>{NOTE}", "Knee?\nYes."),
        (f"<think>Knee? <think>Yes.</think> No.</think>{NOTE}", "Knee? <think>Yes.\nNo."),
        (f"<think>I close with [/THINK] <think> then.</think>{NOTE}", "I close with [/THINK] <think> then."),
        # a note begun and thrown away
        (f"PLAN: rest\nno, wait</think>{NOTE}", "PLAN: rest\nno, wait"),
    ],
)
def test_tags(text: str, reasoning: str) -> None:
    assert separate(text) == (NOTE, reasoning)


def test_thoughts_between_two_parts_of_a_note_are_taken_out() -> None:
    assert separate("PLAN: rest\n<think>more?</think>\nFollow up.") == ("PLAN: rest\nFollow up.", "more?")


@pytest.mark.parametrize("opening", ["<think>", "[THINK]", "<thought>", "◁think▷", "PLAN: rest <think>"])
def test_reasoning_that_does_not_end_leaves_no_note(opening: str) -> None:
    text, reasoning = separate(f"{opening}Knee? Yes. SUBJECTIVE: kn")
    assert text == ""
    assert reasoning.endswith("SUBJECTIVE: kn")


ANALYSIS = "<|channel|>analysis<|message|>Knee? Yes.<|end|>"
FINAL = f"<|start|>assistant<|channel|>final<|message|>{NOTE}"


@pytest.mark.parametrize(
    ("text", "note", "reasoning"),
    [
        (f"{ANALYSIS}{FINAL}<|return|>", NOTE, "Knee? Yes."),
        (f"<|start|>assistant{ANALYSIS}{FINAL}<|end|>", NOTE, "Knee? Yes."),
        (f"<|channel|>analysis<|message|>Knee? Yes.<|channel|>final<|message|>{NOTE}", NOTE, "Knee? Yes."),
        (f"<|channel|>final<|message|>{NOTE}", NOTE, ""),
        (f"<|channel|>final <|constrain|>json<|message|>{NOTE}", NOTE, ""),
        (
            f"{ANALYSIS}<|start|>assistant<|channel|>commentary to=functions.f <|constrain|>json"
            f"<|message|>{{}}<|call|>{FINAL}",
            NOTE,
            "Knee? Yes.\n{}",
        ),
        (f"{ANALYSIS}<|start|>assistant{ANALYSIS}{FINAL}", NOTE, "Knee? Yes.\nKnee? Yes."),
        (f"Sure.\n<|start|>assistant{ANALYSIS}{FINAL}", NOTE, "Knee? Yes."),
        (ANALYSIS, "", "Knee? Yes."),  # cut before the final channel
        ("<|channel|>analysis<|message|>Knee? Y", "", "Knee? Y"),
        (f"analysisKnee? Yes.assistantfinal{NOTE}", NOTE, "Knee? Yes."),  # special tokens lost
        (f"analysisKnee?assistantcommentaryYes.assistantfinal{NOTE}", NOTE, "Knee?assistantcommentaryYes."),
    ],
)
def test_harmony_channels(text: str, note: str, reasoning: str) -> None:
    assert separate(text) == (note, reasoning)
