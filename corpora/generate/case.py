"""A labelled case: its files, what must be found in it, and where each fact of it comes from."""
import re

from archive import gz_of, tar_gz_of, zip_of

CASES = []


def case(name, split="tune", healthy=False, input="input", covers=()):
    """Registers the function below it as the builder of a case; `covers` are numbers of the facts it shows."""
    def register(build):
        CASES.append((name, split, healthy, input, covers, build))
        return build
    return register


class Case:
    def __init__(self, name, split, healthy, input, covers=()):
        self.name, self.split, self.healthy, self.input = name, split, healthy, input
        self.covers = list(covers)
        self.files = {}      # path below the case folder: bytes
        self.texts = {}      # name of an artifact: its lines, to find line numbers
        self.devices = {}
        self.evidence = []
        self.story = ""
        self.sources = []
        self.made = ""
        self.packets = []

    # files

    def text(self, path, lines, encoding="utf-8", eol="\n", bom=b""):
        """Text as bytes, remembered under the last part of its path so that `at` can find lines."""
        self.texts[path.rsplit("/", 1)[-1]] = [x for line in lines for x in line.split("\n")]
        return bom + (eol.join(lines) + eol).encode(encoding)

    def put(self, path, data):
        self.files[path] = data

    def add(self, path, lines, **how):
        self.put(path, self.text(path, lines, **how))

    def add_zip(self, path, members):
        self.put(path, zip_of(members))

    def add_tar_gz(self, path, members):
        self.put(path, tar_gz_of(members))

    def add_gz(self, path, *parts):
        self.put(path, b"".join(gz_of(p) for p in parts))

    # expectations

    def expect(self, device, top=None, must=(), may=(), must_not=()):
        self.devices[device] = (top, list(must), list(may), list(must_not))

    def at(self, id, artifact, text=None, last=False, packet=None):
        """Where evidence stands: the line that contains `text` (the first, or the last), or a packet number."""
        if packet is not None:
            self.evidence.append((id, artifact, "packet", packet))
            return
        hits = [n for n, line in enumerate(self.texts[artifact], 1) if text in line]
        if not hits:
            raise LookupError(f"{self.name}: no line of {artifact} contains {text!r}")
        self.evidence.append((id, artifact, "line", hits[-1] if last else hits[0]))

    def packet(self, artifact, number, what):
        self.packets.append((artifact, number, what))

    def ids(self):
        seen = []
        for top, must, _, _ in self.devices.values():
            seen += ([top] if top else []) + must
        return list(dict.fromkeys(seen))

    # documents

    def expect_yaml(self):
        def plain(value):
            return value if re.fullmatch(r"[A-Za-z0-9._-]+", value) and not re.fullmatch(r"[0-9.]+", value) else '"' + value.replace('"', '\\"') + '"'

        out = [f"input: {plain(self.input)}", f"split: {self.split}", f"healthy: {str(self.healthy).lower()}", "devices:"]
        for device, (top, must, may, must_not) in self.devices.items():
            out.append(f"  {plain(device)}:" + ("" if top or must or may or must_not else " {}"))
            if top:
                out.append(f"    top: {top}")
            for key, ids in (("must", must), ("may", may), ("must_not", must_not)):
                if ids:
                    out.append(f"    {key}: [{', '.join(ids)}]")
        if self.evidence:
            out.append("evidence:")
            out += [f'  - {{id: {i}, artifact: "{a}", {k}: {n}}}' for i, a, k, n in self.evidence]
        if self.covers:
            out.append(f"covers: [{', '.join(str(n) for n in sorted(set(self.covers)))}]")
        return "\n".join(out) + "\n"

    def readme(self):
        out = [f"# {self.name}", "", self.story, "", "## Where it comes from", ""]
        out += [f"- {fact} ({mark})" for fact, mark in self.sources]
        out += ["", f"Generated: {self.made}", ""]
        if self.packets:
            out += ["Packet numbers, as tshark 4.0.17 counts them:", "", "| file | packet | what |", "| --- | --- | --- |"]
            out += [f"| `{a}` | {n} | {w} |" for a, n, w in self.packets] + [""]
        out += ["S0 to S4 are the five published support documents that the diagnoses were made from, P marks other public pages; rules/references/documents.yaml names them.", ""]
        return "\n".join(out)
