"""The sections of a language file, each read by one extractor."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from communique.languages import taxonomy


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Segmentation(Section):
    """Read by text.py."""

    boundaries: bool
    """False where words are written without spaces."""
    abbreviations: tuple[str, ...] = ()
    ordinals: bool = False
    after_ordinal: tuple[str, ...] = ()
    quotes: tuple[tuple[str, str], ...] = ()


class Inflection(Section):
    """Suffixes and prefixes that a form may carry without being another word, by kind of entry. Read by matcher.py."""

    suffixes: dict[str, tuple[str, ...]] = {}
    prefixes: dict[str, tuple[str, ...]] = {}


class Words(Section):
    """Function words by meaning. Read by mentions.py, clauses.py, triggers.py and arguments.py."""

    and_: tuple[str, ...]
    of: tuple[str, ...]
    """Introduce the country of an office: "von", "of"."""
    article: tuple[str, ...]
    possessive: tuple[str, ...]
    counterpart: tuple[str, ...]
    """Words for the other side's holder of the same office: "Amtskollege"."""
    with_: tuple[str, ...]
    between: tuple[str, ...]
    by: tuple[str, ...]
    topic: tuple[str, ...] = ()
    """Prepositions before what is talked about."""
    about: tuple[str, ...]
    """Introduce a topic, so that what follows is no participant."""
    attend: tuple[str, ...] = ()
    """Words that make a conference the business of one principal: "nimmt … teil", "attends"."""
    plural_verb: tuple[str, ...] = ()
    """Endings of verbs beside a pronoun that then means several: "sie hatten"."""
    for_: tuple[str, ...] = ()
    """Behind a minister, before the field: "für", "for"."""
    letter: tuple[str, ...] = ()
    """Words for what is written: who writes does not meet."""
    content: tuple[str, ...] = ()
    """Conjunctions before what is said or wished: "dass", "that"."""
    at_it: tuple[str, ...] = ()
    """Those of `sideline` that stand before a summit of the two as well: "at a summit in Nara"."""
    edifice: tuple[str, ...] = ()
    """Capitalised nouns behind a name that is only theirs: "Prince Fahd Palace"."""
    seas: tuple[str, ...] = ()
    """Waters that are named after a country and are no part of it: "Gulf of Mexico"."""
    beside: tuple[str, ...] = ()
    """Before a day that what was told before was on as well: "earlier" of "Earlier on Monday he saw …"."""
    outside: tuple[str, ...] = ()
    """Before a country where something did not happen: "outside"."""
    day_of: tuple[str, ...] = ()
    """Before "of" and a date that is a day of its own ("the morning of 5 May"); behind another noun it dates that."""
    whether: tuple[str, ...] = ()
    """Conjunctions of a clause that leaves open whether it is so: "ob"."""
    it: tuple[str, ...] = ()
    """The pronoun of nobody: "es"."""
    comes_to: tuple[str, ...] = ()
    """Verbs by which, with such a pronoun, an encounter is told and is no occasion: "kommt es zu einem Treffen"."""
    from_: tuple[str, ...] = ()
    """Before a place that somebody departs from: "from"."""
    preparing: tuple[str, ...] = ()
    """Nouns before an encounter that is only what they are about: "Vorbereitung des Gipfels"."""
    present: tuple[str, ...] = ()
    """Words that add somebody to a meeting already told: "attended by", "nahm teil"."""
    including: tuple[str, ...] = ()
    """Behind a comma, before some of those just named: no apposition."""
    last: tuple[str, ...] = ()
    """Words right before an encounter that make it an earlier one: "last met", "letztes Treffen"."""
    hail: tuple[str, ...] = ()
    """Behind a name, before the country it comes from: "aus", "of"."""
    state_body: tuple[str, ...] = ()
    """What a nationality makes a body of a state: "der chinesischen Regierung", "of the Danish parliament"."""
    posted: tuple[str, ...] = ()
    """Behind a diplomat, before the country he is sent to: "in", "to"."""
    said: tuple[str, ...] = ()
    """Verbs of saying; a date right behind one says when it was told."""
    told_behind: tuple[str, ...] = ()
    """Right behind a date they say that it was told then: "gab am Montag bekannt"."""
    opinion: tuple[str, ...] = ()
    """Headings of opinion pieces, which report nothing: "Leitartikel"."""
    since: tuple[str, ...] = ()
    """Before a date that only says since when: "seit seiner Wahl im Februar"."""
    then: tuple[str, ...] = ()
    """Adverbs that tell one meeting after another: "danach", "then"."""
    nor: tuple[str, ...] = ()
    """Negations that reach over their whole clause: "weder", "kein"."""
    instead: tuple[str, ...] = ()
    """Auxiliaries of what was to be and was not: "hätte", "would have"; both parts of "hatte+wollen"."""
    meant: tuple[str, ...] = ()
    """Auxiliaries that say so only of what was called off before: "sollte", "was to"."""
    led: tuple[str, ...] = ()
    """Words of a sentence that says who leads the delegation told of before it."""
    but: tuple[str, ...] = ()
    """Open a clause that takes back what was planned before it: "but declined"."""
    the: tuple[str, ...] = ()
    """Articles before what was told before, as an attribute: "des", "dieser", "the"."""
    to: tuple[str, ...] = ()
    """Before an infinitive: a form of the present behind it is only a purpose ("met to discuss")."""
    delegation: tuple[str, ...] = ()
    """Words for those who came from abroad, without their names: "Gäste", "delegation"."""
    singular_article: tuple[str, ...] = ()
    """Articles that no plural has."""
    plural_article: tuple[str, ...] = ()
    """Articles before an adjective with one of `weak_ending` that make a masculine office a plural."""
    weak_ending: tuple[str, ...] = ()
    """Endings of an adjective that stands before a plural: "europäischen"."""
    apart: tuple[str, ...] = ()
    """Behind a measure of time, before an occasion that only dates what is told: "two days after he met her"."""
    separate: tuple[str, ...] = ()
    """Words that make one meeting of each counterpart: "in separate calls with A and B"."""
    unreal: tuple[str, ...] = ()
    """In the clause before a verb of an encounter that was to be: "would have"."""
    than: tuple[str, ...] = ()
    """Before a word of status that only compares: "länger als geplant"."""
    on_behalf: tuple[str, ...] = ()
    """Words whose genitive is somebody absent: "im Namen von", "on behalf of"."""
    side: tuple[str, ...] = ()
    """The noun behind a nationality that says for whom somebody sits at the table: "auf chinesischer Seite"."""
    invitation: tuple[str, ...] = ()
    """Nouns whose genitive is the host: "auf Einladung des Präsidenten"."""
    both_countries: tuple[str, ...] = ()
    """Phrases for the two states named before: "beider Länder"."""
    also: tuple[str, ...] = ()
    """Adverbs for one more who took part."""
    motion: tuple[str, ...] = ()
    """Past forms of verbs of motion: who went to meet somebody has met him."""
    visit_to: tuple[str, ...] = ()
    """Before the host of a journey: "Besuch bei A"."""
    members: tuple[str, ...] = ()
    """Words of a sentence that lists who belongs to a delegation."""
    undertake: tuple[str, ...] = ()
    """Verbs of a journey: "began", "concluded"."""
    airport: tuple[str, ...] = ()
    """Where a welcome is a part of the visit and no meeting of its own."""
    not_: tuple[str, ...]
    not_before: bool = False
    """True where a negation stands before the finite verb that it denies, never behind it ("traf ihn nicht")."""
    pronoun: dict[Literal["he", "him", "she", "her", "this", "they"], tuple[str, ...]] = {}
    """Pronouns that stand for a party; "this" is a masculine subject ("dieser")."""
    preposition: tuple[str, ...] = ()
    """Words before a person that is not the subject."""
    name_particle: tuple[str, ...] = ()
    """Lower-case words inside names: "von", "bin", "de"."""
    not_name: tuple[str, ...] = ()
    """Capitalised words that never belong to a person's name."""
    title: tuple[str, ...] = ()
    """Forms of address before a name that say no office: "Dr", "Mr"."""
    clause: tuple[str, ...] = ()
    """Words that open a new clause after a comma: "dass", "who"."""
    clause_anywhere: tuple[str, ...] = ()
    """Words that open a new clause without a comma too: "while", "after"."""
    as_: tuple[str, ...] = ()
    """Introduces the office in which somebody acts: "als Botschafter"."""
    address: tuple[str, ...] = ()
    """Forms of address that only office-holders have: "Exzellenz"."""
    relative: tuple[str, ...] = ()
    """Words that open a clause about the noun just before it: "which"."""
    relative_thing: tuple[str, ...] = ()
    """Those of them that mean no person."""
    guest: tuple[str, ...] = ()
    """Words for the other side without a name: "Gast", "visitor"."""
    both: tuple[str, ...] = ()
    """Phrases for the parties just named: "die beiden", "the two leaders"."""
    sideline: tuple[str, ...] = ()
    """Phrases before a conference that is only the frame of something else: "am Rande"."""
    during: tuple[str, ...] = ()
    """Prepositions that make a meeting the occasion of something else: "bei", "during"."""
    journey: tuple[str, ...] = ()
    """Prepositions before a journey that somebody is on: "zum Besuch", "on a visit"."""
    perfect: tuple[str, ...] = ()
    """Auxiliaries of what has happened: "hat", "wurde"."""
    pluperfect: tuple[str, ...] = ()
    """Auxiliaries of what had happened before: "hatte", "had"."""
    plural_before: tuple[str, ...] = ()
    """Words that make an office before them plural where its form does not: "die", "beide"."""
    feminine: tuple[str, ...] = ()
    """Endings of offices that "die" leaves in the singular: "in"."""
    home_country: str | None = None
    """Country of an office without one ("Bundestagspräsident", "Bürgermeister") where nothing else says it."""
    nouns_capitalised: bool = False
    """True where common nouns have capitals, so that a capital makes no name."""


