"""What is remembered of chunks, and for how long."""

from services.enrich.domain.chunks import Remembered


def test_what_comes_again_stays_and_the_rest_goes() -> None:
    read: list[str] = []

    def length_of(chunk: str) -> int:
        read.append(chunk)
        return len(chunk)

    remembered = Remembered(length_of, most=10)
    for number in range(100):
        assert remembered["the"] == 3
        assert remembered[f"word{number}"] == len(f"word{number}")
    assert read.count("the") == 1
    read.clear()
    assert (remembered["word99"], remembered["word0"]) == (6, 5)
    assert read == ["word0"]


def test_no_more_is_kept_than_may_be() -> None:
    made = 0

    class Answer:
        def __init__(self, _: str) -> None:
            nonlocal made
            made += 1

        def __del__(self) -> None:
            nonlocal made
            made -= 1

    remembered = Remembered(Answer, most=10)
    for number in range(100):
        remembered[str(number)]
        remembered[str(number // 2)]
        assert made <= 10


def test_of_a_long_chunk_nothing_is_kept() -> None:
    remembered = Remembered(len, most=10)
    assert remembered["a" * 1000] == 1000
    assert not remembered
