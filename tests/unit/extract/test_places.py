"""Places by the grammar around their names, in both languages."""

from __future__ import annotations

from functools import cache

import pytest

from communique import languages, text
from communique.extract import places
from communique.languages.matcher import Lexicon
from communique.model import City, Document, Surface, Venue

BERLIN = City("Berlin", "DE", 52.5, 13.4, 1, capital=True)
PARIS = City("Paris", "FR", 48.9, 2.3, 2, capital=True)
MOSCOW = City("Moscow", "RU", 55.8, 37.6, 3, capital=True)
BEIJING = City("Beijing", "CN", 39.9, 116.4, 4, capital=True)
WASHINGTON = City("Washington", "US", 38.9, -77.0, 5, capital=True)
AMMAN = City("Amman", "JO", 31.9, 35.9, 6, capital=True)
HAMBURG = City("Hamburg", "DE", 53.6, 10.0, 7)
BALI = City("Bali", "ID", -8.4, 115.2, None)
GENEVA = City("Geneva", "CH", 46.2, 6.1, 9)
SINGAPORE = City("Singapore", "SG", 1.3, 103.8, 10, capital=True)
MUNICH = City("Munich", "DE", 48.1, 11.6, 14)
ELMAU = City("Elmau", "DE", 47.6, 11.2, None)
NORDEN = City("Norden", "DE", 53.6, 7.2, 11)
SPRINGFIELDS = (City("Springfield", "US", 39.8, -89.6, 12), City("Springfield", "ZA", -26.0, 28.0, 13))

CITIES = (
    BERLIN,
    PARIS,
    MOSCOW,
    BEIJING,
    WASHINGTON,
    AMMAN,
    HAMBURG,
    BALI,
    GENEVA,
    SINGAPORE,
    NORDEN,
    MUNICH,
    ELMAU,
    *SPRINGFIELDS,
)
FORMS = {"Moscow": "Moskau", "Beijing": "Peking", "Geneva": "Genf", "Singapore": "Singapur", "Munich": "München"}
COUNTRIES = {
    "de": {
        "Türkei": "TR", "USA": "US", "Polen": "PL", "China": "CN", "Indien": "IN", "Zypern": "CY", "Israel": "IL",
        "Kenia": "KE", "Ukraine": "UA", "Singapur": "SG", "Russland": "RU", "Ungarn": "HU",
    },
    "en": {
        "Turkey": "TR", "US": "US", "Poland": "PL", "China": "CN", "India": "IN", "Kenya": "KE", "Ukraine": "UA",
        "Singapore": "SG", "Russia": "RU", "South Africa": "ZA", "Slovenia": "SI",
    },
}  # fmt: skip
DEMONYMS = {
    "de": {"russisch": "RU", "indisch": "IN", "polnisch": "PL", "belarussisch": "BY", "dänisch": "DK", "deutsch": "DE"},
    "en": {"Russian": "RU", "Jordanian": "JO", "Turkish": "TR", "US": "US", "Czech": "CZ"},
}
VENUES = {
    "de": {"Kreml": Venue("Kremlin", MOSCOW), "Weißen Haus": Venue("White House", WASHINGTON)},
    "en": {"Kremlin": Venue("Kremlin", MOSCOW), "White House": Venue("White House", WASHINGTON)},
}
REGIONS = {
    "de": {"Bayern": "DE", "Kalifornien": "US", "Ohio": "US", "Steiermark": "AT", "Innere Mongolei": "CN"},
    "en": {"Bavaria": "DE", "California": "US", "Texas": "US", "Inner Mongolia": "CN"},
}
REGION_ADJECTIVES = {"de": {"bayerisch": "DE"}, "en": {"Bavarian": "DE"}}
TOWNS = (
    Surface("Tondern", "town", "kb.city.20", City("Tønder", "DK", 54.9, 8.9, 20)),
    Surface("Slubice", "town", "kb.city.21", City("Słubice", "PL", 52.4, 14.6, 21)),
    Surface("Brest", "town", "kb.city.22", City("Brest", "BY", 52.1, 23.7, 22)),
    Surface("Brest", "town", "kb.city.23", City("Brest", "FR", 48.4, -4.5, 23)),
    Surface("Saint-Ville-upon-Eau", "town", "kb.city.26", City("Saint-Ville-upon-Eau", "FR", 48.8, 2.1, 26)),
    Surface("Paris", "town", "kb.city.24", City("Paris", "US", 33.7, -95.6, 24)),
    Surface("Union", "town", "kb.city.25", City("Union", "US", 40.7, -74.3, 25), ambiguous=True),
)
"""Towns that are no hits; "Brest" is one in two countries."""


