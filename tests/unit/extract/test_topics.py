"""Topics, relationship labels, organisations and initiatives of a text."""

from __future__ import annotations

import pytest

from communique import languages, text
from communique.extract import topics
from communique.languages import taxonomy
from communique.languages.matcher import Lexicon
from communique.languages.patterns import expand
from communique.model import Document, Surface, TopicMention

BODIES = (
    Surface("APEC", "organisation", "kb.organisation.apec", "APEC"),
    Surface("Seidenstraßen-Initiative", "initiative", "kb.organisation.bri", "Belt and Road Initiative"),
    Surface("OAS", "organisation", "kb.organisation.oas", "OAS", ambiguous=True),
    Surface("Organisation Amerikanischer Staaten", "organisation", "kb.organisation.oas", "OAS"),
)


def find(code: str, body: str) -> tuple[TopicMention, ...]:
    language = languages.load(code)
    lexicon = Lexicon([*topics.surfaces(language), *BODIES], language.inflection, boundaries=True)
    folded = text.fold(body)
    document = Document("a", body, folded, code, None, text.tokens(body, folded), (), lexicon.hits(body, folded))
    return topics.find(document, topics.compile(language))


@pytest.mark.parametrize(
    ("code", "body", "expected"),
    [
        ("de", "Es ging um den Krieg in der Ukraine und um Energiefragen.", ["ukraine_war", "energy"]),
        ("de", "Beide besprachen den Ausbau der Bahnverbindung.", ["railway"]),
        ("de", "Die bilateralen Beziehungen und der Handel standen im Mittelpunkt.", ["bilateral_relations", "trade"]),
        ("de", "Über Klimaschutz und Künstliche Intelligenz wurde gestritten.", ["climate", "artificial_intelligence"]),
        ("de", "Er will handeln, bevor es zu spät ist.", []),
        ("de", "Der Händler reiste weiter.", []),
        (
            "en",
            "They spoke about the war in Ukraine, tariffs and climate change.",
            ["ukraine_war", "tariffs", "climate"],
        ),
        ("en", "A free-trade agreement and rare earths were on the table.", ["trade_agreement", "raw_materials"]),
        ("en", "The two discussed green hydrogen and vocational training.", ["hydrogen", "vocational_training"]),
        ("en", "He arrived by car and left in a hurry.", []),
    ],
)
def test_words_stand_for_topics(code: str, body: str, expected: list[str]) -> None:
    """A topic is found under its inflected forms, and not inside another word."""
    assert [mention.topic for mention in find(code, body)] == expected


@pytest.mark.parametrize(
    ("code", "body", "expected"),
    [
        ("de", "Sie hoben die umfassende strategische Partnerschaft hervor.", "comprehensive strategic partnership"),
        ("de", "Im Rahmen ihrer strategischen Partnerschaft kooperieren sie.", "strategic partnership"),
        ("de", "Der Ausbau zur strategischen Allwetter-Partnerschaft sei nah.", "all-weather strategic partnership"),
        (
            "en",
            "They praised their all-weather strategic cooperative partnership.",
            "all-weather strategic cooperative partnership",
        ),
        ("en", "He spoke of a special relationship.", "special relationship"),
    ],
)
def test_a_relationship_label_has_one_english_name(code: str, body: str, expected: str) -> None:
    """The longest label wins, in whatever case it is declined."""
    found = [mention for mention in find(code, body) if mention.kind == "relationship"]
    assert [mention.topic for mention in found] == [expected]


def test_bodies_of_the_knowledge_base_keep_their_kind_and_published_name() -> None:
    """Organisations and initiatives are no topics of the taxonomy and carry no media topic."""
    found = find("de", "China wirbt bei der APEC für die „Belt and Road“-Initiative.")
    assert [(m.kind, m.topic, m.medtop) for m in found] == [
        ("organisation", "APEC", None),
        ("initiative", "Belt and Road Initiative", None),
    ]


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("Das OAS wurde eröffnet.", 0),
        ("Die Organisation Amerikanischer Staaten tagte; das OAS-Büro schwieg.", 2),
    ],
)
def test_an_ambiguous_abbreviation_needs_the_full_name(body: str, count: int) -> None:
    """An abbreviation that is also another word counts only where the body is named in full."""
    assert len(find("de", body)) == count


def test_each_mention_says_where_it_stands_and_which_entry_found_it() -> None:
    """Span, media topic and rule come with every topic."""
    body = "Thema war die Landwirtschaft."
    (mention,) = find("de", body)
    assert body[mention.start : mention.end] == "Landwirtschaft"
    assert (mention.medtop, mention.rule) == ("medtop:20000210", "de.topic.agriculture")


@pytest.mark.parametrize("code", languages.codes())
def test_every_topic_has_words_in_every_language(code: str) -> None:
    """A language that cannot name a topic would never report it."""
    section = languages.load(code).topics
    assert sorted(section.forms) == sorted(taxonomy.load().topics)


@pytest.mark.parametrize("code", languages.codes())
def test_no_word_stands_for_two_topics(code: str) -> None:
    """One form belongs to one topic; patterns are fully expanded."""
    forms: dict[str, str] = {}
    for surface in topics.surfaces(languages.load(code)):
        assert not set("()[]|~") & set(surface.form)
        assert forms.setdefault(surface.form, surface.id) == surface.id


@pytest.mark.parametrize(
    ("pattern", "forms"),
    [
        ("Handel", ["Handel"]),
        ("Krieg[s|es]", ["Krieg", "Kriegs", "Krieges"]),
        ("(Welt|Frei)handel", ["Welthandel", "Freihandel"]),
        ("neu~ [ganz ](Ära|Zeit)", ["neue Ära", "neue Zeit", "neue ganz Ära", "neue ganz Zeit"]),
    ],
)
def test_patterns_expand_to_forms(pattern: str, forms: list[str]) -> None:
    """Brackets are optional, parentheses are alternatives, the tilde is an ending."""
    assert list(expand(pattern, ("e",))) == forms
