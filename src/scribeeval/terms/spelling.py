"""Misspelt drug names: "warfrin" is warfarin, "Celebrex" is never Celexa.

A word is a misspelling only if it is no word that anybody writes (a table of English, clinical and drug
words near drug names, made with the lexicon), keeps the drug's first letter, and lies within the bound of
one drug alone.
Distance: optimal string alignment (Damerau 1964), that is edits and swaps of neighbours.
"""

from collections.abc import Callable, Mapping, Sequence

from rapidfuzz.distance import OSA

SHORTEST = 6  # of fewer letters, one edit makes another word


def most_edits(n_letters: int) -> int:
    """Edits allowed to a name: 1 in 6 to 8 letters, 2 in more, none in less."""
    if n_letters < SHORTEST:
        return 0
    return 1 if n_letters <= 8 else 2


def by_first_letter(names: Sequence[str]) -> dict[str, list[str]]:
    """Index the names that are long enough to be recognised misspelt."""
    index: dict[str, list[str]] = {}
    for name in names:
        if most_edits(len(name)):
            index.setdefault(name[0], []).append(name)
    return index


def near(word: str, index: Mapping[str, Sequence[str]], slack: int = 0) -> list[tuple[int, str]]:
    """List distance and name of the names within their bound plus slack, nearest first."""
    found = []
    for name in index.get(word[:1], ()):
        bound = most_edits(len(name)) + slack
        if abs(len(name) - len(word)) <= bound:
            distance = OSA.distance(word, name, score_cutoff=bound)
            if distance <= bound:
                found.append((distance, name))
    return sorted(found)


def correct(
    word: str,
    index: Mapping[str, Sequence[str]],
    rare: Mapping[str, Sequence[str]],
    drug_of: Callable[[str], object],
) -> str | None:
    """Give the one drug name that a word misspells; None where there is none, or more than one drug.

    rare: names that are never taken as meant, but that the word may be a slip of as well.
    drug_of: name -> drug; a brand and its generic are one drug.  Another drug must lie further off, at
    two edits by two: the further the word is from the name, the less a near second can be ruled out.
    """
    candidates = near(word, index, slack=2)
    if not candidates:
        return None
    distance, name = candidates[0]
    if distance > most_edits(len(name)):
        return None
    rivals = [far for far, other in candidates + near(word, rare, slack=2) if drug_of(other) != drug_of(name)]
    rival = min(rivals, default=None)
    return name if rival is None or rival >= 2 * distance else None
