#!/usr/bin/env python3
"""Writes every labelled case below corpora/ from templates: the same bytes on every run.

    generate.py            write all cases and the table in README.md
    generate.py --check    compare what is committed with what would be written (exit 1 on a difference)
    generate.py NAME ...   write only these cases

Standard library only. Archives whose bytes differ are compared by content, because another zlib may pack differently.
"""
import importlib
import pathlib
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from archive import unpacked  # noqa: E402
from case import CASES, Case  # noqa: E402

ROOT = HERE.parent
START, END = "<!-- cases: generated -->", "<!-- /cases -->"


def built():
    for path in sorted((HERE / "cases").glob("[a-z]*.py")):
        importlib.import_module(f"cases.{path.stem}")
    names = [entry[0] for entry in CASES]
    twice = {n for n in names if names.count(n) > 1}
    if twice:
        raise SystemExit(f"names used twice: {', '.join(sorted(twice))}")
    for name, split, healthy, input, covers, build in sorted(CASES, key=lambda entry: entry[0]):
        c = Case(name, split, healthy, input, covers)
        build(c)
        if not any(p == input or p.startswith(input + "/") for p in c.files):
            raise SystemExit(f"{name}: nothing at {input}")
        c.files["expect.yaml"] = c.expect_yaml().encode()
        c.files["README.md"] = c.readme().encode()
        yield c


def table(cases):
    rows = ["| case | split | input | must be found | |", "| --- | --- | --- | --- | --- |"]
    for c in cases:
        ids = ", ".join(f"`{i}`" for i in c.ids()) or "nothing"
        rows.append(f"| [{c.name}]({c.name}/README.md) | {c.split} | `{c.input}` | {ids} | {'healthy' if c.healthy else ''} |")
    return "\n".join(rows)


def readme(cases):
    text = (ROOT / "README.md").read_text()
    head, rest = text.split(START)
    return f"{head}{START}\n{table(cases)}\n{END}{rest.split(END)[1]}".encode()


def same(path, want):
    have = path.read_bytes()
    return have == want or (path.suffix in (".gz", ".zip") and list(unpacked(path.name, have)) == list(unpacked(path.name, want)))


def differences(cases):
    for c in cases:
        folder = ROOT / c.name
        have = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()} if folder.is_dir() else set()
        for path in sorted(have - c.files.keys()):
            yield f"{c.name}/{path}: not generated"
        for path, data in sorted(c.files.items()):
            if path not in have:
                yield f"{c.name}/{path}: missing"
            elif not same(folder / path, data):
                yield f"{c.name}/{path}: differs"
    known = {c.name for c in cases} | {"generate"}
    for folder in sorted(p.name for p in ROOT.iterdir() if p.is_dir()):
        if folder not in known and not (ROOT / folder / "expect.yaml").is_file():
            yield f"{folder}: not a case"
    if (ROOT / "README.md").read_bytes() != readme(cases):
        yield "README.md: table of cases is stale"


def main(arguments):
    cases = list(built())
    if arguments == ["--check"]:
        found = list(differences(cases))
        print("\n".join(found) or f"{len(cases)} cases as generated")
        return 1 if found else 0
    for c in cases:
        if arguments and c.name not in arguments:
            continue
        folder = ROOT / c.name
        if folder.is_dir():
            shutil.rmtree(folder)
        for path, data in c.files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    (ROOT / "README.md").write_bytes(readme(cases))
    print(f"{len(cases)} cases, {sum(len(d) for c in cases for d in c.files.values()) / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
