"""Catalyst 9800 controllers with captures: who ends the handshake, and why."""
from datetime import timedelta

from capture import Capture, Tcp, chatter, micros
from case import case
from dice import Dice
from iosxe_license import License, history_request, history_response
from iosxe_log import Plant, comm_failed, device_lines, mixed, when
from iosxe_show import Box, pki_block, trustpool
from showtech import show_tech

AIR = ("air-network-advantage", "air-dna-advantage")
RECEIVER = ["192.133.220.90", "72.163.15.144"]
NO_DETAIL = comm_failed("No detail given")


def controller(name, sn_seed, version, zone, pid="C9800-40-K9"):
    return Box(name, pid, Dice(sn_seed).serial("TTM"), version, zone=zone, licences=AIR)


def silence(box, d, times, kind="ID_TOKEN_TRUST"):
    """Requests that nobody answered, as the history shows them."""
    out = []
    for t in times:
        out += history_request(t, box.zone, kind, box.pid, box.sn, d) + history_response(t + timedelta(seconds=1), box.zone)
    return out


def flow_capture(seed, client, dns, t, label, flows=1, gap=60, noise=120, link="ethernet", vlan=None, server=None):
    """Noise, a lookup and `flows` conversations of one kind, a minute apart. t is UTC."""
    cap = Capture(seed, link, vlan)
    cap.home = client
    start = micros(t)
    hosts = [client, client.rsplit(".", 1)[0] + ".21", client.rsplit(".", 1)[0] + ".22"]
    chatter(cap, start - 30000000, 60 + gap * flows, hosts, dns, noise)
    server = server or RECEIVER[0]
    for n in range(flows):
        at = start + n * gap * 1000000
        cap.lookup(at - 40000, client, dns, "smartreceiver.cisco.com", RECEIVER)
        Tcp(cap, at, client, 22425 + 7 * n, server, 443, mss=1390, rtt=11000, label=f"flow{n + 1}").open().play(label).close()
    return cap


def note(c, file, cap, *what):
    for mark, text in what:
        c.packet(file, cap.number(mark), text)


SECURE = dict(http_source="Vlan100", trustpoint="TP-self-signed-2893716640")


@case("wlc-quovadis-smart-transport")
def _(c):
    c.story = ("A controller on 17.3.3 with Smart transport in May 2023: the capture holds Cisco's real chain (HydrantID below IdenTrust Commercial Root CA 1) and the controller answers Unknown CA, because it has only the old root. "
               "The certificates of the capture have the names of the real ones; their keys were made for this case. In the second flow two segments arrive in the wrong order.")
    c.sources = [("defect and releases", "seed S4, public P1"), ("smartreceiver.cisco.com changed on 2023-01-26", "public P1"), ("chain names", "public CA tables"), ("empty RESPONSE in the history", "seed S3")]
    c.made = "all values; the TLS bytes are a recording of OpenSSL on both ends."
    d = Dice(c.name)
    box = controller("wlc-bergen-1", c.name, "17.3.3", "CEST")
    plant, now = Plant(d, "10.24", kind="wlc"), when("2023-05-16 11:30:02.450")
    tries = [when("2023-05-16 02:12:39"), when("2023-05-16 10:12:41"), when("2023-05-16 11:12:39")]
    log = device_lines(mixed(plant, when("2023-05-14"), now, 160, [(t + timedelta(seconds=2), NO_DETAIL) for t in tries]), zone="CEST")
    lic = License(box, next_push=when("2023-05-16 19:12:00"), deadline=when("2023-08-10 10:00:00"), rum=(8, 0, 0, 0, 8, 2))
    c.add("input/wlc-bergen-1_show_tech.txt", show_tech(box, plant, now, log, lic, tech=False, running=dict(address="10.24.100.10", **SECURE), trustpool=trustpool(None), history=silence(box, d, tries), interfaces=4))
    cap = flow_capture(c.name, "10.24.100.10", "10.24.5.11", when("2023-05-16 09:12:39.104"), "receiver-2023-unknown-ca-client", flows=2)
    cap.swap("flow2-s1-part1", "flow2-s1-part2")
    c.put("input/wlc-bergen-1_license.pcap", cap.pcap())
    note(c, "wlc-bergen-1_license.pcap", cap, ("flow1-c1", "Client Hello, SNI smartreceiver.cisco.com"), ("flow1-s1", "last segment of the server's Certificate flight"), ("flow1-c2", "fatal Unknown CA from the controller"))
    c.expect("wlc-bergen-1", top="iosxe-quovadis-fn72323", must=["tls-unknown-ca-from-device", "slp-history-empty-response"], may=["slp-path-blocked"],
             must_not=["slp-tls-interception", "tls-client-cert-rejected", "tls-unknown-ca-from-server"])
    c.at("tls-unknown-ca-from-device", "wlc-bergen-1_license.pcap", packet=cap.number("flow1-c2"))


