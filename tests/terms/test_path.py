"""Terms followed from speech to signed note; expected values by hand."""

from scribeeval.terms.path import follow_terms, tally_paths

NOTE = "Dyspnea and fever. Takes warfarin and metoprolol. Referral."
SAID = "I'm short of breath, with a fever. I take warfarin and metoprolol."
HEARD = "I'm short of breath with a fever. I take war fire in and met a proul alt."
DRAFT = "Dyspnea. On warfarin."
SIGNED = "Dyspnea, fever. On warfarin."


def test_each_term_that_was_said_is_followed_to_where_it_is_lost_and_back() -> None:
    paths = follow_terms(NOTE, SAID, [HEARD, DRAFT, SIGNED])
    assert [(path.mention.concept, path.lost_at, path.back) for path in paths] == [
        ("dyspnea", None, False),
        ("fever", 1, True),  # the draft lacks it, the clinician wrote it
        ("warfarin", 0, True),  # misheard, and right in the draft all the same
        ("metoprolol", 0, False),
    ], "nobody said that there would be a referral"
    assert all(NOTE[p.mention.start : p.mention.end] == p.mention.text for p in paths)
    assert tally_paths(paths, ("heard", "draft", "signed")) == {
        "heard": {"have": 2, "lost": 2, "back": 1},
        "draft": {"have": 2, "lost": 1, "back": 1},
        "signed": {"have": 3, "lost": 0, "back": 0},
    }


def test_nothing_said_is_nothing_to_lose() -> None:
    assert follow_terms(NOTE, "", [HEARD]) == ()
    assert tally_paths((), ("heard",)) == {"heard": {"have": 0, "lost": 0, "back": 0}}
