#!/usr/bin/env python3
"""Compares what bundlescope says of captures with what tshark and openssl say, fact by fact.

    cargo build --example capture_events
    python3 tests/tshark/compare.py CAPTURE_OR_FOLDER...

Facts: TLS alerts in the clear (frame, sender, level, description), Client Hellos (frame, versions, server name, ALPN), Server
Hellos (frame, version, cipher), certificates (frame, sender, SHA-256 of the DER bytes, subject, issuer and end of validity by
openssl), Certificate Requests, DNS answers (frame, name, type, result code, addresses), DNS questions without answer, answers to
HTTP CONNECT, SYNs without answer, refused connections, first resets, and the counts of packets, SYN, SYN/ACK and RST.

Prints every difference, and for those that are no fault the reason. Exit status: 0 when all differences are explained, 1 when
some are not, 2 when a program is missing or nothing could be compared. Needs Python 3.9, tshark 3.6 or later, openssl.
"""

import argparse
import concurrent.futures
import hashlib
import ipaddress
import json
import pathlib
import shutil
import subprocess
import sys
from collections import Counter, defaultdict

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAGICS = {bytes.fromhex(magic) for magic in
          ("d4c3b2a1", "a1b2c3d4", "4d3cb2a1", "a1b23c4d", "34cdb2a1", "a1b2cd34", "0a0d0d0a")}
COMPRESSED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd")  # what tshark opens as well: gzip, zstd

# Differences that are meant, by the word that stands in the output.
REASONS = {
    "not-tcp": "TLS inside QUIC, DTLS or EAP is not read: licensing speaks TLS over TCP",
    "quoted": "packets quoted in ICMP errors were not sent in this place and are not read",
    "level": "an alert whose level or description was never assigned is encrypted bytes taken for one",
    "opcode": "DNS opcodes other than QUERY ask for no name",
    "mdns": "name services beside port 53 (mDNS, LLMNR, NetBIOS) are not what licensing asks",
    "no-question": "a DNS answer without a whole question, or with a malformed one, has no name to tell",
    "malformed": "tshark calls this packet malformed",
    "port": "tshark judges by the port what lies on it (HTTP, SMTP, …); this reader judges by content alone",
    "out-of-order": "tshark reads this only with, or only without, tcp.reassemble_out_of_order",
    "stops": "tshark stops at a link type it does not know, or at a damaged record; the other packets were read",
}

ALERTS = {
    0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 21: "decryption_failed", 22: "record_overflow",
    30: "decompression_failure", 40: "handshake_failure", 41: "no_certificate", 42: "bad_certificate",
    43: "unsupported_certificate", 44: "certificate_revoked", 45: "certificate_expired", 46: "certificate_unknown",
    47: "illegal_parameter", 48: "unknown_ca", 49: "access_denied", 50: "decode_error", 51: "decrypt_error",
    60: "export_restriction", 70: "protocol_version", 71: "insufficient_security", 80: "internal_error",
    86: "inappropriate_fallback", 90: "user_canceled", 100: "no_renegotiation", 109: "missing_extension",
    110: "unsupported_extension", 111: "certificate_unobtainable", 112: "unrecognized_name",
    113: "bad_certificate_status_response", 114: "bad_certificate_hash_value", 115: "unknown_psk_identity",
    116: "certificate_required", 120: "no_application_protocol", 121: "ech_required",
}
TYPES = {1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA", 33: "SRV", 35: "NAPTR", 43: "DS",
         44: "SSHFP", 48: "DNSKEY", 64: "SVCB", 65: "HTTPS", 255: "ANY"}
RCODES = {0: "NOERROR", 2: "SERVFAIL", 3: "NXDOMAIN", 5: "REFUSED"}

FIELDS = """frame.number frame.protocols _ws.malformed ip.src ip.dst ipv6.src ipv6.dst tcp.srcport tcp.dstport udp.srcport
udp.dstport tcp.stream tcp.flags tcp.seq_raw tcp.len tls.record.content_type tls.handshake.type tls.handshake.version
tls.handshake.extensions.supported_version tls.handshake.ciphersuite tls.handshake.extensions_server_name
tls.handshake.extensions_alpn_str tls.handshake.certificate tls.handshake.random tls.alert_message.level
tls.alert_message.desc dns.flags.response dns.flags.opcode dns.flags.rcode dns.qry.name dns.qry.type dns.count.queries dns.count.answers
dns.resp.type dns.a dns.aaaa http.request.method http.request.uri http.response.code http.request_in""".split()

