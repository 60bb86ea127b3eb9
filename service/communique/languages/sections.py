"""The sections of a language file, each read by one extractor."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


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
    """Function words by meaning. Read by mentions.py, triggers.py and arguments.py."""

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
    about: tuple[str, ...]
    """Introduce a topic, so that what follows is no participant."""
    not_: tuple[str, ...]
    pronoun: dict[str, tuple[str, ...]] = {}
    """"he", "she", "they": subject pronouns."""
    name_particle: tuple[str, ...] = ()
    """Lower-case words inside names: "von", "bin", "de"."""
    not_name: tuple[str, ...] = ()
    """Capitalised words that never belong to a person's name."""
    title: tuple[str, ...] = ()
    """Forms of address before a name that say no office: "Dr", "Mr"."""


class Office(Section):
    id: str
    office: str
    forms: tuple[str, ...]
    plural: tuple[str, ...] = ()
    country: str | None = None
    """Set where the word itself says the country: "Bundeskanzler"."""
    organisation: str | None = None
    generic: bool = False
    """True for a word that several offices share ("Minister", "Regierungschef"): the office of the person decides."""


class OfficePrefix(Section):
    """First part of a compound office: "Vize", "Ex", "Bundes"."""

    form: str
    office: str | None = None
    """Put before the office: "vice_", "former_"."""
    country: str | None = None


class Frame(Section):
    """A word that reports an encounter, with its forms."""

    id: str
    kind: str
    mode: Literal["encounter", "travel", "call", "summit", "multilateral", "signing"]
    verb: bool
    past: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    participle: tuple[str, ...] = ()
    infinitive: tuple[str, ...] = ()
    noun: tuple[str, ...] = ()
    particle: str | None = None
    """The separable part: "zusammen" of "kam … zusammen"."""
    passive_by: tuple[str, ...] = ()
    host: Literal["subject", "object", "none"] = "none"
    needs: tuple[str, ...] = ()


class StatusCue(Section):
    """Words that say whether the meeting took place."""

    id: str
    status: str
    forms: tuple[str, ...]


class Dates(Section):
    pass


class Places(Section):
    pass


class Topics(Section):
    pass


class Statements(Section):
    pass
