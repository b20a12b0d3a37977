import pytest

from services.enrich.domain.datelines import without_agency


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("PORT MEREL, March 3, 2026 (Newswire) -- Boats", "PORT MEREL, March 3, 2026 – Boats"),
        ("SOL, May 1, 2026 /PRWire/ -- Boats", "SOL, May 1, 2026 – Boats"),
        ("/PRWire/ -- Boats", "Boats"),
        ("SOL--(TRADE WIRE)--Boats", "SOL – Boats"),
        ("Sol (wpa) - Boote", "Sol – Boote"),
        ("Sol/Merel (wpa/xpa) – Boote", "Sol/Merel – Boote"),
        ("SOL, 3 Mar. (PRENSA SUR) -\nBarcos", "SOL, 3 Mar – Barcos"),
        ("Sol (VT) Regeringen", "Sol – Regeringen"),
        ("СОЛЬ, 3 мар — РИА Волна. Лодки", "СОЛЬ, 3 мар – Лодки"),
        ("СОЛЬ, 3 марта. /ВЕСТ/. Лодки", "СОЛЬ, 3 марта – Лодки"),
        ("SOL — Newswire — Boats", "SOL – Boats"),
        ("SOL, VAP - Boats", "SOL – Boats"),
        ("東京(共同)=新しい船", "東京 – 新しい船"),
        ("(VAP) - Boats", "Boats"),
        ("FOR IMMEDIATE RELEASE\n\nSOL (Newswire) -- Boats", "SOL – Boats"),
        ("Press release: Boats", "Boats"),
        ("Pressemitteilung\nBoote", "Boote"),
    ],
)
def test_the_agency_leaves_the_dateline(text: str, without: str) -> None:
    assert without_agency(text) == without


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The boats (both of them) sailed - and came back.",
        "Tobias Renn (Greens) spoke on Monday.",
        "The harbour is old. It was built (some say) - by monks.",
        "Boats sail – Merel waits.",
        "SOL – Boats sail in May. Merel waits.",
        "and/or -- boats",
        "Press release or not, boats sail.",
        "SOL — The St. Olave sank.",
        "SOL, May 1 — The St. Olave sank.",
        "SOL - John Holm Jr. won.",
    ],
)
def test_all_else_stays(text: str) -> None:
    assert without_agency(text) == text


@pytest.mark.parametrize("unit", ["(", "Press release: ", "A", "/", "SOL, ", "A - ", "- "])
def test_long_texts_are_read_in_bounded_time(unit: str) -> None:
    assert without_agency(unit * 10_000) is not None
