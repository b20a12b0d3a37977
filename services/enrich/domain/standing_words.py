"""How standing text is worded, as patterns: by kind, in the languages of most press releases."""

from typing import Final

#: A full stop after one of these ends no sentence.
ABBREVIATIONS: Final = frozenset(
    """apr aug bzw ca co corp dec dr feb fr gen inc jan jr ltd mar mme mr mrs ms no nov nr oct prof
    rep sen sep sept st ste str vs г им ул""".split()
)

#: What parts a heading from its text, on the same line.
COLONS: Final = ":：–—"
_COLON: Final = rf"\s*[{COLONS}]"

#: A heading "About X", with the name of X and a colon, if there is one.
ABOUT: Final = (
    (
        r"(?:(?:about|über|[àa]\s+propos\s+de|acerca\s+de|sobre|informazioni\s+su|a\s+proposito\s+di"
        r"|over|om|despre|quant\s+a|tietoa|o|об?|про|σχετικά\s+με|نبذة\s+عن|حول)\s+|关于\s*|關於\s*"
        r"|à\s+propos\s+d['’])(?:(?:la\s+)?(?:компании|компанії|společnosti|spółce|firmie|société|empresa"
        r"|società)\s+)?(?P<name>(?:(?!\s*[:：–—])[^\n.!?。！？]){2,70}+)(?P<colon>\s*[:：–—])?"
    ),
    (
        r"(?P<name>[^\n:：.!?。！？]{2,70}?)(?:\s+hakkında|について|에\s*대하여|\s+소개)"
        r"(?P<colon>\s*[:：–—])?(?=\s|$)"
    ),
)

#: Headings under which no news follows: a line of their own, or with a colon.
HEADINGS: Final = (
    (
        r"(?:media|press|investor|editorial|corporate|news)\s+(?:and\s+\w+\s+)?"
        rf"(?:contacts?|enquir(?:y|ies)|inquir(?:y|ies)|relations)(?:\s+(?:information|details))?"
        rf"(?:{_COLON})?"
    ),
    (
        r"(?:contact\s+(?:information|details|us)|notes?\s+to\s+(?:the\s+)?editors?|about\s+us"
        rf"|about\s+the\s+(?:company|authors?))(?:{_COLON})?"
    ),
    (
        r"(?:cautionary\s+(?:note|statement)s?[^\n.:]*|forward[-‐‑\s]looking\s+statements?"
        rf"|safe\s+harbou?r(?:\s+statements?)?|disclaimer|legal\s+notice)(?:{_COLON})?"
    ),
    (
        rf"(?:presse?-?\s?kontakte?|kontakt\s+für\s+(?:die\s+)?(?:presse|medien)|über\s+uns"
        rf"|zukunftsgerichtete\s+aussagen|hinweise?\s+(?:an|für)\s+(?:die\s+)?redaktion(?:en)?"
        rf"|rückfragehinweis|impressum)(?:{_COLON})?"
    ),
    (
        rf"(?:contacts?\s+(?:de\s+)?(?:presse|médias?)|relations?\s+presse|à\s+propos\s+de\s+nous"
        rf"|(?:déclarations?\s+prospectives?)|notes?\s+aux\s+rédactions?)(?:{_COLON})?"
    ),
    (
        rf"(?:contactos?\s+(?:de|para|con)\s+(?:la\s+)?(?:prensa|(?:los\s+)?medios)"
        rf"|contatos?\s+(?:de|para)\s+(?:a\s+)?(?:imprensa|mídia)|aviso\s+legal|sobre\s+nosotros"
        rf"|contatt[io]\s+(?:per\s+la\s+)?stampa|ufficio\s+stampa|chi\s+siamo)(?:{_COLON})?"
    ),
    (
        rf"(?:(?:pers|media)contact|noot\s+voor\s+de\s+redactie|over\s+ons|presskontakte?r?"
        rf"|pressekontakt|om\s+oss|kontakt\s+(?:prasowy|dla\s+mediów)|o\s+nas"
        rf"|контакты?\s+для\s+(?:прессы|сми)|о\s+нас|про\s+нас|basın\s+iletişim)(?:{_COLON})?"
    ),
    # Where a press release ends by convention; what follows is for the editors.
    r"#\s?#\s?#|-\s?30\s?-|[-–—]*\s*ends\s*[-–—]*|[-–—]\s*(?:ende?|fin|fine|slut)\s*[-–—]",
)