SEPARATOR, AGGREGATOR = "\x1e", "\x1f"


def numbers(values):
    return [int(value, 0) for value in values if value]


def version(number):
    if number == 2:
        return "SSL 2.0"
    if number == 0x300:
        return "SSL 3.0"
    if 0x301 <= number <= 0x304:
        return f"TLS 1.{number - 0x301}"
    return f"TLS 1.3 draft {number & 0xFF}" if number >> 8 == 0x7F else f"0x{number:04x}"


def grease(number):
    return number & 0x0F0F == 0x0A0A and number >> 8 == number & 0xFF


def address(host, port):
    host = ipaddress.ip_address(host)
    return f"[{host}]:{port}" if host.version == 6 else f"{host}:{port}"


class Openssl:
    """Subject, issuer and end of validity of a certificate, as openssl prints them."""

    def __init__(self):
        self.known = {}

    def read(self, der):
        digest = hashlib.sha256(der).hexdigest().upper()
        if digest not in self.known:
            done = subprocess.run(
                ["openssl", "x509", "-inform", "DER", "-noout", "-subject", "-issuer", "-enddate", "-nameopt",
                 "esc_2253,esc_ctrl,utf8,sep_comma_plus,dn_rev,sname"], input=der, capture_output=True)
            lines = dict(line.split("=", 1) for line in done.stdout.decode("utf-8", "replace").splitlines() if "=" in line)
            # `|` stands between the names of a list and is written as \7C inside them.
            names = [lines.get(key, "").strip().replace("|", "\\7C") for key in ("subject", "issuer")]
            self.known[digest] = tuple(names) + (lines.get("notAfter", ""),) if done.returncode == 0 else None
        return digest, self.known[digest]


class Ciphers:
    """Names of cipher suites as Wireshark has them."""

    def __init__(self):
        self.names = {}
        done = subprocess.run(["tshark", "-G", "values"], capture_output=True, text=True, errors="replace")
        for line in done.stdout.splitlines():
            part = line.split("\t")
            if len(part) == 4 and part[0] == "V" and part[1] == "tls.handshake.ciphersuite":
                self.names[int(part[2], 0)] = part[3]


def tshark(path, ordered):
    """The rows of one capture, each a dictionary of lists; and whether tshark read it to the end."""
    command = ["tshark", "-n", "-r", str(path), "-2", "-T", "fields", "-E", f"separator={SEPARATOR}", "-E", f"aggregator={AGGREGATOR}",
               "-E", "occurrence=a", "-o", f"tcp.reassemble_out_of_order:{str(ordered).upper()}", "-o", "tcp.try_heuristic_first:TRUE",
               "-o", "tcp.relative_sequence_numbers:FALSE"]
    for field in FIELDS:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, timeout=900)
    rows = []
    for line in done.stdout.decode("utf-8", "replace").split("\n"):
        parts = line.split(SEPARATOR)
        if len(parts) == len(FIELDS):
            rows.append({field: value.split(AGGREGATOR) if value else [] for field, value in zip(FIELDS, parts)})
    return rows, done.returncode == 0


class Facts:
    """What one reader says: facts, and of those that need not be shared the reason."""

    def __init__(self):
        self.facts = Counter()
        self.excused = {}

    def add(self, *fact, why=None):
        fact = tuple(str(part) for part in fact)
        self.facts[fact] += 1
        if why:
            self.excused[fact] = why


