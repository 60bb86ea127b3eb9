"""Who a name stands for: the text wins, the tables fill in, and nobody is merged by likeness."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from communique import knowledge
from communique.knowledge import Knowledge, resolve
from communique.model import Evidence, Meeting, Participant, Person, Statement, When, Where

NOWHERE = Where(None, None, None, None, None, None, None, None)


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return knowledge.load()


@pytest.fixture(scope="module")
def surnames(known: Knowledge) -> dict[str, tuple[Person, ...]]:
    return {surface.form: surface.data for surface in known.surfaces("de") if surface.kind == "surname"}


def evidence(text: str, start: int = 0) -> Evidence:
    return Evidence(start, start + len(text), text, "test.rule")


def someone(
    name: str | None,
    *,
    country: str | None = None,
    organisation: str | None = None,
    office: str | None = None,
    candidates: tuple[Person, ...] = (),
) -> Participant:
    surface = name or office or ""
    return Participant(
        name, surface, country, organisation, office, None, "participant", None, (evidence(surface),), candidates
    )


def meeting(*participants: Participant, start: str | None = None, statements: tuple[Statement, ...] = ()) -> Meeting:
    when = When(start, start, "day" if start else "unknown", None, None)
    return Meeting(
        kind="talks", status="held", background=False, when=when, where=NOWHERE, participants=participants,
        countries=("DE",), organisations=(), initiatives=(), relationship=None, topics=(), statements=statements,
        confidence=0.9, evidence=(),
    )  # fmt: skip


def day(iso: str) -> date:
    return date.fromisoformat(iso)


@pytest.mark.parametrize(
    ("item", "on", "name", "country", "organisation", "office"),
    [
        (someone("Sergej Lawrow"), "2022-01-10", "Sergey Lavrov", "RU", None, "foreign_minister"),
        (someone("Emmanuel Macron"), "2020-01-10", "Emmanuel Macron", "FR", None, "president"),
        (someone("Ursula von der Leyen"), "2018-01-10", "Ursula von der Leyen", "DE", None, "defence_minister"),
        (someone("Ursula von der Leyen"), "2023-01-10", "Ursula von der Leyen", None, "EU", "commission_president"),
        (someone("Charles Michel"), "2016-01-05", "Charles Michel", "BE", None, "prime_minister"),
        (someone("Charles Michel"), "2022-01-05", "Charles Michel", None, "EU", "european_council_president"),
        (someone("Gerhard Schröder"), "2015-01-10", "Gerhard Schröder", "DE", None, "former_chancellor"),
        (someone("Papst Franziskus"), "2020-01-10", "Pope Francis", "VA", None, "pope"),
        (someone("Mohammed bin Salman"), "2023-04-20", "Mohammed bin Salman", "SA", None, "crown_prince"),
    ],
)
def test_a_full_name_alone_gives_office_and_country_of_that_day(
    known: Knowledge,
    item: Participant,
    on: str,
    name: str,
    country: str | None,
    organisation: str | None,
    office: str,
) -> None:
    found = resolve.participant(item, known, day(on), day(on))
    assert (found.name, found.country, found.organisation, found.office) == (name, country, organisation, office)


@pytest.mark.parametrize(
    ("item", "country", "office"),
    [
        (someone("Wladimir Putin"), "RU", "president"),
        (someone("Wladimir Putin", country="RU", office="prime_minister"), "RU", "prime_minister"),
        (
            someone("Annalena Baerbock", country="DE", organisation="UN", office="foreign_minister"),
            "DE",
            "foreign_minister",
        ),
        (someone("Baschar al-Assad"), "SY", "president"),
        (someone("Frank-Walter Steinmeier"), "DE", "president"),
        (someone("Sigmar Gabriel"), None, None),
    ],
)
def test_without_a_date_the_present_or_the_only_office_is_filled_in(
    known: Knowledge, item: Participant, country: str | None, office: str | None
) -> None:
    found = resolve.participant(item, known, None, None)
    assert (found.country, found.office) == (country, office)


@pytest.mark.parametrize(
    ("office", "country", "on"),
    [
        ("president_elect", "US", "2024-12-01"),
        ("former_president", "US", "2022-12-01"),
        ("president", "US", "2022-12-01"),
        ("special_envoy", "US", "2019-12-01"),
    ],
)
def test_the_office_that_the_text_states_wins(known: Knowledge, office: str, country: str, on: str) -> None:
    found = resolve.participant(someone("Donald Trump", country=country, office=office), known, day(on), day(on))
    assert (found.name, found.office, found.wikidata) == ("Donald Trump", office, "Q22686")


def test_an_office_that_lies_in_the_future_is_not_given(known: Knowledge) -> None:
    found = resolve.participant(someone("Giorgia Meloni", country="IT"), known, day("2015-06-01"), day("2015-06-01"))
    assert found.office is None or "prime_minister" not in found.office


@pytest.mark.parametrize(
    ("surname", "country", "office", "on", "name"),
    [
        ("Scholz", "DE", "chancellor", "2023-01-10", "Olaf Scholz"),
        ("Scholz", None, None, "2023-01-10", "Olaf Scholz"),
        ("Bush", "US", "president", "2006-01-10", "George W. Bush"),
        ("Xi", None, None, "2020-01-10", "Xi Jinping"),
        ("Trump", "US", "president_elect", "2024-12-10", "Donald Trump"),
        ("Lawrow", "RU", "foreign_minister", "2015-02-11", "Sergey Lavrov"),
        ("Scholz", "DE", "mayor", "2023-01-10", "Scholz"),
        ("Scholz", "AT", "ambassador", "2023-01-10", "Scholz"),
        ("Kohl", None, None, "2023-01-10", "Kohl"),
    ],
)
def test_a_surname_is_the_person_in_that_office_or_nobody(
    known: Knowledge,
    surnames: dict[str, tuple[Person, ...]],
    surname: str,
    country: str | None,
    office: str | None,
    on: str,
    name: str,
) -> None:
    item = someone(surname, country=country, office=office, candidates=surnames.get(surname, ()))
    assert resolve.participant(item, known, day(on), day(on)).name == name


@pytest.mark.parametrize(
    ("written", "country", "office", "on", "name"),
    [
        ("Rolf Scholz", "DE", "chancellor", "2023-01-10", "Rolf Scholz"),
        ("Dina Ercilia Boluarte Zegarra", "PE", "president", "2024-07-01", "Dina Boluarte"),
        ("Dina Ercilia Boluarte Zegarra", "PE", "mayor", "2024-07-01", "Dina Ercilia Boluarte Zegarra"),
        ("Dina Ercilia Boluarte Zegarra", "CL", None, "2024-07-01", "Dina Ercilia Boluarte Zegarra"),
        ("Dina Ercilia Boluarte Zegarra", "PE", "president", "2010-07-01", "Dina Ercilia Boluarte Zegarra"),
    ],
)
def test_a_longer_name_is_the_known_person_only_with_country_office_and_day(
    known: Knowledge, written: str, country: str, office: str | None, on: str, name: str
) -> None:
    item = someone(written, country=country, office=office)
    assert resolve.participant(item, known, day(on), day(on)).name == name


@pytest.mark.parametrize(
    ("name", "country", "stated", "on", "office"),
    [
        ("Wladimir Putin", "RU", "former_president", "2022-12-19", "president"),
        ("Donald Trump", "US", "president", "2025-01-05", "president_elect"),
        ("Olaf Scholz", "DE", "prime_minister", "2023-01-05", "chancellor"),
        ("Winfried Kretschmann", "DE", "prime_minister", "2016-07-04", "state_premier"),
        ("Antony Blinken", "US", "foreign_minister", "2023-01-05", "secretary_of_state"),
        ("Petro Poroschenko", "UA", "president", "2019-11-02", "president"),
    ],
)
def test_tables_correct_a_word_for_an_office_that_cannot_be_meant(
    known: Knowledge, name: str, country: str, stated: str, on: str, office: str
) -> None:
    found = resolve.participant(someone(name, country=country, office=stated), known, day(on), day(on))
    assert found.office == office


@pytest.mark.parametrize(
    ("name", "country", "on", "canonical"),
    [
        ("King Salman", "SA", "2023-05-14", "Salman bin Abdulaziz Al Saud"),
        ("König Abdullah", "JO", "2023-05-14", "Abdullah II"),
        ("King Abdullah", "SA", "2010-05-14", "Abdullah bin Abdulaziz Al Saud"),
    ],
)
def test_a_reigning_person_is_known_by_title_and_one_name(
    known: Knowledge, name: str, country: str, on: str, canonical: str
) -> None:
    assert resolve.participant(someone(name, country=country), known, day(on), day(on)).name == canonical


def test_an_official_of_an_organisation_does_not_stand_for_the_country_of_birth(known: Knowledge) -> None:
    item = someone("Mark Rutte", country="NL", organisation="NATO", office="secretary_general")
    found = resolve.participant(item, known, day("2025-06-01"), day("2025-06-01"))
    assert (found.country, found.organisation) == (None, "NATO")


def test_grammar_may_mistake_the_country_of_a_head_of_state(known: Knowledge) -> None:
    """The nearest adjective belonged to somebody else; the full name and the office leave no doubt."""
    item = someone("Angela Merkel", country="CN", office="chancellor")
    found = resolve.participant(item, known, day("2015-06-01"), day("2015-06-01"))
    assert (found.name, found.country) == ("Angela Merkel", "DE")


@pytest.mark.parametrize(
    ("office", "country", "on", "name"),
    [
        ("president", "PE", "2023-05-05", "Dina Boluarte"),
        ("foreign_minister", "US", "2023-05-05", "Antony Blinken"),
        ("prime_minister", "DE", "2023-05-05", "Olaf Scholz"),
        ("king", "QA", "2023-05-05", "Tamim bin Hamad Al Thani"),
        ("ambassador", "PE", "2023-05-05", None),
        ("president", None, "2023-05-05", None),
    ],
)
def test_an_office_without_a_name_is_its_one_known_holder(
    known: Knowledge, office: str, country: str | None, on: str, name: str | None
) -> None:
    found = resolve.participant(someone(None, country=country, office=office), known, day(on), day(on))
    assert found.name == name
    assert found.surface == office


def test_the_holder_is_that_of_the_day_of_the_meeting(known: Knowledge) -> None:
    """An article of 2024 that looks back on 2015 means the president of 2015."""
    looking_back = meeting(someone(None, country="US", office="president"), start="2015-06-08")
    (found,) = resolve.meeting(looking_back, known, day("2024-06-08")).participants
    assert found.name == "Barack Obama"


def test_officials_of_an_organ_speak_for_the_organisation(known: Knowledge) -> None:
    item = someone("Ursula von der Leyen", organisation="European Commission", office="commission_president")
    found = resolve.participant(item, known, day("2023-06-08"), day("2023-06-08"))
    assert (found.organisation, found.country) == ("EU", None)


@pytest.mark.parametrize(
    ("written", "latin"),
    [
        ("  Erika   Mustermann, ", "Erika Mustermann"),
        ("王晓明", "Wang Xiaoming"),
        ("Иван Неизвестный", "Ivan Neizvestnyy"),
        ("Şükrü Bilinmez", "Şükrü Bilinmez"),
    ],
)
def test_a_person_in_no_table_keeps_the_name_in_latin_letters(known: Knowledge, written: str, latin: str) -> None:
    found = resolve.participant(someone(written, country="DE", office="mayor"), known, None, None)
    assert (found.name, found.wikidata) == (latin, None)


def test_two_mentions_of_one_person_are_one_participant(known: Knowledge) -> None:
    host = replace(someone("Wolodymyr Selenskyj", country="UA"), role="host")
    (found,) = resolve.meeting(
        meeting(someone("Volodymyr Zelenskyy", office="president"), host), known, day("2023-06-08")
    ).participants
    assert (found.name, found.office, found.role) == ("Volodymyr Zelenskyy", "president", "host")
    assert [piece.text for piece in found.evidence] == ["Volodymyr Zelenskyy", "Wolodymyr Selenskyj"]


def test_countries_and_organisations_follow_the_participants(known: Knowledge) -> None:
    found = resolve.meeting(
        meeting(someone("Xi Jinping"), someone("António Guterres"), someone("Olaf Scholz")), known, day("2023-06-08")
    )
    assert found.countries == ("DE", "CN")
    assert found.organisations == ("UN",)


def test_speakers_have_the_names_of_the_participants(known: Knowledge, surnames: dict[str, tuple[Person, ...]]) -> None:
    spoken = tuple(
        Statement(speaker, "says", "…", (), evidence("…"))
        for speaker in ("Lawrow", "Sergej Lawrow", "Lawrow; Annalena Baerbock", "DE", "Erika Mustermann")
    )
    lavrov = someone("Lawrow", country="RU", office="foreign_minister", candidates=surnames["Lawrow"])
    found = resolve.meeting(meeting(lavrov, statements=spoken), known, day("2022-06-08"))
    assert [statement.speaker for statement in found.statements] == [
        "Sergey Lavrov", "Sergey Lavrov", "Sergey Lavrov; Annalena Baerbock", "DE", "Erika Mustermann",
    ]  # fmt: skip


def test_without_tables_everything_stays_as_the_text_has_it() -> None:
    empty = knowledge.load(persons=False)
    item = someone("Olaf Scholz", country="DE", office="chancellor")
    assert resolve.participant(item, empty, day("2023-01-10"), day("2023-01-10")) == item
    nameless = someone(None, country="DE", office="chancellor")
    assert resolve.participant(nameless, empty, day("2023-01-10"), day("2023-01-10")) == nameless
