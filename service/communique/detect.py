"""Language of a text: by a script that one language owns, by plain German or English words, else by py3langid over all
that news is written in.

The identification looks at far more languages than communique reads, because the question is not "German or English?"
but "one of ours, or something else?": Dutch read by German rules gives wrong meetings, an unread text gives none.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Collection
from functools import cache

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

SAMPLE_CHARACTERS = 300
SAMPLE_BYTES = 360
"""The identification walks bytes, so this bounds its time: about 45 µs."""
HEAD_BYTES = 180
PLAIN = 0.98
"""Where this much of a text is already this plainly in one of our languages, the rest of the sample is not walked: nine
news in ten. Of 5 100 samples in 20 languages one was decided otherwise, which began in English and went on in Hindi."""
_FUNCTION_WORDS = {
    "de": frozenset(
        "aber als auch auf aus bei bis das dass dem den der die durch ein eine einem einen einer eines er es für gegen"
        " hat habe haben ihre ihren im in ist kann kein keine man mehr mit nach nicht noch nur oder sei sein seine"
        " seinem seinen seiner sich sie sind so soll sowie um und unter von vor waren werden wie wird worden wurde"
        " wurden zu zum zur zwischen über".split()
    ),
    "en": frozenset(
        "a about after all also and are as at be been between but by for from had has have he her his in into is it its"
        " more not of on or over said she than that the their them they this to two was were when where which who will"
        " with would".split()
    ),
}
WORDS, WORDS_OF_A_HALF = 0.25, 0.15
"""Shares of the words of a sample, and of each half of it, from which function words decide and no model is asked: four
news in five. Of 5 300 samples in 98 languages none was decided otherwise than by the model."""
SURE = 0.2
"""Probability from which the most likely language is taken. Below it the text is too short or in no language."""
HINT_SHARE = 0.25
"""A hint is believed where its language is at least this likely, measured against the most likely one."""

_KANA = re.compile("[\u3040-\u30ff]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_HANGUL = re.compile("[\uac00-\ud7af]")

# Varieties in which no news agency writes. They only take away from the language that they are close to: English names
# in a headline look like Nigerian Pidgin, a Beijing dateline like Wu.
_LEFT_OUT = frozenset(
    "ace an ary arz bcl br eo ext fuv fy gcf gcr gd gom grc gug guw ha hbo ht ig jv kab kik la lg lij ln ltg mg nso oc"
    " om pcm qu sa sdh se sn so st uzs vec vo wa wuu xh yo yue zu zxx".split()
)


def language(text: str, known: Collection[str], hint: str | None = None) -> str | None:
    """The language of a text if it is one of `known`, else None. The text decides; a hint only tips the balance."""
    sample = text[:SAMPLE_CHARACTERS]
    encoded = sample.encode("utf-8", "ignore")
    if len(encoded) > 2 * len(sample):
        owner = _owner_of_script(sample)
        if owner is not None:
            return owner if owner in known else None
    elif 10 * len(encoded) < 11 * len(sample) and (plain := _by_function_words(sample)) in known:
        return plain
    identifier = load()
    likely, probability = identifier.classify(encoded[:HEAD_BYTES])
    if likely in known and probability >= PLAIN:
        return str(likely)
    head = encoded[:SAMPLE_BYTES]
    likely, probability = identifier.classify(head)
    if likely in known and probability >= SURE:
        return str(likely)
    hinted = re.split("[-_]", hint)[0].lower() if hint else ""
    if hinted not in known:
        return None
    probabilities: dict[str, float] = dict(identifier.rank(head))
    return hinted if probabilities.get(hinted, 0.0) >= HINT_SHARE * probability else None


def _by_function_words(sample: str) -> str | None:
    """The language whose function words are frequent all through the sample, and twice as frequent as another's."""
    words = sample.lower().split()
    half = len(words) // 2
    counts = {
        language: (sum(map(listed.__contains__, words[:half])), sum(map(listed.__contains__, words[half:])))
        for language, listed in _FUNCTION_WORDS.items()
    }
    (rival, _), (most, likely) = sorted((sum(halves), language) for language, halves in counts.items())[-2:]
    enough = most > 2 * rival and most >= WORDS * len(words)
    return likely if enough and min(counts[likely]) >= WORDS_OF_A_HALF * (len(words) - half) else None


@cache
def load() -> LanguageIdentifier:
    """Read the model, once a process (0.5 s, 100 MB); a parent that calls this before it forks shares the memory."""
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([label for label in identifier.labels if label not in _LEFT_OUT])
    # The model comes in half precision, which every multiplication would widen again: twice the time.
    identifier.nb_ptc = np.ascontiguousarray(identifier.nb_ptc, dtype=np.float32)
    # A byte of text costs a look into each of these; as lists of numbers they are eight times as large, and each look
    # a miss of the processor's cache.
    identifier._rowbase = array("I", identifier._rowbase)
    identifier.tk_output = array("i", identifier.tk_output)
    return identifier


def _owner_of_script(sample: str) -> str | None:
    """Chinese, Japanese or Korean, where at least half of the letters say so."""
    han, kana, hangul = (len(script.findall(sample)) for script in (_HAN, _KANA, _HANGUL))
    if 2 * (han + kana + hangul) < sum(map(str.isalpha, sample)):
        return None
    if hangul > han + kana:
        return "ko"
    return "ja" if 10 * kana > han else "zh"
