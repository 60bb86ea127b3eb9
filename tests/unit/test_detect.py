"""Language of a text, and when it is none of ours."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

import pytest

from communique import detect

ALL = frozenset({"ar", "de", "en", "es", "fr", "pt", "ru", "zh"})
TEXTS = {
    "de": "Die Außenministerin empfing am Freitag ihren Amtskollegen in Berlin, um über Handel zu sprechen.",
    "en": "The foreign minister received her counterpart in London on Friday to talk about trade and energy.",
    "fr": "La ministre des Affaires étrangères a reçu vendredi à Paris son homologue pour parler du commerce.",
    "es": "La ministra de Exteriores recibió el viernes en Madrid a su homólogo para hablar de comercio y energía.",
    "pt": "A ministra dos Negócios Estrangeiros recebeu na sexta-feira em Lisboa o homólogo para falar de comércio.",
    "ru": "Министр иностранных дел приняла в пятницу в Москве своего коллегу, чтобы обсудить торговлю и энергетику.",
    "ar": "استقبلت وزيرة الخارجية يوم الجمعة في القاهرة نظيرها لبحث قضايا التجارة والطاقة.",
    "zh": "外交部长星期五在北京会见来访的外宾，双方就贸易和能源问题交换了意见。",
}
OTHERS = {
    "nl": "De minister van Buitenlandse Zaken ontving vrijdag in Den Haag haar ambtgenoot om over handel te praten.",
    "af": "Die minister het haar eweknie Vrydag in Pretoria ontvang om oor handel en energie te praat.",
    "lb": "D'Ausseministesch huet e Freideg hire Kolleg zu Lëtzebuerg empfaangen, fir iwwer den Handel ze schwätzen.",
    "da": "Udenrigsministeren modtog fredag sin kollega i København for at tale om handel og energi.",
    "sv": "Utrikesministern tog på fredagen emot sin kollega i Stockholm för att tala om handel och energi.",
    "no": "Utenriksministeren tok fredag imot sin kollega i Oslo for å snakke om handel og energi.",
    "pl": "Minister spraw zagranicznych przyjęła w piątek w Warszawie swojego odpowiednika, aby rozmawiać o handlu.",
    "cs": "Ministryně zahraničí přijala v pátek v Praze svého protějška, aby hovořili o obchodu a energetice.",
    "tr": "Dışişleri Bakanı cuma günü Ankara'da mevkidaşını kabul ederek ticaret ve enerji konularını görüştü.",
    "it": "La ministra degli Esteri ha ricevuto venerdì a Roma il suo omologo per parlare di commercio ed energia.",
    "ro": "Ministrul de externe l-a primit vineri la București pe omologul său pentru a discuta despre comerț.",
    "ca": "La ministra d'Afers Exteriors va rebre divendres a Barcelona el seu homòleg per parlar de comerç.",
    "hu": "A külügyminiszter pénteken Budapesten fogadta kollégáját, hogy a kereskedelemről tárgyaljanak.",
    "fi": "Ulkoministeri otti perjantaina Helsingissä vastaan virkaveljensä keskustellakseen kaupasta ja energiasta.",
    "id": "Menteri luar negeri menerima mitranya di Jakarta pada hari Jumat untuk membahas perdagangan dan energi.",
    "vi": "Ngày thứ Sáu tại Hà Nội, bộ trưởng ngoại giao đã tiếp người đồng cấp để bàn về thương mại và năng lượng.",
    "uk": "Міністерка закордонних справ прийняла у п'ятницю в Києві свого колегу, щоб обговорити торгівлю.",
    "bg": "Министърът на външните работи прие в петък в София своя колега, за да обсъдят търговията.",
    "fa": "وزیر امور خارجه روز جمعه در تهران با همتای خود دیدار کرد تا درباره تجارت و انرژی گفتگو کنند.",
    "ur": "وزیر خارجہ نے جمعہ کو اسلام آباد میں اپنے ہم منصب سے ملاقات کی اور تجارت پر بات چیت کی۔",
    "he": "שרת החוץ אירחה ביום שישי בירושלים את עמיתה כדי לדבר על סחר ואנרגיה.",
    "el": "Η υπουργός Εξωτερικών υποδέχθηκε την Παρασκευή στην Αθήνα τον ομόλογό της για να μιλήσουν για το εμπόριο.",
    "hi": "विदेश मंत्री ने शुक्रवार को नई दिल्ली में अपने समकक्ष से व्यापार और ऊर्जा पर बातचीत की।",
    "ja": "外務大臣は金曜日、東京で外国の外相と会談し、貿易とエネルギーについて意見を交わした。",
    "ko": "외교부 장관은 금요일 서울에서 상대국 장관을 만나 무역과 에너지 문제를 논의했다.",
}


@pytest.mark.parametrize(("code", "text"), TEXTS.items())
def test_a_known_language_is_recognised(code: str, text: str) -> None:
    """Each language that is read is found among all, and is None to a service that does not read it."""
    assert detect.language(text, ALL) == code
    assert detect.language(text, ALL - {code}) is None


@pytest.mark.parametrize("known", [ALL, frozenset({"de", "en"})], ids=["eight languages", "two languages"])
@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS.keys())
def test_another_language_is_none_of_ours(text: str, known: Collection[str]) -> None:
    """Dutch is not read as German, Ukrainian not as Russian, Japanese not as Chinese."""
    assert detect.language(text, known) is None


@pytest.mark.parametrize(
    ("text", "hint", "expected"),
    [
        (TEXTS["de"], "en", "de"),
        (TEXTS["en"], "de-AT", "en"),
        (OTHERS["nl"], "de", None),
        (OTHERS["ja"], "zh", None),
        ("Scholz meets Macron", "en-GB", "en"),
        ("Scholz meets Macron", "EN_us", "en"),
        ("Scholz meets Macron", "xx", None),
        ("Scholz meets Macron", None, None),
    ],
)
def test_the_text_decides_and_a_hint_tips_the_balance(text: str, hint: str | None, expected: str | None) -> None:
    """A wrong hint changes nothing; where a text is too short to decide, a plausible hint is believed."""
    assert detect.language(text, ALL, hint) == expected


@pytest.mark.parametrize("text", ["", " ", "!!!", "12345 67890", "\ud800", "Ok.", "http://a.example/1"])
def test_hardly_any_text_is_in_no_language(text: str) -> None:
    assert detect.language(text, ALL) is None


def test_only_the_beginning_counts() -> None:
    """A long text costs no more than a short one, and a quotation at its end does not change its language."""
    assert detect.language(TEXTS["de"] * 3 + TEXTS["en"] * 50, ALL) == "de"


@pytest.mark.parametrize("code", ["de", "en"])
def test_plain_words_decide_without_the_model(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where they are frequent all through a text; with a sentence in another language before it the model is asked."""
    monkeypatch.setattr(detect, "load", lambda: pytest.fail("asked the model"))
    plain = {
        "de": "Der Minister sagte, dass die Gespräche mit dem Gast in der Stadt und auf dem Land nicht zu Ende sind. ",
        "en": "The minister said that the talks with the guest in the city and in the country were not at an end. ",
    }[code]
    assert detect.language(plain * 3, ALL) == code
    with pytest.raises(pytest.fail.Exception):
        detect.language(OTHERS["fi"] * 2 + plain * 3, ALL)


def test_names_in_another_script_do_not_decide() -> None:
    """A German sentence with Chinese names in brackets is German."""
    assert detect.language(f"Staatspräsident Xi Jinping (习近平) sagte: {TEXTS['de']}", ALL) == "de"


def test_threads_agree() -> None:
    """The identification keeps no state between texts."""
    texts = [*TEXTS.values(), *OTHERS.values()] * 10
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda text: detect.language(text, ALL), texts))
    assert together == [detect.language(text, ALL) for text in texts]