class Office(Section):
    """A word for an office. `office` is the published snake_case name."""

    id: str
    office: str
    forms: tuple[str, ...]
    plural: tuple[str, ...] = ()
    country: str | None = None
    """Set where the word itself says the country: "Kremlchef"."""
    organisation: str | None = None
    generic: bool = False
    """True for a word that several offices share ("Minister", "Regierungschef"): the office of the person decides."""


class OfficePrefix(Section):
    """A word before an office, or the first part of a compound: "ehemaliger", "Vize", "Bundes"."""

    form: str
    office: str | None = None
    """Put before the office: "vice_", "former_"; "designate" goes behind it."""
    country: str | None = None
    """Country that the prefix says; "home" for Words.home_country."""


class Frame(Section):
    """A word that reports an encounter, with its forms by tense."""

    id: str
    kind: str
    mode: Literal["encounter", "travel", "call", "summit", "multilateral"]
    past: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    participle: tuple[str, ...] = ()
    infinitive: tuple[str, ...] = ()
    noun: tuple[str, ...] = ()
    pair: bool = False
    """True where, without any of `needs`, two coordinated subjects make it an encounter: "A und B haben gesprochen"."""
    particle: str | None = None
    """The separable part that the finite forms need: "zusammen" of "kam … zusammen"."""
    needs: frozenset[str] = frozenset()
    """One of these words must stand in the clause with a verb form: "mit" with "sprach"."""
    host: Literal["subject", "object", "none"] = "none"
    """Who receives whom, where the verb says it."""
    status: Literal["announced", "held"] | None = None
    """Set where the word itself says it: "verabredet"."""
    names: tuple[str, ...] = ()
    """Forms that also give a name or start a thing."""
    asked: tuple[str, ...] = ()
    """Shortly before such a form they show it: "what she called a scandal"."""
    naming: tuple[str, ...] = ()
    """Right behind such a form they show it: "called an election", "called it unfair"."""
    still: tuple[str, ...] = ()
    """Adverbs that may come between: "called again for"."""
    predicate: tuple[str, ...] = ()
    """Behind its object they do: "called him a friend"."""
    remote: bool = False
    """True for a verb that means a call where no place is told: "spoke with"."""
    anywhere: bool = False
    """True for a word that leaves open whether they were in one place: where none is told, the dateline is none."""
    behind: tuple[str, ...] = ()
    """Words of which one stands shortly before a form: "after" two hours with somebody."""
    topical: bool = False
    """True for a verb whose object is what was talked about: a country behind it is no place."""
    nominal: tuple[str, ...] = ()
    """Forms of the present that are plurals of a noun too: verbs only behind a name, an office or a pronoun."""
    bare: bool = False
    """True for a participle that counts without an ending: "ist akkreditiert", not "die akkreditierten"."""
    weak: bool = False
    """True for a word of many other uses: two named parties must be its arguments."""


