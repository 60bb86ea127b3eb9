"""Which meeting is this: keys, likeness and merge, without a database."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from functools import reduce
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communique import identify, model
from communique.wire import (
    Evidence,
    Extractor,
    MeetingEvent,
    Participant,
    Plover,
    SourceReport,
    Statement,
    Topic,
    When,
    Where,
)

ALVA, BRAND, CASTRO, DORN = "Rosa Alva", "Peter Brand", "Luis Castro", "Eva Dorn"
STATES = {ALVA: "PE", BRAND: "DE", CASTRO: "CL", DORN: "DE"}


def report(
    people: tuple[str, ...] = (ALVA, BRAND),
    day: str | None = "2024-06-28",
    status: str = "held",
    kind: str = "talks",
    country: str | None = "DE",
    *,
    article: str = "a",
    published: str | None = "2024-06-29",
    **others: Any,
) -> MeetingEvent:
    """One article's report, in as few words as a row of a table has room for."""
    article_id = str(uuid.uuid5(uuid.NAMESPACE_URL, article))
    proof = Evidence(article_id=article_id, start=0, end=4, text="text", rule="test")
    precision = "unknown" if day is None else {4: "year", 7: "month"}.get(len(day), "day")
    fields: dict[str, Any] = {
        "meeting_id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"meeting {article}")),
        "revision": 1,
        "kind": kind,
        "status": status,
        "when": When(start=day, end=day, precision=precision, evidence=proof),
        "where": Where(country=country, evidence=proof),
        "participants": tuple(
            Participant(name=name, surface=name, country=STATES[name], office="president", evidence=(proof,))
            for name in people
        ),
        "countries": tuple(STATES[name] for name in people),
        "sources": (SourceReport(article_id=article_id, published_at=published),),
        "confidence": 0.5,
        "extractor": Extractor(name="communique", version="1", languages="1"),
    }
    return identify.canonical(MeetingEvent(**{**fields, **others}))


def person(name: str | None, country: str | None = "DE", **others: Any) -> Participant:
    return Participant(name=name, surface=name or "", country=country, **{"office": "chancellor", **others})


def place(city: str, latitude: float, longitude: float) -> Where:
    return Where(city=city, country="DE", latitude=latitude, longitude=longitude)


BASE = report()
GUEST, HOST = person(ALVA, "PE", office="president"), person(BRAND, office="president")

ONE_MEETING = {
    "two outlets": (BASE, report(article="b")),
    "announced and held": (report(status="announced", published="2024-06-20"), BASE),
    "announced for the day before": (report(day="2024-06-27", status="announced"), BASE),
    "a visit and the talks during it": (report(day="2024-06-27", kind="visit"), BASE),
    "a visit and a signing on its third day": (report(day="2024-06-26", kind="visit"), report(kind="signing")),
    "talks and a reception": (BASE, report(kind="reception")),
    "a month and a day in it": (report(day="2024-06", status="announced"), BASE),
    "no date, announced two weeks before": (report(day=None, status="announced", published="2024-06-14"), BASE),
    "no date, told the day after": (report(day=None), BASE),
    "postponed and held after a week": (report(day="2024-06-21", status="postponed"), BASE),
    "postponed into the next month": (report(day="2024-06-21", status="postponed"), report(day="2024-07-03")),
    "cancelled as announced": (report(status="announced"), report(status="cancelled")),
    "cancelled without a date": (
        report(status="announced", published="2024-06-01"),
        report(day=None, status="cancelled", published="2024-06-20"),
    ),
    "one without a place": (BASE, report(country=None)),
    "a third participant": (BASE, report((ALVA, BRAND, CASTRO))),
    "only one side named": (BASE, report((ALVA,), countries=("PE", "DE"))),
    "nobody named": (BASE, report(participants=())),
    "an office instead of a name": (
        BASE,
        report(participants=(GUEST, person(None, office="president"))),
    ),
    "a name in another spelling, same office": (
        report(participants=(GUEST, person("Wolodymyr Selenskyj"))),
        report(participants=(GUEST, person("Volodymyr Zelenskyy"))),
    ),
    "a short name": (
        report(participants=(GUEST, person("Luiz Inácio Lula da Silva"))),
        report(participants=(GUEST, person("Luiz Inacio Lula", office=None))),
    ),
    "a call, by phone or by video": (report(kind="phone_call"), report(kind="video_call")),
    "talks that were a call": (report(kind="phone_call", country=None), report(country=None)),
    "a summit told with other guests": (
        report((ALVA, BRAND, CASTRO), kind="summit", organisations=("APEC",)),
        report((ALVA, DORN), kind="summit", organisations=("APEC",)),
    ),
    "two suburbs": (
        report(where=place("Berlin", 52.5, 13.4)),
        report(where=place("Potsdam", 52.4, 13.1)),
    ),
}

