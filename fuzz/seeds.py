#!/usr/bin/env python3
"""Fills corpus/TARGET with first inputs out of corpora/: fuzz/seeds.py TARGET. What is there already stays."""

import base64
import gzip
import hashlib
import io
import json
import pathlib
import quopri
import sys
import tarfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
CORPORA = HERE.parent / "corpora"
RULES = HERE.parent / "rules"
MOST = 20_000
EVIDENCE = b"Aug 23 09:19:43.486: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : No detail given\n"


def leaves():
    """Name and bytes of every file of the labelled cases, those in archives included."""
    for path in sorted(CORPORA.rglob("input/**/*")) + sorted(CORPORA.rglob("*.zip")):
        if path.is_file():
            yield from unpacked(path.name, path.read_bytes())


def unpacked(name, data):
    yield name, data
    try:
        if data[:2] == b"PK":
            archive = zipfile.ZipFile(io.BytesIO(data))
            for member in archive.namelist():
                yield from unpacked(member.rsplit("/", 1)[-1], archive.read(member))
        elif data[:2] == b"\x1f\x8b":
            yield from unpacked(name.removesuffix(".gz"), gzip.decompress(data))
        elif data[257:262] == b"ustar":
            with tarfile.open(fileobj=io.BytesIO(data)) as archive:
                for member in archive:
                    if member.isfile():
                        yield from unpacked(member.name.rsplit("/", 1)[-1], archive.extractfile(member).read())
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile, tarfile.TarError):
        pass


def payloads(data, protocol):
    """Payloads of a capture in Ethernet and IPv4, as far as this simple reader sees them."""
    at = 24
    while at + 16 <= len(data):
        length = int.from_bytes(data[at + 8 : at + 12], "little")
        frame = data[at + 16 : at + 16 + length]
        at += 16 + length
        if frame[12:14] != b"\x08\0" or len(frame) < 34 or frame[23] != protocol:
            continue
        ip = frame[14:]
        rest = ip[(ip[0] & 15) * 4 : int.from_bytes(ip[2:4], "big")]
        yield rest[(rest[12] >> 4) * 4 :] if protocol == 6 and len(rest) > 12 else rest[8:]


def seeds(target):
    magics = [b"\x1f\x8b\x08", b"BZh91AY&SY", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"\x1f\x9d\x90", b"\x5d\0\0\x10\0"]
    if target in ("rule_yaml", "rule_with_input"):
        for path in sorted(RULES.rglob("*.yaml")):
            text = path.read_bytes()
            if target == "rule_yaml":
                yield text
            elif path.parent.name == "signals":
                yield text[:6000] + b"\0" + b"%SMART_LIC-3-COMM_FAILED: Communications failure\n"
        return
    for name, data in leaves():
        text = b"\0" not in data[:4096]
        kind = name.lower()
        if target == "tar" and data[257:262] == b"ustar":
            yield data
        elif target == "zip" and data[:2] == b"PK":
            yield data[4:]
        elif target == "decoders":
            if text:
                import bz2
                import lzma

                packers = [gzip.compress, bz2.compress, lzma.compress]
                for choice, pack in enumerate(packers):
                    yield bytes([choice]) + pack(data[:3000])[len(magics[choice]) :]
        elif target == "pcap" and data[:4] in (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4"):
            yield data[24 : 24 + MOST]
        elif target == "pcapng" and data[:4] == b"\x0a\x0d\x0d\x0a":
            yield data
        elif target in ("tls", "reassembly") and data[:4] == b"\xd4\xc3\xb2\xa1":
            joined = b"".join(payloads(data, 6))
            for at in range(0, min(len(joined), 60_000), 6_000):
                yield (b"\x07\x50\x01\x33\x90\x02\x11\x64" if target == "reassembly" else b"") + joined[at : at + 6_000]
        elif target == "dns" and data[:4] == b"\xd4\xc3\xb2\xa1":
            yield from payloads(data, 17)
        elif target == "x509" and (b"BEGIN CERT" in data or kind.endswith((".der", ".cer", ".pem"))):
            yield data
        elif target == "expressway" and text and ("exp" in kind or b'Level="' in data[:4000]):
            yield data[:6000]
        elif target == "license_history" and b"REQUEST:" in data:
            yield data[data.index(b"REQUEST:") :][:6000]
        elif target == "show" and text and b"show " in data:
            yield data[:6000]
        elif target in ("syslog", "mask") and text:
            yield data[:4000]
        elif target == "mail" and text:
            lines = data[:3000]
            head = b"Content-Type: %s\r\nContent-Transfer-Encoding: %s\r\n\r\n%s\r\n"
            page = b"<p>" + lines.replace(b"<", b"&lt;").replace(b"\n", b"<br>") + b"</p>"
            bodies = [
                head % (b"text/plain; charset=utf-8", b"quoted-printable", quopri.encodestring(lines)),
                head % (b"text/plain; name=a.log", b"base64", base64.encodebytes(lines)),
                head % (b"text/html", b"quoted-printable", quopri.encodestring(page)),
            ]
            yield b"\r\n--=_X\r\n".join(bodies)
            yield head % (b"multipart/alternative; boundary=Y", b"7bit", b"--Y\r\n" + b"--Y\r\n".join(bodies) + b"--Y--")
            yield head % (b"message/rfc822", b"7bit", b"From: a@b.example\r\nSubject: x\r\nDate: y\r\n" + bodies[0])
        elif target == "pages" and text:
            shown = data[:3000].replace(b"&", b"&amp;").replace(b"<", b"&lt;")
            yield b"<pre>" + shown + b"</pre>"
            yield b"".join(b"<tr><td>" + line.replace(b" ", b"</td><td>", 3) + b"</td></tr>\n" for line in shown.splitlines()[:40])
            yield b"".join(b"<w:p><w:r><w:t>" + line + b"</w:t></w:r></w:p>" for line in shown.splitlines()[:40])
        elif target == "documents" and text:
            lines = data[:3000].decode("utf-8", "replace")
            yield json.dumps({"show logging": lines}).encode()
            yield json.dumps({"hits": [{"_source": {"host": "sw-a", "message": line}} for line in lines.splitlines()[:20]]}).encode()
            yield json.dumps(lines.splitlines()[:40], indent=1).encode()
        elif target == "tables" and text:
            rows = [line.replace('"', '""') for line in data[:3000].decode("utf-8", "replace").splitlines()[:20]]
            yield ("Time,Host,Message\n" + "".join(f'2025-08-23 10:19:43,sw-a,"{row}"\n' for row in rows)).encode()
            yield "".join(json.dumps({"@timestamp": "2025-08-23T10:19:43Z", "host": {"name": "sw-a"}, "message": row}) + "\n" for row in rows).encode()
        elif target == "packet_list" and (b"Alert (Level" in data or b"Transport Layer Security" in data):
            yield data[:6000]
        elif target in ("stamps", "sentences") and text:
            yield data[:2000]
        elif target in ("case", "redact") and len(data) < 6000:
            yield name.encode() + b"\0" + data.replace(b"\0", b" ")[:3000] + b"\0sw-b_2025-08-23.log\0" + EVIDENCE
        elif target == "renderers" and text:
            yield data[:300]


def main():
    target = sys.argv[1]
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for seed in seeds(target):
        seed = seed[:MOST] if target != "rule_yaml" else seed
        (folder / hashlib.sha1(seed).hexdigest()).write_bytes(seed)
        count += 1
        if count >= 200:
            break
    if count == 0:
        (folder / "empty").write_bytes(b"")


main()
