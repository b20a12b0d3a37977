"""Words that carry no topic, folded: a question drops them, articles and phrases keep them."""

from __future__ import annotations

from typing import Final

_LISTS: Final = {
    "az": """
        amma an bir bu buna bunu da daha de edir edib ela ele haqqinda ham hamin icin idi ila
        ilo ise isa ki kimi ola olan olaraq olub o onun onlar sonra u va ve ya uzre ucun
    """,
    "de": """
        aber als am an auch auf aus bei beim bin bis bist da damit das dass dem den der des die
        dies diese diesem diesen dieser dieses du durch ein eine einem einen einer eines er es
        fur hat hatte hatten haben ich ihr ihre im in ins ist ja kann kein keine mit nach nicht
        noch nur ob oder ohne sein seine seit sich sie sind so uber um und uns unter vom von vor
        war waren was wegen weil wenn wer wie wir wird wo wurde wurden zu zum zur
    """,
    "en": """
        a about above after again against all also am an and any are arent as at be because been
        before being below between both but by can cannot cant could couldnt did didnt do does
        doesnt doing dont down during each few for from further had has hasnt have havent having
        he her here hers herself him himself his how i if in into is isnt it its itself just me
        more most my myself no nor not of off on once only or other our ours ourselves out over
        own same she should shouldnt so some such than that the their theirs them themselves
        then there these they this those through to too under until up very was wasnt we were
        werent what when where which while who whom whose why will with wont would wouldnt you
        your yours yourself
    """,
    "es": """
        a al algo como con contra cual cuando de del desde donde durante e el ella ellas ellos
        en entre era es esa ese eso esta este esto estos fue ha hasta hay la las le les lo los
        mas me mi muy no nos o os otra otro para pero por porque que quien se ser si sin sobre
        son su sus tambien te tu un una uno unos y ya yo
    """,
    "fr": """
        a ai au aux avec c ce ces cet cette d dans de des du elle elles en est et eu il ils j je
        l la le les leur leurs lui m ma mais me mes moi mon n ne nos notre nous on ont ou par
        pas pour qu que qui s sa se ses si son sont sur t ta te tes ton tu un une vos votre vous
        y
    """,
    "it": """
        a ad agli ai al alla alle allo anche c che chi ci come con cui d da dagli dai dal dalla
        dalle de degli dei del della delle dello di e ed gli ha hanno i il in io l la le lei lo
        loro lui ma mi ne negli nei nel nella nelle non o per piu quale quando quella quello
        questa questo se si sono su sua sui sul sulla suo tra un una uno
    """,
    "nl": """
        aan als bij dan dat de den der die dit door een en er haar had heb heeft hem het hier
        hij hoe hun ik in is je kan me met mijn naar niet nog nu of om ons ook op over te tot
        uit u van voor was wat we wel werd wie wij wordt worden ze zich zij zijn zo
    """,
    "pt": """
        a ao aos as ate com como da das de do dos e ela elas ele eles em entre era essa esse
        esta este foi ha isso isto ja lhe mais mas me mesmo na nao nas nem no nos o os ou para
        pela pelas pelo pelos por qual quando que quem sao se sem ser seu seus so sua suas
        tambem te um uma voce
    """,
    "ru": """
        а без бы был была были было быть в вам вас вот все вы да для до его ее если есть еще же
        за здесь и из или им их к как ко когда кто ли мне мы на над нам нас не нет ни но о об он
        она они оно от по под при про с со так также там то тоже только ты у уж уже чего чем что
        чтобы это этот эта эти я
    """,
    "tr": """
        ama ancak bir bu bunu da daha de diye en gibi hem her icin ile ise kadar ki ne nin o
        olan olarak oldu onu onun sonra su ve veya ya
    """,
}
STOP_WORDS: Final = {language: frozenset(words.split()) for language, words in _LISTS.items()}
