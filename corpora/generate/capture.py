"""Captures: frames from addresses up, TCP conversations that carry recorded TLS, DNS, and the chatter around them.

A `Capture` collects frames with absolute times (seconds since 1970, float-free: microseconds as int) and writes them in
time order as pcap or pcapng. Packet numbers are known only then: `mark` puts a label on a frame, `number(label)` asks.
"""
import json
import pathlib
import struct

from dice import Dice

TLS = pathlib.Path(__file__).resolve().parent / "tls"
SYN, ACK, PSH, FIN, RST = 2, 16, 8, 1, 4


def handshake(label):
    doc = json.loads((TLS / (label + ".json")).read_text())
    return [(mark, bytes.fromhex(h)) for mark, h in doc["records"]]


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def addr(text):
    return bytes(int(x) for x in text.split("."))


def dns_name(name):
    return b"".join(bytes([len(p)]) + p.encode() for p in name.split(".")) + b"\0"


class Capture:
    def __init__(self, seed, link="ethernet", vlan=None):
        self.dice = Dice(seed)
        self.link, self.vlan = link, vlan
        self.frames = []
        self.marks = {}
        self.macs = {}
        self.ident = {}

    # frames

    def mac(self, ip):
        if ip not in self.macs:
            local = ip.startswith(("10.", "172.1", "172.2", "172.3", "192.168."))
            # Everything outside comes from the gateway's address.
            self.macs[ip] = b"\x00\x50\x56" + self.dice.bits(3) if local else self.macs.setdefault("gateway", b"\x00\x00\x0c\x07\xac\x0a")
        return self.macs[ip]

    def frame(self, at, src, dst, payload, kind=0x0800, mark=None):
        if self.link == "cooked":
            incoming = 4 if src == self.home else 0
            head = struct.pack(">HHH8sH", incoming, 1, 6, self.mac(src) + b"\0\0", kind)
        elif self.link == "raw":
            head = b""
        else:
            tag = struct.pack(">HH", 0x8100, self.vlan) if self.vlan else b""
            head = self.mac(dst) + self.mac(src) + tag + struct.pack(">H", kind)
        self.frames.append([at, len(self.frames), head + payload, mark])

    home = None

    def ip(self, at, src, dst, proto, payload, ttl=64, mark=None):
        ident = self.ident[src] = (self.ident.get(src, self.dice.below(60000)) + 1) & 0xFFFF
        head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), ident, 0x4000, ttl, proto, 0, addr(src), addr(dst))
        head = head[:10] + struct.pack(">H", checksum(head)) + head[12:]
        self.frame(at, src, dst, head + payload, mark=mark)

    def udp(self, at, src, sport, dst, dport, data, mark=None):
        pseudo = addr(src) + addr(dst) + struct.pack(">BBH", 0, 17, 8 + len(data))
        head = struct.pack(">HHHH", sport, dport, 8 + len(data), 0)
        total = checksum(pseudo + head + data) or 0xFFFF
        self.ip(at, src, dst, 17, head[:6] + struct.pack(">H", total) + data, mark=mark)

    def dns_query(self, at, src, dst, ident, name, kind=1, sport=None, mark=None):
        body = struct.pack(">HHHHHH", ident, 0x0100, 1, 0, 0, 0) + dns_name(name) + struct.pack(">HH", kind, 1)
        self.udp(at, src, sport or 49152 + ident % 16000, dst, 53, body, mark)

    def dns_answer(self, at, src, dst, ident, name, answers=(), rcode=0, kind=1, sport=None, mark=None):
        body = struct.pack(">HHHHHH", ident, 0x8180 | rcode, 1, len(answers), 0, 0) + dns_name(name) + struct.pack(">HH", kind, 1)
        for text in answers:
            body += struct.pack(">HHHIH", 0xC00C, 1, 1, 300, 4) + addr(text)
        self.udp(at, src, 53, dst, sport or 49152 + ident % 16000, body, mark)

    def lookup(self, at, client, server, name, answers=(), rcode=0, delay=18000, mark=None):
        ident = self.dice.below(65536)
        self.dns_query(at, client, server, ident, name, mark=mark and mark + "-query")
        self.dns_answer(at + delay, server, client, ident, name, answers, rcode, mark=mark)

    def arp(self, at, who, asks):
        body = struct.pack(">HHBBH6s4s6s4s", 1, 0x0800, 6, 4, 1, self.mac(who), addr(who), b"\0" * 6, addr(asks))
        self.macs["all"] = b"\xff" * 6
        self.frame(at, who, "all", body + b"\0" * 18, kind=0x0806)

    def swap(self, first, second):
        """Two marked frames arrive in the wrong order."""
        a, b = (next(f for f in self.frames if f[3] == mark) for mark in (first, second))
        a[0], b[0] = b[0], a[0]

    # numbers and files

    def ordered(self):
        return sorted(self.frames, key=lambda f: (f[0], f[1]))

    def number(self, mark):
        for i, f in enumerate(self.ordered(), 1):
            if f[3] == mark:
                return i
        raise KeyError(mark)

    def pcap(self, nanoseconds=False, swapped=False, snap=262144):
        e = ">" if swapped else "<"
        link = {"ethernet": 1, "cooked": 113, "raw": 101}[self.link]
        out = [struct.pack(e + "IHHiIII", 0xA1B23C4D if nanoseconds else 0xA1B2C3D4, 2, 4, 0, 0, snap, link)]
        for at, _, data, _ in self.ordered():
            sub = at % 1000000 * (1000 if nanoseconds else 1)
            out.append(struct.pack(e + "IIII", at // 1000000, sub, min(len(data), snap), len(data)) + data[:snap])
        return b"".join(out)

    def pcapng(self, tool="Dumpcap (Wireshark) 4.0.8 (v4.0.8-0-g81696bb74857)"):
        link = {"ethernet": 1, "cooked": 113, "raw": 101}[self.link]

        def block(kind, body):
            body += b"\0" * (-len(body) % 4)
            return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)

        def option(code, value):
            return struct.pack("<HH", code, len(value)) + value + b"\0" * (-len(value) % 4)

        out = [block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + option(4, tool.encode()) + option(0, b""))]
        out.append(block(1, struct.pack("<HHI", link, 0, 262144) + option(9, b"\x06") + option(0, b"")))
        for at, _, data, _ in self.ordered():
            out.append(block(6, struct.pack("<IIIII", 0, at >> 32, at & 0xFFFFFFFF, len(data), len(data)) + data))
        return b"".join(out)


