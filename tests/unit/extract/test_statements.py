"""Who says what: speakers, acts and chains of reported speech. The persons are invented.

Texts mark their parties: "[L Lindqvist]" is a mention of the person L, "[se Schweden]" of the Swedish government.
"""

from __future__ import annotations

import re

import pytest

from communique import languages, text
from communique.extract import statements
from communique.languages.matcher import Lexicon
from communique.model import Document, Evidence, Party, Statement, Surface, TopicMention

ROSTER = {
    "L": ("Anna Lindqvist", "SE", "foreign_minister", 0),
    "P": ("Marko Petrov", "BG", "president", 1),
    "K": ("Karel Novotny", "CZ", "prime_minister", 2),
    "S": ("Vera Stoeva", None, "spokesperson", 3),
}
COUNTRIES = (
    ("schwedisch", "SE", "demonym"), ("schwedische", "SE", "demonym"), ("schwedischen", "SE", "demonym"),
    ("bulgarische", "BG", "demonym"), ("Schweden", "SE", "country"), ("Bulgarien", "BG", "country"),
    ("Schwedin", "SE", "inhabitant"), ("Bulgare", "BG", "inhabitant"), ("Swedish", "SE", "demonym"),
    ("Bulgarian", "BG", "demonym"), ("Sweden", "SE", "country"), ("Bulgaria", "BG", "country"),
    ("Swede", "SE", "inhabitant"),
)  # fmt: skip
MARK = re.compile(r"\[(\w+) ([^\]]+)\]")


def party(key: str, start: int, surface: str) -> Party:
    evidence = (Evidence(start, start + len(surface), surface, "test"),)
    if key not in ROSTER:
        return Party(
            start, start + len(surface), None, surface, key.upper(), None, None, None, (), evidence, collective=True
        )
    name, country, office, entity = ROSTER[key]
    written = next((word for word in reversed(surface.split()) if word in name), surface)
    return Party(start, start + len(surface), name, written, country, None, office, None, (), evidence, entity)


def read(code: str, marked: str, topics: tuple[TopicMention, ...] = ()) -> tuple[Statement, ...]:
    parties: list[Party] = []
    body, behind = "", 0
    for mark in MARK.finditer(marked):
        body += marked[behind : mark.start()]
        parties.append(party(mark[1], len(body), mark[2]))
        body, behind = body + mark[2], mark.end()
    body += marked[behind:]
    language = languages.load(code)
    surfaces = [Surface(form, kind, f"kb.{kind}.{country}", country) for form, country, kind in COUNTRIES]
    lexicon = Lexicon(surfaces, language.inflection, boundaries=True)
    section = language.segmentation
    segmentation = text.Segmentation(
        frozenset(section.abbreviations), section.ordinals, frozenset(section.after_ordinal)
    )
    folded = text.fold(body)
    words = text.tokens(body, folded)
    sentences = text.sentences(body, words, segmentation)
    document = Document("a", body, folded, code, None, words, sentences, lexicon.hits(body, folded))
    return statements.find(document, parties, topics, statements.compile(language))


def heard(code: str, marked: str) -> list[tuple[str, str]]:
    return [(statement.speaker, statement.act) for statement in read(code, marked)]