def reference(rows, openssl, ciphers):
    """The facts that tshark tells."""
    said = Facts()
    streams = defaultdict(list)
    questions = {}
    connects = {}
    for row in rows:
        frame = int(row["frame.number"][0])
        protocols = row["frame.protocols"][0] if row["frame.protocols"] else ""
        quoted = "icmp" in protocols
        malformed = "malformed" if row["_ws.malformed"] else None
        hosts = [row[f"{kind}.{side}"][-1] if row[f"{kind}.{side}"] else None for side in ("src", "dst") for kind in ("ip", "ipv6")]
        # The innermost network layer counts.
        inner = "ipv6" if protocols.rfind("ipv6") > protocols.rfind(":ip:") and hosts[1] else "ip" if hosts[0] else "ipv6"
        source, target = (hosts[0], hosts[2]) if inner == "ip" else (hosts[1], hosts[3])
        if row["tcp.srcport"] and source and not quoted:
            ends = [address(source, row["tcp.srcport"][-1]), address(target, row["tcp.dstport"][-1])]
            flags = int(row["tcp.flags"][-1], 0) if row["tcp.flags"] else 0
            sequence = int(row["tcp.seq_raw"][-1]) if row["tcp.seq_raw"] else 0
            streams[row["tcp.stream"][-1] if row["tcp.stream"] else "?"].append((frame, ends, flags, sequence))
            tls(row, frame, ends[0], malformed, said, openssl, ciphers)
            http(row, frame, connects, said)
        elif row["tls.handshake.type"] or row["tls.alert_message.desc"]:
            said.excused[("frame", str(frame))] = "quoted" if quoted else "not-tcp"
        if row["dns.flags.response"] and source and not quoted:
            dns(row, frame, source, target, protocols, malformed, questions, said)
        elif row["dns.flags.response"]:
            said.excused[("frame", str(frame))] = "quoted"
    for (_client, name, kind), frame in questions.items():
        said.add("dns-unanswered", frame, name, kind)
    tcp(streams, said)
    said.add("packets", len(rows))
    return said


def tls(row, frame, sender, malformed, said, openssl, ciphers):
    for level, description in zip(numbers(row["tls.alert_message.level"]), numbers(row["tls.alert_message.desc"])):
        why = None if level in (1, 2) and description in ALERTS else "level"
        said.add("alert", frame, sender, {1: "warning", 2: "fatal"}.get(level, level), ALERTS.get(description, description), why=why)
    types = numbers(row["tls.handshake.type"])
    supported, legacy = numbers(row["tls.handshake.extensions.supported_version"]), numbers(row["tls.handshake.version"])
    # In SSL 2.0 a Server Hello is a 4, and a 2 the client's key.
    server = 4 in types if legacy[:1] == [2] else 2 in types and bool(legacy)
    if 1 in types:
        offered = []
        for number in supported or legacy[:1]:
            if not grease(number) and offered[-1:] != [number]:
                offered.append(number)
        said.add("client-hello", frame, sender, " ".join(map(version, offered)), why=malformed)
        for name in row["tls.handshake.extensions_server_name"]:
            said.add("sni", frame, sender, name.lower(), why=malformed)
        if row["tls.handshake.extensions_alpn_str"] and 2 not in types:
            said.add("alpn", frame, sender, " ".join(row["tls.handshake.extensions_alpn_str"]), why=malformed)
    if server and 1 not in types:
        chosen = (supported or legacy)[:1]
        cipher = [ciphers.names.get(number, f"0x{number:04x}") for number in numbers(row["tls.handshake.ciphersuite"])[:1]]
        said.add("server-hello", frame, sender, *map(version, chosen), *cipher, why=malformed)
    if 13 in types:
        said.add("certificate-request", frame, sender)
    for certificate in row["tls.handshake.certificate"]:
        try:
            der = bytes.fromhex(certificate.replace(":", ""))
        except ValueError:
            continue
        digest, names = openssl.read(der)
        if names:
            said.add("certificate", frame, sender, digest)
            said.add("subject", frame, sender, digest[:8], names[0])
            said.add("issuer", frame, sender, digest[:8], names[1])
            said.add("not-after", frame, sender, digest[:8], names[2])


def http(row, frame, connects, said):
    if "CONNECT" in row["http.request.method"] and row["http.request.uri"]:
        connects[frame] = row["http.request.uri"][0].lower()
    for code, asked in zip(row["http.response.code"], row["http.request_in"]):
        if int(asked) in connects and not code.startswith("1"):
            said.add("connect", frame, connects[int(asked)], code)


