"""Date expressions of both languages, resolved against the day of publication."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from communique import languages, text
from communique.extract import dates
from communique.model import DateMention, Document

WEDNESDAY = date(2024, 5, 15)


@cache
def rules(code: str) -> dates.Rules:
    return dates.compile(languages.load(code))


def find(code: str, body: str, published: date | None = WEDNESDAY) -> tuple[DateMention, ...]:
    folded = text.fold(body)
    document = Document("a", body, folded, code, published, text.tokens(body, folded), (), ())
    return dates.find(document, rules(code))


def only(code: str, body: str, published: date | None = WEDNESDAY) -> DateMention:
    (mention,) = find(code, body, published)
    return mention


@pytest.mark.parametrize(
    ("code", "phrase", "value", "relation"),
    [
        ("de", "heute", "2024-05-15", "present"),
        ("de", "Gestern", "2024-05-14", "past"),
        ("de", "vorgestern", "2024-05-13", "past"),
        ("de", "morgen", "2024-05-16", "future"),
        ("de", "übermorgen", "2024-05-17", "future"),
        ("de", "heute Mittwoch", "2024-05-15", "present"),
        ("de", "gestern Abend", "2024-05-14", "past"),
        ("de", "am heutigen Mittwoch", "2024-05-15", "present"),
        ("de", "am gestrigen Dienstag", "2024-05-14", "past"),
        ("de", "letzten Freitag", "2024-05-10", "past"),
        ("de", "am kommenden Montag", "2024-05-20", "future"),
        ("de", "am Montag voriger Woche", "2024-05-06", "past"),
        ("de", "am Dienstag der kommenden Woche", "2024-05-21", "future"),
        ("de", "vor drei Tagen", "2024-05-12", "past"),
        ("de", "vor zwei Wochen", "2024-05", "past"),
        ("de", "vor einem Monat", "2024-04", "past"),
        ("de", "vor zehn Jahren", "2014", "past"),
        ("de", "in drei Wochen", "2024-06", "future"),
        ("de", "im vergangenen Monat", "2024-04", "past"),
        ("de", "im vergangenen Dezember", "2023-12", "past"),
        ("de", "im kommenden Jahr", "2025", "future"),
        ("de", "Ende des Jahres", "2024-12", "future"),
        ("de", "Anfang des Vormonats", "2024-04", "past"),
        ("de", "In der Vorwoche", "2024-05", "past"),
        ("de", "am vergangenen Wochenende", "2024-05", "past"),
        ("de", "noch im Juni", "2024-06", "future"),
        ("de", "im Herbst 2019", "2019", "past"),
        ("de", "im Jahr 2013", "2013", "past"),
        ("de", "Schon 2016", "2016", "past"),
        ("de", "im Juni vergangenen Jahres", "2023-06", "past"),
        ("en", "today", "2024-05-15", "present"),
        ("en", "yesterday evening", "2024-05-14", "past"),
        ("en", "tonight", "2024-05-15", "present"),
        ("en", "tomorrow", "2024-05-16", "future"),
        ("en", "the day before yesterday", "2024-05-13", "past"),
        ("en", "next Tuesday", "2024-05-21", "future"),
        ("en", "last Monday", "2024-05-13", "past"),
        ("en", "on Monday last week", "2024-05-06", "past"),
        ("en", "last week", "2024-05", "past"),
        ("en", "next month", "2024-06", "future"),
        ("en", "earlier this month", "2024-05", "past"),
        ("en", "later this month", "2024-05", "future"),
        ("en", "two weeks ago", "2024-05", "past"),
        ("en", "three years ago", "2021", "past"),
        ("en", "in two weeks", "2024-05", "future"),
        ("en", "in May last year", "2023-05", "past"),
        ("en", "in 2013", "2013", "past"),
        ("en", "last December", "2023-12", "past"),
        ("en", "next April", "2025-04", "future"),
        ("en", "in the autumn of 2019", "2019", "past"),
    ],
)
def test_words_that_say_the_direction(code: str, phrase: str, value: str, relation: str) -> None:
    """What counts from publication by its own words needs no verb."""
    mention = only(code, f"{phrase} .")
    assert (mention.value, mention.relation) == (value, relation)


@pytest.mark.parametrize(
    ("code", "phrase", "past", "future"),
    [
        ("de", "am Mittwoch", "2024-05-15", "2024-05-15"),
        ("de", "am Dienstag", "2024-05-14", "2024-05-21"),
        ("de", "Donnerstagabend", "2024-05-09", "2024-05-16"),
        ("de", "am späten Freitag", "2024-05-10", "2024-05-17"),
        ("de", "an diesem Sonntag", "2024-05-12", "2024-05-19"),
        ("de", "in der Nacht zum Samstag", "2024-05-11", "2024-05-18"),
        ("de", "am Sonnabend", "2024-05-11", "2024-05-18"),
        ("de", "im September", "2023-09", "2024-09"),
        ("de", "Anfang Juli", "2023-07", "2024-07"),
        ("de", "am 3. Januar", "2024-01-03", "2025-01-03"),
        ("de", "am Wochenende", "2024-05", "2024-05"),
        ("en", "on Tuesday", "2024-05-14", "2024-05-21"),
        ("en", "late on Thursday", "2024-05-09", "2024-05-16"),
        ("en", "Friday morning", "2024-05-10", "2024-05-17"),
        ("en", "in June", "2023-06", "2024-06"),
        ("en", "in early July", "2023-07", "2024-07"),
        ("en", "on September 24", "2023-09-24", "2024-09-24"),
        ("en", "over the weekend", "2024-05", "2024-05"),
    ],
)
def test_words_that_leave_the_direction_open_keep_both_readings(code: str, phrase: str, past: str, future: str) -> None:
    """A past verb takes the latest such day on or before publication, a future verb the next one."""
    mention = only(code, f"{phrase} .")
    assert mention.relation == "unknown"
    assert (mention.directed("past").value, mention.directed("future").value) == (past, future)


@pytest.mark.parametrize(
    ("code", "phrase", "value", "until"),
    [
        ("de", "am 21. und 22. August 2023", "2023-08-21", "2023-08-22"),
        ("de", "vom 3. bis 5. Mai", "2024-05-03", "2024-05-05"),
        ("de", "vom 3. bis zum 13. Juni", "2024-06-03", "2024-06-13"),
        ("de", "vom 30. Mai bis 2. Juni", "2024-05-30", "2024-06-02"),
        ("de", "am 21./22. Mai", "2024-05-21", "2024-05-22"),
        ("de", "am 28. Juni 2024", "2024-06-28", "2024-06-28"),
        ("de", "am 28.06.2024", "2024-06-28", "2024-06-28"),
        ("de", "am Dienstag (21.5.)", "2024-05-21", "2024-05-21"),
        ("de", "am Freitag, dem 17. Mai", "2024-05-17", "2024-05-17"),
        ("de", "am Montag, 9. September", "2024-09-09", "2024-09-09"),
        ("de", "am 1. Jänner", "2024-01-01", "2024-01-01"),
        ("de", "Von Donnerstag bis Samstag", "2024-05-09", "2024-05-11"),
        ("en", "from May 9-11", "2024-05-09", "2024-05-11"),
        ("en", "from 3 to 5 May", "2024-05-03", "2024-05-05"),
        ("en", "September 24, 2023", "2023-09-24", "2023-09-24"),
        ("en", "on Sept. 24, 2023", "2023-09-24", "2023-09-24"),
        ("en", "24 September 2023", "2023-09-24", "2023-09-24"),
        ("en", "on the 9th of May", "2024-05-09", "2024-05-09"),
        ("en", "May 30 to June 2", "2024-05-30", "2024-06-02"),
        ("en", "from Friday, May 17", "2024-05-17", "2024-05-17"),
        ("en", "2024-06-28", "2024-06-28", "2024-06-28"),
        ("en", "on Monday (9 September)", "2024-09-09", "2024-09-09"),
    ],
)
def test_days_and_ranges(code: str, phrase: str, value: str, until: str) -> None:
    """A range starts on its first day; a missing year is the nearest, or the one in which the weekday fits."""
    mention = only(code, f"{phrase} .")
    assert (mention.value, mention.until) == (value, until)
    assert mention.precision == ("day" if value == until else "range")


@pytest.mark.parametrize(
    ("code", "body", "values"),
    [
        ("de", "Am Montag trafen sie sich. Am selben Tag reiste er weiter.", ["2024-05-13", "2024-05-13"]),
        ("de", "Am Montag empfing ihn der König, tags zuvor der Premier.", ["2024-05-13", "2024-05-12"]),
        ("de", "Am Montag empfing ihn der König, tags darauf der Premier.", ["2024-05-13", "2024-05-14"]),
        ("de", "Am Montag sprach sie mit ihm. Zwei Tage später flog sie.", ["2024-05-13", "2024-05-15"]),
        ("de", "Vom 2. bis 4. Juni ist er dort. Am zweiten Tag sieht er ihn.", ["2024-06-02", "2024-06-03"]),
        ("de", "Am Montag landete er, und am Abend gab es ein Essen.", ["2024-05-13", "2024-05-13"]),
        ("de", "Am Montag kam sie an. Danach traf sie ihn.", ["2024-05-13", "2024-05-13"]),
        ("de", "Am Abend empfing er ihn.", ["2024-05-15"]),
        ("de", "Am Montag lief es so gut wie heute. Am Tag davor nicht.", ["2024-05-13", "2024-05-12"]),
        ("en", "They met on Monday. The following day he left.", ["2024-05-13", "2024-05-14"]),
        ("en", "They met on Monday. A day earlier he had landed.", ["2024-05-13", "2024-05-12"]),
        ("en", "She came on Monday and saw him later in the day.", ["2024-05-13", "2024-05-13"]),
        ("en", "He arrived on Monday, two days before the talks.", ["2024-05-13"]),
    ],
)
def test_days_counted_from_the_day_told_before(code: str, body: str, values: list[str]) -> None:
    """ "The day before" counts from the day named last, not from publication."""
    assert [mention.value for mention in find(code, body) if mention.value] == values


@pytest.mark.parametrize(
    ("code", "body", "bound"),
    [
        ("de", "Er ist seit Montag dort.", "since"),
        ("de", "Er bleibt bis Freitag.", "until"),
        ("de", "Er bleibt bis zum 20. Mai.", "until"),
        ("de", "Das Treffen war für Dienstag geplant.", "for"),
        ("de", "Er kommt noch vor dem 23. Juni.", "before"),
        ("de", "Er kam am Montag.", "on"),
        ("en", "She has been there since Monday.", "since"),
        ("en", "She stays until May 20.", "until"),
        ("en", "The talks were planned for Thursday.", "for"),
    ],
)
def test_prepositions_say_what_the_day_bounds(code: str, body: str, bound: str) -> None:
    assert only(code, body).bound == bound


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("de", "MOSKAU, 13. Mai (TASS). Der Minister kam."),
        ("de", "Peking, 13. Mai 2024 (Xinhua) -- Der Minister kam."),
        ("en", "BEIJING, May 13 (Xinhuanet) -- The minister came."),
        ("en", "Doha, May 13 (QNA) - The minister came."),
        ("en", "Brussels, 13 May 2024 - The minister came."),
    ],
)
def test_a_dateline_says_when_the_report_was_written(code: str, body: str) -> None:
    mention = only(code, body)
    assert (mention.value, mention.dateline) == ("2024-05-13", True)


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("de", "Beraten wurde über die Resolution 2254 und die Agenda 2030."),
        ("de", "Es kamen 2016 Soldaten, 3.5 Prozent mehr, 10:30 Uhr, G20, 28.500 Euro."),
        ("de", "Das meldet die Welt am Sonntag."),
        ("de", "Die Straße des 17. Juni blieb gesperrt."),
        ("de", "Jeden Montag wird demonstriert, guten Morgen!"),
        ("de", "Das Spiel endete 2:1, der Kurs stieg um 1.5 auf 24."),
        ("de", "Am 31. Februar geschieht nichts."),
        ("en", "The minister may march on; 2,254 people and 1,999 more."),
        ("en", "Theresa May said so in The Sunday Times."),
        ("en", "On Good Friday, 3.5 percent; G20; version 2.0."),
        ("en", "It happens every Monday."),
        ("en", "USA Today and the 2030 Agenda."),
    ],
)
def test_what_is_no_date(code: str, body: str) -> None:
    """Numbers, names and habits are not read as days."""
    assert find(code, body) == ()


@pytest.mark.parametrize(
    ("code", "body", "relation"),
    [
        ("de", "Kürzlich trafen sie sich.", "past"),
        ("de", "Sie sehen sich bald.", "future"),
        ("de", "Sie trafen sich vor einigen Wochen.", "past"),
        ("de", "Er kommt im Herbst.", "unknown"),
        ("en", "They met recently.", "past"),
        ("en", "They will meet soon.", "future"),
        ("en", "They met a few weeks ago.", "past"),
    ],
)
def test_vague_words_give_no_day(code: str, body: str, relation: str) -> None:
    """Nothing is invented: the direction is known, the day is not."""
    mention = only(code, body)
    assert (mention.value, mention.relation) == (None, relation)


@pytest.mark.parametrize(
    ("code", "body", "value"),
    [
        ("de", "Sie kommen am 28. Juni 2024.", "2024-06-28"),
        ("de", "Sie trafen sich im November 2019.", "2019-11"),
        ("de", "Sie kommen am 28. Juni.", None),
        ("de", "Sie kamen am Dienstag.", None),
        ("de", "Sie kamen gestern.", None),
        ("en", "They met in 2013.", "2013"),
        ("en", "They met last week.", None),
    ],
)
def test_without_a_day_of_publication_only_full_dates_count(code: str, body: str, value: str | None) -> None:
    mention = only(code, body, published=None)
    assert mention.value == value


def test_a_full_date_in_the_dateline_stands_in_for_the_day_of_publication() -> None:
    """A report without metadata that dates itself."""
    body = "PEKING, 13. Mai 2024 (Xinhua) -- Er kam am Sonntag."
    assert [mention.value for mention in find("de", body, published=None)] == ["2024-05-13", "2024-05-12"]


def test_spans_cover_the_words_with_their_preposition() -> None:
    """The span is the evidence: verbatim, preposition included."""
    body = "Das Treffen ist für den 17. November geplant."
    mention = only("de", body)
    assert body[mention.start : mention.end] == "für den 17. November"


def test_every_language_names_all_months() -> None:
    """Each month of CLDR is read in each language that exists."""
    for code in languages.codes():
        table = rules(code)
        assert table.code == code
    assert [only("de", f"im {month} 2024").value for month in ("Januar", "März", "Dezember")] == [
        "2024-01",
        "2024-03",
        "2024-12",
    ]


def test_time_grows_with_length_alone() -> None:
    """Thousands of opened phrases that lead nowhere are read once each."""
    body = "am 3. bis 4. bis 5. " * 2000
    assert find("de", body) == ()
