"""The tables of the knowledge base: their form, what they know, and how old they are."""

from __future__ import annotations

import csv
import re
import unicodedata
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import orjson
import pytest

from communique import knowledge
from communique.knowledge import Knowledge, tables, tenure
from communique.model import Surface

DATA = tables.DATA
BY_HAND = Path(__file__).parents[2] / "scripts/build_knowledge/by_hand"
LANGUAGES = sorted(file.stem for file in (DATA / "names").glob("*.jsonl"))
FILES = sorted(DATA.rglob("*.jsonl"))
DAY = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
OFFICE = re.compile(r"[a-z]+(_[a-z]+)*")
KINDS = {
    "person", "surname", "country", "demonym", "inhabitant", "region", "adjective", "metonym", "city", "venue",
    "organisation", "initiative",
}  # fmt: skip


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return knowledge.load()


def rows(name: str) -> list[list[object]]:
    return [orjson.loads(line) for line in (DATA / name).read_bytes().splitlines()]


@cache
def surfaces(known: Knowledge, language: str) -> tuple[Surface, ...]:
    return tuple(known.surfaces(language))


def forms(known: Knowledge, language: str, kind: str) -> dict[str, Surface]:
    found: dict[str, Surface] = {}
    for surface in surfaces(known, language):
        if surface.kind == kind:
            found.setdefault(surface.form, surface)
    return found


class TestForm:
    @pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
    def test_every_line_is_in_nfc_and_stands_once(self, file: Path) -> None:
        lines = file.read_text(encoding="utf-8").splitlines()
        assert len(lines) == len(set(lines))
        assert all(unicodedata.is_normalized("NFC", line) for line in lines)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_names_are_sorted(self, language: str) -> None:
        names = [tuple(row) for row in rows(f"names/{language}.jsonl")]
        assert names == sorted(names)

    @pytest.mark.parametrize("name", ["countries.jsonl", "organisations.jsonl", "venues.jsonl"])
    def test_small_tables_are_sorted_by_key(self, name: str) -> None:
        keys = [row[0] for row in rows(name)]
        assert keys == sorted(keys)

    @pytest.mark.parametrize("name", ["persons.jsonl", "cities.jsonl", "venues.jsonl", "organisations.jsonl"])
    def test_a_key_stands_for_one_item(self, name: str) -> None:
        keys = [row[0] for row in rows(name)]
        assert len(keys) == len(set(keys))

    @pytest.mark.parametrize("file", sorted(BY_HAND.glob("*.csv")), ids=lambda file: file.name)
    def test_tables_kept_by_hand_state_nothing_twice(self, file: Path) -> None:
        with file.open(encoding="utf-8", newline="") as lines:
            _, *body = csv.reader(lines)
        assert len({tuple(row) for row in body}) == len(body)

    def test_files_stay_small_enough_to_review(self) -> None:
        sizes = {file.name: file.stat().st_size for file in FILES}
        assert max(sizes.values()) < 2_000_000
        assert sum(sizes.values()) < 6_000_000


