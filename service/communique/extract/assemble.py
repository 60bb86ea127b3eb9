"""What the extractors found, put together: triggers of one meeting become a draft, drafts become meetings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from communique.extract import confidence
from communique.extract.drafts import Draft, draft_of
from communique.extract.encounter import OFF, Rules, clause_span, word_before
from communique.extract.encounter_day import dated_before, day_of
from communique.extract.entities import term_on
from communique.extract.joining import REMOTE, join, once, spread, told_before, without_shadows
from communique.extract.sides import Bound
from communique.model import (
    DateMention,
    Document,
    Evidence,
    Meeting,
    Participant,
    Party,
    PlaceMention,
    Sentence,
    Statement,
    Topic,
    TopicMention,
    When,
    Where,
)
from communique.text import squeeze

_BELOW = frozenset(
    {
        "secretary_of_state",
        "high_representative",
        "speaker_of_parliament",
        "national_security_adviser",
        "special_envoy",
        "deputy_minister",
        "senior_diplomat",
    }
)

_LABEL = re.compile(r"^([^\W\d_][^:\n]{1,30}):\s", re.MULTILINE)
"""The speaker before a turn of an interview: "Frage: …"."""

_ANSWERS = 3
"""So many turns of one speaker make an interview."""

_KINDS = ("video_call", "phone_call", "summit", "multilateral", "talks", "reception", "meeting", "visit", "signing")
"""Of several words for one meeting the first of these is its kind."""

LEAD = 2
"""Sentences in which the day of the news is told."""

_CLOSED = frozenset('.!?…”"“»')
"""How a sentence ends that is no headline and no byline."""

_TWO = 2
"""More who are received for a summit hold it."""

_DATELINE = 3
"""Tokens of a sentence that tells nothing."""

_PAST_DAYS = 5
"""What is told beside the main meeting and lies further back than this is told for comparison."""


def drafts(
    document: Document,
    bounds: Sequence[Bound],
    dates: Sequence[DateMention],
    places: Sequence[PlaceMention],
    rules: Rules,
) -> list[Draft]:
    """One draft for each meeting, in order of the text."""
    found: list[tuple[Draft, Bound]] = []
    if document.folded.startswith(rules.opinion) or _interview(document):
        return []
    dates = [d for d in dates if not dated_before(document, d, rules)]
    told_of = Counter(bound.trigger.sentence for bound in bounds)
    for bound in bounds:
        draft = draft_of(document, bound, dates, places, rules, alone=told_of[bound.trigger.sentence] == 1)
        if draft is None:
            continue
        _put_forward(draft, [told for told, _ in found])
        known = told_before([told for told, _ in found], draft, bound)
        if known is not None:
            conference = draft.mode in ("summit", "multilateral") and known.mode not in ("summit", "multilateral")
            attended = bound.group is not None and known.mode == "travel" and known.sentence == draft.sentence
            whole = "reception" in known.kinds and known.sentence == draft.sentence and len(draft.people) > _TWO
            clause = bound.trigger.data.clause
            told = f" {' '.join(document.lower[clause.first : clause.last])} "
            whole = whole or (draft.entities == known.entities and any(phrase in told for phrase in rules.both))
            if conference and not attended and not whole and not (known.status in OFF and draft.counterfactual):
                continue  # the conference at which they met
            if draft.airport and known.mode == "travel":
                continue  # who welcomes at the airport does not yet take part
            join(known, draft, bound)
        elif not bound.refers and not _unfixed(document, draft, bound):
            found.append((draft, bound))
    return spread(without_shadows(once(found)))


def _put_forward(draft: Draft, told: Sequence[Draft]) -> None:
    """A day lost with a journey called off lies ahead as that did: "had been due to meet on Friday"."""
    date = draft.date
    if draft.status in OFF and date is not None and date.weekday is not None and date.relation != "future":
        lost = (other for other in told if other.status in OFF and other.entities & draft.entities)
        if any(other.date is not None and other.date.relation == "future" for other in lost):
            draft.date = date.directed("future")


def _interview(document: Document) -> bool:
    """Whether the text is questions and answers: three paragraphs or more begin with one speaker's label."""
    if document.text.count(":") < _ANSWERS and document.text.count("?") < _ANSWERS:
        return False
    labels = Counter(_LABEL.findall(document.text))
    asked = sum(1 for paragraph in document.text.split("\n") if paragraph.rstrip().endswith("?"))
    return max(asked, *labels.values()) >= _ANSWERS if labels else asked >= _ANSWERS


