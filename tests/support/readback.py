#!/usr/bin/env python3
"""Parses YAML streams as Kubernetes does (YAML 1.1) and as YAML 1.2 specifies, and prints both results as JSON.

    readback.py < stream            one stream; prints {"yaml11": [document, ...], "yaml12": [document, ...]}
    readback.py --batch < streams   any number of streams, separated by NUL bytes; prints one line for each stream

Values that JSON does not support (dates, not-a-number, keys that are not text, lone surrogates) are printed as
{"!": "their Python representation"}, which never equals an expected value. If a parser rejects a stream, the result is
{"error": "PARSER: REASON"}. Exits with status 0 if all streams could be parsed, else with status 2.

yaml11 is PyYAML's SafeLoader, extended by what Kubernetes' own parser (sigs.k8s.io/yaml, in Go) does differently:
duplicate keys are rejected, y and n are booleans, and {"!": "number ..."} represents plain text that only Go parses as a
number or a date. libyaml, which Go's parser is derived from, must give the same result. yaml12 is ruamel.yaml.
"""

import json
import math
import re
import sys

import ruamel.yaml
import yaml

BOOL = "tag:yaml.org,2002:bool"
MERGE = "tag:yaml.org,2002:merge"
MAP = yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG
GO_NUMBER = "!go-number"


class GoNumbers:
    """Used like a regular expression: Go removes all underscores before it parses a number, and yaml.v3 (in kustomize
    and yq) accepts one digit for a month or a day."""

    DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")
    FORM = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)")

    def match(self, text):
        return self.FORM.fullmatch(text.replace("_", "")) or self.DATE.fullmatch(text)


class GoNumber:
    """Plain text that is a number or a date for Go, and text for PyYAML."""

    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return f"number {self.text!r} in Go"

    def __eq__(self, other):
        return isinstance(other, GoNumber) and self.text == other.text

    def __hash__(self):
        return hash(self.text)


def like_kubernetes(base):
    """A loader that rejects what Kubernetes' parser rejects, and parses plain text as the same types."""

    class Loader(base):
        pass

    def mapping(loader, node):
        seen = set()
        for key_node, _ in node.value:
            if key_node.tag != MERGE:
                key = loader.construct_object(key_node, deep=True)
                if isinstance(key, (list, dict)):
                    raise yaml.constructor.ConstructorError(None, None, "a key that is a list or a mapping", key_node.start_mark)
                if key in seen:
                    raise yaml.constructor.ConstructorError(None, None, f"duplicate key {key!r}", key_node.start_mark)
                seen.add(key)
        return loader.construct_mapping(node, deep=True)

    def boolean(loader, node):
        return loader.construct_scalar(node).lower() in ("y", "yes", "on", "true")

    # the resolvers of the base class for numbers and dates have precedence
    Loader.add_implicit_resolver(BOOL, re.compile("^[yYnN]$"), list("yYnN"))
    Loader.add_implicit_resolver(GO_NUMBER, GoNumbers(), list("-+.0123456789"))
    Loader.add_constructor(BOOL, boolean)
    Loader.add_constructor(GO_NUMBER, lambda loader, node: GoNumber(loader.construct_scalar(node)))
    Loader.add_constructor(MAP, mapping)
    return Loader


def ruamel_reader(text):
    return ruamel.yaml.YAML(typ="safe", pure=True).load_all(text)


PURE = like_kubernetes(yaml.SafeLoader)
READERS = {"yaml11": lambda text: yaml.load_all(text, PURE), "yaml12": ruamel_reader}
if hasattr(yaml, "CSafeLoader"):
    LIBYAML = like_kubernetes(yaml.CSafeLoader)
    READERS["libyaml"] = lambda text: yaml.load_all(text, LIBYAML)


def plain(value):
    """The value in terms of JSON."""
    if value is None or isinstance(value, bool):
        return value
    # a subclass, such as ruamel.yaml's octal integer, is printed by its repr
    if type(value) is int or type(value) is float and math.isfinite(value):
        return value
    if type(value) is str and not any("\ud800" <= char <= "\udfff" for char in value):
        return value
    if type(value) is list:
        return [plain(item) for item in value]
    if type(value) is dict and all(type(plain(key)) is str for key in value):
        return {key: plain(item) for key, item in value.items()}
    if type(value) is dict:
        return {"!": "mapping", "pairs": [[plain(key), plain(item)] for key, item in value.items()]}
    return {"!": repr(value)}


def same(one, other):
    """Whether two results are equal, including their types: in Python, 1, 1.0 and True are equal."""
    return json.dumps(one) == json.dumps(other)


def readings(stream):
    """The results of all parsers for the bytes of one stream."""
    try:
        text = stream.decode("utf-8")
    except UnicodeDecodeError as error:
        return {"error": f"not UTF-8: {error}"}
    found, errors = {}, []
    for name, reader in READERS.items():
        try:
            found[name] = [plain(document) for document in reader(text)]
        # parsers raise many types of exceptions; each of them means that the stream is rejected
        except Exception as error:
            errors.append(f"{name}: {type(error).__name__}: {' '.join(str(error).split())}")
    libyaml = found.pop("libyaml", None)
    if not errors and libyaml is not None and not same(libyaml, found["yaml11"]):
        errors.append(f"libyaml reads {json.dumps(libyaml)}, PyYAML {json.dumps(found['yaml11'])}")
    return {"error": "; ".join(errors)} if errors else found


def main(arguments):
    if arguments not in ([], ["--batch"]):
        print(__doc__, file=sys.stderr)
        return 2
    streams = [sys.stdin.buffer.read()]
    if arguments:
        streams = streams[0].split(b"\0")
        if not streams[-1]:
            streams.pop()
    failed = 0
    for number, stream in enumerate(streams, 1):
        result = readings(stream)
        if "error" in result:
            failed += 1
            print(f"stream {number}: {result['error']}", file=sys.stderr)
        print(json.dumps(result))
    return 2 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
