"""A pipeline whose records say what should happen; importable, so that a new process can load it."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from communique.model import Article, Nothing, Outcome, Record


class FakePipeline:
    def process(self, record: Record) -> Outcome:
        order = (record.value or b"").decode()
        match order.split(":"):
            case ["die"]:
                os.kill(os.getpid(), signal.SIGKILL)
            case ["die once", path] if not Path(path).exists():
                Path(path).touch()
                os.kill(os.getpid(), signal.SIGKILL)
            case ["hang"]:
                time.sleep(3600)
            case ["bug"]:
                raise ZeroDivisionError("the text of the article")
        return Nothing(Article(article_id=order, uri="urn:x", url=None, text=order, extra={"a": [1]}), "de")


def load() -> FakePipeline:
    return FakePipeline()


def load_fails() -> FakePipeline:
    raise FileNotFoundError("a language file is missing")