@case("wlc-before-receiver-change")
def _(c):
    c.story = ("The same release (17.3.3) and the same empty answers in November 2022. smartreceiver.cisco.com changed its root only on 26 January 2023, so the root store is not the reason: nothing comes back. "
               "The log has no more than `No detail given`.")
    c.sources = [("empty RESPONSE means no answer", "seed S3"), ("date of the change", "public P1"), ("`No detail given`", "catalogue, unverified")]
    c.made = "all values."
    d = Dice(c.name)
    box = controller("wlc-narvik-1", c.name, "17.3.3", "CET")
    plant, now = Plant(d, "10.24", kind="wlc"), when("2022-11-17 09:02:11.500")
    tries = [when(f"2022-11-{day} 08:40:0{n}") for n, day in enumerate((13, 14, 15, 16, 17))]
    log = device_lines(mixed(plant, when("2022-11-12"), now, 180, [(t + timedelta(seconds=2), NO_DETAIL) for t in tries]), zone="CET")
    lic = License(box, next_push=when("2022-11-17 16:40:00"), deadline=when("2023-02-11 10:00:00"), rum=(8, 0, 0, 0, 8, 2))
    c.add("input/wlc-narvik-1.txt", show_tech(box, plant, now, log, lic, tech=False, running=dict(address="10.24.101.10", **SECURE), history=silence(box, d, tries), interfaces=4))
    c.expect("wlc-narvik-1", top="slp-path-blocked", must=["slp-history-empty-response"], must_not=["iosxe-quovadis-fn72323", "dns-name-unresolved", "slp-instance-unknown-to-cssm"])
    c.at("slp-history-empty-response", "wlc-narvik-1.txt", "RESPONSE: Nov 13 08:40:01 2022")