L, P, BOTH = "Anna Lindqvist", "Marko Petrov", "Anna Lindqvist; Marko Petrov"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("[L Lindqvist] sagte, die Lage sei ernst.", (L, "says")),
        ("Die Lage sei ernst, sagte [L Lindqvist].", (L, "says")),
        ("Die Lage sei ernst, so [L Lindqvist].", (L, "says")),
        ("Laut [L Lindqvist] ist die Lage ernst.", (L, "says")),
        ("Wie [L Lindqvist] erklärte, ist die Lage ernst.", (L, "says")),
        ("„Die Lage ist ernst“, betonte [L Lindqvist].", (L, "says")),
        ("Am Abend hat [L Lindqvist] vor Journalisten gesagt, die Lage sei ernst.", (L, "says")),
        ("[L Lindqvist], die seit Montag in Sofia ist, warnte vor Eile.", (L, "warns")),
        ("Vor Eile warnte in Sofia auch [L Lindqvist].", (L, "warns")),
        ("[L Lindqvist] dankte [P Petrov] für den Empfang.", (L, "thanks")),
        ("Den Vorschlag lehnte [P Petrov] rundweg ab.", (P, "opposes")),
        ("Dem Nachbarland sagte [P Petrov] weitere Hilfe zu.", (P, "pledges")),
        ("[P Petrov] schlug vor, eine Kommission zu bilden.", (P, "proposes")),
        ("[P Petrov] rief alle Seiten zur Mäßigung auf.", (P, "calls_for")),
        ("Das Verhältnis nannte [P Petrov] ausgezeichnet.", (P, "praises")),
        ("Das Vorgehen nannte [P Petrov] unannehmbar.", (P, "criticises")),
        ("[L Lindqvist] äußerte die Hoffnung, dass der Vertrag bald in Kraft tritt.", (L, "hopes")),
        ("[L Lindqvist] äußerte Sorge über die Dürre.", (L, "warns")),
        ("[L Lindqvist] begrüßte den Beschluss.", (L, "welcomes")),
        ("[P Petrov] sprach sich für offene Grenzen aus.", (P, "supports")),
        ("[se Schweden] verurteilte den Anschlag.", ("SE", "criticises")),
        ("Das schwedische Außenministerium teilte mit, die Gespräche seien nützlich gewesen.", ("SE", "says")),
    ],
)
def test_a_german_verb_of_saying_has_a_subject_and_an_act(body: str, expected: tuple[str, str]) -> None:
    """The subject is found before and behind the verb, with separable parts and in the perfect tense."""
    assert heard("de", body) == [expected]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("[L Lindqvist] said the situation was grave.", (L, "says")),
        ("The situation was grave, [L Lindqvist] said.", (L, "says")),
        ('"The situation is grave," said [L Lindqvist].', (L, "says")),
        ("According to [L Lindqvist], the situation is grave.", (L, "says")),
        ("The situation was grave, [L Lindqvist] told reporters.", (L, "says")),
        ("[L Lindqvist] has repeatedly warned of haste.", (L, "warns")),
        ("[L Lindqvist], a veteran of many talks, thanked her host.", (L, "thanks")),
        ("[P Petrov] called for restraint.", (P, "calls_for")),
        ("[P Petrov] called on both parties to show restraint.", (P, "calls_for")),
        ("[P Petrov] rejected the proposal.", (P, "opposes")),
        ("[P Petrov] proposed a joint commission.", (P, "proposes")),
        ("[P Petrov] expressed gratitude for the help.", (P, "thanks")),
        ("[P Petrov] expressed concern about the drought.", (P, "warns")),
        ("Both countries must act, [P Petrov] stressed.", (P, "calls_for")),
        ("Bulgaria stands ready to help, [P Petrov] noted.", (P, "pledges")),
        ("[P Petrov] praised the long friendship.", (P, "praises")),
        ("[se Sweden] condemned the attack.", ("SE", "criticises")),
        ("[L Lindqvist] met [P Petrov] in Sofia, the Swedish embassy said.", ("SE", "says")),
    ],
)
def test_an_english_verb_of_saying_has_a_subject_and_an_act(body: str, expected: tuple[str, str]) -> None:
    """The subject stands before the verb, over adverbs and appositions, or behind it after a quotation."""
    assert heard("en", body) == [expected]


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("de", "[L Lindqvist] traf [P Petrov] in Sofia."),
        ("de", "[L Lindqvist] begrüßte [P Petrov] am Flughafen."),
        ("de", "Der Saal, den [P Petrov] gelobt hatte, war leer."),
        ("de", "Der Vorschlag wurde von [P Petrov] abgelehnt."),
        ("de", "Das Wetter war gut."),
        ("de", "Die Opposition in Sofia warnte vor Eile."),
        ("en", "[L Lindqvist] met [P Petrov] in Sofia."),
        ("en", "[L Lindqvist] welcomed [P Petrov] at the airport."),
        ("en", "[L Lindqvist] called on [P Petrov] at his office."),
        ("en", "The plan was rejected by [P Petrov]."),
        ("en", "The talks took place after [P Petrov] threatened to leave."),
        ("en", "It was agreed."),
    ],
)
def test_what_says_nothing_is_no_statement(code: str, body: str) -> None:
    """Greetings, subordinate clauses, passives and speakers whom the text does not make known are left out."""
    assert heard(code, body) == []


def test_the_german_subjunctive_goes_on_with_the_last_speaker() -> None:
    """Sentences in the subjunctive without a speaker of their own belong to whoever spoke before."""
    body = (
        "[L Lindqvist] sagte, der Handel wachse. Beide Seiten sollten ihn fördern. "
        "Schweden sei bereit, Häfen auszubauen. Das Abkommen habe sich bewährt. "
        "[P Petrov] entgegnete, er hoffe auf mehr. Die Straßen müssten besser werden."
    )
    assert heard("de", body) == [
        (L, "says"),
        (L, "calls_for"),
        (L, "pledges"),
        (L, "says"),
        (P, "hopes"),
        (P, "calls_for"),
    ]


def test_an_indicative_sentence_breaks_the_chain_for_doubtful_forms() -> None:
    """A form that need not be reported speech counts only directly behind a statement."""
    assert heard(
        "de", "[L Lindqvist] sagte, der Handel wachse. Am Abend flog sie heim. Die Reise könnte Folgen haben."
    ) == [(L, "says")]


def test_a_subordinate_subjunctive_is_no_reported_speech() -> None:
    """ "dass … sei" says nothing of who speaks."""
    assert heard("de", "[L Lindqvist] sagte Guten Tag. Offen blieb, ob der Vertrag gültig sei.") == [(L, "says")]


