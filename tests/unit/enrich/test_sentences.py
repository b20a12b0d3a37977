from hypothesis import given, strategies as st

from services.enrich.domain.sentences import sentences_of, without

NEWS = "The bridge opened on Monday. Boats passed below it. Nobody was late."
NOTE = "Sign up for our newsletter about bridges."


def number(sentence: str) -> int:
    (found,) = sentences_of(sentence)
    assert found.number is not None
    return found.number


def test_a_sentence_has_one_number_whatever_stands_around_it() -> None:
    assert number("Boats passed below it.") == number(" boats  passed below it.\n\n")
    assert [each.number for each in sentences_of(NEWS)][1] == number("Boats passed below it.")
    assert [each.number for each in sentences_of("No. Yes!")] == [None, None]


def test_repeated_sentences_are_left_out_wherever_they_stand() -> None:
    text = f"The bridge opened on Monday. {NOTE} Boats passed below it. Nobody was late."
    assert without(sentences_of(text), {number(NOTE)}) == NEWS


def test_an_article_of_which_most_is_repeated_is_a_copy_and_stays_whole() -> None:
    sentences = sentences_of(f"{NEWS} {NOTE}")
    repeated = {each.number for each in sentences[:3] if each.number is not None}
    assert without(sentences, repeated) == f"{NEWS} {NOTE}"


def test_of_a_long_text_the_middle_is_not_counted() -> None:
    numbers = [each.number for each in sentences_of("Boats passed below it. " * 100)]
    assert [at for at, each in enumerate(numbers) if each is None] == list(range(32, 68))


@given(st.text(st.sampled_from("ab .!?。\n”'"), max_size=200))
def test_all_sentences_together_are_the_text(text: str) -> None:
    assert without(sentences_of(text), ()) == text