TWO_MEETINGS = {
    "held on days in a row": (BASE, report(day="2024-06-29")),
    "the same people a month later": (BASE, report(day="2024-07-28")),
    "a call in the morning, a meeting in the evening": (report(kind="phone_call", country=None), BASE),
    "a call, and talks without a place on another day": (
        report(kind="phone_call", country=None),
        report(day="2024-06-29", status="announced", country=None),
    ),
    "another counterpart on the same day": (BASE, report((ALVA, DORN))),
    "another minister of the same state": (
        report(participants=(person("Rosa Alva", "PE"), person("Karl Ahrens", office="foreign_minister"))),
        report(participants=(person("Rosa Alva", "PE"), person("Ida Wolff", office="foreign_minister"))),
    ),
    "other states": (BASE, report((CASTRO, BRAND))),
    "another country": (BASE, report(country="PE")),
    "opposite ends of a country": (
        report(where=place("Hamburg", 53.6, 10.0)),
        report(where=place("Munich", 48.1, 11.6)),
    ),
    "postponed, and one four months later": (report(day="2024-02-21", status="postponed"), BASE),
    "a bilateral on the margins of a summit": (
        report((ALVA, BRAND, CASTRO), kind="summit", organisations=("APEC",)),
        report(organisations=("APEC",)),
    ),
    "announced without a date, long before": (report(day=None, status="announced", published="2024-01-14"), BASE),
    "only a year known": (report(day="2024"), BASE),
    "a namesake with another identifier": (
        report(participants=(GUEST, person("Peter Brand", wikidata="Q1"))),
        report(participants=(GUEST, person("Peter Brand", wikidata="Q2"))),
    ),
    "a ceremony": (BASE, report(kind="other")),
}


@pytest.mark.parametrize("case", ONE_MEETING)
def test_reports_of_one_meeting_find_each_other(case: str) -> None:
    """They share a key, so that the database finds the candidate, and likeness says yes, whichever came first."""
    one, other = ONE_MEETING[case]
    assert set(identify.keys(one)) & set(identify.keys(other))
    assert identify.compare(one, other).same, identify.compare(one, other).reason
    assert identify.compare(other, one).same, identify.compare(other, one).reason


@pytest.mark.parametrize("case", TWO_MEETINGS)
def test_two_meetings_stay_two(case: str) -> None:
    one, other = TWO_MEETINGS[case]
    shared = set(identify.keys(one)) & set(identify.keys(other))
    assert not shared or not identify.compare(one, other).same
    assert not shared or not identify.compare(other, one).same


def test_a_verdict_says_what_speaks_against_it() -> None:
    assert identify.compare(BASE, report(kind="phone_call")).reason == "encounter against call"
    assert identify.compare(BASE, report((ALVA, DORN))).reason == "other participants"
    assert identify.compare(BASE, report(day="2024-06-29")).reason == "another day"
    assert identify.compare(BASE, report(country="PE")).reason == "another place"


def test_the_nearer_of_two_meetings_is_the_likelier() -> None:
    visit = report(day="2024-06-26", kind="visit")
    assert identify.compare(BASE, report()).likeness > identify.compare(visit, report()).likeness


@pytest.mark.parametrize(("one", "other"), [("2024-06-30", "2024-07-01"), ("2024-12-31", "2025-01-01")])
def test_days_on_both_sides_of_a_month_share_a_key(one: str, other: str) -> None:
    assert set(identify.keys(report(day=one))) & set(identify.keys(report(day=other)))


def test_a_report_with_a_thousand_countries_has_few_keys() -> None:
    """Keys are locks: a text that names everybody must not lock everything."""
    many = report(countries=tuple(f"{a}{b}" for a in "ABCDEFGHIJ" for b in "ABCDEFGHIJ"), kind="summit")
    assert len(identify.keys(many)) <= 100


# ── merge ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def merged(*reports: MeetingEvent) -> MeetingEvent:
    first, *others = reports
    return reduce(identify.merge, others, identify.first(first)).event


def test_a_second_source_is_a_second_revision_of_the_same_meeting() -> None:
    state = merged(BASE, report(article="b"))
    assert (state.meeting_id, state.revision, len(state.sources)) == (BASE.meeting_id, 2, 2)


def test_a_report_that_adds_nothing_leaves_the_very_same_object() -> None:
    known = identify.merge(identify.first(BASE), report(article="b"))
    assert identify.merge(known, report(article="b")) is known


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ((("announced", "01"), ("held", "03")), "held"),
        ((("announced", "01"), ("ongoing", "03"), ("held", "02")), "held"),
        ((("announced", "01"), ("cancelled", "02")), "cancelled"),
        ((("announced", "01"), ("postponed", "02"), ("announced", "03")), "announced"),
        ((("cancelled", "01"), ("held", "02")), "held"),
        ((("held", "01"), ("cancelled", "02")), "held"),
        ((("announced", "01"), ("refused", "01")), "refused"),
    ],
)
def test_the_status_follows_what_is_known_last(reports: tuple[tuple[str, str], ...], expected: str) -> None:
    events = [report(status=status, published=f"2024-06-{day}", article=f"{status}{day}") for status, day in reports]
    for order in permutations(events):
        assert merged(*order).status == expected


