"""Certificates by name, and handshakes that carry them: a recorded exchange in which the chain, the name asked for, or
the alert is another one.

Keys and signatures are dice. No reader of a capture can check either, since the handshake is all it sees; names, dates
and order are what a chain is judged by.
"""
import struct

from capture import handshake

TAGS = {"C": (2, 5, 4, 6), "ST": (2, 5, 4, 8), "L": (2, 5, 4, 7), "O": (2, 5, 4, 10), "OU": (2, 5, 4, 11), "CN": (2, 5, 4, 3), "E": (1, 2, 840, 113549, 1, 9, 1)}
SHA256_RSA = (1, 2, 840, 113549, 1, 1, 11)
RSA = (1, 2, 840, 113549, 1, 1, 1)

HYDRANT = ("C=US, O=IdenTrust, OU=HydrantID Trusted Certificate Service, CN=HydrantID Server CA O1", "2019-12-12 16:56:15", "2029-12-12 16:56:15")
IDENTRUST = ("C=US, O=IdenTrust, CN=IdenTrust Commercial Root CA 1", "2014-01-16 18:12:23", "2034-01-16 18:12:23")
HYDRANT_OLD = ("C=US, O=HydrantID (Avalanche Cloud Corporation), CN=HydrantID SSL ICA G2", "2013-12-17 14:25:10", "2023-12-17 14:25:10")
QUOVADIS = ("C=BM, O=QuoVadis Limited, CN=QuoVadis Root CA 2", "2006-11-24 18:27:00", "2031-11-24 18:23:33")
CISCO = "C=US, ST=California, L=San Jose, O=Cisco Systems Inc."