def _unfixed(document: Document, draft: Draft, bound: Bound) -> bool:
    """Whether a plan of people told before says no day and no place: "beide Seiten sollten den Dialog fortsetzen"."""
    start, end = clause_span(document, bound)
    wish = (
        bound.trigger.data.form == "noun"
        and draft.status == "announced"
        and not any(start <= p.start < end for p in bound.people)
    )
    return wish and draft.mode != "travel" and not draft.own_date and not draft.own_place


def meetings(
    document: Document,
    drafts: Sequence[Draft],
    statements: Sequence[Statement],
    topics: Sequence[TopicMention],
    dates: Sequence[DateMention],
    places: Sequence[PlaceMention],
    parties: Sequence[Party],
    rules: Rules,
) -> tuple[Meeting, ...]:
    """Meetings with the main one first."""
    _set_back(document, drafts)
    _inherit_places(drafts)
    _inherit_day(document, drafts, dates, parties)
    _inherit_beside(document, drafts, dates, rules)
    _inherit_plan(drafts)
    for draft in drafts:
        if draft.remote and draft.place is None and draft.kinds == {"talks"} and draft.status == "held":
            draft.kinds, draft.mode = {"phone_call"}, "call"
    built = [_meeting(document, draft, topics, places, rules) for draft in drafts]
    order = sorted(
        range(len(built)),
        key=lambda i: (
            built[i].background,
            drafts[i].sentence,
            drafts[i].mode == "travel",
        ),
    )
    ordered = [_weighed(built[i], drafts[i], rank, len(built), rules) for rank, i in enumerate(order)]
    if not ordered:
        return ()
    return _with_statements(ordered, statements)


def _set_back(document: Document, drafts: Sequence[Draft]) -> None:
    """Marks what only looks back: told in the pluperfect of an earlier day, or of the same people without a day."""
    main = min(drafts, key=lambda d: (d.background, d.sentence))
    today = document.published
    for draft in drafts:
        if draft is main or draft.background or draft.status not in ("held", "ongoing"):
            continue
        own = draft.date.value if draft.date and draft.own_date else None
        told = main.date.value if main.date and main.status in ("held", "ongoing") else None
        earlier = own is not None and told is not None and own < told[: len(own)]
        if own is not None and today is not None:
            exact = len(own) == len("2024-06-28")
            old = (today - day_of(own)).days > _PAST_DAYS if exact else own < today.isoformat()[: len(own)]
        else:
            exact = old = False
        days = (told, today.isoformat() if today else None)
        if draft.before and own is None and draft.date is not None and draft.date.value and draft.date.value in days:
            continue  # "earlier in the day he had called on …"
        if old or (earlier or not exact if draft.before else earlier and draft.entities == main.entities):
            draft.background = True


def lead(document: Document) -> Sequence[Sentence]:
    """The sentences in which the day of the news is told: the first, without headline, byline and dateline."""
    heads = sum(1 for s in document.sentences[:LEAD] if document.text[s.end - 1] not in _CLOSED or _short(s))
    return document.sentences[: LEAD + heads]


