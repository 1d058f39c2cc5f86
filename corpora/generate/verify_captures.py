#!/usr/bin/env python3
"""Compares the packet numbers that the cases state with what tshark says of the same captures. Needs tshark.

Prints one line per stated packet: case, file, number, tshark's summary; and any capture in which tshark finds a
malformed packet or a wrong checksum. Exit 1 if an alert or NXDOMAIN is not where a case says it is.
"""
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from archive import unpacked  # noqa: E402
from generate import built  # noqa: E402

WORDS = [("reset", "RST"), ("Unknown CA", "Alert (Level: Fatal, Description: Unknown CA)"), ("NXDOMAIN", "No such name"), ("SERVFAIL", "Server failure"), ("SYN", "[SYN"), ("Client Hello", "Client Hello"),
         ("New Session Ticket", "New Session Ticket"), ("application data", "Application Data"), ("query", "query")]
STRICT = ["-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"]


def tshark(path, *args):
    return subprocess.run(["tshark", "-n", "-r", path, *STRICT, *args], capture_output=True, text=True, check=True).stdout


def main():
    bad = 0
    for c in built():
        leaves = {n.rsplit("!", 1)[-1].rsplit("/", 1)[-1]: data for path, blob in c.files.items() for n, data in unpacked(path, blob)}
        for file, data in leaves.items():
            if not file.endswith((".pcap", ".pcapng")):
                continue
            with tempfile.NamedTemporaryFile(suffix=".pcap") as f:
                f.write(data)
                f.flush()
                wrong = tshark(f.name, "-Y", '_ws.malformed or ip.checksum.status == "Bad" or tcp.checksum.status == "Bad" or udp.checksum.status == "Bad"')
                lost = tshark(f.name, "-Y", "tcp.analysis.ack_lost_segment")
                if wrong or lost:
                    bad += 1
                    print(f"{c.name} {file}: {(wrong + lost).splitlines()[0]}")
                lines = {int(x.split(None, 1)[0]): x for x in tshark(f.name).splitlines()}
            for stated, number, what in c.packets:
                if stated == file:
                    line = lines.get(number, "")
                    expected = next((e for w, e in WORDS if w in what), "")
                    if expected not in line:
                        bad += 1
                        print("WRONG", end=" ")
                    print(f"{c.name} {file} {number}: {' '.join(line.split())[:150]}  <- {what}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