@case("wlc-client-certificate-expired")
def _(c):
    c.story = ("The HTTP client presents the certificate of trustpoint corp-wlc, which ended on 11 May 2023. In the capture the server asks for a certificate, gets it, and answers Unknown CA: "
               "the alert comes from the server, the opposite direction of a root store problem.")
    c.sources = [("Unknown CA from CSSM after an expired client certificate", "seed S3"), ("secure-trustpoint and its check", "seed S3"), ("certificate block", "public P14")]
    c.made = "all values; TLS recorded with OpenSSL on both ends."
    d = Dice(c.name)
    box = controller("wlc-edge-2", c.name, "17.6.5", "CEST")
    plant, now = Plant(d, "10.25", kind="wlc"), when("2023-06-20 15:40:31.113")
    tries = [when("2023-06-20 14:05:12"), when("2023-06-20 15:05:12"), when("2023-06-20 15:31:40")]
    log = device_lines(mixed(plant, when("2023-06-18"), now, 150, [(t + timedelta(seconds=2), NO_DETAIL) for t in tries]), zone="CEST")
    lic = License(box, next_push=when("2023-06-20 22:00:00"), deadline=when("2023-09-10 10:00:00"), rum=(8, 0, 0, 0, 8, 2))
    certs = pki_block("Certificate", "1F00000A3C5B8E1D9A0000000A3C", ["cn=corp-CA01-CA", "o=Corp Example"], ["cn=wlc-edge-2.corp.example", "o=Corp Example"],
                      "07:30:00 UTC May 11 2021", "07:30:00 UTC May 11 2023", "corp-wlc")
    certs += pki_block("CA Certificate", "3A5C0D11", ["cn=corp-CA01-CA", "o=Corp Example"], ["cn=corp-CA01-CA", "o=Corp Example"], "10:00:00 UTC Feb 1 2017", "10:10:00 UTC Feb 1 2037", "corp-wlc")
    extra = [("show crypto pki trustpoints", ["Trustpoint SLA-TrustPoint:", "    Subject Name: ", "    cn=Cisco Licensing Root CA", "    o=Cisco", "          Serial Number (hex): 01", "    Certificate configured.", "",
                                              "Trustpoint corp-wlc:", "    Subject Name: ", "    cn=corp-CA01-CA", "    o=Corp Example", "          Serial Number (hex): 3A5C0D11", "    Certificate configured.", ""])]
    running = dict(address="10.25.100.10", http_source="Vlan100", trustpoint="corp-wlc",
                   extra=["crypto pki trustpoint corp-wlc", " enrollment terminal pem", " subject-name cn=wlc-edge-2.corp.example, o=Corp Example", " revocation-check none", " rsakeypair corp-wlc", "!"])
    c.add("input/wlc-edge-2/show_tech.txt", show_tech(box, plant, now, log, lic, tech=False, running=running, certificates=certs, trustpool=trustpool("Built-In"), history=silence(box, d, tries), interfaces=4, extra=extra))
    cap = flow_capture(c.name, "10.25.100.10", "10.25.5.11", when("2023-06-20 13:31:40.611"), "receiver-2023-unknown-ca-server", flows=2, vlan=100)
    c.put("input/wlc-edge-2/trust.pcapng", cap.pcapng())
    note(c, "trust.pcapng", cap, ("flow1-s1", "Server Hello to Certificate Request complete"), ("flow1-c2", "the controller's Certificate"), ("flow1-s2", "fatal Unknown CA from the server"))
    c.expect("wlc-edge-2", top="tls-client-cert-rejected", must=["tls-unknown-ca-from-server", "slp-history-empty-response"], may=["slp-path-blocked"],
             must_not=["iosxe-quovadis-fn72323", "slp-tls-interception", "tls-unknown-ca-from-device", "selfsigned-cert-2020-fn70489"])
    c.at("tls-unknown-ca-from-server", "trust.pcapng", packet=cap.number("flow1-s2"))
    c.at("tls-client-cert-rejected", "show_tech.txt", "end   date: 07:30:00 UTC May 11 2023")