def _inherit_day(
    document: Document, drafts: Sequence[Draft], dates: Sequence[DateMention], parties: Sequence[Party]
) -> None:
    """The first meeting without a day of its own was on the one day that the lead names, if by a participant's words:
    "…, Halonen said on Wednesday after a morning with Kibaki"; so was another of all who are named with that day."""
    main = min(drafts, key=lambda d: (d.background, d.sentence))
    first = lead(document)
    told = [d for d in dates if d.start < first[-1].end and not d.dateline and d.precision == "day" and d.bound == "on"]
    told = [d for d in told if any(s.start <= told[0].start < s.end and d.start < s.end for s in first)]
    days = {(d.value, d.weekday) for d in told}
    if len(days) != 1 or told[0].relation == "future":
        return
    for draft in drafts:
        open_ = draft.date is None and not draft.background and draft.status == "held"
        if open_ and (
            _said_there(document, told[0], draft, drafts, parties)
            if draft is main
            else _told_with(document, told[0], draft)
        ):
            draft.date = told[0].directed("past")


def _inherit_beside(document: Document, drafts: Sequence[Draft], dates: Sequence[DateMention], rules: Rules) -> None:
    """The first meeting without a day was on the one before or behind which something else is told: "Earlier on Monday
    he saw …"."""
    main = min(drafts, key=lambda d: (d.background, d.sentence))
    if main.date is not None or main.background or main.status != "held":
        return
    told = [d for d in dates if d.precision == "day" and word_before(document, d.start) in rules.beside]
    if len({d.value for d in told}) == 1:
        main.date = told[0].directed("past")


def _told_with(document: Document, mention: DateMention, draft: Draft) -> bool:
    """Whether all participants are named in the sentence of a date."""
    sentence = next(s for s in document.sentences if s.start <= mention.start < s.end)
    told = set(squeeze(document.text[sentence.start : sentence.end]).split())
    names = [squeeze(p.name).rpartition(" ")[2] for p in draft.people if p.name]
    return len(names) == len(draft.people) >= _TWO and all(name in told for name in names)


def _short(sentence: Sentence) -> bool:
    """Whether a sentence is only a dateline: "Samarkand." """
    return sentence.last - sentence.first <= _DATELINE


def _inherit_plan(drafts: Sequence[Draft]) -> None:
    """A meeting planned without a day is in the week or month of the journey told just before it."""
    for number, draft in enumerate(drafts):
        if draft.status != "announced" or draft.date is not None or draft.mode == "travel":
            continue
        for other in drafts[:number]:
            near = other.mode == "travel" and draft.sentence - other.sentence == 1 and other.entities <= draft.entities
            if near and other.date is not None and len(other.date.value or "") == len("2024-06"):
                draft.date = other.date


def _said_there(
    document: Document, mention: DateMention, draft: Draft, drafts: Sequence[Draft], parties: Sequence[Party]
) -> bool:
    """Whether a participant is told of in the sentence of a date, by himself or in another meeting of that day."""
    sentence = next(s for s in document.sentences if s.start <= mention.start < s.end)
    told = {p.entity for p in parties if sentence.start <= p.start < sentence.end and p.entity >= 0}
    others = any(o is not draft and o.date is not None and o.date.start == mention.start for o in drafts)
    return (not others and any(p.entity in told for p in draft.people)) or any(
        other.date is not None
        and other.date.start == mention.start
        and other.status == "held"
        and other.entities & draft.entities
        for other in drafts
    )


def _inherit_places(drafts: Sequence[Draft]) -> None:
    """A meeting told after another of the same day and host took place in the same city."""
    for number, draft in enumerate(drafts):
        if draft.place is not None or draft.background or draft.mode in ("call", "travel") or draft.status in OFF:
            continue
        for other in reversed(drafts[:number]):
            there = other.place is not None and other.place.city and other.mode != "call" and not other.background
            same_day = draft.date is None or other.date is None or draft.date.value == other.date.value
            if there and same_day and draft.entities & other.entities:
                draft.place = other.place
                break


