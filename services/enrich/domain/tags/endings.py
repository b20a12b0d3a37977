"""How verbs and adjectives end in languages without a word list: guesses, by suffix."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Endings:
    verb: tuple[str, ...] = ()
    noun: tuple[str, ...] = ()  # Nouns that end like a verb.


def _endings(verb: str, noun: str = "") -> Endings:
    return Endings(tuple(verb.split()), tuple(noun.split()))


NO_ENDINGS = Endings()
ENDINGS: Mapping[str, Endings] = {
    "fr": _endings(
        "er ir oir é ée és ées ait aient era eront erait ant",
        "ier té tés avenir outre-mer plaisir soir noir espoir pouvoir hiver",
    ),
    "es": _endings(
        "ar er ir ó aron ieron aba aban ará arán erá irá ando iendo arse erse irse",
        "mujer lugar hogar poder dólar taller militar",
    ),
    "pt": _endings(
        "ar er ir ou eu aram eram iram ando endo indo ava avam ará erá irá",
        "mulher lugar poder dólar militar celular escolar popular vestibular",
    ),
    "it": _endings("are ere ire arsi ersi irsi ando endo ava avano erà irà arono", "mare potere"),
    "ru": _endings(
        "ть ться тся лся лась лись ил ила или ал ала али ел ели ет ют ит ят ует",
        "скандал финал сигнал журнал канал материал совет ответ отдел депутат тариф",
    ),
    "uk": _endings("ти тися ться ив ила или ав ала али є ють ить"),
    "pl": _endings("ć ł ła ło li ły uje ują"),
    "tr": _endings(
        """dı di du dü tı ti tu tü yor mek mak ecek acak miş mış muş müş erek arak""",
    ),
    "az": _endings(
        """dı di du dü mək maq əcək acaq miş mış muş müş ərək araq ıb ib ub üb ılır ilir ulur ülür
        dır dir dur dür""",
    ),
}
