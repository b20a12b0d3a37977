"""The share of articles that have a stem, by language.

`python -m tools.enrichment_data.word_shares` writes `services/enrich/data/word_shares`.

Needs the package wordfreq. A stem of frequency f stands in 1 - exp(-200 f) of all articles, as an
article has some hundreds of words, many of them more than once. Stems rarer than the cut are left
out: the score has a floor under them.
"""

import gzip
import math
import sys
from collections import defaultdict
from importlib.metadata import version
from pathlib import Path

import wordfreq

from services.enrich.domain.related.terms import tokens
from services.enrich.domain.snowball import snowball

FOLDER = Path(__file__).parents[2] / "services" / "enrich" / "data" / "word_shares"
LANGUAGES = """ar bg bn ca cs da de el en es fa fi fil fr he hi hu id is it ja ko lt lv mk ms nb nl
    pl pt ro ru sh sk sl sv ta tr uk ur vi zh""".split()
WORDS_OF_AN_ARTICLE = 200
CUT = 3e-3
UNIT = 1e-5

NOTICE = """\
Made by `python -m tools.enrichment_data.word_shares` from wordfreq {version}.

wordfreq, Copyright Robyn Speer and contributors: its data is licensed under
Creative Commons Attribution-ShareAlike 4.0 International (CC BY-SA 4.0),
https://creativecommons.org/licenses/by-sa/4.0/, and so are the files of this folder.
They are no part of the program and may be removed: the service then guesses from word lengths.

The data comes from Wikipedia, OPUS OpenSubtitles (https://www.opensubtitles.org), ParaCrawl,
News Crawl and Global Voices, Google Books Ngrams, the Leeds Internet Corpus, Reddit and Twitter;
SUBTLEX word lists by Marc Brysbaert and others (https://www.ugent.be/pp/experimentele-psychologie).

Changed: frequencies of words are summed up by stem and turned into shares of articles, in
hundred-thousandths; rare stems are left out.
"""


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for language in LANGUAGES:
        text = make(language)
        (FOLDER / f"{language}.txt.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
        sys.stdout.write(f"{language}: {text.count(chr(10)):,} stems\n")
    (FOLDER / "NOTICE").write_text(NOTICE.format(version=version("wordfreq")), "utf-8")


def make(language: str) -> str:
    """Lines of stem and share, the commonest first."""
    frequencies: defaultdict[str, float] = defaultdict(float)
    stem_of = snowball(language) or str
    for word, frequency in wordfreq.get_frequency_dict(language).items():
        for token in tokens(word.casefold()):
            frequencies[stem_of(token)] += frequency
    shares = {
        stem: 1 - math.exp(-WORDS_OF_AN_ARTICLE * frequency)
        for stem, frequency in frequencies.items()
    }
    kept = sorted((-share, stem) for stem, share in shares.items() if share >= CUT)
    return "".join(f"{stem} {round(-share / UNIT)}\n" for share, stem in kept)


if __name__ == "__main__":
    main()
