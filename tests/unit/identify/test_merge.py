"""The state that all reports of a meeting give together."""

from __future__ import annotations

from functools import reduce
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communique import identify
from communique.wire import Evidence, MeetingEvent, Statement, Topic
from tests.unit.identify.reports import ALVA, BASE, BRAND, CASTRO, HOST, person, report


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