class StatusCue(Section):
    """Words that say whether the meeting took place, or that it is only wished for."""

    id: str
    status: Literal[
        "announced", "ongoing", "held", "postponed", "cancelled", "refused", "wished", "invited", "background"
    ]
    forms: tuple[str, ...]
    finite: bool = False
    """True for a finite verb that puts what depends on it into the future ("wird", "will"); other forms stand beside
    the noun they speak of ("geplant")."""
    particle: str | None = None
    """The separable part: "ab" of "sagte … ab"."""
    past: bool = False
    """True where the day on which it was to be has passed: "fiel aus", "did not take place"."""


Unit = Literal["day", "week", "month", "year"]
Meaning = Literal[
    "date", "weekday", "offset", "month", "unit", "ago", "ahead", "shift_back", "shift_ahead", "same", "nth", "part",
    "year", "bare_year", "season", "vague_past", "vague_future", "sequence", "none",
]  # fmt: skip
"""What a date template says. "offset" counts days from publication, "ago" and "ahead" count units from it, the shifts
count from the day told before; "none" is a phrase that looks like a date and is none ("Welt am Sonntag")."""


class Dates(Section):
    """Words and phrases for days. Read by dates.py; names of months and weekdays come from CLDR.

    Each table of words fills one slot of the templates. A form with a capital wants one in the text.
    """

    endings: tuple[str, ...] = ()
    """Endings that a "~" in a form of `steps` stands for."""
    months: dict[str, int] = {}
    """Forms beside CLDR's: "Jänner"."""
    weekdays: dict[str, int] = {}
    """Forms beside CLDR's, Monday is 0."""
    weekday_compounds: tuple[str, ...] = ()
    """Second parts that make one word with a weekday: "Montagabend"."""
    offsets: dict[str, int]
    """"heute" 0, "gestern" -1."""
    steps: dict[str, int]
    """"vergangenen" -1, "diesem" 0, "kommenden" 1."""
    offset_adjectives: dict[str, int] = {}
    """Fill {offset_adjective}: "heutigen"."""
    units: dict[str, Unit]
    plural_units: dict[str, Unit]
    last_units: dict[str, Unit] = {}
    """Words for the unit before this one: "Vorwoche"."""
    weekend: tuple[str, ...]
    phases: dict[str, Literal["start", "middle", "end"]]
    seasons: dict[str, int]
    """Month in the middle of the season."""
    parts: tuple[str, ...]
    """Parts of a day, which say nothing of the date."""
    counts: dict[str, int]
    superlatives: tuple[str, ...] = ()
    """Words of a rank: "the first in two decades" is a span and no coming day."""
    ordinals: dict[str, int] = {}
    leads: tuple[str, ...]
    """Prepositions that may open a phrase; fill {lead}."""
    joiners: tuple[str, ...] = ()
    """Between the ends of a range or the days of a list; fill {joiner}."""
    marks: tuple[str, ...] = ()
    """After the number of a day; fill {mark}: "th"."""
    past: tuple[str, ...] = ()
    """Fill {past}: "bereits", "earlier"."""
    future: tuple[str, ...] = ()
    """Fill {future}: "noch", "later"."""
    bounds: dict[str, Literal["on", "since", "until", "before", "after", "for"]]
    """Prepositions before a date."""
    articles: tuple[str, ...] = ()
    """May stand between such a preposition and the date."""
    phrases: dict[Meaning, tuple[str, ...]]
    """Templates of languages/phrases.py by meaning."""