def towns(name: str) -> tuple[Surface, ...]:
    return tuple(town for town in TOWNS if town.form.lower() == name.lower())


def world(code: str) -> list[Surface]:
    """A small knowledge base in the shape of the real one."""
    surfaces = [
        Surface(form, "city", f"kb.city.{city.geonames_id}", city)
        for city in CITIES
        for form in {city.name, FORMS.get(city.name, city.name) if code == "de" else city.name}
    ]
    surfaces += [Surface(form, "country", f"kb.country.{iso}", iso) for form, iso in COUNTRIES[code].items()]
    surfaces += [Surface(form, "demonym", f"kb.demonym.{iso}", iso) for form, iso in DEMONYMS[code].items()]
    surfaces += [Surface(form, "venue", f"kb.venue.{form}", venue) for form, venue in VENUES[code].items()]
    surfaces += [Surface(form, "region", f"kb.region.{iso}", iso) for form, iso in REGIONS[code].items()]
    for form, iso in REGION_ADJECTIVES[code].items():
        surfaces += [Surface(form, kind, f"kb.region.{iso}", iso) for kind in ("region", "adjective")]
    surfaces += [Surface("Governor", "office", "en.office.governor", ())]
    surfaces += [Surface("Tondern", "surname", "kb.surname.Tondern", ())] if code == "en" else []
    surfaces += [Surface("Münchn", "city", "kb.city.14", MUNICH, ambiguous=True)] if code == "de" else []
    surfaces += [Surface("Paris", "metonym", "kb.metonym.FR", ("FR", "capital"))]
    surfaces += [Surface("Ungar", "inhabitant", "kb.inhabitant.HU", "HU")]
    return surfaces


@cache
def engine(code: str) -> tuple[Lexicon, places.Rules]:
    language = languages.load(code)
    surfaces = world(code)
    lexicon = Lexicon([*surfaces, *places.surfaces(language)], language.inflection, boundaries=True)
    return lexicon, places.compile(language, places.capitals(surfaces), towns)


def find(code: str, body: str) -> list[tuple[str | None, str | None, str]]:
    """City, country and relation of each place; the dateline's relation is written "dateline"."""
    lexicon, rules = engine(code)
    folded = text.fold(body)
    document = Document("a", body, folded, code, None, text.tokens(body, folded), (), lexicon.hits(body, folded))
    return [
        (mention.city, mention.country, "dateline" if mention.dateline else mention.relation)
        for mention in places.find(document, rules)
    ]


