#!/usr/bin/env python3
"""What the tests check in small form, at length, with a built program: fuzz/at_length.py BINARY CHECK [N]

CHECK is one of
  mutants  N mutants (100) of every file of the labelled cases: each run ends with 0 and finds what stands in the log beside them
  cuts     every archive, stream and capture of the cases cut at N places (200): each cut is named, or changes nothing
  changes  N runs (200) while a file is cut, grown, replaced or removed: no signal, and what was seen to change is said
  runs     N runs (20) for each of 1, 2, 8 and 64 threads, folders shuffled: the same bytes
  calls    the k-th system call fails, for every k, in each of eight ways: the exit code is one of the contract, nothing is left
  growth   instructions for inputs of n and of 2n: N is n (needs valgrind)

Prints what went wrong and a count. Deterministic, but for `changes`.
"""

import collections
import gzip
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "..", "corpora")
MESSAGE = (
    "%SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : "
    "Unable to resolve server hostname/domain name\n"
)
HEALTHY = "Aug 23 10:19:43 healthy-1 1: " + MESSAGE
# A capture among logs of two devices is nobody's, and so says nothing against what the logs say.
BESIDE = HEALTHY + HEALTHY.replace("healthy-1", "healthy-2")
FOUND = "dns-name-unresolved"


def inputs():
    """The files of the labelled cases, in order."""
    for folder, folders, files in os.walk(CASES):
        folders.sort()
        for name in sorted(files):
            if name not in ("README.md", "expect.yaml") and "generate" not in folder:
                yield os.path.join(folder, name)


def run(binary, *arguments, **options):
    return subprocess.run([binary, *arguments], capture_output=True, check=False, **options)


def diagnosed(binary, folder, *arguments):
    """The report of a folder, or what is wrong with it."""
    ended = run(binary, "diagnose", "-f", "json", "--limit", "errors=100000", *arguments, folder, timeout=600)
    if ended.returncode != 0:
        return None, f"status {ended.returncode}: {ended.stderr[-300:]!r}"
    report = json.loads(ended.stdout)
    beside = [one for one in report["findings"] if one["device"] == "healthy-1" and one["id"] == FOUND]
    if not beside or beside[0]["evidence"][0]["excerpt"] != HEALTHY.strip():
        return report, "the log beside it was not found"
    if any("bug" in error["message"] for error in report["errors"]):
        return report, "a reader failed: " + next(error["artifact"] for error in report["errors"] if "bug" in error["message"])
    return report, None


