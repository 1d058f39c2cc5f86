#!/usr/bin/env python3
"""Records TLS handshakes between two real endpoints (OpenSSL through Python's `ssl`, memory buffers, no network)
into tls/*.json, from which generate.py builds captures.

Keys are drawn anew on every run, so this is run by hand, once, and its output is committed; generate.py itself is
deterministic. Needs the `cryptography` package. Certificates carry the names of public authorities so that a chain
looks as it does in the field, but every key was made here and thrown away.

A file holds {"name", "sni", "version", "outcome", "records": [[direction, hex], ...]} where direction is "c" (client
to server) or "s", and each item is what one endpoint wrote at one time.
"""
import datetime
import json
import pathlib
import ssl
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HERE = pathlib.Path(__file__).resolve().parent
NO_CHECK_TIME = 0x200000  # X509_V_FLAG_NO_CHECK_TIME: the chains carry the dates of their case, not of the recording
TAGS = {
    "C": NameOID.COUNTRY_NAME, "ST": NameOID.STATE_OR_PROVINCE_NAME, "L": NameOID.LOCALITY_NAME,
    "O": NameOID.ORGANIZATION_NAME, "OU": NameOID.ORGANIZATIONAL_UNIT_NAME, "CN": NameOID.COMMON_NAME,
    "E": NameOID.EMAIL_ADDRESS, "SN": NameOID.SERIAL_NUMBER,
}
V12, V13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


def name(text):
    """Distinguished name from "C=US, O=Example"; a comma inside a value is written as ;."""
    pairs = (part.split("=", 1) for part in text.split(", "))
    return x509.Name([x509.NameAttribute(TAGS[k], v.replace(";", ",")) for k, v in pairs])


def new_key():
    return rsa.generate_private_key(65537, 2048)


def day(text):
    return datetime.datetime.fromisoformat(text)


class Holder:
    """A certificate with its key; makes others below itself."""

    def __init__(self, subject, start, end, issuer=None, authority=False, hosts=(), length=None, crl=None, brief=False):
        self.key = new_key()
        self.issuer = issuer
        serial = x509.random_serial_number() | 1 << 158
        pad = 0
        while True:
            self.cert = self._sign(subject, start, end, authority, hosts, serial, crl, pad, brief)
            missing = (length or 0) - len(self.der())
            if missing <= 0:
                break
            pad += missing if missing < 40 and pad else max(1, missing - 60)

    def _sign(self, subject, start, end, authority, hosts, serial, crl, pad, brief):
        up = self.issuer or self
        issuer_name = self.issuer.cert.subject if self.issuer else name(subject)
        b = (x509.CertificateBuilder().subject_name(name(subject)).issuer_name(issuer_name)
             .public_key(self.key.public_key()).serial_number(serial >> 1).not_valid_before(day(start)).not_valid_after(day(end))
             .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
             .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False))
        if not brief:
            b = b.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(up.key.public_key()), critical=False)
        usage = dict(digital_signature=True, content_commitment=False, key_encipherment=not authority, data_encipherment=False,
                     key_agreement=False, key_cert_sign=authority, crl_sign=authority, encipher_only=False, decipher_only=False)
        b = b.add_extension(x509.KeyUsage(**usage), critical=True)
        if hosts:
            purposes = [ExtendedKeyUsageOID.SERVER_AUTH] + ([] if brief else [ExtendedKeyUsageOID.CLIENT_AUTH])
            b = b.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
            b = b.add_extension(x509.SubjectAlternativeName([x509.DNSName(h) for h in hosts]), critical=False)
        if crl or pad:
            base = crl or "http://crl.example/"
            url = base + ("?v=" + "0" * (pad - 3) if pad > 3 else "/" * pad)
            b = b.add_extension(x509.CRLDistributionPoints([x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None)]),
                                critical=False)
        return b.sign(up.key, hashes.SHA256())

    def der(self):
        return self.cert.public_bytes(serialization.Encoding.DER)

    def pem(self):
        return self.cert.public_bytes(serialization.Encoding.PEM)

    def key_pem(self):
        return self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