@case("wlc-firewall-drops-syn")
def _(c):
    c.story = "The name resolves, and every SYN to port 443 stays without an answer. The history shows requests with empty responses."
    c.sources = [("DNS works, no internet", "seed S3"), ("empty RESPONSE", "seed S3"), ("SYN pattern", "catalogue, capture pictures")]
    c.made = "all values."
    d = Dice(c.name)
    box = controller("wlc-gdansk-1", c.name, "17.9.3", "CEST")
    plant, now = Plant(d, "10.26", kind="wlc"), when("2023-08-02 10:22:40.020")
    tries = [when("2023-08-02 08:02:19"), when("2023-08-02 09:02:20"), when("2023-08-02 10:15:03")]
    log = device_lines(mixed(plant, when("2023-07-31"), now, 150, [(t + timedelta(seconds=31), NO_DETAIL) for t in tries]), zone="CEST")
    lic = License(box, next_push=when("2023-08-02 18:00:00"), deadline=when("2023-10-20 10:00:00"), rum=(8, 0, 0, 0, 8, 2))
    c.add("input/show_tech_wireless.txt", show_tech(box, plant, now, log, lic, tech=False, running=dict(address="10.26.100.10", **SECURE), history=silence(box, d, tries), interfaces=4))
    cap = Capture(c.name)
    start = micros(when("2023-08-02 08:15:03.700"))
    chatter(cap, start - 20000000, 90, ["10.26.100.10", "10.26.100.21", "10.26.100.22"], "10.26.5.11", 110)
    cap.lookup(start - 60000, "10.26.100.10", "10.26.5.11", "smartreceiver.cisco.com", RECEIVER)
    Tcp(cap, start, "10.26.100.10", 31544, RECEIVER[0], 443, mss=536, stamps=False, label="first").unanswered()
    Tcp(cap, start + 31000000, "10.26.100.10", 31545, RECEIVER[1], 443, mss=536, stamps=False, label="second").unanswered()
    c.put("input/embedded_capture.pcap", cap.pcap())
    note(c, "embedded_capture.pcap", cap, ("first-syn", "first SYN to 192.133.220.90"), ("first-syn5", "its fourth retransmission"), ("second-syn", "first SYN to 72.163.15.144"))
    c.expect("wlc-gdansk-1", top="tcp-syn-no-answer", must=["slp-history-empty-response"], may=["slp-path-blocked"], must_not=["dns-name-unresolved", "slp-tls-interception", "iosxe-quovadis-fn72323"])
    c.at("tcp-syn-no-answer", "embedded_capture.pcap", packet=cap.number("first-syn"))


@case("wlc-ssl-decryption")
def _(c):
    c.story = ("A firewall decrypts TLS: the leaf's subject is Cisco's, its issuer is the firewall's own authority. The controller runs 17.9.4 and refuses. One alert, five empty responses.")
    c.sources = [("TLS interception in front of a controller", "seed S3"), ("judge by issuer", "seeds S0, S1"), ("empty RESPONSE", "seed S3")]
    c.made = "all names; TLS recorded with OpenSSL on both ends."
    d = Dice(c.name)
    box = controller("wlc-altona-1", c.name, "17.9.4", "CET")
    plant, now = Plant(d, "10.27", kind="wlc"), when("2023-11-21 17:10:44.811")
    tries = [when(f"2023-11-21 {h:02d}:32:10") for h in (4, 8, 12, 16, 17)][:4] + [when("2023-11-21 17:02:10")]
    log = device_lines(mixed(plant, when("2023-11-19"), now, 170, [(t + timedelta(seconds=2), NO_DETAIL) for t in tries]), zone="CET")
    lic = License(box, next_push=when("2023-11-21 20:32:00"), deadline=when("2024-02-10 10:00:00"), rum=(8, 0, 0, 0, 8, 2))
    c.add("input/show_tech.txt", show_tech(box, plant, now, log, lic, tech=False, running=dict(address="10.27.100.10", **SECURE), history=silence(box, d, tries), trustpool=trustpool("Built-In"), interfaces=4))
    cap = flow_capture(c.name, "10.27.100.10", "10.27.5.11", when("2023-11-21 16:02:10.240"), "ssl-decrypt-unknown-ca-client", flows=1, server=RECEIVER[1])
    c.put("input/license.pcap", cap.pcap(nanoseconds=True))
    note(c, "license.pcap", cap, ("flow1-s1", "end of the server flight with the foreign certificate"), ("flow1-c2", "fatal Unknown CA from the controller"))
    c.expect("wlc-altona-1", top="slp-tls-interception", must=["tls-unknown-ca-from-device", "slp-history-empty-response"], may=["slp-path-blocked"],
             must_not=["iosxe-quovadis-fn72323", "tls-client-cert-rejected"])
    c.at("tls-unknown-ca-from-device", "license.pcap", packet=cap.number("flow1-c2"))