class TestPersons:
    def test_terms_have_offices_places_and_days(self, known: Knowledge) -> None:
        for person in (item.person for item in known.tables.persons):
            assert person.terms, person.name
            for term in person.terms:
                assert OFFICE.fullmatch(term.office), term
                assert bool(term.country) != bool(term.organisation), term
                assert term.country is None or term.country in known.tables.countries, term
                assert all(day is None or DAY.fullmatch(day) for day in (term.start, term.end, term.seen)), term
                assert tenure.first(term.start) <= tenure.last(term.end), (person.name, term)

    def test_a_wikidata_item_is_one_person(self, known: Knowledge) -> None:
        items = [item.person.wikidata for item in known.tables.persons if item.person.wikidata]
        assert len(items) == len(set(items))
        assert all(re.fullmatch(r"Q[1-9]\d*", item) for item in items)

    def test_no_name_is_a_wikidata_item(self, known: Knowledge) -> None:
        assert not [item for item in known.tables.persons if re.fullmatch(r"Q\d+", item.person.name)]

    def test_a_person_has_no_two_terms_of_one_office_at_a_time(self, known: Knowledge) -> None:
        """Several sources tell one term; it must have become one."""
        doubles = [
            (item.person.name, first, second)
            for item in known.tables.persons
            for index, first in enumerate(item.person.terms)
            for second in item.person.terms[index + 1 :]
            if (first.office, first.country, first.organisation) == (second.office, second.country, second.organisation)
            and len(first.start or "") == len(second.start or "") == len(first.end or "") == 10
            and tenure.first(second.start) < tenure.first(first.end)
        ]
        assert doubles == []

    @pytest.mark.parametrize(
        ("office", "place", "day", "name"),
        [
            ("president", "PE", "2022-06-01", "Pedro Castillo"),
            ("president", "PE", "2024-06-28", "Dina Boluarte"),
            ("president", "US", "2016-11-20", "Barack Obama"),
            ("president", "US", "2020-06-01", "Donald Trump"),
            ("president", "US", "2023-06-01", "Joe Biden"),
            ("president", "US", "2025-06-01", "Donald Trump"),
            ("secretary_of_state", "US", "2018-12-01", "Mike Pompeo"),
            ("chancellor", "DE", "2021-12-07", "Angela Merkel"),
            ("chancellor", "DE", "2021-12-09", "Olaf Scholz"),
            ("chancellor", "DE", "2025-05-07", "Friedrich Merz"),
            ("foreign_minister", "DE", "2018-01-10", "Sigmar Gabriel"),
            ("defence_minister", "DE", "2008-01-10", "Franz Josef Jung"),
            ("president", "FR", "2019-08-19", "Emmanuel Macron"),
            ("president", "RU", "2010-04-08", "Dmitry Medvedev"),
            ("president", "UA", "2018-05-01", "Petro Poroshenko"),
            ("president", "UA", "2022-02-25", "Volodymyr Zelenskyy"),
            ("president", "CN", "2015-09-03", "Xi Jinping"),
            ("prime_minister", "GB", "2022-10-01", "Liz Truss"),
            ("prime_minister", "JP", "2024-04-10", "Fumio Kishida"),
            ("prime_minister", "IL", "2022-03-01", "Naftali Bennett"),
            ("prime_minister", "IN", "2015-04-10", "Narendra Modi"),
            ("president", "BR", "2021-01-10", "Jair Bolsonaro"),
            ("pope", "VA", "2010-01-10", "Pope Benedict XVI"),
            ("pope", "VA", "2014-01-10", "Pope Francis"),
            ("secretary_general", "UN", "2005-01-10", "Kofi Annan"),
            ("secretary_general", "NATO", "2023-01-10", "Jens Stoltenberg"),
            ("commission_president", "EU", "2012-01-10", "José Manuel Barroso"),
            ("european_council_president", "EU", "2021-01-10", "Charles Michel"),
        ],
    )
    def test_who_held_the_office_on_that_day(
        self, known: Knowledge, office: str, place: str, day: str, name: str
    ) -> None:
        holder = known.holder(office, place, date.fromisoformat(day))
        assert holder is not None
        assert holder.name == name

    @pytest.mark.parametrize(
        ("office", "place", "day"),
        [
            ("ambassador", "FR", "2019-08-19"),
            ("president", "US", "1790-01-01"),
            ("deputy_prime_minister", "RU", "2015-01-01"),
            ("pope", "VA", "2013-03-05"),
        ],
    )
    def test_an_office_of_many_or_of_nobody_has_no_holder(
        self, known: Knowledge, office: str, place: str, day: str
    ) -> None:
        assert known.holder(office, place, date.fromisoformat(day)) is None

    @pytest.mark.parametrize(
        ("written", "name"),
        [
            ("Sergej Lawrow", "Sergey Lavrov"),
            ("Sergei Lavrov", "Sergey Lavrov"),
            ("Wolodymyr Selenskyj", "Volodymyr Zelenskyy"),
            ("Recep Tayyip Erdogan", "Recep Tayyip Erdoğan"),
            ("RECEP TAYYIP ERDOĞAN", "Recep Tayyip Erdoğan"),
            ("习近平", "Xi Jinping"),
            ("習近平", "Xi Jinping"),
            ("Владимир Путин", "Vladimir Putin"),
            ("Papst Franziskus", "Pope Francis"),
            ("Lech Walesa", "Lech Wałęsa"),
        ],
    )
    def test_spellings_lead_to_one_name(self, known: Knowledge, written: str, name: str) -> None:
        person = known.person(written)
        assert person is not None
        assert person.name == name

    def test_a_likeness_is_no_spelling(self, known: Knowledge) -> None:
        """Rolf Scholz is not Olaf Scholz, however close the letters are."""
        assert known.person("Rolf Scholz") is None
        assert known.person("Wladimir Putinow") is None


