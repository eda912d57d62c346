#!/usr/bin/env python3
"""Writes the seed inputs of every fuzz target, and a dictionary.

    seeds.py [FOLDER]   writes FOLDER/seeds/TARGET/* and FOLDER/dictionary.txt; default: the folder of this script

Seeds are the input files of golden cases, examples and tests, and the YAML blocks of the rules' pages. The dictionary contains
the keys and words of the JSON Schemas, the syntax of YAML and of templates, and text that YAML parsers disagree on.
"""

import json
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGETS = ["catalog", "platform", "profile", "template"]
# libFuzzer works best with short inputs: a long one slows down all mutations of it
MAX_LENGTH = 16 << 10

SYNTAX = [
    *"-?:,[]{}#&*!|>%@`'\"\\~\t\r\n", "- ", "? ", ": ", "\n  ", "\r\n", "\r\r", "---\n", "...\n", "<<: ", "*a", "&a ", "!!str ", "%YAML 1.1\n",
    "|-\n", ">+\n", "\"\\x07\"", "\ufeff", "\u0085", "\u2028", "\u2029", "\u202e", "\u200b", "\0", "\x1b[",
    "{{ ", " }}", "{% for a in ", "{% endfor %}", "{% if ", "{% endif %}", "{% set ", "{% macro a() %}", "{% endmacro %}", "{# ", "range(9)",
    " | tojson", " | string", "entry.", "application.", "values.", "platform.", "namespace()",
]  # fmt: skip


def files():
    """The target and the bytes of each seed."""
    cases = [*ROOT.glob("golden/*"), *ROOT.glob("examples/*"), ROOT / "golden", ROOT / "tests/hostile", ROOT / "tests/traefik/hand-written"]
    for case in sorted(cases):
        for name, target in [("applications.yml", "catalog"), ("platform.yml", "platform"), ("profile.yml", "profile")]:
            if (case / name).is_file():
                yield target, (case / name).read_bytes()
        for folder, target in [("profiles", "profile"), ("templates", "template")]:
            for file in sorted((case / folder).glob("*.yml")):
                yield target, file.read_bytes()
    for file in sorted(ROOT.glob("profiles/*.yml")):
        yield "profile", file.read_bytes()
    for page in sorted(ROOT.glob("src/rules/*.md")):
        for block in re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.S):
            yield from parts(block)


def parts(block):
    """The files of a block: each begins with a comment that contains its name, if there are several."""
    target, lines = "catalog", []
    for line in [*block.splitlines(keepends=True), None]:
        name = re.match(r"# (applications|platform|profiles|templates)[./]", line or "")
        if (name or line is None) and lines:
            yield target, "".join(lines).encode()
            lines = []
        if name:
            target = {"applications": "catalog", "platform": "platform", "profiles": "profile", "templates": "template"}[name[1]]
        elif line is not None:
            lines.append(line)


def words(schema):
    """The keys and words of a JSON Schema."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key in ("properties", "$defs"):
                yield from (name for name in value)
            if key == "enum":
                yield from (word for word in value if isinstance(word, str))
            if key == "const" and isinstance(value, str):
                yield value
            yield from words(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from words(item)


def dictionary():
    """All words, each once, in the format of libFuzzer."""
    schemas = [json.loads(file.read_text(encoding="utf-8")) for file in sorted((ROOT / "schema").glob("*.json"))]
    nasty = json.loads((ROOT / "tests/support/nasty.json").read_text(encoding="utf-8"))
    texts = [text for text in strings(nasty) if 0 < len(text.encode("utf-8", "surrogatepass")) <= 32]
    found = dict.fromkeys([*SYNTAX, *(word for schema in schemas for word in words(schema)), *texts])
    return "".join('"' + "".join(f"\\x{byte:02x}" for byte in word.encode("utf-8", "surrogatepass")) + '"\n' for word in found if word)


def strings(value):
    """All texts in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for item in value if isinstance(value, list) else value.values():
            yield from strings(item)


def main(folder):
    seeds = folder / "seeds"
    shutil.rmtree(seeds, ignore_errors=True)
    for target in [*TARGETS, "findings"]:
        (seeds / target).mkdir(parents=True)
    for number, (target, data) in enumerate(files()):
        if len(data) <= MAX_LENGTH:
            (seeds / target / f"{number:04}").write_bytes(data)
            selector = bytes([TARGETS.index(target)])
            (seeds / "findings" / f"{number:04}").write_bytes(selector + data)
    (folder / "dictionary.txt").write_text(dictionary(), encoding="ascii")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "fuzz")