Relation = Literal["in", "to", "from"]


class Places(Section):
    """The grammar of places. Read by places.py; the names themselves come from the knowledge base.

    In the lists of nouns "-gipfel" stands for every word with that ending, "summit" for itself alone.
    """

    prepositions: dict[str, Relation]
    """"in", "nach", "aus"."""
    venue_prepositions: dict[str, Relation] = {}
    """Say a place only before a building: "zum Kreml", "vor dem Weißen Haus"."""
    two_way: tuple[str, ...] = ()
    """Prepositions that say the goal with `goal_articles`: "in die Türkei"."""
    goal_articles: tuple[str, ...] = ()
    plural: tuple[str, ...] = ()
    """Country codes with names in the plural, where `plural_articles` say the place after all: "in den USA"."""
    plural_articles: tuple[str, ...] = ()
    island: tuple[str, ...] = ()
    """Prepositions that go with islands and buildings alone: "auf Zypern"."""
    islands: tuple[str, ...] = ()
    """Country codes of those islands."""
    fused: tuple[str, ...] = ()
    """Prepositions with an article inside, which no town has: "im Norden" is not in the town of Norden."""
    articles: tuple[str, ...]
    adjectives: tuple[str, ...] = ()
    """May stand between preposition and name: "nearby"."""
    adjective_endings: tuple[str, ...] = ()
    """Endings of lower-case words that may: "benachbarten"."""
    nouns: tuple[str, ...]
    """Kinds of towns, which may stand between: "Stadt", "resort"; a name after one is a town even in no table."""
    region_nouns: tuple[str, ...] = ()
    """Kinds of regions, which may stand between as well: "Bundesstaat", "province"."""
    capital_nouns: tuple[str, ...]
    of: tuple[str, ...]
    """Between such a noun and the name of a country: "Hauptstadt von Ruanda"."""
    town_of: tuple[str, ...] = ()
    """Between a kind of town and its name: "the city of Almaty"."""
    noun_endings: tuple[str, ...] = ()
    """Endings of common nouns, which are no names of towns though they have a capital."""
    city_adjective: str | None = None
    """Ending that makes an adjective of a city: "Pariser"."""
    events: tuple[str, ...]
    """Nouns that happen in the city named before them: "Pariser Gipfel", "the Geneva talks"."""
    buildings: tuple[str, ...]
    """Nouns that, after a preposition, stand in the city named before them: "im Hamburger Rathaus"."""
    journeys: tuple[str, ...]
    """Words for a journey: second parts of "China-Reise", and "trip" in "a trip of Kenya"."""
    beside: frozenset[str] = frozenset()
    """Before "of" and an occasion: "on the sidelines of the UN General Assembly" is where that meets."""
    journey_of: tuple[str, ...] = ()
    """Between journey and goal: "a tour of Tanzania"."""
    departures: dict[str, tuple[str, ...]] = {}
    """Preposition that says the goal only after one of these words: "for" after "left"."""
    not_goal: tuple[str, ...] = ()
    """Words after which the preposition says no goal: "ambassador to", "according to"."""
    subjects: tuple[str, ...] = ()
    """Nouns with which a place is what is talked about, not where: "Krieg in", "situation in"."""
    bodies: tuple[str, ...] = ()
    """Nouns of which a place is an attribute, unless they are places themselves: "die Regierung in Kiew"."""
    name_tails: tuple[str, ...] = ()
    """Words that make another name of a city's: "Washington Post"."""
    here: tuple[str, ...] = ()
    here_before: tuple[str, ...] = ()
    """Tokens before which "here" stands for the town of the dateline."""
    regions: dict[str, str] = {}
    """Country of an abbreviated region in a dateline: "Calif."."""
    unlisted_after_comma: bool = False
    """Whether a name after "in" is taken for a town by the region behind a comma too: "in Woodside, California"; in
    brackets it always is: "in Kielce (Polen)"."""