def test_who_was_there_knows_the_day_better_than_who_announced_it() -> None:
    announced = report(day="2024-06-27", status="announced", article="b", published="2024-06-01")
    for order in permutations((announced, BASE)):
        assert merged(*order).when.start == "2024-06-28"


def test_a_day_beats_a_month_whoever_says_it() -> None:
    vague, exact = report(day="2024-06", article="b"), report(status="announced", published="2024-06-01")
    for order in permutations((vague, exact)):
        assert merged(*order).when.start == "2024-06-28"


def test_a_kind_beats_the_visit_that_it_was_part_of() -> None:
    visit = report(kind="visit", article="b", published="2024-06-01")
    for order in permutations((visit, BASE)):
        assert merged(*order).kind == "talks"


def test_talks_that_somebody_calls_a_call_are_a_call() -> None:
    call = report(kind="phone_call", country=None, article="b", published="2024-07-01")
    for order in permutations((call, report(country=None))):
        assert merged(*order).kind == "phone_call"


def test_a_look_back_adds_its_source_and_no_fact() -> None:
    topic = Topic(id="energy")
    back = report((ALVA, BRAND, CASTRO), day="2024-06-28", article="b", background=True, topics=(topic,), country="FR")
    for order in permutations((back, BASE)):
        state = merged(*order)
        assert (len(state.participants), state.where.country, state.topics) == (2, "DE", ())
        assert (state.background, len(state.sources)) == (False, 2)


def test_a_person_is_listed_once_with_what_each_report_knows() -> None:
    bare = report(participants=(person("Rosa Alva", "PE", office=None), person(None, office="president")), article="b")
    named = report(participants=(person("Rosa Alva", "PE", office="president", wikidata="Q9"), HOST))
    for order in permutations((bare, named)):
        people = {p.name: p for p in merged(*order).participants}
        assert set(people) == {"Rosa Alva", "Peter Brand"}
        assert (people["Rosa Alva"].office, people["Rosa Alva"].wikidata) == ("president", "Q9")


def test_a_statement_that_two_outlets_quote_is_kept_once() -> None:
    def said(article: str, text: str) -> MeetingEvent:
        proof = Evidence(article_id=article, start=0, end=4, text=text, rule="test")
        return report(article=article, statements=(Statement(speaker=ALVA, act="says", text=text, evidence=proof),))

    state = merged(said("a", "We agree."), said("b", "We agree."), said("c", "We differ."))
    assert sorted(each.text for each in state.statements) == ["We agree.", "We differ."]


def test_a_meeting_that_the_whole_world_reports_stays_small() -> None:
    """The event must stay below 64 KB; what does not fit is still in the table of sources."""
    known = identify.first(BASE)
    for number in range(300):
        proof = Evidence(article_id=str(number), start=number, end=number + 4, text="word " * 30, rule="test")
        statement = Statement(speaker=ALVA, act="says", text=f"{number} " * 50, evidence=proof)
        topic = Topic(id=f"topic{number}", evidence=(proof,))
        known = identify.merge(known, report(article=str(number), statements=(statement,), topics=(topic,)))
    assert len(known.event.sources) <= 64
    assert len(known.event.model_dump_json()) < 65_536


REPORTS = st.builds(
    report,
    people=st.sampled_from([(ALVA, BRAND), (BRAND, ALVA), (ALVA, BRAND, CASTRO), (ALVA,)]),
    day=st.sampled_from(["2024-06-28", "2024-06-27", "2024-06", "2024", None]),
    status=st.sampled_from(["announced", "held", "ongoing", "postponed", "cancelled", "refused"]),
    kind=st.sampled_from(["talks", "meeting", "reception", "visit", "signing"]),
    country=st.sampled_from(["DE", None]),
    article=st.sampled_from("abcdefgh"),
    published=st.sampled_from(["2024-06-20", "2024-06-28", "2024-06-29T08:00:00+02:00", None]),
    background=st.booleans(),
    relationship=st.sampled_from([None, "strategic partnership"]),
    organisations=st.sampled_from([(), ("APEC",), ("UN", "APEC")]),
    topics=st.lists(st.sampled_from(["energy", "trade", "security"]), unique=True, max_size=3).map(
        lambda ids: tuple(Topic(id=each) for each in ids)
    ),
    confidence=st.sampled_from([0.5, 0.9]),
)


