"""English words and the class each mostly has: one line per class, its letter first.

s closed, v verb, V past tense, g -ing or -ed form, a adjective, d number, N singular noun,
n plural noun, p seen as a name only.
"""

from collections import defaultdict
from collections.abc import Iterator
from importlib.resources import files

PACKAGES = ("textblob",)
LICENCE = """\
  `en-lexicon.txt`, the lexicon of Eric Brill's rule-based tagger 1.14:
  Copyright 1993 by the Massachusetts Institute of Technology and the University of Pennsylvania.
  All rights reserved. MIT license.
  Additional words from the Twitter Part-of-Speech Annotated Data, Carnegie Mellon University,
  http://www.ark.cs.cmu.edu/TweetNLP, Creative Commons Attribution 3.0 Unported (CC BY 3.0).
  Changed: lower-cased, and each part-of-speech tag reduced to one letter.
  textblob: Copyright Steven Loria and contributors. MIT license.
"""

_CLOSED = frozenset(
    "CC DT EX IN MD PDT POS PP$ PRP PRP$ RB RBR RBS RP TO UH USR WDT WP WP$ WRB".split()
)
_OPEN = {
    "VB": "v",
    "VBP": "v",
    "VBZ": "v",
    "VBD": "V",
    "VBG": "g",
    "VBN": "g",
    "JJ": "a",
    "JJR": "a",
    "JJS": "a",
    "CD": "d",
    "NN": "N",
    "NNS": "n",
    "NNP": "p",
    "NNPS": "p",
}


def make() -> str:
    words_by_class: dict[str, list[str]] = defaultdict(list)
    for word, letter in sorted(_classes().items()):
        words_by_class[letter].append(word)
    lines = (f"{letter} {' '.join(words)}\n" for letter, words in sorted(words_by_class.items()))
    return "".join(lines)


def _classes() -> dict[str, str]:
    classes: dict[str, str] = {}
    for word, tag in _entries():
        letter = "s" if tag in _CLOSED else _OPEN.get(tag)
        if letter is None:
            continue
        lower = word.lower()
        # What the lexicon says of the word in lower case wins over its capitalised twin.
        if word == lower or lower not in classes:
            classes[word if letter == "p" else lower] = letter
    return classes


def _entries() -> Iterator[tuple[str, str]]:
    lexicon = files("textblob") / "en" / "en-lexicon.txt"
    for line in lexicon.read_text("utf-8").splitlines():
        word, _, tag = line.partition(" ")
        if tag and not line.startswith(";;;") and any(map(str.isalpha, word)):
            yield word, tag