class Topics(Section):
    """Words for the topics and relationship labels of taxonomy.toml. Read by topics.py.

    Forms may be patterns of languages/patterns.py; "~" in them stands for each of `endings`.
    """

    endings: tuple[str, ...] = ()
    forms: dict[str, tuple[str, ...]]
    relationships: dict[str, tuple[str, ...]]
    initiatives: dict[str, tuple[str, ...]] = {}
    """Names that the knowledge base lacks because only the grammar of the language makes them, by published name."""

    @model_validator(mode="after")
    def _known(self) -> Topics:
        known = taxonomy.load()
        unknown = {*self.forms} - {*known.topics} | {*self.relationships} - {*known.relationships.names}
        if unknown:
            raise ValueError(f"not in taxonomy.toml: {', '.join(sorted(unknown))}")
        return self


Act = Literal[
    "says", "praises", "criticises", "calls_for", "supports", "opposes", "pledges", "hopes", "welcomes", "warns",
    "thanks", "proposes", "agrees",
]  # fmt: skip


class Saying(Section):
    """A verb or idiom with which somebody speaks. Forms may be patterns of languages/patterns.py."""

    id: str
    act: Act
    forms: tuple[str, ...]
    """Finite, indicative: "sagte", "hob", "expressed"."""
    participles: tuple[str, ...] = ()
    """Forms that speak beside one of the auxiliaries: "gesagt"."""
    beside: frozenset[str] = frozenset()
    """One of these must stand in the same sentence: "hervor" for "hob", "gratitude" for "expressed"."""
    particle: str | None = None
    """The separable part, at the end of a clause: "hinzu" of "fügte … hinzu"."""
    complement: frozenset[str] = frozenset()
    """Words that open what is said, without which the verb does not speak: "agreed that", "agreed to"."""
    soft: bool = False
    """True where the words of the speech decide over the act: "nannte … unannehmbar"; so for every verb that "says"."""
    thing: bool = False
    """True where a person as object makes it no speech: "begrüßte den Gast"."""
    plural: bool = False
    """True where only several parties can do it: "agree"."""