@given(st.lists(REPORTS, min_size=2, max_size=5, unique_by=lambda r: r.sources[0].article_id), st.randoms())
def test_the_order_of_arrival_is_not_to_be_seen_in_the_state(reports: list[MeetingEvent], random: Any) -> None:
    """Whatever the order, the content is the same; only id and number of revisions tell who came first."""
    shuffled = list(reports)
    random.shuffle(shuffled)
    neutral = {"meeting_id": BASE.meeting_id, "revision": 1}
    assert merged(*reports).model_copy(update=neutral) == merged(*shuffled).model_copy(update=neutral)


@given(st.lists(REPORTS, min_size=1, max_size=5, unique_by=lambda r: r.sources[0].article_id))
def test_merging_a_report_again_changes_nothing(reports: list[MeetingEvent]) -> None:
    state = merged(*reports)
    known = reduce(identify.merge, reports, identify.first(reports[0]))
    assert known.event == state


def test_what_remains_after_a_source_is_taken_out_is_what_the_others_say() -> None:
    others = (report(article="b"), report(article="c", kind="visit"))
    state = merged(BASE, *others)
    left = identify.unite(state, others).event
    assert left.model_copy(update={"revision": 2, "meeting_id": others[0].meeting_id}) == merged(*others)
    assert (left.meeting_id, left.revision) == (state.meeting_id, state.revision)


# ── one article's report ─────────────────────────────────────────────────────────────────────────────────────────────

PROOF, LATER = model.Evidence(3, 7, "text", "xx.rule"), model.Evidence(9, 13, "text", "xx.rule")


def article(**others: Any) -> model.Article:
    fields = {
        "article_id": str(uuid.uuid5(uuid.NAMESPACE_URL, "https://news.example.org/1")),
        "uri": "https://news.example.org/1",
        "url": "https://news.example.org/1",
        "text": "A text.",
        "published_at": datetime(2024, 6, 29, 6, 30, tzinfo=UTC),
        "source": model.Source(domain="news.example.org"),
    }
    return model.Article(**{**fields, **others})


def meeting(**others: Any) -> model.Meeting:
    fields = {
        "kind": "talks",
        "status": "held",
        "background": False,
        "when": model.When("2024-06-28", "2024-06-28", "day", "Friday", PROOF),
        "where": model.Where("Berlin", "DE", None, None, None, None, "Berlin", PROOF),
        "participants": (
            model.Participant(BRAND, "Brand", "DE", None, "president", "President", "host", None, (PROOF,)),
            model.Participant(ALVA, "Alva", "PE", None, "president", "President", "guest", None, (LATER,)),
        ),
        "countries": ("DE", "PE"),
        "organisations": (),
        "initiatives": (),
        "relationship": None,
        "topics": (),
        "statements": (),
        "confidence": 0.9,
        "evidence": (PROOF,),
    }
    return model.Meeting(**{**fields, **others})


def test_the_same_bytes_give_the_same_event() -> None:
    one, two = (identify.report(article(), "en", meeting(), 0) for _ in range(2))
    assert one.model_dump_json() == two.model_dump_json()


def test_every_fact_names_its_article() -> None:
    event = identify.report(article(), "en", meeting(), 0)
    proofs = [event.when.evidence, event.where.evidence, *(p.evidence[0] for p in event.participants)]
    assert {proof.article_id for proof in proofs if proof} == {article().article_id}


def test_two_meetings_of_one_article_have_two_ids() -> None:
    assert len({identify.report(article(), "en", meeting(), n).meeting_id for n in range(2)}) == 2


def test_a_day_of_publication_is_published_as_a_day() -> None:
    source = identify.report(article(published_precision="day"), "en", meeting(), 0).sources[0]
    assert (source.published_at, source.publisher, source.language) == ("2024-06-29", "news.example.org", "en")


@pytest.mark.parametrize(
    ("changes", "cameo", "plover"),
    [
        ({}, "043", Plover(event="CONSULT", mode="visit")),
        ({"kind": "phone_call"}, "041", Plover(event="CONSULT", mode="phone")),
        ({"kind": "video_call"}, "040", Plover(event="CONSULT")),
        ({"kind": "signing"}, "057", Plover(event="AGREE")),
        ({"status": "announced"}, "036", None),
        ({"status": "refused"}, "125", None),
        ({"status": "cancelled"}, None, None),
        ({"where": model.Where(None, "FR", None, None, None, None, None, None)}, "044",
         Plover(event="CONSULT", mode="third-party")),
        ({"participants": ()}, "040", Plover(event="CONSULT")),
        ({"kind": "other"}, None, None),
    ],
)  # fmt: skip
def test_event_codes_follow_kind_status_and_place(
    changes: dict[str, Any], cameo: str | None, plover: Plover | None
) -> None:
    event = identify.report(article(), "en", meeting(**changes), 0)
    assert (event.cameo, event.plover) == (cameo, plover)