def test_an_unknown_speaker_ends_the_chain() -> None:
    """What follows the words of somebody unknown is not put into the mouth of the last known speaker."""
    assert heard("de", "[L Lindqvist] sagte, der Handel wachse. Die Opposition warnte davor. Er sei zu teuer.") == [
        (L, "says")
    ]


@pytest.mark.parametrize(
    ("code", "body", "speakers"),
    [
        ("de", "[L Lindqvist] lobte die Gespräche. Sie dankte [P Petrov].", [L, L]),
        ("de", "[L Lindqvist] lobte die Gespräche. Die Gäste dankte die Schwedin.", [L, L]),
        ("de", "[L Lindqvist] lobte [P Petrov]. Es werde Frieden geben, sagte der Gast.", [L, L]),
        ("de", "[L Lindqvist] traf [P Petrov]. Beide begrüßten den Vertrag.", [BOTH]),
        ("de", "[L Lindqvist] traf [P Petrov]. Beide Seiten begrüßten den Vertrag.", ["SE; BG"]),
        ("de", "[L Lindqvist] und [P Petrov] würdigten den Vertrag.", [BOTH]),
        ("de", "[L Lindqvist] lobte den Vertrag. Nach ihren Worten ist er gerecht.", [L, L]),
        ("en", "[L Lindqvist] praised the talks. She thanked [P Petrov].", [L, L]),
        ("en", "[L Lindqvist] praised the talks. The visitor thanked [P Petrov].", [L, L]),
        ("en", "[L Lindqvist] met [P Petrov]. The two leaders welcomed the treaty.", [BOTH]),
        ("en", "[L Lindqvist] met [P Petrov]. Both sides welcomed the treaty.", ["SE; BG"]),
        ("en", "[L Lindqvist] and [P Petrov] hailed the treaty.", [BOTH]),
        ("en", "[L Lindqvist] met [P Petrov]. The Swede thanked her host.", [L]),
    ],
)
def test_pronouns_roles_and_both_mean_whom_the_text_named(code: str, body: str, speakers: list[str]) -> None:
    """A pronoun or a role is the last person who had the floor; "both" are the last two of different states."""
    assert [statement.speaker for statement in read(code, body)] == speakers


@pytest.mark.parametrize(
    ("body", "speakers"),
    [
        ("[P Petrov]'s spokeswoman, [S Vera Stoeva], said the trip was off.", ["BG"]),
        ("[P Petrov] fell ill. His office said the trip was off.", ["BG"]),
        ("[P Petrov]'s spokeswoman, [S Vera Stoeva], said the trip was off. She added that he was ill.", ["BG", "BG"]),
        ("[P Petrov] praised the treaty, the Swedish embassy said.", [P]),
        ("Both sides were tired, [L Lindqvist] said.", [L]),
    ],
)
def test_a_spokesperson_speaks_for_the_state_and_yields_to_the_person(body: str, speakers: list[str]) -> None:
    """What a spokesperson says is the state's; whose words are reported outranks who reports them."""
    assert [statement.speaker for statement in read("en", body)] == speakers


def test_a_quotation_over_several_sentences_stays_with_its_speaker() -> None:
    """Sentences inside quotation marks need no verb."""
    body = '"We are glad," [L Lindqvist] said. "The treaty is good. It will help everybody."'
    assert [statement.speaker for statement in read("en", body)] == [L, L, L]


def test_a_statement_shows_its_sentence_its_rule_its_person_and_its_topics() -> None:
    """Evidence is the span of the sentence; topics are those named inside of it."""
    body = "Die Sitzung begann. [L Lindqvist] lobte den Handel. Auch die Fischerei war ein Thema."
    plain = "Die Sitzung begann. Lindqvist lobte den Handel. Auch die Fischerei war ein Thema."
    topics = tuple(
        TopicMention(plain.index(word), plain.index(word) + len(word), topic, None, "test")
        for word, topic in (("Handel", "trade"), ("Fischerei", "fisheries"))
    )
    (statement,) = read("de", body, topics)
    assert statement.text == plain[statement.evidence.start : statement.evidence.end] == "Lindqvist lobte den Handel."
    assert statement.evidence.rule == "de.statement.praise"
    assert (statement.topics, statement.speaker_entities) == (("trade",), (0,))


@pytest.mark.parametrize("code", languages.codes())
def test_every_act_has_a_verb_in_every_language(code: str) -> None:
    """An act without a verb could never be reported."""
    section = languages.load(code).statements
    assert {saying.act for saying in section.sayings} >= {
        "says", "praises", "criticises", "calls_for", "supports", "opposes", "pledges", "hopes", "welcomes", "warns",
        "thanks", "proposes", "agrees",
    }  # fmt: skip


@pytest.mark.parametrize("code", languages.codes())
def test_sayings_have_ids_of_their_own(code: str) -> None:
    """The id appears in evidence and names one entry."""
    ids = [saying.id for saying in languages.load(code).statements.sayings]
    assert len(ids) == len(set(ids))