class Tcp:
    """One conversation. Times move on with every segment; `rtt` in microseconds."""

    def __init__(self, cap, at, client, cport, server, sport, mss=1460, rtt=12000, stamps=True, label=None):
        self.cap, self.at, self.rtt, self.label = cap, at, rtt, label
        self.ends = {"c": (client, cport), "s": (server, sport)}
        self.seq = {"c": cap.dice.below(1 << 31), "s": cap.dice.below(1 << 31)}
        self.mss, self.stamps = mss, stamps
        self.clock = {"c": cap.dice.below(1 << 31), "s": cap.dice.below(1 << 31)}
        self.start = at
        self.window = {"c": 502, "s": 1026}

    def segment(self, mark, flags, data=b"", name=None, sizes=None, at=None):
        other = "s" if mark == "c" else "c"
        (src, sport), (dst, dport) = self.ends[mark], self.ends[other]
        at = self.at if at is None else at
        ticks = (at - self.start) // 1000
        echo = (self.clock[other] + ticks - 1) & 0xFFFFFFFF if flags & ACK else 0
        stamps = b"\x08\x0a" + struct.pack(">II", (self.clock[mark] + ticks) & 0xFFFFFFFF, echo) if self.stamps else b""
        if sizes:
            mss, scale = sizes
            # In the order in which Linux writes them: 20 bytes with time stamps.
            sack = b"\x04\x02" if self.stamps else b""
            options = b"\x02\x04" + struct.pack(">H", mss) + sack + stamps + b"\x01\x03\x03" + bytes([scale])
        else:
            options = b"\x01\x01" + stamps if stamps else b""
        ack = self.seq[other] if flags & ACK else 0
        head = struct.pack(">HHIIBBHHH", sport, dport, self.seq[mark] & 0xFFFFFFFF, ack & 0xFFFFFFFF, (5 + len(options) // 4) << 4, flags,
                           64240 if flags & SYN else self.window[mark], 0, 0) + options
        pseudo = addr(src) + addr(dst) + struct.pack(">BBH", 0, 6, len(head) + len(data))
        total = checksum(pseudo + head + data)
        head = head[:16] + struct.pack(">H", total) + head[18:]
        self.cap.ip(at, src, dst, 6, head + data, ttl=64 if mark == "c" else 52, mark=name and f"{self.label}-{name}")
        self.seq[mark] += len(data) + (1 if flags & (SYN | FIN) else 0)

    def syn(self, name="syn"):
        self.segment("c", SYN, name=name, sizes=(self.mss, 7))

    def open(self):
        self.syn()
        self.at += self.rtt
        self.segment("s", SYN | ACK, name="synack", sizes=(self.mss, 9))
        self.at += 40
        self.segment("c", ACK, name="ack")
        self.at += 900
        return self

    def unanswered(self, waits=(1000000, 2000000, 4000000, 8000000)):
        self.syn()
        at = self.at
        for n, wait in enumerate(waits, 1):
            at += wait
            self.seq["c"] -= 1
            self.at = at
            self.syn(f"syn{n + 1}")

    def refused(self):
        self.syn()
        self.at += self.rtt
        self.segment("s", RST | ACK, name="rst")

    def send(self, mark, data, name=None):
        size = self.mss - (12 if self.stamps else 0)
        other = "s" if mark == "c" else "c"
        pieces = [data[i:i + size] for i in range(0, len(data), size)]
        for n, piece in enumerate(pieces):
            last = n == len(pieces) - 1
            self.segment(mark, ACK | (PSH if last else 0), piece, name=name and (name if last else f"{name}-part{n + 1}"))
            self.at += 60 + self.cap.dice.below(200)
            if n % 2 and not last:
                self.segment(other, ACK, at=self.at)
                self.at += 25
        return self

    def acked(self, mark):
        self.segment(mark, ACK)
        self.at += 30

    def play(self, label, stop=None, pause=25000):
        """Sends a recorded handshake, or what was made of one; segments are named c1, s1, c2 … in order."""
        count = {"c": 0, "s": 0}
        for n, (mark, data) in enumerate(handshake(label) if isinstance(label, str) else label):
            if stop is not None and n >= stop:
                return self
            count[mark] += 1
            if n:
                self.at += pause + self.cap.dice.below(pause // 2)
            self.send(mark, data, f"{mark}{count[mark]}")
            self.acked("s" if mark == "c" else "c")
        return self

    def close(self, first="c"):
        second = "s" if first == "c" else "c"
        self.at += 400
        self.segment(first, FIN | PSH | ACK, name="fin")
        self.at += self.rtt
        self.segment(second, FIN | ACK, name="fin2")
        self.at += 60
        self.segment(first, ACK)
        return self

    def reset(self, mark="c"):
        self.at += 120
        self.segment(mark, RST | ACK, name="rst")
        return self


def chatter(cap, start, seconds, hosts, dns, count):
    """Ordinary traffic: `count` small exchanges spread over `seconds` among `hosts`, asking `dns`."""
    d = cap.dice
    names = ["ntp.corp.example", "syslog01.corp.example", "dc02.corp.example", "pool.ntp.org", "radius-a.corp.example", "ocsp.digicert.com"]
    for _ in range(count):
        at = start + d.below(seconds * 1000000)
        a, b = d.pick(hosts), d.pick(hosts)
        if a == b:
            b = dns
        what = d.below(10)
        if what < 2 and cap.link == "ethernet":
            cap.arp(at, a, b)
        elif what < 4:
            n = d.pick(names)
            cap.lookup(at, a, dns, n, [f"10.64.{len(n)}.{names.index(n) + 20}"], delay=900 + d.below(4000))
        elif what < 6:
            stamp = struct.pack(">I", (at // 1000000 + 2208988800) & 0xFFFFFFFF) + d.bits(4)
            cap.udp(at, a, 123, dns, 123, b"\x23\x03\x06\xec" + d.bits(12) + stamp * 4)
            cap.udp(at + 1100, dns, 123, a, 123, b"\x24\x02\x06\xe8" + d.bits(12) + stamp * 4)
        elif what < 8:
            cap.udp(at, a, 161, b, 50000 + d.below(9000), b"\x30\x29\x02\x01\x01\x04\x06c0rpRO\xa2\x1c\x02\x04" + d.bits(4) + b"\x02\x01\0\x02\x01\0\x30\x0e\x30\x0c\x06\x08\x2b\x06\x01\x02\x01\x01\x03\0\x43\0")
        else:
            t = Tcp(cap, at, a, 30000 + d.below(20000), b, d.pick([22, 8443, 49, 389]), rtt=700)
            t.open().send("c", b"SSH-2.0-OpenSSH_8.4\r\n" if t.ends["s"][1] == 22 else d.bits(60)).acked("s")
            t.send("s", d.bits(120)).close()


def micros(t):
    """A naive UTC time as microseconds since 1970."""
    from datetime import datetime
    return int((t - datetime(1970, 1, 1)).total_seconds()) * 1000000 + t.microsecond


def padded_hello(record, size):
    """A Client Hello record with a padding extension (RFC 7685), so that it has `size` bytes."""
    at = 43 + 1 + record[43]
    at += 2 + int.from_bytes(record[at:at + 2], "big")
    at += 1 + record[at]
    more = size - len(record)
    extensions = record[at + 2:] + struct.pack(">HH", 21, more - 4) + b"\0" * (more - 4)
    body = record[9:at] + struct.pack(">H", len(extensions)) + extensions
    return record[:3] + struct.pack(">H", len(body) + 4) + b"\x01" + struct.pack(">I", len(body))[1:] + body


def pem(name):
    return json.loads((TLS / "certificates.json").read_text())[name].encode()
