"""Record → one JSON object: envelope, compression, prefix, and the rules that keep hostile JSON out.

The fast path reads with orjson and then only counts. A doubt (a count that does not match, a number at the edge, a
failed read) goes to faults.py, which reads a second time, exactly.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from dataclasses import dataclass
from typing import Any

import orjson

from communique.adapters.faults import MAX_DEPTH, MAX_NUMBER, find_fault
from communique.model import Record
from communique.refusals import refused

MAX_BYTES = 2 * 1024 * 1024

_BOM = b"\xef\xbb\xbf"
_SPACED_COLON = re.compile(rb'"[ \t\r\n]+:')
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_WINDOW_BITS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


@dataclass(frozen=True, slots=True)
class Payload:
    """What a record carries, free of its envelope. `fields` is None where the sender withdraws the article."""

    fields: dict[str, Any] | None
    dataschema: str | None = None
    """CloudEvents `dataschema`: the sender's own word on the shape."""
    subject: str | None = None
    nul_characters: int = 0
    """How many NUL characters were removed: Postgres cannot store them."""


def unpack(record: Record) -> Payload:
    """Read the envelope and the JSON of a record; raises Refused."""
    headers = {name.lower(): value for name, value in record.headers} if record.headers else {}
    dataschema = _header(headers, "ce_dataschema")
    subject = _header(headers, "ce_subject")
    value = record.value
    if value is None:
        return Payload(None, dataschema, subject)
    value = _plain_bytes(value, _header(headers, "content-encoding"))
    content_type = (_header(headers, "content-type") or "").lower()
    if content_type.startswith("application/cloudevents-batch"):
        raise refused("cloudevents_batch")
    fields, nuls = parse(value)
    if content_type.startswith("application/cloudevents") or ("specversion" in fields and _has_data(fields)):
        return _unwrap(fields, nuls)
    return Payload(fields, dataschema, subject, nuls)


def parse(value: bytes) -> tuple[dict[str, Any], int]:
    """Read one JSON object and say how many NUL characters were taken out of it; raises Refused."""
    try:
        tree = orjson.loads(value)
    except orjson.JSONDecodeError:
        raise find_fault(value) or refused("not_json") from None
    if type(tree) is not dict:
        raise find_fault(value) or refused("not_an_object", type(tree).__name__)
    # Every key ends in `":`. When the text has no more of these than the tree has keys, no key was given twice; when it
    # has more, most likely a string holds an escaped quote before a colon, and the exact reading decides.
    if _count_keys(tree, 1) != value.count(b'":') or _SPACED_COLON.search(value):
        fault = find_fault(value)
        if fault is not None:
            raise fault
    if b"\\u00" in value and (b"\\u000" in value or b"\\u001" in value):
        removed = [0]
        return _without_controls(tree, removed), removed[0]
    return tree, 0


def _header(headers: dict[str, bytes], name: str) -> str | None:
    value = headers.get(name)
    return value.decode("utf-8", "replace").replace("\x00", "").strip() or None if value else None


def _plain_bytes(value: bytes, encoding: str | None) -> bytes:
    if len(value) > MAX_BYTES:
        raise refused("too_large", f"{len(value)} bytes")
    encoding = (encoding or "identity").lower()
    if encoding != "identity":
        value = _decompress(value, encoding)
    if value[:1] == b"\x00":  # Confluent's magic byte and four bytes of schema id; JSON never begins with NUL
        value = value[5:]
    if value.startswith(_BOM):
        value = value[len(_BOM) :]
    if not value:
        raise refused("empty_value")
    return value


def _decompress(value: bytes, encoding: str) -> bytes:
    window_bits = _WINDOW_BITS.get(encoding)
    if window_bits is None:
        raise refused("unknown_codec")
    reader = zlib.decompressobj(window_bits)
    try:
        plain = reader.decompress(value, MAX_BYTES + 1)
    except zlib.error:
        raise refused("bad_compression") from None
    if len(plain) > MAX_BYTES:
        raise refused("decompression_bomb")
    if not reader.eof or reader.unused_data:
        raise refused("bad_compression", "trailing bytes" if reader.eof else "cut off")
    return plain


def _has_data(event: dict[str, Any]) -> bool:
    return "data" in event or "data_base64" in event


def _unwrap(event: dict[str, Any], nuls: int) -> Payload:
    """CloudEvents structured mode: the attributes and the data stand side by side in one object."""
    dataschema, subject = (
        value if isinstance(value := event.get(name), str) and value else None for name in ("dataschema", "subject")
    )
    data = event.get("data")
    if data is None and isinstance(encoded := event.get("data_base64"), str):
        try:
            data = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            raise refused("bad_cloudevent", "data_base64") from None
    elif isinstance(data, str):
        data = data.encode()
    if isinstance(data, bytes):
        data, inner = parse(_plain_bytes(data, None))
        nuls += inner
    if data is not None and not isinstance(data, dict):
        raise refused("bad_cloudevent", "data is no object")
    return Payload(data, dataschema, subject, nuls)


def _count_keys(node: Any, depth: int) -> int:
    """How many keys a tree has; refuses what is too deep or too large on the way."""
    if depth > MAX_DEPTH:
        raise refused("too_deep")
    if type(node) is dict:
        keys = len(node)
        children = node.values()
    else:
        keys = 0
        children = node
    for child in children:
        kind = type(child)
        if kind is dict or kind is list:
            keys += _count_keys(child, depth + 1)
        elif kind is float and not -MAX_NUMBER < child < MAX_NUMBER:
            raise refused("number_too_large")
    return keys


def _without_controls(node: Any, removed: list[int]) -> Any:
    """The same tree without control characters but tab and line ends; counts the NULs among them."""
    if isinstance(node, str):
        removed[0] += node.count("\x00")
        return _CONTROLS.sub("", node)
    if isinstance(node, dict):
        return {_without_controls(key, removed): _without_controls(value, removed) for key, value in node.items()}
    if isinstance(node, list):
        return [_without_controls(value, removed) for value in node]
    return node
