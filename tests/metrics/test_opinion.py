"""Which premise a second opinion takes, and that all are asked at once."""

from collections.abc import Sequence

from scribeeval.metrics.opinion import Opinion, best_opinions


def test_the_best_premise_of_each_statement_the_first_of_equals() -> None:
    asked: list[Sequence[tuple[str, str]]] = []

    def entails(pairs: Sequence[tuple[str, str]]) -> list[float]:
        asked.append(pairs)
        return [len(set(premise) & set(statement)) / 10 for premise, statement in pairs]

    opinion = Opinion("letters", "2", entails)
    questions = [(["ab", "abc", "cba"], "abc"), ([], "x"), (["x", "y"], "y")]
    assert best_opinions(opinion, questions) == [(0.3, 1), (0.0, 0), (0.1, 1)]
    assert len(asked) == 1
    assert opinion.signed == "letters@2"


def test_nothing_to_ask_asks_nothing() -> None:
    def entails(pairs: Sequence[tuple[str, str]]) -> list[float]:
        raise AssertionError(pairs)

    assert best_opinions(Opinion("never", "0", entails), [([], "x")]) == [(0.0, 0)]
    assert best_opinions(Opinion("never", "0", entails), []) == []