def dns(row, frame, source, target, protocols, malformed, questions, said):
    ports = {*row["udp.srcport"][-1:], *row["udp.dstport"][-1:], *row["tcp.srcport"][-1:], *row["tcp.dstport"][-1:]}
    if "53" not in ports:
        said.excused[("frame", str(frame))] = "mdns"
        return
    responses = [value in ("1", "True") for value in row["dns.flags.response"]]
    if any(numbers(row["dns.flags.opcode"])):
        said.excused[("frame", str(frame))] = "opcode"
        return
    counts = numbers(row["dns.count.queries"])
    names, kinds = row["dns.qry.name"], numbers(row["dns.qry.type"])
    codes, answers = numbers(row["dns.flags.rcode"]), numbers(row["dns.count.answers"])
    records = numbers(row["dns.resp.type"])[:answers[0] if answers else 0]
    addresses = row["dns.a"][:records.count(1)] + row["dns.aaaa"][:records.count(28)]
    at = code = 0
    for index, response in enumerate(responses):
        count = counts[index] if index < len(counts) else 0
        whole = count and at + count <= len(kinds) and at < len(names)
        name = names[at].lower().rstrip(".") if whole else ""
        name = "." if name == "<root>" else name
        kind = TYPES.get(kinds[at], f"TYPE{kinds[at]}") if whole else ""
        at += count
        if not response:
            if whole:
                questions.setdefault((source, name, kind), frame)
            continue
        rcode = codes[code] if code < len(codes) else 0
        why = malformed or (None if whole else "no-question")
        said.add("dns", frame, name, kind, RCODES.get(rcode, rcode), answers[index] if index < len(answers) else 0, why=why)
        code += 1
        if len(responses) == 1:
            said.add("addresses", frame, *sorted(str(ipaddress.ip_address(one)) for one in addresses), why=why)
        questions.pop((target, name, kind), None)


def tcp(streams, said):
    counts = Counter()
    for packets in streams.values():
        for _, _, flags, _ in packets:
            counts["syn"] += flags & 0x12 == 0x02
            counts["synack"] += flags & 0x12 == 0x12
            counts["rst"] += bool(flags & 0x04)
        opened = [(frame, ends) for frame, ends, flags, _ in packets if flags & 0x12 == 0x02]
        answered = any(flags & 0x12 == 0x12 for _, _, flags, _ in packets)
        beyond = [frame for frame, _, flags, _ in packets if not flags & 0x06]
        resets = [(frame, ends) for frame, ends, flags, _ in packets if flags & 0x04 and not flags & 0x02]
        if opened and not answered and not beyond:
            client = opened[0][1][0]
            refused = [frame for frame, ends in resets if ends[0] != client]
            if refused:
                said.add("refused", refused[0])
            else:
                said.add("syn-unanswered", opened[0][0])
        fins = set()
        for frame, ends, flags, _ in packets:
            if flags & 0x04 and not flags & 0x02:
                if answered_before(packets, frame):
                    if len(fins) < 2:
                        said.add("reset", frame, ends[0])
                    break
            elif flags & 0x01:
                fins.add(ends[0])
    for name in ("syn", "synack", "rst"):
        said.add("count", name, counts[name])


def answered_before(packets, frame):
    return any(at < frame and (flags & 0x12 == 0x12 or not flags & 0x06) for at, _, flags, _ in packets)


def ours(lines):
    """The facts that bundlescope tells, by capture."""
    captures = defaultdict(Facts)
    for line in lines:
        event = json.loads(line)
        said = captures[event["file"]]
        kind, frame = event["kind"], event.get("packet")
        sender = event.get(event.get("from") or "", "")
        client, server = event.get("client"), event.get("server")
        if kind == "capture":
            said.add("packets", event["packets"])
            for name in ("syn", "synack", "rst"):
                said.add("count", name, event[name])
        elif kind == "tls-alert":
            said.add("alert", frame, sender, event["level"], event["description"])
        elif kind == "tls-client-hello":
            said.add("client-hello", frame, client, event["versions"])
            if "sni" in event:
                said.add("sni", frame, client, event["sni"])
            if "protocols" in event:
                said.add("alpn", frame, client, event["protocols"])
        elif kind == "tls-server-hello":
            said.add("server-hello", frame, server, event["version"], *filter(None, [event["cipher"]]))
        elif kind == "tls-certificate-request":
            said.add("certificate-request", frame, server)
        elif kind == "tls-certificate":
            digests = event["sha256s"].split(" | ") if event["sha256s"] else []
            for digest, subject, issuer, end in zip(digests, *(event[key].split(" | ") for key in ("subjects", "issuers", "not_afters"))):
                said.add("certificate", frame, sender, digest)
                said.add("subject", frame, sender, digest[:8], subject)
                said.add("issuer", frame, sender, digest[:8], issuer)
                said.add("not-after", frame, sender, digest[:8], end)
        elif kind == "dns-response":
            said.add("dns", frame, event["name"], event["type"], event["rcode"], event["answers"])
            said.add("addresses", frame, *sorted(event["addresses"].split()))
        elif kind == "dns-unanswered":
            said.add("dns-unanswered", frame, event["name"], event["type"])
        elif kind == "http-connect" and event["status"]:
            said.add("connect", frame, event["host"].lower(), event["status"])
        elif kind == "tcp-refused":
            said.add("refused", frame)
        elif kind == "tcp-syn-unanswered":
            said.add("syn-unanswered", frame)
        elif kind == "tcp-reset":
            said.add("reset", frame, sender)
    return captures