class Cue(Section):
    """Words inside of what is said that tell its act, where the verb does not: "bereit" pledges, "must" calls for."""

    act: Act
    forms: tuple[str, ...]
    beside: frozenset[str] = frozenset()
    actor: bool = False
    """True where it counts only next to a party or one of `actors`: "China werde", "werde man"."""


class Subjunctive(Section):
    """Verb forms of reported speech."""

    certain: tuple[str, ...] = ()
    """Forms that are nothing else ("sei", "habe"), besides those of the generated list."""
    generated: str | None = None
    """Name of a list of languages/data/generated."""
    possible: tuple[str, ...] = ()
    """Forms that report speech only behind other reported speech ("würden", "müssten")."""


class Statements(Section):
    """Who says what, and how. Read by statements.py and speakers.py; words are folded."""

    verb_second: bool = False
    """True where the subject stands behind the verb as soon as anything else stands before it."""
    null_subject: bool = False
    """True where a verb without subject goes on about the last speaker."""
    plural_ending: str | None = None
    """Ending of verbs in the plural, where it decides what a pronoun means."""
    subjunctive: Subjunctive = Subjunctive()
    auxiliaries: tuple[str, ...]
    passive: tuple[str, ...] = ()
    """Auxiliaries that make no speaker of their subject: "wurde", "was"."""
    parenthesis: tuple[str, ...] = ()
    """Words that are a verb of saying only between comma and speaker: "so"."""
    impersonal: tuple[str, ...] = ()
    """Subjects that are nobody: "es", "it"."""
    sources: tuple[str, ...]
    """Introduce a speaker without a verb: "laut", "nach angaben", "according to"."""
    as_: tuple[str, ...] = ()
    """Opens a clause that names the speaker: "wie"."""
    prepositions: tuple[str, ...]
    oblique: tuple[str, ...] = ()
    """Articles and possessives that no subject has: "dem", "seinem"."""
    definite: tuple[str, ...]
    """Articles and possessives that a person already named can have: "der", "the", "his"."""
    adjectives: tuple[str, ...] = ()
    """Endings of adjectives between an article and a name: "der scheidende Kanzler"."""
    subordinators: tuple[str, ...] = ()
    """Open a clause whose verb says nothing of the sentence: "dass", "weil"."""
    relative: tuple[str, ...] = ()
    """Do so behind a comma where the verb stands last: "die", "dem"."""
    adverbs: tuple[str, ...] = ()
    """May stand between a subject and its verb."""
    he: tuple[str, ...]
    it: tuple[str, ...] = ()
    """Pronouns for a body."""
    they: tuple[str, ...]
    """Pronouns and words for both parties."""
    sides: tuple[str, ...]
    """Words for the states of both parties: "beide seiten"."""
    own_sources: tuple[str, ...] = ()
    """Sources that mean the last speaker: "nach seinen angaben", "by his account"."""
    roles: tuple[str, ...]
    """Endings of nouns for a person already named: "politiker", "diplomat"."""
    parts: tuple[str, ...] = ()
    """Those among them that say no office but the part somebody plays: "gast", "host"."""
    voices: tuple[str, ...]
    """Endings of nouns that speak for a state: "sprecher", "ministerium"."""
    voice_offices: tuple[str, ...] = ()
    """Offices that do so: "spokesperson"."""
    actors: tuple[str, ...] = ()
    """Words for the speaker's own side within what is said: "er", "land", "we"."""
    sayings: tuple[Saying, ...]
    cues: tuple[Cue, ...]
    """In order of precedence."""
