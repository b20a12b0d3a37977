"""Words no tag is made of: the published lists, and what news adds to them."""

from collections.abc import Mapping

import stopwordsiso

_ADDED: Mapping[str, str] = {
    "en": """according added adding april aug august bln can't cent couldn't cts dec december didn't
        dlrs doesn't don't dr etc feb february friday he's i'm i've including isn't it's jan january
        july june march mln monday mr mrs ms new nov november oct october pct per percent said
        saturday say says sept september she's sunday that's there's they're thursday today told
        tomorrow tuesday vs wasn't we're we've wednesday won't wouldn't yesterday you're""",
    "fr": """août avril dimanche décembre février hier janvier jeudi juillet juin lundi mai mardi
        mars mercredi novembre octobre samedi septembre vendredi""",
    "de": """allerdings anfang angesichts april auch august außerdem außerhalb beide bereits bevor
        bisher bislang dabei daher damit darum davon dazu demnach denn dennoch derzeit deshalb
        dezember dienstag doch donnerstag dort ebenso einige ende erstmals etwa euro falls fast
        februar freitag gegenüber gemeinsam gestern gleichzeitig heute hier hierzu indem innerhalb
        insgesamt inzwischen jahr jahre jahren januar jede jeder jedes jetzt juli juni kilometer
        kilometern knapp künftig laut mai manche mehrere meter metern milliarden millionen minute
        minuten mitte mittlerweile mittwoch montag morgen märz nachdem november nun nur obwohl
        oktober prozent rund samstag schließlich seitdem seither sekunde sekunden september sobald
        sofern sogar solange somit sonntag sowohl spätestens statt stunde stunden tonne tonnen trotz
        trotzdem uhr unterdessen viele wegen wenige wiederum während zudem zuletzt zunächst zwar
        ähnlich""",
    "es": """abril agosto diciembre domingo enero febrero jueves julio junio lunes martes marzo mayo
        miércoles noviembre octubre septiembre sábado viernes""",
    "pt": """abril agosto dezembro domingo fevereiro janeiro julho junho maio março novembro outubro
        quarta-feira quinta-feira segunda-feira setembro sexta-feira sábado terça-feira""",
    "it": """agosto aprile dicembre domenica febbraio gennaio giovedì giugno ieri luglio lunedì
        maggio martedì marzo mercoledì novembre oggi ottobre sabato settembre venerdì""",
    "nl": """april augustus december dinsdag donderdag februari gisteren januari juli juni maandag
        maart mei november oktober procent september vandaag vrijdag woensdag zaterdag zondag""",
    "ru": """августа апреля воскресенье вторник года году декабря июля июня мая марта ноября октября
        понедельник пятницу сентября среду субботу февраля четверг января сообщил заявил""",
    "uk": """серпня квітня року році грудня липня червня травня березня листопада жовтня вересня
        лютого січня понеділок вівторок середу четвер пʼятницю суботу неділю""",
    "tr": """ağustos aralık cuma cumartesi çarşamba ekim eylül haziran kasım mart mayıs nisan ocak
        pazar pazartesi perşembe salı şubat temmuz yıl yılında gün göre""",
    # No list is published for Azerbaijani.
    "az": """ad ada amma ancaq aprel artıq arasında az ay avqust bax başqa bazar bazarertəsi belə
        ben bəlkə bəzi bəs bir biri birinci biz bizim bu buna bundan bunu bunun burada bütün cümə
        çox çünki çərşənbə da daha dedi deyil deyə də dekabr dən digər düz edən edib edilib edir
        edəcək edilən elə eləcə etdi etmək ən əgər əsas əvvəl fevral gün görə göz hal halda hansı
        harada həm həmin həmçinin hər hələ heç ildə il ilə ilin ildən iki ikinci indi isə istifadə
        iyul iyun kim kimi ki lakin mart may məhz mən mənim nə necə nə noyabr o olan olaraq olacaq
        oldu olduğu olduğunu olsa olub olunub olur on ona onda ondan onlar onların onu onun oktyabr
        öz özü özünü qarşı qədər qeyd sentyabr sonra saat sən siz şənbə tərəfindən tərəf təkcə üç
        üçün üzrə üzərində var və vaxt ya yalnız yanvar yenə yəni yox yoxdur""",
}


def stop_words_of(language: str) -> frozenset[str]:
    """The language's stop words in lower case; empty where none are known."""
    published = stopwordsiso.stopwords(language) if stopwordsiso.has_lang(language) else ()
    return frozenset((*published, *_ADDED.get(language, "").split()))