@pytest.mark.parametrize(
    ("code", "body", "expected"),
    [
        ("de", "Sie trafen sich in Berlin.", ("Berlin", "DE", "in")),
        ("de", "Er reiste nach Paris.", ("Paris", "FR", "to")),
        ("de", "Er kam aus Moskau.", ("Moscow", "RU", "from")),
        ("de", "Er reiste in die Türkei.", (None, "TR", "to")),
        ("de", "Er reiste in die USA.", (None, "US", "to")),
        ("de", "Sie sprachen in den USA.", (None, "US", "in")),
        ("de", "Sie sprachen in der Türkei.", (None, "TR", "in")),
        ("de", "Sie sprachen auf Zypern.", (None, "CY", "in")),
        ("de", "Sie tagten auf Bali.", ("Bali", "ID", "in")),
        ("de", "Sie sprachen im benachbarten Polen.", (None, "PL", "in")),
        ("de", "Die Reise führte ihn nach Ungarn.", (None, "HU", "to")),
        ("de", "Er wurde im Kreml empfangen.", ("Moscow", "RU", "in")),
        ("de", "Vor dem Weißen Haus gab es Ehren.", ("Washington", "US", "in")),
        ("de", "Er fuhr zum Kreml.", ("Moscow", "RU", "to")),
        ("de", "Er landete in der russischen Hauptstadt.", ("Moscow", "RU", "in")),
        ("de", "Sie landete in Russlands Hauptstadt.", ("Moscow", "RU", "in")),
        ("de", "Sie landete in der Hauptstadt Russlands.", ("Moscow", "RU", "in")),
        ("de", "Bei ihrem Pariser Treffen sprachen sie.", ("Paris", "FR", "in")),
        ("de", "Ein Empfang im Hamburger Rathaus folgte.", ("Hamburg", "DE", "in")),
        ("de", "Die Gespräche auf dem Genfer Klimagipfel stockten.", ("Geneva", "CH", "in")),
        ("de", "Seine China-Reise beginnt.", (None, "CN", "to")),
        ("de", "Die Indienreise beginnt.", (None, "IN", "to")),
        ("de", "Sie tagten in Singapur.", ("Singapore", "SG", "in")),
        ("de", "Gipfel in der belarussischen Stadt Polozk vereinbart.", ("Polozk", "BY", "in")),
        ("de", "Sie trafen sich in Kielce (Polen).", ("Kielce", "PL", "in")),
        ("en", "They met in Berlin.", ("Berlin", "DE", "in")),
        ("en", "She flew to Paris.", ("Paris", "FR", "to")),
        ("en", "She came from Moscow.", ("Moscow", "RU", "from")),
        ("en", "He was received at the White House.", ("Washington", "US", "in")),
        ("en", "She landed in the Jordanian capital.", ("Amman", "JO", "in")),
        ("en", "They met in the capital of Russia.", ("Moscow", "RU", "in")),
        ("en", "He left Amman's airport.", ("Amman", "JO", "bare")),
        ("en", "He leaves for Kenya tomorrow.", (None, "KE", "to")),
        ("en", "His tour of Kenya begins.", (None, "KE", "to")),
        ("en", "The Geneva talks failed.", ("Geneva", "CH", "in")),
        ("en", "They met in neighbouring Poland.", (None, "PL", "in")),
        ("en", "They met in the town of Bled, Slovenia.", ("Bled", "SI", "in")),
        ("en", "They met in Brdo, Slovenia.", ("Brdo", "SI", "in")),
    ],
)
def test_grammar_says_where(code: str, body: str, expected: tuple[str | None, str | None, str]) -> None:
    """Preposition, article and the words between say whether something is there or goes there."""
    assert find(code, body)[0] == expected


@pytest.mark.parametrize(
    ("code", "body", "expected"),
    [
        ("de", "Sie trafen sich in Bayern.", [(None, "DE", "in")]),
        ("de", "Er reiste nach Kalifornien.", [(None, "US", "to")]),
        ("de", "Er reiste in die Steiermark.", [(None, "AT", "to")]),
        ("de", "Er flog in die Innere Mongolei.", [(None, "CN", "to")]),
        ("de", "Sie tagten im US-Bundesstaat Ohio.", [(None, "US", "in")]),
        ("de", "Seine Bayern-Reise beginnt.", [(None, "DE", "to")]),
        ("de", "Sie tagten im bayerischen Elmau.", [("Elmau", "DE", "in")]),
        ("de", "Sie sprach im bayerischen Landtag.", []),
        ("de", "Mit Blick auf Bayern schwieg er.", [(None, "DE", "bare")]),
        ("en", "They met in California.", [(None, "US", "in")]),
        ("en", "He flew to Inner Mongolia.", [(None, "CN", "to")]),
        ("en", "He wrote to California Governor N. N.", []),
        ("en", "They met in Bavarian fashion.", []),
        ("en", "They met in the Bavarian village of Elmau.", [("Elmau", "DE", "in")]),
    ],
)
def test_regions_are_places_of_their_country(
    code: str, body: str, expected: list[tuple[str | None, str | None, str]]
) -> None:
    """A region says the country, its adjective says no place, and it is no town even where one is part of its name."""
    assert find(code, body) == expected


