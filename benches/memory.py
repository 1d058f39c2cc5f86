#!/usr/bin/env python3
"""Peak memory of a diagnosis at several sizes of input, which is made on the fly: benches/memory.py BINARY [GIB...]

A log, a .tar.gz and a capture of each size go through standard input, so that nothing is stored. Prints MiB and seconds.
"""

import gzip
import os
import struct
import subprocess
import sys
import threading
import time

LINE = b"Aug 23 10:%02d:%02d sw-%d 1: %%LINEPROTO-5-UPDOWN: Line protocol on Interface Gi0/%d, changed state to up\n"
EVIDENCE = (
    b"Aug 23 10:19:43 sw-1 1: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : "
    b"Unable to resolve server hostname/domain name\n"
)


def block(number):
    """About a MiB of log, different from the one before it."""
    lines = (LINE % (at // 60 % 60, at % 60, (at + number) % 50, (at * 7 + number) % 48) for at in range(10_000))
    return EVIDENCE + b"".join(lines)


BLOCKS = [block(number) for number in range(16)]


def log(size):
    sent = 0
    while sent < size:
        piece = BLOCKS[sent // 1_000_000 % len(BLOCKS)]
        sent += len(piece)
        yield piece


def tar_gz(size):
    """Members of 16 MiB, `size` when unpacked. Each is a gzip member of its own, so that a body is packed once."""
    body = b"".join(BLOCKS)
    packed = gzip.compress(body + bytes(-len(body) % 512), 1)
    sent = 0
    number = 0
    while sent < size:
        header = bytearray(512)
        name = b"logs/%06d.log" % number
        header[: len(name)] = name
        header[100:108] = b"0000644\0"
        header[124:136] = b"%011o\0" % len(body)
        header[148:156] = b" " * 8
        header[156:157] = b"0"
        header[257:265] = b"ustar\x0000"
        header[148:156] = b"%06o\0 " % sum(header)
        yield gzip.compress(bytes(header), 1)
        yield packed
        sent += len(body)
        number += 1
    yield gzip.compress(bytes(1024), 1)


def capture(size):
    """TCP connections one after the other, 40 data packets of 1,000 bytes each."""
    yield struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1)
    sent = 0
    flow = 0
    while sent < size:
        packets = []
        for _ in range(500):
            flow += 1
            source = struct.pack("!I", 0x0A000000 | (flow >> 14 & 0xFFFF))
            port = 1024 + (flow & 0x3FFF)
            for at in range(40):
                flags, data = (2, b"") if at == 0 else (0x18, b"d" * 1000)
                tcp = struct.pack("!HHIIBBHHH", port, 443, 1 + at * 1000, 1, 0x50, flags, 65_535, 0, 0) + data
                ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 1, 0x4000, 64, 6, 0) + source + b"\xc0\0\2\1" + tcp
                frame = b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + ip
                packets.append(struct.pack("<IIII", 1_755_944_383 + flow // 1000, at, len(frame), len(frame)) + frame)
        piece = b"".join(packets)
        sent += len(piece)
        yield piece


def measured(binary, pieces):
    """Peak resident MiB and seconds of the program, fed with `pieces`."""
    begun = time.time()
    command = [binary, "diagnose", "-f", "json", "-"]
    with open(os.devnull, "wb") as nowhere:
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=nowhere, stderr=nowhere)
    peak = [0]

    def watch():
        while child.poll() is None:
            try:
                with open(f"/proc/{child.pid}/status", encoding="ascii") as status:
                    found = [line.split()[1] for line in status if line.startswith("VmHWM")]
            except OSError:
                break
            peak[0] = max([peak[0], *map(int, found)])
            time.sleep(0.05)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        for piece in pieces:
            child.stdin.write(piece)
        child.stdin.close()
    except BrokenPipeError:
        pass
    child.wait()
    watcher.join()
    return peak[0] / 1024, time.time() - begun


def main():
    binary = sys.argv[1]
    sizes = [float(size) for size in sys.argv[2:]] or [1, 4]
    for name, make in [("log", log), ("tar.gz", tar_gz), ("pcap", capture)]:
        for size in sizes:
            mib, seconds = measured(binary, make(int(size * (1 << 30))))
            print(f"{name:7} {size:5} GiB: {mib:6.0f} MiB, {seconds:6.1f} s", flush=True)


if __name__ == "__main__":
    main()