class TestSurfaces:
    @pytest.mark.parametrize("language", [*LANGUAGES, "it"])
    def test_kinds_are_the_documented_ones_and_forms_stand_once(self, known: Knowledge, language: str) -> None:
        found = surfaces(known, language)
        keys = [(surface.kind, surface.id, surface.form) for surface in found]
        assert len(keys) == len(set(keys))
        assert {surface.kind for surface in found} <= KINDS
        assert all(surface.form == surface.form.strip() != "" for surface in found)

    @pytest.mark.parametrize(
        ("language", "form", "iso"),
        [
            ("de", "USA", "US"), ("de", "Vereinigten Staaten", "US"), ("de", "Großbritannien", "GB"),
            ("de", "Nordkorea", "KP"), ("de", "Elfenbeinküste", "CI"), ("de", "Niederlanden", "NL"),
            ("en", "Britain", "GB"), ("en", "UK", "GB"), ("en", "U.S.", "US"), ("en", "Ivory Coast", "CI"),
            ("en", "Czechia", "CZ"), ("en", "South Korea", "KR"), ("es", "Estados Unidos", "US"),
            ("fr", "Royaume-Uni", "GB"), ("ru", "США", "US"), ("zh", "德国", "DE"), ("it", "Germany", "DE"),
        ],
    )  # fmt: skip
    def test_countries_have_their_short_names(self, known: Knowledge, language: str, form: str, iso: str) -> None:
        assert forms(known, language, "country")[form].data == iso

    @pytest.mark.parametrize(
        ("language", "form", "iso"),
        [("de", "peruanisch", "PE"), ("de", "US-amerikanisch", "US"), ("en", "Peruvian", "PE"), ("en", "Dutch", "NL")],
    )
    def test_nationalities_lead_to_countries(self, known: Knowledge, language: str, form: str, iso: str) -> None:
        assert forms(known, language, "demonym")[form].data == iso

    @pytest.mark.parametrize(
        ("language", "form", "meaning"),
        [
            ("de", "Kreml", ("RU", "seat_head_of_state")),
            ("de", "Peking", ("CN", "capital")),
            ("en", "White House", ("US", "seat_head_of_state")),
            ("en", "Downing Street", ("GB", "seat_head_of_government")),
            ("de", "Brüssel", ("org:eu", "organisation")),
        ],
    )
    def test_metonyms_say_whose_and_what(
        self, known: Knowledge, language: str, form: str, meaning: tuple[str, str]
    ) -> None:
        readings = [s.data for s in surfaces(known, language) if s.kind == "metonym" and s.form == form]
        assert meaning in readings

    @pytest.mark.parametrize(
        ("language", "form", "city", "country"),
        [
            ("de", "Peking", "Beijing", "CN"), ("de", "Kiew", "Kyiv", "UA"), ("de", "München", "Munich", "DE"),
            ("de", "Schanghai", "Shanghai", "CN"), ("de", "Frankfurt am Main", "Frankfurt", "DE"),
            ("de", "Mexiko-Stadt", "Mexico City", "MX"), ("de", "Moskau", "Moscow", "RU"),
            ("en", "Cologne", "Cologne", "DE"), ("en", "Washington", "Washington", "US"),
            ("en", "The Hague", "The Hague", "NL"), ("en", "Saint Petersburg", "St. Petersburg", "RU"),
            ("es", "Ginebra", "Geneva", "CH"), ("ru", "Москва", "Moscow", "RU"), ("zh", "北京", "Beijing", "CN"),
        ],
    )  # fmt: skip
    def test_cities_have_the_name_of_english_news(
        self, known: Knowledge, language: str, form: str, city: str, country: str
    ) -> None:
        found = forms(known, language, "city")[form].data
        assert (found.name, found.country) == (city, country)
        assert found.geonames_id is not None

    @pytest.mark.parametrize(
        ("language", "form"),
        [("de", "Essen"), ("de", "Halle"), ("de", "Worms"), ("en", "Nice"), ("en", "Bath"), ("en", "Reading")],
    )
    def test_a_city_that_is_also_a_word_is_marked(self, known: Knowledge, language: str, form: str) -> None:
        assert forms(known, language, "city")[form].ambiguous

    @pytest.mark.parametrize(
        ("language", "form"), [("de", "Berlin"), ("de", "Paris"), ("en", "Moscow"), ("en", "Rome")]
    )
    def test_a_capital_is_not_doubted(self, known: Knowledge, language: str, form: str) -> None:
        city = forms(known, language, "city")[form]
        assert city.data.capital
        assert not city.ambiguous

    @pytest.mark.parametrize(
        ("language", "form", "city"),
        [
            ("de", "Große Halle des Volkes", "Beijing"), ("de", "Schloss Bellevue", "Berlin"),
            ("de", "Élysée-Palast", "Paris"), ("de", "Petersberg", "Königswinter"),
            ("en", "Chequers", "Aylesbury"), ("en", "Camp David", "Camp David"), ("en", "UN headquarters", "New York"),
        ],
    )  # fmt: skip
    def test_venues_stand_in_their_cities(self, known: Knowledge, language: str, form: str, city: str) -> None:
        assert forms(known, language, "venue")[form].data.city.name == city

    @pytest.mark.parametrize(
        ("language", "form", "iso"),
        [
            ("de", "Bayern", "DE"), ("de", "Steiermark", "AT"), ("de", "Kalifornien", "US"), ("de", "Flandern", "BE"),
            ("de", "Innere Mongolei", "CN"), ("de", "Republika Srpska", "BA"), ("de", "Baja California", "MX"),
            ("en", "Lower Saxony", "DE"), ("en", "New South Wales", "AU"), ("en", "Scotland", "GB"),
            ("en", "Tatarstan", "RU"), ("en", "Rivers State", "NG"),
        ],
    )  # fmt: skip
    def test_regions_belong_to_a_country(self, known: Knowledge, language: str, form: str, iso: str) -> None:
        assert forms(known, language, "region")[form].data == iso
        assert form not in forms(known, language, "adjective")

    @pytest.mark.parametrize(
        ("language", "form", "iso"),
        [("de", "bayerisch", "DE"), ("de", "elsässisch", "FR"), ("en", "Bosnian Serb", "BA"), ("en", "Catalan", "ES")],
    )
    def test_adjectives_of_regions_are_told_from_their_names(
        self, known: Knowledge, language: str, form: str, iso: str
    ) -> None:
        assert forms(known, language, "region")[form].data == iso
        assert forms(known, language, "adjective")[form].data == iso

    @pytest.mark.parametrize("form", ["Georgia", "Jersey", "Victoria", "Washington", "Tabasco"])
    def test_names_that_are_more_than_a_region_are_none(self, known: Knowledge, form: str) -> None:
        assert form not in forms(known, "en", "region")
        assert form not in forms(known, "de", "region")

    @pytest.mark.parametrize(
        ("stem", "city"), [("Münchn", "Munich"), ("Zürch", "Zurich"), ("Dresdn", "Dresden"), ("Götting", "Göttingen")]
    )
    def test_stems_of_adjectives_are_doubtful_forms_of_their_city(self, known: Knowledge, stem: str, city: str) -> None:
        found = forms(known, "de", "city")[stem]
        assert (found.data.name, found.ambiguous) == (city, True)

    @pytest.mark.parametrize(
        ("language", "kind", "form", "published"),
        [
            ("de", "organisation", "APEC", "APEC"),
            ("de", "organisation", "Vereinten Nationen", "UN"),
            ("de", "organisation", "Afrikanische Union", "African Union"),
            ("de", "initiative", "Neue Seidenstraße", "Belt and Road Initiative"),
            ("en", "organisation", "North Atlantic Treaty Organization", "NATO"),
            ("en", "organisation", "Gulf Cooperation Council", "GCC"),
            ("en", "organisation", "UN Security Council", "UN Security Council"),
            ("en", "initiative", "Belt and Road Initiative", "Belt and Road Initiative"),
        ],
    )
    def test_bodies_have_one_published_name(
        self, known: Knowledge, language: str, kind: str, form: str, published: str
    ) -> None:
        assert forms(known, language, kind)[form].data == published

    @pytest.mark.parametrize(
        ("form", "first"), [("Merkel", "Angela Merkel"), ("Lawrow", "Sergey Lavrov"), ("Xi", "Xi Jinping")]
    )
    def test_a_surname_stands_first_for_the_likeliest(self, known: Knowledge, form: str, first: str) -> None:
        assert forms(known, "de", "surname")[form].data[0].name == first

    def test_namesakes_are_bounded_and_doubted(self, known: Knowledge) -> None:
        for surname in forms(known, "en", "surname").values():
            assert 1 <= len(surname.data) <= knowledge.NAMESAKES
            if len(surname.data) > knowledge.SHARED:
                assert surname.ambiguous

    def test_without_persons_the_rest_stands(self) -> None:
        """Names are then found by grammar alone; places and bodies stay known."""
        empty = knowledge.load(persons=False)
        kinds = {surface.kind for surface in empty.surfaces("de")}
        assert kinds == KINDS - {"person", "surname"}
        assert empty.person("Angela Merkel") is None
        assert empty.holder("chancellor", "DE", date(2015, 1, 1)) is None


