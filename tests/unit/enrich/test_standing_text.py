import pytest

from services.enrich.domain.standing_text import split_standing_text

NEWS = "The harbour board of Velmora chose a new pilot on Monday. She starts in June."
FORWARD = (
    "This release contains forward-looking statements which involve risks; results may differ."
)


@pytest.mark.parametrize(
    "standing",
    [
        "About Velmora Works: Velmora Works is a leading maker of trams. It has nine yards.",
        "About Velmora Works — Velmora Works is a leading maker of trams. It has nine yards.",
        "About Velmora Works\nVelmora Works is a leading maker of trams.\nIt has nine yards.",
        "Über die Velmora AG: Die Velmora AG baut Straßenbahnen. Sie hat neun Werke.",
        "À propos de Velmora : Velmora construit des tramways. Elle a neuf usines.",
        "Acerca de Velmora: Velmora fabrica tranvías. Tiene nueve talleres.",
        "Om Velmora\nVelmora bygger spårvagnar. Bolaget har nio verkstäder.",
        "О компании «Велмора»: «Велмора» строит трамваи. У неё девять заводов.",
        "关于维尔莫拉：维尔莫拉是一家领先的电车制造商。",
        "Media contact: Siri Dahl, press office, Velmora Works. She answers until noon.",
        "Notes to editors\nThe board was founded in 1902.\nIts flag is blue.",
        "Pressekontakt: Jana Roth, Velmora AG",
        "Contact presse : Luc Adam",
        "###\nThe board was founded in 1902.",
        "- ENDS -\nPictures can be had.",
        FORWARD,
    ],
)
def test_what_follows_a_standing_heading_is_standing_text(standing: str) -> None:
    for between in (" ", "\n\n") if "\n" not in standing and "#" not in standing else ("\n\n",):
        split = split_standing_text(NEWS + between + standing)
        assert split.news == NEWS
        assert "".join(split.standing.split()) == "".join(standing.split())


@pytest.mark.parametrize(
    "standing",
    [
        "A service is at St Olave's on Friday.",
        "The funeral will be held at the chapel in Sol at noon.",
        "Donations to the lifeboat, please.",
        "Memorial contributions may be made to the lifeboat.",
        "No flowers.",
        "In lieu of flowers the family asks for gifts to the choir.",
        "Die Trauerfeier findet am Freitag in Sol statt.",
        "Von Blumenspenden bitten wir abzusehen.",
        "Ses obsèques auront lieu vendredi à Sol.",
        "El funeral se celebrará el viernes en Sol.",
        "De uitvaart is op vrijdag in Sol.",
        "© 2026 Velmora Post",
        "All rights reserved.",
        "Alle Rechte vorbehalten.",
        "Tous droits réservés.",
        "Sign up for our newsletter.",
        "Abonnez-vous à notre newsletter.",
        "Suscríbete a nuestro boletín.",
        "Follow us on Facebook.",
        "For more information, call the harbour office.",
        "Für weitere Informationen: Hafenamt Velmora.",
        "Write to pilot@harbour.example.",
        "Call 0047 22 33 44 55 until noon.",
        "(vap, 3.5.2026)",
        "(Reporting by Ida Lund; editing by Per Holm)",
        "This crossword was set by Magpie.",
        "Crossword 1,204 set by Magpie",
        "This article was first published in the Velmora Post.",
        "Source: Velmora Post",
    ],
)
def test_standing_sentences_near_the_end_are_found(standing: str) -> None:
    for text in (f"{NEWS} {standing}", f"{NEWS}\n\n{standing}\n", f"{NEWS}\n{standing.upper()}"):
        split = split_standing_text(text)
        assert split.news == NEWS
        assert split.standing.casefold() == standing.casefold().replace("ß", "ss")


def test_news_between_standing_sentences_stays_news() -> None:
    split = split_standing_text(f"{NEWS} No flowers. Her brother Ole rows. {FORWARD}")
    assert split.news == f"{NEWS}  Her brother Ole rows."
    assert split.standing == f"No flowers.\n{FORWARD}"


@pytest.mark.parametrize(
    "news",
    [
        "",
        NEWS,
        "About Velmora: Velmora is a town on the coast. It has a harbour and nine yards.",
        f"{NEWS} About forty boats: that is what the harbour holds. Most are small.",
        f"{NEWS} About Renn: nobody spoke of him. The mayor was at sea.",
        f"{NEWS} Donations to the lifeboat rose by a tenth. The crew was glad.",
        f"{NEWS} The service of the ferries was poor. Passengers complained.",
        f"{NEWS} Media contacts between the towns are rare. They should meet.",
        f"Sign up for war, they said. {NEWS} The boats sailed. None returned.",
        f"RELEASE\nMedia contact: Siri Dahl\nPress office\n\n{NEWS} They met. All sailed.",
        f"{NEWS}\nFirst 350 tons   6.000   4.500   3.000\nOver 1,000 tons   9.002  -0.571",
        f"{NEWS}\nSubscribers are few. Subscribed shares are many.",
        f"{NEWS} St. Olave rose over the roofs. Dr. K. Holm saw it.",
    ],
)
def test_news_is_no_standing_text(news: str) -> None:
    assert split_standing_text(news) == (news, "")


def test_a_text_may_be_standing_text_only() -> None:
    assert split_standing_text("Crossword 12 set by Magpie") == ("", "Crossword 12 set by Magpie")


@pytest.mark.parametrize("unit", ["x", "a. ", "A line.\n", "About ", "No flowers. ", "@", "+1 ("])
def test_long_texts_are_read_in_bounded_time(unit: str) -> None:
    text = unit * (300_000 // len(unit))
    split = split_standing_text(text)
    assert len(split.news) + len(split.standing) >= len(text) - 10_000
