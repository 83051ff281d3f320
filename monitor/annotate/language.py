"""A cheap guess at the language of a turn: the script, then the commonest small words. English is what is judged."""

from monitor.annotate.tokens import Tokens

JUDGED = "en"
"""The language whose words are judged; in others what takes words is absent ("cannot know")."""
ENOUGH = 0.12
"""Share of small words of a language that settles it."""
SHORT = 3
"""Of up to so many words, half must be another language's: ``El Camino Real`` is a street."""
SAMPLE = 200
"""Words looked at."""

_SMALL = {
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
_WORDS: dict[str, tuple[str, ...]] = {}
for _language, _list in _SMALL.items():
    for _word in _list.split():
        _WORDS[_word] = (*_WORDS.get(_word, ()), _language)

_ENGLISH = frozenset(word for word, languages in _WORDS.items() if JUDGED in languages)
_FOREIGN = frozenset(word for word, languages in _WORDS.items() if languages != (JUDGED,))

_SCRIPTS = (
    ("ru", 0x0400, 0x04FF),
    ("el", 0x0370, 0x03FF),
    ("he", 0x0590, 0x05FF),
    ("ar", 0x0600, 0x06FF),
    ("hi", 0x0900, 0x097F),
    ("th", 0x0E00, 0x0E7F),
    ("ja", 0x3040, 0x30FF),
    ("ko", 0xAC00, 0xD7AF),
    ("zh", 0x4E00, 0x9FFF),
)


def language_of(tokens: Tokens) -> str | None:
    """ISO 639-1 code of the likeliest language, or None where the words do not tell.

    >>> from monitor.annotate.tokens import tokenise
    >>> language_of(tokenise("Where is my order?")), language_of(tokenise("Wo ist meine Bestellung?"))
    ('en', 'de')
    """
    words = tokens.words[:SAMPLE]
    if not words:
        return None
    script = _script(words)
    if script is not None:
        return script
    english = sum(map(_ENGLISH.__contains__, words))
    if english and english >= ENOUGH * len(words) and english >= sum(map(_FOREIGN.__contains__, words)):
        return JUDGED  # no other language can have more
    counts = dict.fromkeys(_SMALL, 0)
    for word in words:
        for language in _WORDS.get(word, ()):
            counts[language] += 1
    best = max(counts, key=lambda language: (counts[language], language == JUDGED))
    enough = len(words) / 2 if best != JUDGED and len(words) <= SHORT else ENOUGH * len(words)
    if counts[best] >= max(enough, 1):
        return best
    return JUDGED if _plain_latin(words) else None


def _plain_latin(words: tuple[str, ...]) -> bool:
    """No word tells: short turns and lists of nouns in bare ASCII letters pass as English."""
    return all(word.isascii() for word in words)


def _script(words: tuple[str, ...]) -> str | None:
    joined = "".join(words[:40])
    if joined.isascii():
        return None
    letters = [ord(letter) for letter in joined if letter.isalpha()]
    shares = {code: sum(first <= letter <= last for letter in letters) for code, first, last in _SCRIPTS}
    if shares["ja"]:
        shares["ja"] += shares["zh"]
    best = max(shares, key=lambda code: shares[code])
    return best if shares[best] * 2 > len(letters) else None