def _meeting(
    document: Document, draft: Draft, topics: Sequence[TopicMention], places: Sequence[PlaceMention], rules: Rules
) -> Meeting:
    kind = next(kind for kind in _KINDS if kind in draft.kinds)
    if kind in ("talks", "meeting", "reception") and _ministers(document, draft):
        kind = "multilateral"
    when = _when(document, draft, rules)
    where = _where(document, draft, kind, places, rules)
    background = draft.background or _old(document, when)
    span_start = document.sentences[min(draft.sentences)].start
    span_end = document.sentences[max(draft.sentences)].end
    near = [t for t in topics if span_start <= t.start < span_end] if len(draft.sentences) > 0 else []
    return Meeting(
        kind=kind,
        status=draft.status,
        background=background,
        when=when,
        where=where,
        participants=tuple(_participant(p, draft, where) for p in draft.people),
        countries=tuple(draft.countries),
        organisations=tuple(
            dict.fromkeys((*draft.organisations, *(t.topic for t in near if t.kind == "organisation")))
        ),
        initiatives=tuple(dict.fromkeys(t.topic for t in topics if t.kind == "initiative")),
        relationship=next((t.topic for t in topics if t.kind == "relationship"), None),
        topics=_topics(document, topics),
        statements=(),
        confidence=0.0,
        evidence=tuple(draft.evidence),
    )


def _ministers(document: Document, draft: Draft) -> bool:
    """Whether officials of three states or more met, below the level of leaders."""
    bodies = {p.organisation for p in draft.people if p.organisation and not p.country}
    if len(draft.countries) + len(bodies) < 3:
        return False
    terms = [term_on(p.candidates[0], document.published) for p in draft.people if p.candidates and not p.office]
    told = (*(p.office for p in draft.people), *(term.office for term in terms if term is not None))
    offices = [*(office for office in told if office), *draft.group_offices]
    return bool(offices) and all(
        ("minister" in office and office != "prime_minister") or office in _BELOW for office in offices
    )


def _when(document: Document, draft: Draft, rules: Rules) -> When:
    mention = draft.date
    if mention is not None and mention.value is not None:
        evidence = Evidence(mention.start, mention.end, document.text[mention.start : mention.end], mention.rule)
        return When(mention.value, mention.until or mention.value, mention.precision, evidence.text, evidence)
    nothing = When(None, None, "unknown", None, None)
    if document.published is None or draft.status not in ("held", "ongoing") or draft.background:
        return nothing
    day = document.published.isoformat()
    if draft.status == "ongoing":
        return When(day, day, "day", None, None)
    return When(day[:7], day[:7], "month", None, None)


def _where(document: Document, draft: Draft, kind: str, places: Sequence[PlaceMention], rules: Rules) -> Where:
    if kind in REMOTE:
        return Where(None, None, None, None, None, None, None, None)
    mention = draft.place
    heads = [p for p in places if p.dateline and p.city]
    dateline = next((p for p in heads if p.country in draft.countries), heads[0] if heads else None)
    if (
        mention is not None
        and dateline is not None
        and dateline.country in draft.countries
        and draft.status in ("held", "ongoing")
    ):
        if mention.city is None and mention.country == dateline.country:
            mention = dateline  # "in Serbien", written in Belgrad
        elif mention.venue is not None and mention.country not in draft.countries:
            mention = dateline  # a palace of that name elsewhere
    if mention is None:
        unplaced = draft.status == "refused" or draft.anywhere
        heads = [p for p in places if p.dateline]
        ours = (p for p in heads if p.country in draft.countries)
        dateline = None if unplaced else next(ours, heads[0] if heads else None)
        there = draft.destination in (None, dateline.country) if dateline is not None else False
        if (
            dateline is not None
            and there
            and (dateline.country in draft.countries or draft.status in ("held", "ongoing"))
            and not draft.background
        ):
            mention = dateline
    if draft.mode == "travel" and (mention is None or mention.city is None):
        abroad = set(draft.countries) - {p.country for p in draft.people}
        if len(abroad) > 1:
            return Where(None, None, None, None, None, None, None, None)  # a tour of several countries
    if mention is None:
        country = draft.destination or (_refusing(draft) if draft.status == "refused" else _host_country(draft))
        return Where(None, country, None, None, None, None, None, None)
    evidence = Evidence(mention.start, mention.end, document.text[mention.start : mention.end], mention.rule)
    if mention.dateline and mention.country is None and draft.people:
        return Where(mention.city, draft.people[0].country, None, None, None, None, evidence.text, evidence)
    return Where(
        mention.city,
        mention.country,
        mention.venue,
        mention.latitude,
        mention.longitude,
        mention.geonames_id,
        evidence.text,
        evidence,
    )