@pytest.mark.parametrize(
    ("code", "body", "expected"),
    [
        # In the country that the article is about
        ("de", "Der dänische Minister kam. Sie sprachen in Tondern.", ("Tønder", "DK", "in")),
        ("de", "Sie sprachen im Rathaus von Tondern mit dem dänischen Minister.", ("Tønder", "DK", "in")),
        ("de", "Russland und die Ukraine. Sie tagten in Slubice (Polen).", ("Słubice", "PL", "in")),
        ("en", "They met in Slubice, Poland.", ("Słubice", "PL", "in")),
        ("en", "They met in Saint-Ville-upon-Eau near Paris.", ("Saint-Ville-upon-Eau", "FR", "in")),
        # … and in no other
        ("de", "Der polnische Minister kam. Sie sprachen in Tondern.", None),
        ("de", "Sie sprachen in Tondern.", None),
        # A choice of two needs the country beside it
        ("de", "Der belarussische Minister kam. Sie sprachen in Brest.", ("Brest", "BY", "in")),
        # A name that is a word, a person's name, or behind a preposition that asks for persons, too
        ("en", "They met in Union with the US.", None),
        ("en", "The US minister put his trust in Tondern.", None),
        ("de", "Der dänische Minister sprach mit Tondern.", None),
        # The namesake in the region beside it
        ("en", "They met in Paris, Texas, on Monday.", ("Paris", "US", "in")),
        ("en", "They met in Paris, Texas Governor N. N. said.", ("Paris", "FR", "in")),
    ],
)
def test_small_towns_are_found_where_grammar_and_countries_leave_no_choice(
    code: str, body: str, expected: tuple[str, str, str] | None
) -> None:
    """They are never taken bare, nor for their name alone."""
    found = [place for place in find(code, body) if place[0]]
    assert found[:1] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("body", "city"),
    [
        ("Beim Münchner Treffen schwieg er.", "Munich"),
        ("Im Münchner Rathaus schwieg er.", "Munich"),
        ("Ein Münchner Anwalt schwieg.", None),
    ],
)
def test_adjectives_of_cities_that_are_not_formed_from_the_whole_name(body: str, city: str | None) -> None:
    assert [place[0] for place in find("de", body)] == ([city] if city else [])


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("de", "Paris kritisierte die Pläne."),
        ("de", "Die Beziehungen zwischen Berlin und Paris sind gut."),
        ("de", "Moskaus Antwort steht aus."),
        ("de", "Mit Blick auf Berlin schwieg er."),
        ("de", "Raketen auf Israel wurden abgefangen."),
        ("en", "Beijing criticised the plan."),
        ("en", "Ties between Berlin and Paris are close."),
        ("en", "The ambassador to Moscow spoke."),
        ("en", "That was false, according to Beijing."),
        ("en", "Support for Ukraine continues."),
    ],
)
def test_a_government_is_no_place(code: str, body: str) -> None:
    """Without a grammar of place the mention stays bare, so that no meeting is put there."""
    assert {relation for _, _, relation in find(code, body)} == {"bare"}


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("de", "Das schreibt die Berliner Zeitung."),
        ("de", "Die Pariser Regierung schwieg."),
        ("de", "Im Norden des Landes regnet es."),
        ("de", "Der Ukraine-Gipfel steht bevor."),
        ("de", "Das meldet die Washington Post."),
        ("en", "The Washington Post reported it."),
        ("en", "In the US Senate they voted; US$500."),
        ("en", "The EU-China summit was moved."),
    ],
)
def test_part_of_another_name_is_no_place(code: str, body: str) -> None:
    assert find(code, body) == []


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("de", "Es ging um den Krieg in der Ukraine."),
        ("de", "Die Lage in der Ukraine war Thema."),
        ("de", "Die Regierung in Moskau lehnt das ab."),
        ("en", "They discussed the war in Ukraine."),
        ("en", "The government in Moscow declined."),
    ],
)
def test_what_is_talked_about_is_elsewhere(code: str, body: str) -> None:
    """The place of a war or the seat of a government is not where the meeting is."""
    assert [relation for _, _, relation in find(code, body)] == ["topic"]


@pytest.mark.parametrize(
    ("code", "body", "expected"),
    [
        ("de", "Nach Paris und Berlin reist er.", ["to", "to"]),
        ("de", "Er sprach in Genf, Berlin und Paris.", ["in", "in", "in"]),
        ("de", "Er sprach in Genf, Berlin lehnte ab.", ["in", "bare"]),
        ("en", "A trip to Kenya and South Africa.", ["to", "to"]),
        ("en", "They met at the ministry in Moscow.", ["in"]),
    ],
)
def test_a_list_shares_its_preposition(code: str, body: str, expected: list[str]) -> None:
    assert [relation for _, _, relation in find(code, body)] == expected


