"""What each country is called in each language: `{language: {ISO 3166 code: name}}`."""

import json
import re

from babel import Locale, localedata

PACKAGES = ("Babel",)
LICENCE = """\
  Names of the Unicode Common Locale Data Repository (CLDR), by way of Babel.
  CLDR: Copyright 2004-2025 Unicode, Inc. Unicode License v3 (Unicode-3.0).
  Babel: Copyright the Babel team. BSD 3-clause license.
  Changed: remarks in brackets and the words for "special administrative region" are left out.
"""

_LANGUAGES = frozenset(
    """af am ar az be bg bn bs ca cs cy da de el en es et eu fa fi fil fr ga gl gu ha he hi hr hu
    hy id ig is it ja ka kk km kn ko ky lb ln lo lt lv mk ml mn mr ms mt my ne nl no om pa pl ps pt
    ro ru rw si sk sl sn so sq sr sv sw ta te th ti tk tl tr uk ur uz vi xh yo zh zu""".split()
)
# Outlying or unknown regions, the euro area and CLDR's two test regions are no countries.
_NO_COUNTRY = frozenset({"EZ", "QO", "XA", "XB", "ZZ"})
_REMARK = re.compile(r"\s*[（(].*?[)）]|\s+(?:SAR China|Special Administrative Region.*)$")
_CODE_LENGTH = 2


def make() -> str:
    available = sorted(_LANGUAGES.intersection(localedata.locale_identifiers()))
    names = {language: _names(language) for language in available}
    return json.dumps(names, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _names(language: str) -> dict[str, str]:
    return {
        code: _REMARK.sub("", name)
        for code, name in Locale.parse(language).territories.items()
        if len(code) == _CODE_LENGTH and code.isalpha() and code not in _NO_COUNTRY
    }