def _host_country(draft: Draft) -> str | None:
    """Who receives does so at home, where nothing else is said."""
    return next((p.country for p in draft.people if draft.host is not None and p.entity == draft.host), None)


def _refusing(draft: Draft) -> str | None:
    """The government that will not receive somebody would have done so at home."""
    others = set(draft.countries) - {p.country for p in draft.people}
    return others.pop() if "reception" in draft.kinds and len(others) == 1 else None


def _old(document: Document, when: When) -> bool:
    if document.published is None or when.start is None:
        return False
    year, month = int(when.start[:4]), int(when.start[5:7] or 12)
    months = (document.published.year - year) * 12 + document.published.month - month
    return months >= 2


def _participant(party: Party, draft: Draft, where: Where) -> Participant:
    role: Literal["host", "guest", "participant"] = "participant"
    if draft.host is not None and draft.host == party.entity:
        role = "host"
    elif where.country is not None and party.country is not None and where.country in draft.countries:
        role = "host" if party.country == where.country else "guest"
    return Participant(
        name=party.name,
        surface=party.surface,
        country=party.country,
        organisation=party.organisation,
        office=party.office,
        office_text=party.office_text,
        role=role,
        wikidata=None,
        evidence=party.evidence,
        candidates=party.candidates,
    )


def _topics(document: Document, topics: Sequence[TopicMention]) -> tuple[Topic, ...]:
    found: dict[str, list[TopicMention]] = {}
    for mention in topics:
        if mention.kind == "topic":
            found.setdefault(mention.topic, []).append(mention)
    return tuple(
        Topic(
            name,
            where[0].medtop,
            tuple(Evidence(m.start, m.end, document.text[m.start : m.end], m.rule) for m in where[:3]),
        )
        for name, where in found.items()
    )


def _weighed(meeting: Meeting, draft: Draft, rank: int, meetings: int, rules: Rules) -> Meeting:
    """A meeting with what speaks against it, and how sure it is."""
    own_day = draft.own_date or draft.date is None
    weak = all(evidence.rule in rules.weak for evidence in draft.evidence)
    at = confidence.Circumstances(draft.sentence, rank, meetings, draft.inherited, weak, own_day)
    doubts = confidence.doubts(meeting, at)
    return replace(meeting, doubts=doubts, confidence=confidence.confidence(doubts))


def _with_statements(ordered: list[Meeting], statements: Sequence[Statement]) -> tuple[Meeting, ...]:
    """Each statement goes to the first meeting that its speaker took part in, else to the main one."""
    given: list[list[Statement]] = [[] for _ in ordered]
    for statement in statements:
        speakers = {name.strip() for name in statement.speaker.split(";")}
        place = 0
        for number, meeting in enumerate(ordered):
            names = {c.name for p in meeting.participants for c in p.candidates[:1]} | {
                p.name for p in meeting.participants
            }
            if not meeting.background and speakers & names:
                place = number
                break
        given[place].append(statement)
    return tuple(replace(m, statements=tuple(s)) for m, s in zip(ordered, given, strict=True))
