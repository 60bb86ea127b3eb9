"""PLOVER and CAMEO codes of a meeting, for subscribers who already work with event data. Left out where unsure.

    036 express intent to meet · 040 consult · 041 discuss by telephone · 042 make a visit · 043 host a visit
    044 meet at a third location · 045 mediate · 057 sign a formal agreement · 125 reject a proposal to meet

The codes are seen from the first participant: a host hosts (043), a guest visits (042).
"""

from __future__ import annotations

from communique.wire import MeetingEvent, Plover


def coded(event: MeetingEvent) -> MeetingEvent:
    """The event with the codes that its facts give."""
    return event.model_copy(update={"plover": _plover(event), "cameo": _cameo(event)})


def _plover(event: MeetingEvent) -> Plover | None:
    if event.status not in ("held", "ongoing"):
        return None
    if event.kind == "signing":
        return Plover(event="AGREE")
    if event.kind == "other":
        return None
    return Plover(event="CONSULT", mode=_mode(event))


def _mode(event: MeetingEvent) -> str | None:
    if event.kind == "phone_call":
        return "phone"
    if event.kind == "video_call":
        return None
    if event.kind in ("summit", "multilateral") and len(event.countries) > 2:
        return "multilateral"
    if _elsewhere(event):
        return "third-party"
    return "visit" if _travelled(event) else None


def _cameo(event: MeetingEvent) -> str | None:
    if event.status == "announced":
        return "036"
    if event.status == "refused":
        return "125"
    if event.status not in ("held", "ongoing") or event.kind == "other":
        return None
    if event.kind == "signing":
        return "057"
    if event.kind == "phone_call":
        return "041"
    if any(person.role == "mediator" for person in event.participants):
        return "045"
    if event.kind == "video_call":
        return "040"
    if _elsewhere(event):
        return "044"
    if _travelled(event):
        return "042" if event.participants and event.participants[0].role == "guest" else "043"
    return "040"


def _elsewhere(event: MeetingEvent) -> bool:
    """A bilateral meeting in a third country."""
    place = event.where.country
    return place is not None and len(event.countries) == 2 and place not in event.countries


def _travelled(event: MeetingEvent) -> bool:
    return event.kind == "visit" or any(person.role in ("host", "guest") for person in event.participants)