class Recorder:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def write(self, label, *blobs):
        path = self.folder / label
        path.write_bytes(b"".join(blobs))
        return str(path)

    def contexts(self, chain, trust, version, client_cert, server_trust):
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(self.write("s.pem", *(h.pem() for h in chain)), self.write("s.key", chain[0].key_pem()))
        client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        client.load_verify_locations(self.write("t.pem", *(h.pem() for h in trust)))
        for ctx in (server, client):
            ctx.minimum_version = ctx.maximum_version = version
            ctx.verify_flags |= NO_CHECK_TIME
        if client_cert:
            client.load_cert_chain(self.write("c.pem", client_cert.pem()), self.write("c.key", client_cert.key_pem()))
        if server_trust:
            server.verify_mode = ssl.CERT_REQUIRED
            server.load_verify_locations(self.write("v.pem", *(h.pem() for h in server_trust)))
        return server, client

    def run(self, label, sni, chain, trust, version=V12, client_cert=None, server_trust=(), talk=()):
        server_ctx, client_ctx = self.contexts(chain, trust, version, client_cert, server_trust)
        to_c, from_c, to_s, from_s = (ssl.MemoryBIO() for _ in range(4))
        ends = [
            ["c", client_ctx.wrap_bio(to_c, from_c, server_hostname=sni), from_c, to_s, None],
            ["s", server_ctx.wrap_bio(to_s, from_s, server_side=True), from_s, to_c, None],
        ]
        records = []

        def flush():
            for mark, _, out, peer, _ in ends:
                data = out.read()
                if data:
                    records.append([mark, data.hex()])
                    peer.write(data)

        done = set()
        for _ in range(10):
            for end in ends:
                mark, conn = end[0], end[1]
                if mark in done or end[4]:
                    continue
                try:
                    conn.do_handshake()
                    done.add(mark)
                except ssl.SSLWantReadError:
                    pass
                except ssl.SSLError as err:
                    end[4] = err.reason
                flush()
        if not ends[0][4] and not ends[1][4]:
            for mark, size in talk:
                sender, receiver = (ends[0][1], ends[1][1]) if mark == "c" else (ends[1][1], ends[0][1])
                sender.write(b"x" * size)
                flush()
                receiver.read(65536)
            for mark, conn, *_ in ends:
                try:
                    conn.unwrap()
                except ssl.SSLError:
                    pass
                flush()
        outcome = {e[0]: e[4] for e in ends if e[4]} or "complete"
        doc = {"name": label, "sni": sni, "version": version.name, "outcome": outcome, "records": records}
        (HERE / "tls" / (label + ".json")).write_text(json.dumps(doc, indent=0) + "\n")
        print(label, outcome, [(m, len(h) // 2) for m, h in records])


def main():
    identrust = Holder("C=US, O=IdenTrust, CN=IdenTrust Commercial Root CA 1", "2014-01-16 18:12:23", "2034-01-16 18:12:23", authority=True)
    hydrant = Holder("C=US, O=IdenTrust, OU=HydrantID Trusted Certificate Service, CN=HydrantID Server CA O1", "2019-12-12 16:56:15",
                     "2029-12-12 16:56:15", identrust, True, crl="http://validation.identrust.com/crl/commercialrootca1.crl")
    quovadis = Holder("C=BM, O=QuoVadis Limited, CN=QuoVadis Root CA 2", "2006-11-24 18:27:00", "2031-11-24 18:23:33", authority=True)
    hydrant_old = Holder("C=US, O=HydrantID (Avalanche Cloud Corporation), CN=HydrantID SSL ICA G2", "2013-12-17 14:25:10", "2023-12-17 14:25:10",
                         quovadis, True, crl="http://crl.quovadisglobal.com/qvrca2.crl")
    org = "C=US, ST=California, L=San Jose, O=Cisco Systems Inc."
    receiver24 = Holder(org + ", CN=smartreceiver.cisco.com", "2023-10-19 15:04:00", "2024-10-18 15:03:00", hydrant, hosts=["smartreceiver.cisco.com"])
    receiver23 = Holder(org + ", CN=smartreceiver.cisco.com", "2022-12-08 17:40:00", "2023-12-08 17:39:00", hydrant, hosts=["smartreceiver.cisco.com"])
    receiver21 = Holder("C=US, ST=CA, L=San Jose, O=Cisco Systems; Inc., CN=smartreceiver.cisco.com", "2021-01-26 19:11:26", "2023-01-26 19:20:00",
                        hydrant_old, hosts=["smartreceiver.cisco.com"])
    tools22 = Holder(org + ", CN=tools.cisco.com", "2022-01-14 20:11:00", "2023-01-14 20:10:00", hydrant, hosts=["tools.cisco.com"])

    house = "O=Harbor Lane Partners"
    private_root = Holder("C=US, ST=New York, L=New York, " + house + ", OU=Information Security, CN=Harbor Lane Enterprise Root CA", "2016-05-03 14:00:00",
                          "2036-05-03 14:10:00", authority=True, length=1531)
    private_issuing = Holder("C=US, ST=New York, L=New York, " + house + ", CN=Harbor Lane Issuing CA 2", "2018-02-06 09:00:00", "2028-02-06 09:00:00",
                             private_root, True, length=1526)
    forward = Holder(house + ", OU=Information Security, CN=TLS Forward Proxy v2, E=netsec@harborlane.example", "2022-06-14 11:21:36", "2027-06-13 11:21:36",
                     private_issuing, True, length=1507, crl="http://pki.harborlane.example/crl/issuing2.crl")
    seed_leaf = Holder("C=US, ST=California, L=San Jose, O=Cisco Systems, CN=smartreceiver.cisco.com", "2023-10-19 15:04:00", "2024-10-18 15:03:00",
                       forward, hosts=["smartreceiver.cisco.com"], brief=True)
    firewall_root = Holder("C=DE, L=Hamburg, O=Elbtor Logistik AG, OU=IT-Sicherheit, CN=Elbtor SSL Decrypt Forward Trust", "2020-09-01 06:00:00",
                           "2030-09-01 06:00:00", authority=True)
    firewall_leaf = Holder(org + ", CN=smartreceiver.cisco.com", "2022-12-08 17:40:00", "2023-12-08 17:39:00", firewall_root, hosts=["smartreceiver.cisco.com"])
    web_filter = Holder("C=JP, O=Minato Foods K.K., CN=Minato Foods Internal CA 01", "2019-04-01 00:00:00", "2029-03-31 23:59:59", authority=True)
    filter_leaf = Holder(org + ", CN=smartreceiver.cisco.com", "2023-10-19 15:04:00", "2024-10-18 15:03:00", web_filter, hosts=["smartreceiver.cisco.com"])
    onprem_root = Holder("O=Cisco, CN=Cisco Licensing Root CA", "2013-05-30 19:48:47", "2038-05-30 19:48:47", authority=True)
    onprem_leaf = Holder("C=US, O=Cisco Systems, CN=ssm-onprem.voice.corp.example", "2023-03-01 08:00:00", "2026-02-28 08:00:00", onprem_root,
                         hosts=["ssm-onprem.voice.corp.example"])
    digi_root = Holder("C=US, O=DigiCert Inc, OU=www.digicert.com, CN=DigiCert Global Root G2", "2013-08-01 12:00:00", "2038-01-15 12:00:00", authority=True)
    digi = Holder("C=US, O=DigiCert Inc, CN=DigiCert Global G2 TLS RSA SHA256 2020 CA1", "2021-03-30 00:00:00", "2031-03-29 23:59:59", digi_root, True)
    portal = Holder("C=US, O=Corp Example, CN=portal.corp.example", "2023-01-10 00:00:00", "2025-01-09 23:59:59", digi, hosts=["portal.corp.example"])
    intranet_root = Holder("O=Corp Example, CN=corp-CA01-CA", "2017-02-01 10:00:00", "2037-02-01 10:10:00", authority=True)
    intranet = Holder("C=US, O=Corp Example, CN=wiki.corp.example", "2023-05-01 00:00:00", "2025-05-01 00:00:00", intranet_root, hosts=["wiki.corp.example"])

    wlc_self = Holder("CN=IOS-Self-Signed-Certificate-2893716640", "2021-06-30 08:12:44", "2030-01-01 00:00:00")
    wlc_expired = Holder("O=Corp Example, CN=wlc-edge-2.corp.example", "2021-05-11 07:30:00", "2023-05-11 07:30:00", intranet_root,
                         hosts=["wlc-edge-2.corp.example"])
    device = Holder("SN=PID:C9800-CL-K9 SN:9J0QXWUT2LH, O=Cisco, OU=ACT-2 Lite SUDI, CN=C9800-CL-K9", "2021-02-03 10:00:00", "2029-11-14 10:00:00")
    exp_device = Holder("O=Cisco, CN=EXPY", "2022-02-03 10:00:00", "2029-11-14 10:00:00")
    edge = Holder("C=JP, O=Corp Example, CN=exp-c-01.voice.corp.example", "2022-09-01 00:00:00", "2024-09-01 00:00:00", intranet_root,
                  hosts=["exp-c-01.voice.corp.example"])
    pems = {"quovadis": quovadis, "identrust": identrust, "corp-ca": intranet_root, "expressway-server": edge, "digicert": digi_root}
    (HERE / "tls" / "certificates.json").write_text(json.dumps({k: v.pem().decode() for k, v in pems.items()}, indent=0) + "\n")
    with tempfile.TemporaryDirectory() as tmp:
        r = Recorder(tmp)
        talk = [("c", 2740), ("s", 4212), ("c", 930), ("s", 612)]
        r.run("receiver-2024-complete", "smartreceiver.cisco.com", [receiver24, hydrant], [identrust], client_cert=device, server_trust=[device], talk=talk)
        r.run("receiver-2021-complete", "smartreceiver.cisco.com", [receiver21, hydrant_old], [quovadis], client_cert=wlc_self, server_trust=[wlc_self],
              talk=[("c", 1480), ("s", 2205), ("c", 1333), ("c", 488), ("s", 960)])
        r.run("receiver-2023-unknown-ca-client", "smartreceiver.cisco.com", [receiver23, hydrant, identrust], [quovadis], server_trust=[exp_device])
        r.run("tools-2022-unknown-ca-client", "tools.cisco.com", [tools22, hydrant, identrust], [quovadis])
        r.run("forward-proxy-unknown-ca-client", "smartreceiver.cisco.com", [seed_leaf, forward, private_issuing, private_root], [identrust, quovadis],
              server_trust=[exp_device])
        r.run("ssl-decrypt-unknown-ca-client", "smartreceiver.cisco.com", [firewall_leaf, firewall_root], [identrust])
        r.run("private-issuer-unknown-ca-client", "smartreceiver.cisco.com", [filter_leaf], [identrust])
        r.run("receiver-2023-unknown-ca-server", "smartreceiver.cisco.com", [receiver23, hydrant], [identrust], client_cert=wlc_expired, server_trust=[device])
        r.run("receiver-2024-tls13-complete", "smartreceiver.cisco.com", [receiver24, hydrant], [identrust], V13, talk=[("c", 2740), ("s", 4212)])
        r.run("private-issuer-tls13-refused", "smartreceiver.cisco.com", [filter_leaf], [identrust], V13)
        r.run("onprem-complete", "ssm-onprem.voice.corp.example", [onprem_leaf], [onprem_root], talk=talk)
        r.run("portal-complete", "portal.corp.example", [portal, digi], [digi_root], talk=[("c", 604), ("s", 9120)])
        r.run("portal-tls13-complete", "portal.corp.example", [portal, digi], [digi_root], V13, talk=[("c", 604), ("s", 3120)])
        r.run("wiki-unknown-ca-client", "wiki.corp.example", [intranet], [digi_root])


if __name__ == "__main__":
    main()
