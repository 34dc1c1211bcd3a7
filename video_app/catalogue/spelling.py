"""How far apart two words are, and the keys by which a misspelt one finds what was meant."""

from collections.abc import Iterator

# What begins the keys of neighbours.
NEIGHBOUR = "-"
SHORTEST_CONTAINED = 3
SHORTEST_MISSPELT = 3
# Typing errors that are forgiven, by the least length of the word.
FORGIVEN = ((9, 3), (5, 2), (SHORTEST_MISSPELT, 1))


def keys(word: str) -> set[str]:
    """Under which a word of a title or name is filed besides."""
    return neighbours(word) | similar_keys(word)


def neighbours(word: str) -> set[str]:
    """Two words with one error between them share one: the word, or it without one letter."""
    if len(word) < SHORTEST_MISSPELT:
        return set()
    without = {f"{NEIGHBOUR}{word[:place]}{word[place + 1 :]}" for place in range(len(word))}
    return without | {f"{NEIGHBOUR}{word}"}


def similar_keys(word: str) -> set[str]:
    """Of the words that contain `word` or have more errors in it."""
    return set(_grams(word)) if len(word) >= SHORTEST_MISSPELT else set()


def _grams(word: str) -> Iterator[str]:
    for place in range(len(word) - 2):
        yield word[place : place + 3]
    yield f"{word[-2:]}$"


def forgiven(word: str) -> int:
    """How many errors may be in a word of this length."""
    return next((errors for length, errors in FORGIVEN if len(word) >= length), 0)


def distance(one: str, other: str, most: int) -> int:
    """Letters to add, leave out, change or swap with the next; `most` + 1 when there are more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before, last = [0], list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        now = [row]
        for column, its in enumerate(other, 1):
            cost = min(last[column] + 1, now[-1] + 1, last[column - 1] + (letter != its))
            is_swap = row > 1 and column > 1 and letter == other[column - 2] and its == one[row - 2]
            now.append(min(cost, before[column - 2] + 1) if is_swap else cost)
        if min(now) > most:
            return most + 1
        before, last = last, now
    return last[-1]
