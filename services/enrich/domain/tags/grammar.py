"""Small closed word classes that rules refer to. All words are in lower case."""

from collections.abc import Mapping


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NONE: frozenset[str] = frozenset()

#: Words a name may contain: "Bank of England", "Médecins sans frontières" has none of them.
NAME_CONNECTORS: Mapping[str, frozenset[str]] = {
    "en": _words("& and at for in of on the"),
    "fr": _words("au aux d' de des du en et l' la le les pour sur à"),
    "de": _words("am dem den der des für im in und vom von zu zum"),
    "es": _words("de del el en la las los para y"),
    "pt": _words("da das de do dos e em para"),
    "it": _words("d' degli dei del dell' della delle dello di e per"),
    "nl": _words("de den der en het van voor"),
    "ca": _words("d' de del dels i l' la les"),
    "ro": _words("a al de la"),
}
#: The connectors that may also hold a phrase of common words together.
PHRASE_CONNECTORS: Mapping[str, frozenset[str]] = {
    "en": _words("of"),
    "fr": _words("d' de des du à"),
    "es": _words("de del"),
    "pt": _words("da das de do dos"),
    "it": _words("d' degli dei del dell' della delle dello di"),
    "ca": _words("d' de del"),
    "ro": _words("de"),
    "nl": _words("van"),
}
PURPOSE_CONNECTORS = _words("& for the für pour para per voor")
AND = _words("& and e en et i och og und y")
PLACING_CONNECTORS = _words("on at sur en")
#: "Committee on Foreign Affairs", "School at Law": only these names go on after "on" or "at".
BODIES = _words(
    """agency association bank board bureau center centre college commission committee conference
    convention council court department fund group house institute ministry museum office panel
    school society summit treaty university"""
)
#: A name that ends in one of these is no person's.
NO_PERSON = BODIES | _words(
    """act airport award awards bridge championship church city club company corporation cup
    foundation hospital island islands laboratory league ministry newspaper park party prize river
    soldiers stadium street times tower union united"""
)
#: Parts of surnames.
PARTICLES = _words(
    "& al al- ben bin da das de del della den der des di dos du e el ibn la le ten ter van von y zu"
)
#: They end a name: "Mr. Karasin" is Karasin.
HONORIFICS = _words(
    """dame don doña dr frau herr herrn m madame miss mlle mme monsieur mr mrs ms señor señora
    signor signora sir sr sra г-н г-жа президент cənab xanım prezidenti naziri cumhurbaşkanı
    başbakanı bakanı"""
)
#: What follows one of these is a surname, or ends in one.
TITLES = HONORIFICS | _words(
    """ambassador archbishop bishop bundeskanzler capt cardinal chairman chancellor col gen gov
    governor judge justice kanzler king lady lord lt maj mayor minister ministre pope premier
    president presidente prime prince princess prof professor präsident präsidentin présidente
    président queen rep secretary sen senator sgt премьер министр prezident nazir"""
)
#: With what may stand before them, "ex-minister" and "Ministerpräsident", they name an office.
TITLE_ENDINGS = (
    *sorted(title for title in TITLES if len(title) > len("queen")),
    *"""abgeordnete abgeordneter bischof bürgermeister chef chefin direktor direktorin kanzlerin
    kardinal könig königin ministerin papst politiker politikerin prinzessin sprecher sprecherin
    trainer trainerin vorsitzende vorsitzender bürgermeisterin
    député députée maire pape reine sénateur sénatrice
    alcalde alcaldesa ministra ministro presidenta sindaco""".split(),
)
#: A full stop after one of these ends no sentence.
ABBREVIATIONS = _words(
    """apr aug bzw ca capt co col corp dec dr feb fr gen gov hr inc jan jr jul jun lt ltd maj mar
    mme mr mrs ms no nov nr oct prof rep sen sep sept sgt sr st str vs г ул им"""
)

#: What headlines begin with to say what kind of piece it is: "Opinion: A railway is a promise".
HEADLINE_LABELS = _words(
    """analysis analyse analisi análise análisis breaking comment commentary corrected editorial
    entretien entrevista entrevue exclusive explainer factbox interview intervista
    kommentar live meinung opinion opinione opinião opinión porträt portrait reportage review
    tribune update video vidéo watch édito интервью мнение"""
)

ENGLISH_DETERMINERS = _words(
    """'s a all an another any both each every her his its my no our some that the their these
    this those your"""
)
ENGLISH_ARTICLES = _words("a an her his its my our the their your")
ENGLISH_PREPOSITIONS = _words(
    "about after against at before between by during for from in into of on over under with"
)
ENGLISH_MODALS = _words(
    """can can't could couldn't didn't doesn't don't may might must should to will won't would"""
)
ENGLISH_PRONOUNS = _words("he i she they we who you")
#: Words the lexicon calls nouns or verbs, but which no tag is made of.
ENGLISH_CLOSED = _words(
    """according am anyone anything april are aug august be been being bln can't cent couldn't cts
    day days dec december did didn't dlrs do does doesn't don't dr etc everyone everything feb
    february few friday had has have he's hour hours i'm i've including is isn't it's jan january
    july june least less little lot lots many march may minute minutes mln monday month months more
    most mr mrs ms much n't nobody not nothing nov november oct october other own pct per percent
    said same saturday say says sept september several she's somebody someone something such sunday
    that's there's they're thing things thursday time times today told tomorrow tonight tuesday vs
    was wasn't way ways we're we've wednesday week weeks were won't wouldn't year years yesterday
    you're"""
)
ENGLISH_ADJECTIVE_ENDINGS = ("ous", "ful", "able", "ible", "al", "ive", "ic", "less", "ish")

#: German adjectives before a noun end so.
GERMAN_ADJECTIVE_ENDINGS = tuple(
    "be de em en er es fe ge he ie ke le me ne pe re se te ue ve ze ße".split()
)
#: Nouns end so of which hardly any is a name.
GERMAN_NOUN_ENDINGS = tuple(
    """erung erungen gung gungen heit heiten hung hungen ismus keit keiten nung nungen schaft
    schaften tion tionen tung tungen tät täten""".split()
)
#: Common nouns follow these, names seldom do.
GERMAN_DETERMINERS = _words(
    """alle allen aller am beide beiden beim dem den der deren des dessen die das diese
    diesem diesen dieser dieses drei ein eine einem einen einer eines einige einigen fünf fürs ihr
    ihre ihrem ihren ihrer im ins jede jedem jeden jeder jedes kein keine keinem keinen keiner
    manche mehrere mehreren mein meine sein seine seinem seinen seiner sechs unser unsere
    unserem unseren unserer viel viele vielen vier vom wenige zehn zum zur zwei"""
)
GERMAN_PREPOSITIONS = _words(
    """an auf aus bei bis durch für gegen hinter in mit nach neben ohne seit unter von vor wegen
    zwischen über"""
)
