from hypothesis import given, strategies as st

from services.enrich.domain.summary import leading_sentences

FIRST = "The ministers met in Geneva, said Dr. Li of the U.N. on Monday."


def test_the_first_sentences_that_fit_are_the_summary() -> None:
    assert leading_sentences(f"{FIRST} {'They talked on and on. ' * 30}", 90) == (
        f"{FIRST} They talked on and on."
    )


def test_an_abbreviation_ends_no_sentence() -> None:
    assert leading_sentences(f"{FIRST} {'word ' * 90}", 80) == FIRST


def test_a_sentence_too_long_is_cut_between_words() -> None:
    summary = leading_sentences("unending " * 90, 50)
    assert summary == "unending unending unending unending unending…"


def test_chinese_sentences_end_without_a_space() -> None:
    assert leading_sentences("新的预算。" * 20, 12) == "新的预算。新的预算。"


def test_a_short_body_is_its_own_summary_and_an_empty_one_has_none() -> None:
    assert leading_sentences(" News.\n\nMore. ") == "News. More."
    assert leading_sentences(" \n ") is None
    assert leading_sentences("One\x1ctwo\u2028three.") == "One two three."


@given(st.text(), st.integers(20, 60))
def test_no_summary_is_too_long_or_ends_within_a_word(body: str, length: int) -> None:
    summary = leading_sentences(body, length)
    assert summary is None or 0 < len(summary) <= length


def test_headings_bylines_and_credits_are_no_sentences() -> None:
    body = (
        "The harbour opens\n\nBy Ada Winter\n\nPhoto: Harbour office\n\n"
        "The harbour opened on Monday.\n\nWhat it cost\n\n"
        "The work took nine years.\nTwo ships came."
    )
    expected = "The harbour opened on Monday. The work took nine years. Two ships came."
    assert leading_sentences(body) == expected


def test_paragraphs_of_any_script_have_sentences() -> None:
    lead = "Police arrested Josef K.\n\nHe was accused. Then more."
    assert leading_sentences(lead) == "Police arrested Josef K. He was accused. Then more."
    said = "The minister said on Monday:\n\n“We will not go.”\n\nHe left."
    assert leading_sentences(said) == "The minister said on Monday: “We will not go.” He left."
    for sentence in ("አዲስ በጀት አጸደቀ።", "Նախադասություն։", "ក្រុមប្រឹក្សា។", "အစည်းအဝေး။"):
        body = f"{sentence} {sentence}\n\nAda Winter"
        assert leading_sentences(body) == f"{sentence} {sentence}"


def test_a_row_of_dots_takes_no_time() -> None:
    assert leading_sentences("." * 2399 + "x") == "." * 299 + "…"


def test_lines_are_no_paragraphs() -> None:
    assert leading_sentences("The harbour opened\non Monday.") == "The harbour opened on Monday."


def test_a_body_without_a_sentence_is_its_own_summary() -> None:
    assert leading_sentences("The harbour\n\nBy Ada Winter") == "The harbour By Ada Winter"