def tlv(tag, *parts):
    body = b"".join(parts)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    size = (len(body).bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + len(body).to_bytes(size, "big") + body


def oid(numbers):
    out = bytes([numbers[0] * 40 + numbers[1]])
    for n in numbers[2:]:
        septets = [n & 127]
        while n := n >> 7:
            septets.append(n & 127 | 128)
        out += bytes(reversed(septets))
    return tlv(6, out)


def number(data):
    data = data.lstrip(b"\0") or b"\0"
    return tlv(2, (b"\0" if data[0] & 128 else b"") + data)


def name(text):
    """Distinguished name from "C=US, O=Example"; a comma inside a value is written as ;."""
    pairs = [part.split("=", 1) for part in text.split(", ")] if text else []
    return tlv(0x30, *(tlv(0x31, tlv(0x30, oid(TAGS[k]), tlv(0x16 if k == "E" else 0x13 if k == "C" else 0x0C, v.replace(";", ",").encode()))) for k, v in pairs))


def time(text):
    digits = "".join(ch for ch in text if ch.isdigit())
    return tlv(0x18, digits.encode() + b"Z") if digits >= "2050" else tlv(0x17, digits[2:].encode() + b"Z")


def certificate(dice, subject, issuer, start, end, hosts=(), authority=False):
    extensions = [tlv(0x30, oid((2, 5, 29, 19)), tlv(1, b"\xff"), tlv(4, tlv(0x30, tlv(1, b"\xff")) if authority else tlv(0x30)))]
    if hosts:
        extensions.append(tlv(0x30, oid((2, 5, 29, 17)), tlv(4, tlv(0x30, *(tlv(0x82, h.encode()) for h in hosts)))))
    key = tlv(0x30, number(b"\xc1" + dice.bits(254) + b"\x9d"), number(b"\x01\x00\x01"))
    algorithm = tlv(0x30, oid(SHA256_RSA), tlv(5))
    body = tlv(0x30, tlv(0xA0, number(b"\x02")), number(b"\x4d" + dice.bits(15)), algorithm, name(issuer), tlv(0x30, time(start), time(end)), name(subject),
               tlv(0x30, tlv(0x30, oid(RSA), tlv(5)), tlv(3, b"\0" + key)), tlv(0xA3, tlv(0x30, *extensions)))
    return tlv(0x30, body, algorithm, tlv(3, b"\0" + dice.bits(256)))


def chain(dice, leaf, *authorities, hosts=()):
    """Certificates in the order in which a server sends them. Each is (subject, start, end) and issued by the next; the last by itself,
    or by a name that stands alone at the end."""
    above = [a if isinstance(a, str) else a[0] for a in authorities]
    out = []
    for n, (subject, start, end) in enumerate(x for x in (leaf, *authorities) if not isinstance(x, str)):
        issuer = above[n] if n < len(above) else subject
        out.append(certificate(dice, subject, issuer, start, end, hosts if n == 0 else (), authority=n > 0))
    return out


def cisco_chain(dice, host="smartreceiver.cisco.com", start="2023-10-19 15:04:00", end="2024-10-18 15:03:00", root=False):
    """What the licensing hosts show since they changed."""
    return chain(dice, (f"{CISCO}, CN={host}", start, end), HYDRANT, *([IDENTRUST] if root else [IDENTRUST[0]]), hosts=[host])


def quovadis_chain(dice, host="smartreceiver.cisco.com", start="2021-01-26 19:11:26", end="2023-01-26 19:20:00"):
    """What they showed before."""
    return chain(dice, (f"C=US, ST=CA, L=San Jose, O=Cisco Systems; Inc., CN={host}", start, end), HYDRANT_OLD, QUOVADIS, hosts=[host])


def foreign_chain(dice, *authorities, host="smartreceiver.cisco.com", subject=None, start="2023-10-19 15:04:00", end="2024-10-18 15:03:00"):
    """A leaf with Cisco's subject, issued by others."""
    return chain(dice, (subject or f"{CISCO}, CN={host}", start, end), *authorities, hosts=[host])


def messages(record_bytes):
    """(content type, version, body) of the records in one write."""
    at = 0
    while at < len(record_bytes):
        kind, version, size = struct.unpack_from(">BHH", record_bytes, at)
        yield kind, version, record_bytes[at + 5:at + 5 + size]
        at += 5 + size


def record(kind, body, version=0x0303):
    pieces = [body[i:i + 16384] for i in range(0, len(body), 16384)]
    return b"".join(struct.pack(">BHH", kind, version, len(p)) + p for p in pieces)


def message(kind, body):
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def certificate_message(certificates):
    listed = b"".join(len(c).to_bytes(3, "big") + c for c in certificates)
    return message(11, len(listed).to_bytes(3, "big") + listed)


def asking(hello, host):
    """A Client Hello record that asks for another host, or for none."""
    body = hello[9:]
    at = 34
    at += 1 + body[at]
    at += 2 + int.from_bytes(body[at:at + 2], "big")
    at += 1 + body[at]
    extensions, rest = b"", body[at + 2:]
    while rest:
        kind, size = struct.unpack_from(">HH", rest)
        if kind == 0 and host is not None:
            entry = b"\0" + struct.pack(">H", len(host)) + host.encode()
            extensions += struct.pack(">HHH", 0, len(entry) + 2, len(entry)) + entry
        elif kind != 0:
            extensions += rest[:4 + size]
        rest = rest[4 + size:]
    return record(22, message(1, body[:at] + struct.pack(">H", len(extensions)) + extensions), 0x0301)


def spliced(label, certificates=None, host="", alert=None, client=None):
    """A recording with another chain of the server (`certificates`), another name asked for (`host`, None for no name), another last
    alert (`alert`, its description), or another certificate of the client (`client`, empty for the empty message)."""
    out = []
    for n, (mark, data) in enumerate(handshake(label)):
        if n == 0 and host != "":
            data = asking(data, host)
        pieces = []
        for kind, version, body in messages(data):
            wanted = certificates if mark == "s" else client
            if kind == 22 and body[:1] == b"\x0b" and wanted is not None:
                body = certificate_message(wanted)
            elif kind == 22 and mark == "c" and client == [] and body[:1] == b"\x0f":
                continue
            elif kind == 21 and len(body) == 2 and alert is not None:
                body = body[:1] + bytes([alert])
            pieces.append(record(kind, body, version))
        out.append((mark, b"".join(pieces)))
    return out