_DAY: Final = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_HELD: Final = (
    rf"(?:held|takes?\s+place|taking\s+place|conducted|(?:is|are|be)\s+(?:at|on)\b|on\s+{_DAY}"
    rf"|at\s+\d)"
)
_FUNERALS: Final = (
    (
        r"(?:an?|the|his|her|their|funeral|memorial|private|public)\s(?:[\w'’-]+\s){0,3}?"
        r"(?:services?|funeral|mass|burial|interment|visitation|wake|cremation|requiem|memorial"
        rf"|celebration\s+of\s+life)\b.*\b{_HELD}"
    ),
    rf"(?:services?|burial|visitation|interment|calling\s+hours)\b.*\b{_HELD}",
    r"funeral\s+(?:arrangements|services?)\b|(?:no|family|instead\s+of|please\s+no)\s+flowers\b",
    r"(?:die\s+)?(?:trauerfeier|(?:urnen)?beisetzung|beerdigung)\b.*\b(?:statt|am|um|im)\b",
    r"(?:(?:von|statt|anstelle\s+von)\s+(?:blumen|kränzen|kranz)\w*\b.*\b(?:abzusehen|bitte\w*))",
    r"(?:ses|les)\s+(?:obsèques|funérailles)\b.*\b(?:lieu|célébrées?|à|le)\b",
    (
        r"(?:el|la|o|os|il|i|a)\s+(?:funeral|misa|entierro|velorio|sepelio|velório|funerale|funerali"
        r"|enterro|missa)\b.*\b(?:celebrar\w+|será|realiza\w*|lugar|terr\w+|sar(?:à|anno))"
    ),
    (
        r"de\s+(?:uitvaart|begrafenis|crematie|afscheidsdienst)\b.*\b(?:plaats|is|op|om)\b"
        r"|geen\s+bloemen\b"
    ),
    r"(?:begravningen|begravelsen|bisættelsen|bisettelsen)\b.*\b(?:rum|sted|äger|finder|finner)\b",
)
_DONATIONS: Final = (
    (
        r"(?:[\w'’-]+\s){0,3}?(?:donations?|contributions?|gifts)\b.*\b(?:please|welcome|desired"
        r"|(?:may|can|should|to)\s+be\s+(?:made|sent|given)|in\s+(?:his|her|their)\s+(?:name|memory"
        r"|honou?r)|are\s+(?:requested|appreciated|suggested))\b"
    ),
    (
        r"(?:please\s+)?(?:donate|consider\s+(?:a\s+gift|donating|supporting)|make\s+a\s+donation"
        r"|support\s+our\s+(?:work|journalism))\b"
    ),
    r"(?:[\w'’-]+\s){0,4}?(?:spenden?|spendenkonto)\b.*\b(?:erbeten|iban|bitte|konto|bittet)",
    r"(?:dons?|faites\s+un\s+don)\b.*\b(?:adress\w+|bienvenus?|possibles?|à)\b",
    (
        r"(?:donaciones|donativos|doações|donazioni|giften|donaties|gåvor|gaver)\b.*"
        r"\b(?:a|al|para|per|aan|till|til)\b"
    ),
)
_CONTACTS: Final = (
    (
        r"(?:(?:media|press|investor|editorial|public|corporate)\s+)?(?:contacts?|enquiries|inquiries"
        rf"|relations|office|spokes\w+){_COLON}"
    ),
    (
        r"(?:for|to\s+(?:get|request|obtain|receive))\s+(?:any\s+)?(?:more|further|additional|media"
        r"|press)\s+(?:information|details|enquiries|inquiries|queries)\b"
    ),
    rf"(?:e-?mail|tel(?:ephone|éfono|efon|\.)?|phone|fax|web(?:site)?|mobile){_COLON}",
    (
        r"(?:für\s+(?:weitere|nähere)\s+(?:informationen|auskünfte)|(?:für\s+)?rückfragen\b"
        r"|weitere\s+informationen\b.*\b(?:unter|auf|finden|bei|:))"
    ),
    r"pour\s+(?:plus\s+d|de\s+plus\s+amples|toute|tout)\b.*\b(?:informations?|renseignements?)\b",
    r"p[ae]ra?\s+(?:más|mayor|obtener\s+más|mais|maggiori|ulteriori)\s+informa\w+",
    (
        r"(?:voor\s+meer\s+informatie|för\s+mer\s+information|for\s+(?:yderligere|mere?|ytterligere)"
        r"\s+informa\w+|lisätietoja\b|więcej\s+informacji|daha\s+fazla\s+bilgi\s+için"
        r"|(?:более\s+подробн|дополнительн)\w+\s+информаци)"
    ),
)
_LEGAL: Final = (
    (
        r"this\s+(?:press\s+|news\s+)?(?:release|announcement|communication)\s+(?:contains?|includes?"
        r"|(?:is|was)\s+(?:issued|distributed|published|for\b)|does\s+not|may\s+contain)\b"
    ),
    r"copyright\b|\(c\)\s?(?:19|20)\d\d",
)
_NEWSLETTERS: Final = (
    (
        r"(?:(?:click\s+here|sign\s+up|(?:un)?subscribe)\b|follow\s+(?:us|@|[\w.]+\s+on\s+(?:twitter"
        r"|x\b|facebook|instagram|linkedin))|like\s+us\s+on|find\s+us\s+on|join\s+(?:us\s+on|our\s+"
        r"(?:mailing|whatsapp|telegram))|download\s+(?:our|the)\s+(?:free\s+)?app|read\s+more:"
        r"|see\s+also:|related:|listen\s+to\s+(?:our|the)\b.*\bpodcast|get\s+(?:our|the|more)\b.*"
        r"\b(?:newsletter|inbox|email))"
    ),
    r"(?:abonnieren\s+sie|jetzt\s+abonnieren|folgen\s+sie\s+uns|folgt\s+uns)",
    r"(?:abonnez-vous|inscrivez-vous|suivez-nous|rejoignez-nous)",
    (
        r"(?:suscríb(?:ete|ase)|síg(?:ue|a)nos|regístr(?:ate|ese)|assine|siga-nos|inscreva-se"
        r"|iscriviti|abbonati|seguici|subscriu-te|abonează-te|urmărește-ne)\b"
    ),
    (
        r"(?:meld\s+je\s+aan|schrijf\s+je\s+in|abonneer|volg\s+ons|prenumerera|följ\s+oss|tilmeld\s+"
        r"dig|følg\s+os|meld\s+deg\s+på|abonner\s+på|tilaa\s+uutis\w+|seuraa\s+meitä|zapisz\s+się"
        r"|zaprenumeruj|obserwuj\s+nas|подпи(?:шитесь|сывайтесь)|підпи(?:шіться|суйтесь)"
        r"|bizi\s+takip|abone\s+ol)"
    ),
)
_CREDITS: Final = (
    # Agencies in brackets: "(red, 3.5.2026)".
    r"[(\[](?:[\w.,/&-]++\s?){1,4}[)\]]\.?$",
    (
        r"[(\[]?(?:additional\s+)?(?:reporting|writing|editing|translation|compiled|edited|translated"
        r"|photos?|photography|graphics?|words|text|report(?:ed)?)\s+by\b.{0,150}$"
    ),
    (
        r"[(\[]?(?:[\w'’-]+[\s,]+){0,4}?(?:crossword|puzzle|sudoku|quiz|grid|cryptic|problem)\b"
        r".{0,40}\b(?:set|compiled)\s+by\b.{0,60}$|[(\[]?(?:set|compiled)\s+by\b.{0,60}$"
    ),
    (
        r"[(\[]?(?:editor['’]?s?['’]?\s+note\s*:|this\s+(?:article|story|piece|crossword|puzzle)\s+"
        r"(?:was|is|has\s+been|(?:first|originally))\b.{0,80}?\b(?:published|republished|produced"
        r"|amended|set|translated|syndicated|generated)\b)"
    ),
    (
        r"(?:source|quelle|fuente|fonte|bron|källa|kilde|źródło|zdroj|источник|kaynak|lähde)\s*:"
        r".{0,80}$"
    ),
    (
        r"(?:dieser\s+(?:text|artikel|beitrag)|cet\s+article|este\s+artículo|este\s+artigo|dit\s+"
        r"artikel|questo\s+articolo)\s.{0,60}?\b(?:erschien\w*|veröffentlicht|übersetzt|publié|traduit"
        r"|publicad[oa]|traducid[oa]|gepubliceerd|vertaald|pubblicato)\b"
    ),
)

