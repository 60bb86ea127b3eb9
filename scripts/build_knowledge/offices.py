"""From the offices of the sources to the vocabulary of the events."""

from __future__ import annotations

ALONE = frozenset(
    {
        "president", "prime_minister", "chancellor", "foreign_minister", "secretary_of_state", "defence_minister",
        "king", "queen", "emir", "sultan", "emperor", "pope", "grand_duke", "crown_prince", "supreme_leader",
        "secretary_general", "commission_president", "european_council_president", "high_representative",
        "director_general", "finance_minister", "economy_minister", "commerce_minister", "interior_minister",
        "cardinal_secretary_of_state", "national_security_adviser",
    }
)  # fmt: skip
"""Offices that one person holds at a time: a successor ends the term."""

RENAMED = {
    "general_secretary_of_communist_party": "party_leader",
    "general_secretary_of_party": "party_leader",
    "chairman_of_npc_standing_committee": "speaker_of_parliament",
    "first_vice_premier": "vice_premier",
    "state_councilor": "state_councillor",
    "director_of_central_foreign_affairs_office": "senior_diplomat",
    "commission_chairperson": "commission_president",
    "enlargement_commissioner": "eu_commissioner",
    "trade_commissioner": "eu_commissioner",
    "chairman_of_presidential_council": "presidential_council_chair",
    "chairman_of_sovereignty_council": "sovereignty_council_chair",
    "chairman_of_supreme_political_council": "supreme_political_council_chair",
    "chairman_of_cppcc": "cppcc_chair",
    "federal_chancellor_of_chancellery": "federal_chancellor",
    "president_of_governorate": "president",
    "foreign_secretary": "senior_diplomat",
    "monarch": "king",
    "minister_of_state": "prime_minister",
    "foreign_minister_disputed": "foreign_minister",
}

IN_COUNTRY = {
    ("US", "foreign_minister"): "secretary_of_state",
    ("ZA", "vice_president"): "deputy_president",
    ("CN", "deputy_prime_minister"): "vice_premier",
    ("VA", "secretary_of_state"): "cardinal_secretary_of_state",
    ("VA", "president_of_governorate"): "governorate_president",
}

IN_ORGANISATION = {
    ("european-commission", "president"): "commission_president",
    ("european-council", "president"): "european_council_president",
    ("european-parliament", "president"): "speaker_of_parliament",
    ("unga", "president"): "un_general_assembly_president",
    ("world-bank", "president"): "bank_president",
    ("ndb", "president"): "bank_president",
    ("adb", "president"): "bank_president",
    ("afdb", "president"): "bank_president",
    ("aiib", "president"): "bank_president",
    ("idb", "president"): "bank_president",
    ("ecb", "president"): "bank_president",
}

SPEAKS_FOR = {
    "european-commission": "EU",
    "european-council": "EU",
    "european-parliament": "EU",
    "unga": "UN",
    "ohchr": "UN",
}
"""Organs whose officials appear under the organisation itself."""


def office(name: str, *, country: str | None, organisation: str | None, label: str = "") -> str:
    if organisation is not None:
        return IN_ORGANISATION.get((organisation, name)) or RENAMED.get(name, name)
    if name == "trade_minister" and "commerce" in label.casefold():
        return "commerce_minister"
    return IN_COUNTRY.get((country or "", name)) or RENAMED.get(name, name)
