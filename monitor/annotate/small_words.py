"""The commonest small words of some languages: what a text is written in shows in them."""

JUDGED = "en"
"""The language whose words are judged; in others what takes words is absent ("cannot know")."""

SMALL = {
    "en": """the a an and or of to in is are was were be been have has had do does did i you he she it we they my your
        this that with for on at not no yes what when where why how who can could will would please but if so me from
        there here i'm it's don't can't i've that's as by about just thanks thank hello hi ok okay
        die""",
    "de": """der die das den dem ein eine einen und oder ist sind war nicht ich du er sie wir ihr mein meine mit für auf
        von zu im bei was wann wo warum wie wer kann bitte aber wenn auch noch schon hallo danke habe hat
        keine kein guten""",
    "fr": """le la les un une des et ou est sont était ne pas je tu il elle nous vous mon ma mes avec pour sur de du
        dans que quand où pourquoi comment qui peut mais si aussi bonjour merci c'est j'ai s'il plaît""",
    "es": """el la los las un una y o es son era no yo tú él ella nosotros mi mis con para por sobre de del en que
        cuando dónde cómo quién puede pero si también hola gracias está estoy tengo""",
    "it": """il lo la gli le un una e o è sono era non io tu lui lei noi mio mia con per su di del nel che quando dove
        perché come chi può ma se anche ciao grazie ho hai""",
    "pt": """o a os as um uma e ou é são era não eu tu ele ela nós meu minha com para por sobre de do da em que quando
        onde como quem pode mas se também olá obrigado obrigada está estou tenho""",
    "nl": """de het een en of is zijn was niet ik je hij zij wij mijn met voor op van te in bij wat wanneer waar waarom
        hoe wie kan maar als ook nog hallo bedankt heb heeft""",
    "pl": """i w na nie to jest się z do że jak co czy ale ja ty on ona mój moja dla po proszę dziękuję dzień
        dobry mam""",
    "tr": """bir ve bu ne için değil var yok ben sen benim nerede çok daha ile ama mi evet lütfen istiyorum""",
    "fi": """on ja ei en se että olen oli minun mikä missä mitä kun niin mutta tai vain myös kiitos hei ole""",
    "da": """og jeg er det en til af ikke på med har min mit hvor hvad hvordan men hej tak vi kan du""",
    "no": """og jeg er det en til av ikke på med har min mitt hvor hva hvordan men hei takk vi kan du""",
    "cs": """a je to na se v že jsem není ale kde jak co proč můj moje moji pro už prosím děkuji dobrý den""",
    "ro": """și nu este de la în pe un o mea meu unde cum ce când dar sau pentru mulțumesc bună am sunt""",
    "hu": """a az és nem egy hogy van de én hol mi mit mikor miért kell már vagy köszönöm kérem szia""",
    "id": """yang dan di saya tidak ini itu untuk dengan ada apa mana bagaimana sudah belum bisa terima kasih mau""",
    "tl": """ang ng sa na ako ko hindi ito po kung ano nasaan paano bakit salamat mga naman lang""",
    "sw": """ya wa na ni kwa la hapana ndiyo wapi nini gani yangu langu wangu asante habari sana lakini""",
    "vi": """là của và không có tôi bạn cho này đó được ở đâu gì khi nào sao cảm ơn đã với""",
    "sv": """och i att det som en på är av för med den till inte jag du han hon vi min mitt vad när hur kan men om hej
        tack har""",
}
LANGUAGES: dict[str, tuple[str, ...]] = {}
for _language, _list in SMALL.items():
    for _word in _list.split():
        LANGUAGES[_word] = (*LANGUAGES.get(_word, ()), _language)

ENGLISH = frozenset(word for word, languages in LANGUAGES.items() if JUDGED in languages)
FOREIGN = frozenset(word for word, languages in LANGUAGES.items() if languages != (JUDGED,))