#: What standing sentences begin with.
BEGINNINGS: Final = (
    *_FUNERALS,
    *_DONATIONS,
    *_CONTACTS,
    *_LEGAL,
    *_NEWSLETTERS,
    *_CREDITS,
)

#: What only standing sentences say, wherever in them; in lower case.
PHRASES: Final = (
    "in lieu of flowers",
    "ni fleurs ni couronnes",
    "forward-looking statement",
    "forward-looking information",
    "safe harbor statement",
    "safe harbor provision",
    "safe harbour statement",
    "safe harbour provision",
    "differ materially",
    "obligation to update",
    "does not constitute an offer",
    "does not constitute investment",
    "zukunftsgerichtete aussagen",
    "zukunftsgerichteten aussagen",
    "déclarations prospectives",
    "manifestaciones a futuro",
    "declaraciones a futuro",
    "declaraciones prospectivas",
    "declarações prospectivas",
    "dichiarazioni previsionali",
    "toekomstgerichte verklaringen",
    "toekomstgerichte uitspraken",
    "framåtblickande uttalanden",
    "framåtriktade uttalanden",
    "fremadrettede udsagn",
    "fremtidsrettede uttalelser",
    "stwierdzenia dotyczące przyszłości",
    "прогнозные заявления",
    "©",
    "all rights reserved",
    "alle rechte vorbehalten",
    "alle rechten voorbehouden",
    "tous droits réservés",
    "todos los derechos reservados",
    "todos os direitos reservados",
    "tutti i diritti riservati",
    "tots els drets reservats",
    "alla rättigheter förbehållna",
    "alle rettigheder forbeholdes",
    "alle rettigheter reservert",
    "kaikki oikeudet pidätetään",
    "wszelkie prawa zastrzeżone",
    "všechna práva vyhrazena",
    "minden jog fenntartva",
    "toate drepturile rezervate",
    "все права защищены",
    "усі права захищені",
    "tüm hakları saklıdır",
    "版权所有",
    "版權所有",
    "無断転載",
    "무단 전재",
    "جميع الحقوق محفوظة",
    "may not be published",
    "may not be reproduced",
    "may not be republished",
    "may not be redistributed",
    "must not be reproduced",
    "reproduction prohibited",
    "our newsletter",
    "our daily newsletter",
    "our weekly newsletter",
    "our free newsletter",
    "to your inbox",
    "unseren newsletter",
    "notre newsletter",
    "nuestro boletín",
    "nuestra newsletter",
    "nossa newsletter",
    "nostra newsletter",
    "onze nieuwsbrief",
    "vårt nyhetsbrev",
    "vores nyhedsbrev",
)
#: A mail address, or a telephone number with its country.
ADDRESS: Final = r"[\w.+-]++@[\w-]++\.[\w.-]+|(?:\+|(?<![\d.,])00)\d[\d\s()/.-]{7,}\d"