@pytest.mark.parametrize(
    ("code", "body", "expected"),
    [
        ("de", "Paris (dpa) - Der Minister kam.", [("Paris", "FR", "dateline")]),
        ("de", "BERLIN (AFP) Der Minister kam.", [("Berlin", "DE", "dateline")]),
        ("de", "MOSKAU, 16. August (TASS). Er kam.", [("Moscow", "RU", "dateline")]),
        ("de", "Berlin/Moskau. Er kam.", [("Berlin", "DE", "dateline"), ("Moscow", "RU", "dateline")]),
        ("de", "Genf – Er kam.", [("Geneva", "CH", "dateline")]),
        ("de", "Titel der Meldung\n\nGenf (sda) Er kam.", [("Geneva", "CH", "dateline")]),
        ("de", "Presse, Berlin, 5. Mai 2024\nEr kam.", [("Berlin", "DE", "dateline")]),
        ("de", "Tondern (dpa) - Der Minister kam.", [("Tønder", "DK", "dateline")]),
        ("de", "Berlin/Slubice. Er kam.", [("Berlin", "DE", "dateline"), ("Słubice", "PL", "dateline")]),
        ("de", "Brest (AFP) Der belarussische Minister kam.", [("Brest", "BY", "dateline")]),
        ("de", "BREST (AFP) Der Minister kam.", [("Brest", None, "dateline")]),
        ("de", "Brest (AFP) Der Minister kam.", []),
        ("de", "Tondern. Er kam.", []),
        ("de", "Angela Merkel (CDU) kam.", []),
        ("de", "Stillstand. Es geht nicht weiter.", []),
        ("en", "BEIJING, Jan. 10 (Xinhua) -- He came.", [("Beijing", "CN", "dateline")]),
        ("en", "WOODSIDE, Calif. — He came.", [("Woodside", "US", "dateline")]),
        ("en", "MOSCOW, Russia (AP) — He came.", [("Moscow", "RU", "dateline")]),
        ("en", "PARIS: He came.", [("Paris", "FR", "dateline")]),
        ("en", "MOSCOW - He met her here on Tuesday.", [("Moscow", "RU", "dateline"), ("Moscow", "RU", "in")]),
        ("en", "Breaking - He came.", []),
    ],
)
def test_datelines(code: str, body: str, expected: list[tuple[str, str, str]]) -> None:
    """The town of the dateline is told apart: the report was written there; "here" is that town."""
    assert find(code, body) == expected


def test_of_two_towns_of_one_name_the_one_in_the_country_beside_it() -> None:
    assert find("en", "They met in Springfield.")[0] == ("Springfield", "US", "in")
    assert find("en", "They met in Springfield, South Africa.")[0] == ("Springfield", "ZA", "in")


def test_of_two_towns_of_one_name_the_one_in_a_country_of_the_article() -> None:
    assert ("Springfield", "ZA", "in") in find(
        "en", "South Africa has a guest. After the welcome they met in Springfield."
    )
    assert ("Springfield", "US", "in") in find("en", "Poland has a guest. After the welcome they met in Springfield.")


def test_a_venue_keeps_its_name_and_the_place_its_position() -> None:
    """City, venue and coordinates come from the knowledge base."""
    lexicon, rules = engine("en")
    body = "He was received at the Kremlin."
    folded = text.fold(body)
    document = Document("a", body, folded, "en", None, text.tokens(body, folded), (), lexicon.hits(body, folded))
    (mention,) = places.find(document, rules)
    assert (mention.venue, mention.latitude, mention.geonames_id) == ("Kremlin", 55.8, 3)
    assert (mention.locative, body[mention.start : mention.end]) == (True, "Kremlin")


def test_a_capital_is_the_biggest_city_marked_as_one() -> None:
    twins = [
        Surface("A", "city", "a", City("A", "XX", 0, 0, 1, True)),
        Surface("B", "city", "b", City("B", "XX", 0, 0, 2, True)),
    ]
    assert places.capitals(twins)["XX"].name == "A"


@pytest.mark.parametrize("piece", ["in der ", "Berlin, ", "Regierung in ", "Paris und ", "PARIS (dpa) - ", "A B/"])
def test_repetitions_take_no_longer_than_their_length(piece: str) -> None:
    """Every look around a name is bounded: ten thousand of them are read in a moment."""
    assert len(find("de", piece * 10_000 + "Berlin")) <= 10_001