def differences(theirs, own, whole):
    """Facts that only one reader tells: (fact, which, reason or None)."""
    found = []
    for fact in sorted(set(theirs.facts) | set(own.facts)):
        missing = theirs.facts[fact] - own.facts[fact]
        if missing == 0:
            continue
        why = theirs.excused.get(fact) or theirs.excused.get(("frame", fact[1] if len(fact) > 1 else ""))
        if missing < 0 and not why and not whole:
            why = "stops"
        found += [(fact, "only tshark" if missing > 0 else "only bundlescope", why)] * abs(missing)
    return found


def compare(path, own, openssl, ciphers):
    best = None
    for ordered in (True, False):
        rows, whole = tshark(path, ordered)
        theirs = reference(rows, openssl, ciphers)
        found = differences(theirs, own, whole)
        total = sum(theirs.facts.values())
        open_ones = sum(why is None for _, _, why in found)
        if best is None or open_ones < best[0]:
            best = (open_ones, total, found)
        if not open_ones:
            break
    return best[1], best[2]


def captures_in(paths):
    for path in map(pathlib.Path, paths):
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                with file.open("rb") as opened:
                    head = opened.read(4)
                if head in MAGICS or head.startswith(COMPRESSED) and ".pcap" in file.name:
                    yield file


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", help="captures, or folders that hold some; gzip and zstd around them are opened")
    parser.add_argument("--program", default=str(ROOT / "target/debug/examples/capture_events"),
                        help="the program that prints events (default: %(default)s)")
    parser.add_argument("--quiet", action="store_true", help="leave out the differences that are explained")
    options = parser.parse_args()
    for program, way in (("tshark", "install it (apt-get install tshark)"), ("openssl", "install it (apt-get install openssl)"),
                         (options.program, "build it: cargo build --example capture_events")):
        if not shutil.which(program):
            print(f"error: {program} is not there; {way}", file=sys.stderr)
            return 2
    files = list(captures_in(options.paths))
    if not files:
        print("error: no captures in " + ", ".join(options.paths), file=sys.stderr)
        return 2
    openssl, ciphers = Openssl(), Ciphers()

    def one(path):
        done = subprocess.run([options.program, str(path)], capture_output=True, text=True)
        if done.returncode:
            return path, 0, [(("program",), done.stderr.strip()[-200:], None)]
        own = Facts()
        for facts in ours(done.stdout.splitlines()).values():
            own.facts.update(facts.facts)
        total, found = compare(path, own, openssl, ciphers)
        return path, total, found

    facts, explained, wrong = 0, Counter(), 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path, total, found in pool.map(one, files):
            facts += total
            for fact, which, why in found:
                explained[why] += why is not None
                wrong += why is None
                if why is None or not options.quiet:
                    print(f"{path}: {which}: {' '.join(fact)}" + (f"  [{why}]" if why else ""))
    explained = +explained
    agreeing = facts - wrong - sum(explained.values())
    print(f"{len(files)} captures, {facts} facts: {agreeing} agree, {sum(explained.values())} differ for a reason, {wrong} differ")
    for why, count in explained.most_common():
        print(f"    {count:6} {why}: {REASONS[why]}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