def mutant(data, other, rng):
    data = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        kind = rng.randrange(7)
        if kind == 0 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            data[at : at + rng.choice([1, 2, 4, 8])] = bytes(rng.choice([1, 2, 4, 8]))
        elif kind == 2:
            data[at : at + rng.choice([1, 2, 4, 8])] = b"\xff" * rng.choice([1, 2, 4, 8])
        elif kind == 3:
            del data[at:]
        elif kind == 4:
            begin = rng.randrange(len(other) + 1)
            data[at:at] = other[begin : begin + rng.randint(1, 400)]
        elif kind == 5:
            del data[at : at + rng.randint(1, 64)]
        else:
            for place in rng.sample(range(len(data)), len(data) // 50):
                data[place] = rng.randrange(256)
    return bytes(data)


def together(binary, named, what):
    """Runs files together beside a healthy log; where that goes wrong, each alone, to name it."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "healthy.log"), "w", encoding="ascii") as log:
            log.write(BESIDE)
        for name, data in named:
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
        report, wrong = diagnosed(binary, folder)
        if wrong:
            kept = tempfile.mkdtemp(prefix="bundlescope-at-length-")
            shutil.copytree(folder, kept, dirs_exist_ok=True)
            print(f"{what}: {wrong}; kept in {kept}", flush=True)
        return report, bool(wrong)


def mutants(binary, each=100):
    rng = random.Random(1)
    files = [path for path in inputs() if os.path.getsize(path) <= 1 << 20]
    other = b""
    made = wrong = 0
    for path in files:
        with open(path, "rb") as file:
            data = file.read()
        batch = [(f"{number}-{os.path.basename(path)}", mutant(data, other, rng)) for number in range(each)]
        other = data
        made += each
        wrong += together(binary, batch, path)[1]
    print(f"{made} mutants of {len(files)} files, {wrong} batches with a fault")


MAGICS = (b"\x1f\x8b", b"PK\3\4", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\n\r\r\n")


def cuts(binary, each=200):
    made = unsaid = wrong = 0
    for path in inputs():
        with open(path, "rb") as file:
            data = file.read()
        tar = data[257:262] == b"ustar"
        if len(data) > 1 << 20 or not (data.startswith(MAGICS) or tar):
            continue
        step = max(1, len(data) // each)
        places = range(1, len(data), step)
        report, fault = together(binary, [(f"{at}.cut", data[:at]) for at in places], path)
        wrong += fault
        if not report:
            continue
        said = {error["artifact"].split("!")[0].rsplit("/", 1)[-1] for error in report["errors"]}
        whole = f"{len(data)}.cut"
        for at in places:
            made += 1
            # What ends between two records, members or headers, or within the padding, is whole as far as anybody can tell.
            if f"{at}.cut" not in said and not may_be_whole(data, at, tar):
                unsaid += 1
                print(f"{path} cut at {at} of {whole}: nothing is said")
    print(f"{made} cuts, {unsaid} unsaid, {wrong} files with a fault")


def may_be_whole(data, at, tar):
    """A text that begins like a container, a container cut in its magic, a capture cut between records, a tar in its padding."""
    if at <= 40:
        return True
    if tar:
        return not data[at:].strip(b"\0") or at % 512 == 0
    order = {b"\xd4\xc3\xb2\xa1": "little", b"\xa1\xb2\xc3\xd4": "big"}.get(data[:4])
    if order:
        place = 24
        while place < at:
            place += 16 + int.from_bytes(data[place + 8 : place + 12], order)
        return place == at
    if data.startswith(b"\n\r\r\n"):
        order = "little" if data[8:12] == b"\x4d\x3c\x2b\x1a" else "big"
        place = 0
        while place < at:
            place += max(int.from_bytes(data[place + 4 : place + 8], order), 12)
        return place == at
    return False


def changes(binary, rounds=200):
    rng = random.Random()
    counted = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "healthy.log"), "w", encoding="ascii") as log:
            log.write(HEALTHY)
        path = os.path.join(folder, "changing.log")
        body = ("Aug 23 10:19:43 sw-1 1: %LINEPROTO-5-UPDOWN: Line protocol on Interface Gi0/1, changed state to up\n" * 300_000).encode()
        for _ in range(rounds):
            with open(path, "wb") as file:
                file.write(body)
            kind = rng.choice(["cut", "grown", "replaced", "removed"])
            timer = threading.Timer(rng.random() * 0.03, change, (path, kind))
            timer.start()
            ended = run(binary, "diagnose", "-f", "json", folder, timeout=60)
            timer.join()
            if ended.returncode != 0:
                print(f"{kind}: status {ended.returncode}: {ended.stderr[-200:]!r}")
                counted["wrong"] += 1
                continue
            said = any(error["kind"] == "changed_while_read" for error in json.loads(ended.stdout)["errors"])
            counted[f"{kind}, {'said' if said else 'before or after the reading'}"] += 1
    print(rounds, "runs:", dict(sorted(counted.items())))


def change(path, kind):
    if kind == "cut":
        os.truncate(path, os.path.getsize(path) // 3)
    elif kind == "grown":
        with open(path, "ab") as file:
            file.write(b"more\n" * 1000)
    elif kind == "replaced":
        with open(path + ".new", "wb") as file:
            file.write(b"other\n" * 1000)
        os.replace(path + ".new", path)
    else:
        os.remove(path)


def runs(binary, each=20):
    rng = random.Random(3)
    digests = collections.Counter()
    cases = sorted(name for name in os.listdir(CASES) if os.path.isdir(os.path.join(CASES, name)) and name != "generate")
    with tempfile.TemporaryDirectory() as folder:
        for at in range(each):
            work = os.path.join(folder, "case")
            shutil.rmtree(work, ignore_errors=True)
            picked = cases[::10]
            rng.shuffle(picked)
            for name in picked:
                shutil.copytree(os.path.join(CASES, name), os.path.join(work, name))
            for threads in ("1", "2", "8", "64"):
                environment = dict(os.environ, TZ=rng.choice(["UTC", "Asia/Tokyo", "America/Caracas"]), LC_ALL=rng.choice(["C", "ja_JP.UTF-8"]))
                ended = run(binary, "diagnose", "-f", "json", "-j", threads, "case", cwd=folder, env=environment)
                digests[hashlib.sha256(ended.stdout).hexdigest()[:16], ended.returncode] += 1
            if at == 0:
                print(f"{len(picked)} cases in one, {len(ended.stdout)} bytes of report")
    print(f"{sum(digests.values())} runs, {len(digests)} different reports: {dict(digests)}")


CALLS = {
    "openat": ["EMFILE", "EACCES"],
    "read": ["EIO", "EINTR"],
    "pread64": ["EIO", "EINTR"],
    "write": ["ENOSPC", "EINTR"],
    "mmap": ["ENOMEM"],
    "statx": ["EIO"],
    "getdents64": ["EIO"],
    "clone3": ["EAGAIN"],
    "renameat2,rename,renameat": ["EIO"],
    "fsync": ["EIO"],
}


def calls(binary, _=0):
    counted = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        case = os.path.join(folder, "case")
        os.mkdir(case)
        with open(os.path.join(case, "healthy.log"), "w", encoding="ascii") as log:
            log.write(HEALTHY * 2000)
        with gzip.open(os.path.join(case, "packed.log.gz"), "wb") as packed:
            packed.write(HEALTHY.encode() * 2000)
        shutil.copy(os.path.join(CASES, "first-light", "first-light.zip"), case)
        out = os.path.join(folder, "out")
        os.mkdir(out)
        target = os.path.join(out, "report.json")
        command = [binary, "diagnose", "-q", "-o", target, case]
        for call, errors in CALLS.items():
            traced = subprocess.run(["strace", "-f", "-qq", "-e", f"trace={call}", *command], capture_output=True, check=False)
            number = len(re.findall(rb"^(?:\[pid +\d+\] )?\w+\(", traced.stderr, re.M))
            for error in errors:
                for k in range(1, number + 1):
                    for name in os.listdir(out):
                        os.remove(os.path.join(out, name))
                    inject = f"inject={call}:error={error}:when={k}"
                    ended = subprocess.run(["strace", "-f", "-qq", "-o", "/dev/null", "-e", inject, *command], capture_output=True, check=False)
                    left = sorted(os.listdir(out))
                    whole = left in ([], ["report.json"])
                    if left == ["report.json"]:
                        with open(target, encoding="utf-8") as report:
                            whole = report.read().endswith("}\n")
                    if ended.returncode in (0, 1, 2) and whole:
                        counted[f"{call} {error}: by contract"] += 1
                    elif ended.returncode == 127 and b"loading shared libraries" in ended.stderr:
                        counted[f"{call} {error}: not begun"] += 1
                    else:
                        counted[f"{call} {error}: WRONG"] += 1
                        print(f"{call} {error} {k}: status {ended.returncode}, left {left}: {ended.stderr[-200:]!r}", flush=True)
    for what, number in counted.items():
        print(f"{number:5} {what}")


GROWING = {
    "evidence lines": lambda n: HEALTHY * n,
    "one line": lambda n: "x" * 200 * n,
    "blank lines": lambda n: "\n" * 100 * n,
    "wrapped lines": lambda n: HEALTHY.replace(" ", "\n ") * n,
    "devices": lambda n: "".join(f"Aug 23 10:19:43 dev-{i} 1: {MESSAGE}" for i in range(n)),
    "prompts": lambda n: "".join(f"dev-{i % 100}#show version\n" for i in range(n)),
    "headings": lambda n: "".join(f"------------------ show license {i} ------------------\n\n" for i in range(n)),
    "facts": lambda n: "sw1#show version\n" + "".join(f"Cisco IOS XE Software, Version 17.{i % 99}.{i % 9}\n" for i in range(n)),
    "key and value": lambda n: 'Level="ERROR" ' + 'Detail="x" ' * 5 * n,
    "quotes": lambda n: '"' * 100 * n + "\n" + HEALTHY,
    "open JSON": lambda n: '{"a":[' * 20 * n,
    "open XML": lambda n: "<a>" * 30 * n,
    "certificates begun": lambda n: "-----BEGIN CERTIFICATE-----\n" * n,
    "secrets": lambda n: "".join(f"username u{i} password 7 0822455D0A16\n" for i in range(n)),
    "secrets on one line": lambda n: "password=abc " * 10 * n,
    "times": lambda n: "".join(f"2025-08-{i % 31:02}T10:{i % 60:02}:00Z dev %SMART_LIC-3-COMM_FAILED: y\n" for i in range(n)),
    "unexplained": lambda n: "".join(f"Aug 23 10:19:43: %SMART_LIC-3-X{i}: w{i}\n" for i in range(n)),
    "carriage returns": lambda n: HEALTHY.replace("\n", "\r") * n,
    "escape sequences": lambda n: ("\x1b[1m" + HEALTHY.strip() + "\x1b[0m\n") * n,
    "recoveries": lambda n: (HEALTHY + "Aug 23 10:20:43 healthy-1 1: %SMART_LIC-5-COMM_RESTORED: restored\n") * (n // 2),
}


def instructions(binary, text):
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "a.log"), "w", encoding="utf-8", newline="") as log:
            log.write(text)
        counts = os.path.join(folder, "counts")
        tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={counts}", binary, "diagnose", "-q", "-j", "1", "-f", "json", folder]
        subprocess.run(tool, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        with open(counts, encoding="utf-8") as lines:
            return next(int(line.split()[1]) for line in lines if line.startswith(("summary:", "totals:")))


def growth(binary, n=2000):
    floor = instructions(binary, "nothing\n")
    for name, make in GROWING.items():
        once, twice = (instructions(binary, make(size)) - floor for size in (n, 2 * n))
        print(f"{name:20} {once:13,} {twice:13,}  {twice / max(once, 1):.2f}", flush=True)


def main():
    if len(sys.argv) < 3 or sys.argv[2] not in CHECKS:
        sys.exit(__doc__)
    CHECKS[sys.argv[2]](os.path.abspath(sys.argv[1]), *map(int, sys.argv[3:4]))


CHECKS = {check.__name__: check for check in (mutants, cuts, changes, runs, calls, growth)}

main()