class TestPlaces:
    def test_every_member_of_the_united_nations_has_a_seat_of_government(self, known: Knowledge) -> None:
        without = set(known.tables.countries) - set(known.capitals)
        assert without <= {"BQ", "GG", "GU", "TK", "WF"}

    def test_coordinates_are_on_earth(self, known: Knowledge) -> None:
        for city in known.tables.cities.values():
            assert city.latitude is not None
            assert city.longitude is not None
            assert -90 <= city.latitude <= 90
            assert -180 <= city.longitude <= 180
            assert city.country is None or city.country in known.tables.countries


class TestTowns:
    @pytest.mark.parametrize(
        ("asked", "name", "country"),
        [
            ("Sélestat", "Sélestat", "FR"), ("Selestat", "Sélestat", "FR"), ("SÉLESTAT", "Sélestat", "FR"),
            ("La Celle-Saint-Cloud", "La Celle-Saint-Cloud", "FR"), ("Tønder", "Tønder", "DK"),
            ("Tondern", "Tønder", "DK"), ("Meran", "Merano", "IT"),
        ],
    )  # fmt: skip
    def test_a_smaller_town_is_found_by_any_spelling(
        self, known: Knowledge, asked: str, name: str, country: str
    ) -> None:
        (town,) = known.towns.named(asked)
        assert (town.kind, town.data.name, town.data.country) == ("town", name, country)
        assert town.data.geonames_id

    def test_all_namesakes_are_given(self, known: Knowledge) -> None:
        """Who asks must know the country: one that stands beside it, or the only one that fits."""
        assert {town.data.country for town in known.towns.named("Eger")} == {"CZ", "HU"}

    def test_a_town_that_is_also_a_word_is_marked(self, known: Knowledge) -> None:
        assert all(town.ambiguous for town in known.towns.named("Union"))

    def test_what_is_no_town_is_not_found(self, known: Knowledge) -> None:
        assert known.towns.named("Verhandlungen") == ()

    def test_towns_of_the_matcher_are_not_repeated(self, known: Knowledge) -> None:
        assert not [town for town in known.towns.named("Hamburg") if town.data.country == "DE"]


class TestFreshness:
    def test_the_newest_term_is_not_much_older_than_the_tables(self, known: Knowledge) -> None:
        """Tables that were dated anew without new facts are noticed here; no clock is asked."""
        starts = [tenure.first(term.start) for item in known.tables.persons for term in item.person.terms if term.start]
        assert timedelta(0) <= known.built - max(starts) <= timedelta(days=365)

    def test_the_tables_name_a_holder_for_the_great_offices_of_their_own_day(self, known: Knowledge) -> None:
        vacant = [
            (office, place)
            for office, place in (
                ("president", "US"), ("secretary_of_state", "US"), ("president", "CN"), ("president", "RU"),
                ("chancellor", "DE"), ("foreign_minister", "DE"), ("president", "FR"), ("prime_minister", "IN"),
                ("prime_minister", "JP"), ("president", "UA"), ("pope", "VA"), ("commission_president", "EU"),
            )
            if known.holder(office, place, known.built) is None
        ]  # fmt: skip
        assert vacant == []
