"""How well reports of one meeting find each other: pairwise precision and recall over annotated clusters.

    python scripts/measure_identity.py clusters.jsonl

One line a report: {"cluster", "lang", "date", "publisher", "url", "gold": {kind, status, participants[{name, country,
organisation, role, surface}], countries, organisations, date, place{name, country}}}. Only the annotation is read, not
the text, so that what is measured is identity alone: keys, likeness and merge, in ten orders of arrival.
"""

from __future__ import annotations

import argparse
import json
import random
import uuid
from itertools import combinations
from pathlib import Path
from typing import Any

from communique import identify
from communique.wire import Evidence, Extractor, MeetingEvent, Participant, SourceReport, When, Where


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--errors", action="store_true", help="print every wrong pair with the reason")
    arguments = parser.parse_args()
    lines = [json.loads(line) for line in arguments.file.read_text("utf-8").splitlines()]
    reports = {line["id"]: event(line) for line in lines}
    cluster = {line["id"]: line["cluster"] for line in lines}
    seen: set[tuple[str, str]] = set()
    for seed in range(10):
        order = list(reports)
        if seed:
            random.Random(seed).shuffle(order)
        found = assigned(order, reports)
        hit = wrong = missed = 0
        for a, b in combinations(sorted(reports), 2):
            together, belong = found[a] == found[b], cluster[a] == cluster[b]
            hit += together and belong
            wrong += together and not belong
            missed += belong and not together
            if together != belong:
                seen.add((a, b))
        print(f"order {seed}: precision {hit / max(1, hit + wrong):.3f}  recall {hit / max(1, hit + missed):.3f}"
              f"  pairs {hit + missed}  wrong {wrong}  missed {missed}")  # fmt: skip
    for a, b in sorted(seen) if arguments.errors else ():
        kind = "missed" if cluster[a] == cluster[b] else "wrong"
        shared = set(identify.keys(reports[a])) & set(identify.keys(reports[b]))
        print(f"{kind:6} {a} {b}: {identify.compare(reports[a], reports[b]).reason}{'' if shared else ' (no key)'}")


def assigned(order: list[str], reports: dict[str, MeetingEvent]) -> dict[str, int]:
    """Report id → number of its meeting, as the store would assign it."""
    states: list[identify.Known] = []
    keys: list[set[str]] = []
    found: dict[str, int] = {}
    for name in order:
        report = reports[name]
        own = set(identify.keys(report))
        verdicts = [(identify.compare(state.event, report), n) for n, state in enumerate(states) if own & keys[n]]
        likes = [(verdict.likeness, n) for verdict, n in verdicts if verdict.same]
        if likes:
            number = max(likes)[1]
            states[number] = identify.merge(states[number], report)
            keys[number] |= own
        else:
            number = len(states)
            states.append(identify.first(report))
            keys.append(own)
        found[name] = number
    return found


def event(line: dict[str, Any]) -> MeetingEvent:
    """The annotation as the report that an extractor without fault would give."""
    gold = line["gold"]
    article_id = str(uuid.uuid5(uuid.NAMESPACE_URL, line["url"]))

    def proof(text: str | None) -> Evidence:
        return Evidence(article_id=article_id, start=0, end=len(text or ""), text=text or "", rule="gold")

    day, place = gold["date"], gold["place"] or {}
    precision = "unknown" if day is None else {4: "year", 7: "month"}.get(len(day), "day")
    return MeetingEvent(
        meeting_id=str(uuid.uuid5(uuid.NAMESPACE_URL, line["id"])),
        revision=1,
        kind=gold["kind"],
        status=gold["status"],
        when=When(start=day, end=day, precision=precision, evidence=proof(gold.get("date_surface"))),
        where=Where(city=place.get("name"), country=place.get("country"), evidence=proof(place.get("surface"))),
        participants=tuple(
            Participant(
                name=person["name"],
                surface=person["surface"] or "",
                country=person["country"],
                organisation=person["organisation"],
                office=person["role"],
                evidence=(proof(person["surface"]),),
            )
            for person in gold["participants"]
        ),
        countries=tuple(gold["countries"]),
        organisations=tuple(gold["organisations"]),
        sources=(
            SourceReport(article_id=article_id, url=line["url"], language=line["lang"], published_at=line["date"]),
        ),
        confidence=1.0,
        extractor=Extractor(name="gold", version="1", languages="1"),
    )


if __name__ == "__main__":
    main()
