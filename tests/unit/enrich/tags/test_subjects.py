from services.enrich.domain.tags import Tag, TaggedText, choose_tags, subject_words
from services.enrich.domain.tags.sections import learn, subject_of_section

SPORT = TaggedText(
    "Striker wins the cup for his club",
    body="The team won the match after the coach sent a young striker on. He scored the goal that "
    "decided the season, and the players lifted the cup of the league.",
    language="en",
)
VAGUE = TaggedText("A walk", body="We walked along the river and talked about this and that.")


def subjects(text: TaggedText, **options: object) -> list[Tag]:
    return [tag for tag in choose_tags(text, **options) if tag.kind == "subject"]  # type: ignore[arg-type]


def test_a_clear_subject_is_a_tag_with_its_media_topic() -> None:
    (tag,) = subjects(SPORT)
    assert (tag.slug, tag.name) == ("medtop-15000000", "sport")
    assert tag.id == "http://cv.iptc.org/newscodes/mediatopic/15000000"
    assert tag.parents == ()
    assert "striker" in tag.reason
    assert choose_tags(SPORT)[-1] == tag


def test_it_has_a_name_in_the_language_of_the_article() -> None:
    text = TaggedText(
        "Trainer verlässt den Verein",
        body="Die Mannschaft verlor das letzte Spiel der Saison, der Stürmer traf kein Tor mehr.",
        language="de-AT",
    )
    assert [tag.name for tag in subjects(text)] == ["Sport"]


def test_it_abstains_where_nothing_is_clear() -> None:
    assert subjects(VAGUE) == []
    assert subjects(TaggedText("")) == []


def test_a_subject_counts_among_the_most_tags() -> None:
    assert len(choose_tags(SPORT, max_tags=3)) == 3
    assert len(choose_tags(SPORT, max_tags=0)) == 0


def test_sections_name_subjects() -> None:
    assert subject_of_section(["News > Economy"], "en") == "04"
    assert subject_of_section(["Politik"], "de") == "11"
    assert subject_of_section(["News"], "en") is None
    assert subject_of_section(["Sport", "Politics"], "en") is None


def test_a_publishers_own_words_are_learnt_from_its_sections() -> None:
    words = " ".join(f"zorb{letter}" for letter in "abcdefghijklmnopqrst")
    slang = TaggedText(words, body=f"{words} {words}", language="en")
    assert subjects(slang) == []
    articles = [("15", subject_words(slang))] * 20 + [("04", subject_words(VAGUE))] * 20
    assert [tag.name for tag in subjects(slang, learned=learn(articles))] == ["sport"]
