"""Captures that lie loose beside the outputs of several devices, and servers known by configuration alone."""
from capture import Capture, Tcp, chatter, micros
from case import case
from cases.fresh_iosxe import box
from iosxe_log import when
from iosxe_session import session, small_version

DNS = "10.20.5.11"
CISCO = "192.133.220.90"
NO_PATH = ["tcp-syn-no-answer", "tcp-syn-refused", "slp-path-blocked", "tls-unknown-ca-from-device", "dns-no-answer", "dns-no-such-name"]


def shown(c, path, host, version, address, sent="2024-05-14 08:12:41.500", net="10.44", smart=("license smart transport smart", "license smart url default"), interface="Vlan100"):
    """A session with one switch: who it is, its configuration, its addresses."""
    d, b, p = box(c, host, "C9300-24T", version, net=net)
    now = when(sent)
    brief = ["Interface              IP-Address      OK? Method Status                Protocol", f"{interface:<23}{address:<16}YES NVRAM  up                    up      ",
             "GigabitEthernet0/0     unassigned      YES NVRAM  administratively down down    "]
    c.add(path, session(b, ("show clock", b.clock(now)), ("show version", small_version(b, now)), ("show running-config", b.running(now, p, smart=smart, ports=2, address=address, http_source=interface)), ("show ip interface brief", brief)))
    return now


def silent(c, start, own, *others, name="smartreceiver.cisco.com", server=CISCO, count=3, port=443):
    cap = Capture(c.name)
    chatter(cap, start - 5000000, 60, [own, *others], DNS, 30)
    cap.lookup(start - 40000, own, DNS, name, [server])
    for n in range(count):
        Tcp(cap, start + n * 18000000, own, 41200 + n, server, port, label=f"try{n}").unanswered()
    return cap


@case("owner-by-address-of-two")
def _(c):
    c.story = "Two switches, each in its own folder, and one capture beside them. Its SYNs to smartreceiver.cisco.com come from the address of the second; the first is only in the ordinary traffic."
    c.sources = [("picture: SYN without answer", "catalogue, part E"), ("the device is the client", "catalogue, part E")]
    c.made = "all values."
    now = shown(c, "input/sw-nauen-1/session.log", "sw-nauen-1", "17.9.4", "10.44.100.11")
    shown(c, "input/sw-nauen-2/session.log", "sw-nauen-2", "17.9.4", "10.44.100.12")
    cap = silent(c, micros(now), "10.44.100.12", "10.44.100.11")
    c.put("input/uplink.pcap", cap.pcap())
    c.packet("uplink.pcap", cap.number("try0-syn"), "first SYN of sw-nauen-2")
    c.expect("sw-nauen-1", must_not=NO_PATH)
    c.expect("sw-nauen-2", top="tcp-syn-no-answer", may=["slp-path-blocked"])
    c.at("tcp-syn-no-answer", "uplink.pcap", packet=cap.number("try0-syn"))


@case("owner-each-its-own-part")
def _(c):
    c.story = "One capture of a mirror port with both switches in it: the first is refused, the second gets no answer."
    c.sources = [("pictures: SYN without answer, SYN and RST", "catalogue, part E")]
    c.made = "all values."
    now = shown(c, "input/sw-nauen-3.log", "sw-nauen-3", "17.9.4", "10.44.100.13")
    shown(c, "input/sw-nauen-4.log", "sw-nauen-4", "17.9.4", "10.44.100.14")
    cap = silent(c, micros(now), "10.44.100.14", "10.44.100.13")
    cap.lookup(micros(now) - 2000000, "10.44.100.13", DNS, "smartreceiver.cisco.com", [CISCO])
    for n in range(3):
        Tcp(cap, micros(now) + n * 7000000 - 1000000, "10.44.100.13", 52000 + n, CISCO, 443, rtt=900, label=f"no{n}").refused()
    c.put("input/mirror.pcapng", cap.pcapng())
    c.packet("mirror.pcapng", cap.number("no0-rst"), "RST to sw-nauen-3")
    c.packet("mirror.pcapng", cap.number("try0-syn"), "first SYN of sw-nauen-4")
    c.expect("sw-nauen-3", top="tcp-syn-refused", may=["slp-path-blocked"], must_not=["tcp-syn-no-answer"])
    c.expect("sw-nauen-4", top="tcp-syn-no-answer", may=["slp-path-blocked"], must_not=["tcp-syn-refused"])
    c.at("tcp-syn-refused", "mirror.pcapng", packet=cap.number("no0-rst"))
    c.at("tcp-syn-no-answer", "mirror.pcapng", packet=cap.number("try0-syn"))


@case("owner-shared-address")
def _(c):
    c.story = "Both switches have 192.168.1.1, at two sites. The capture's client has it too: it may be either, so it is neither."
    c.sources = [("picture: SYN without answer", "catalogue, part E")]
    c.made = "all values."
    now = shown(c, "input/sw-nauen-5.log", "sw-nauen-5", "17.9.4", "192.168.1.1")
    shown(c, "input/sw-nauen-6.log", "sw-nauen-6", "17.9.4", "192.168.1.1")
    cap = silent(c, micros(now), "192.168.1.1", "192.168.1.20")
    c.put("input/site.pcap", cap.pcap())
    c.packet("site.pcap", cap.number("try0-syn"), "first SYN")
    c.expect("sw-nauen-5", must_not=NO_PATH)
    c.expect("sw-nauen-6", must_not=NO_PATH)
    c.expect("*", top="tcp-syn-no-answer", may=["slp-path-blocked"])
    c.at("tcp-syn-no-answer", "site.pcap", packet=cap.number("try0-syn"))


@case("owner-shared-address-and-a-name")
def _(c):
    c.story = "The same, and the capture is called after the second switch."
    c.sources = [("picture: SYN without answer", "catalogue, part E")]
    c.made = "all values."
    now = shown(c, "input/sw-nauen-7.log", "sw-nauen-7", "17.9.4", "192.168.1.1")
    shown(c, "input/sw-nauen-8.log", "sw-nauen-8", "17.9.4", "192.168.1.1")
    cap = silent(c, micros(now), "192.168.1.1", "192.168.1.20")
    c.put("input/capture_SW-NAUEN-8_vlan1.pcap", cap.pcap())
    c.packet("capture_SW-NAUEN-8_vlan1.pcap", cap.number("try0-syn"), "first SYN")
    c.expect("sw-nauen-7", must_not=NO_PATH)
    c.expect("sw-nauen-8", top="tcp-syn-no-answer", may=["slp-path-blocked"])


@case("owner-behind-translation-of-two")
def _(c):
    c.story = "Two switches and a capture from outside the translation: its client is an address that neither shows."
    c.sources = [("picture: SYN without answer", "catalogue, part E")]
    c.made = "all values."
    now = shown(c, "input/sw-nauen-9.log", "sw-nauen-9", "17.9.4", "10.44.100.19")
    shown(c, "input/sw-nauen-10.log", "sw-nauen-10", "17.9.4", "10.44.100.20")
    cap = silent(c, micros(now), "198.51.100.77", "198.51.100.1")
    c.put("input/outside.pcap", cap.pcap())
    c.packet("outside.pcap", cap.number("try0-syn"), "first SYN")
    c.expect("sw-nauen-9", must_not=NO_PATH)
    c.expect("sw-nauen-10", must_not=NO_PATH)
    c.expect("*", top="tcp-syn-no-answer", may=["slp-path-blocked"])


@case("owner-behind-translation-of-one")
def _(c):
    c.story = "One switch and a capture from outside the translation. Nobody else in the case can have sent it: it is counted as the switch's, and the report says on what ground."
    c.sources = [("picture: SYN without answer", "catalogue, part E")]
    c.made = "all values."
    now = shown(c, "input/sw-nauen-11.log", "sw-nauen-11", "17.9.4", "10.44.100.21")
    cap = silent(c, micros(now), "198.51.100.77", "198.51.100.1")
    c.put("input/outside.pcap", cap.pcap())
    c.packet("outside.pcap", cap.number("try0-syn"), "first SYN")
    c.expect("sw-nauen-11", top="tcp-syn-no-answer", may=["slp-path-blocked"])


@case("server-known-by-configuration")
def _(c):
    c.story = "The switch reports to an On-Prem server whose name nobody would take for one; the server refuses port 443. A web server of the same site, which looks like one, refuses too."
    c.sources = [("On-Prem over https, 443", "P13, S3"), ("picture: SYN, RST", "catalogue, part E")]
    c.made = "all values."
    now = shown(c, "input/sw-nauen-12.log", "sw-nauen-12", "17.9.4", "10.44.100.22", smart=("license smart transport cslu", "license smart url cslu https://lxapp0417.nauen.example/cslu/v1/pi/nauen-1"))
    cap = Capture(c.name)
    start = micros(now)
    chatter(cap, start - 5000000, 60, ["10.44.100.22", "10.44.100.1"], DNS, 30)
    for n in range(3):
        at = start + n * 9000000
        cap.lookup(at - 30000, "10.44.100.22", DNS, "satellite.tv.example", ["203.0.113.9"])
        Tcp(cap, at, "10.44.100.22", 40100 + n, "203.0.113.9", 443, rtt=900, label=f"tv{n}").refused()
        cap.lookup(at + 2000000, "10.44.100.22", DNS, "lxapp0417.nauen.example", ["10.44.7.17"])
        Tcp(cap, at + 2100000, "10.44.100.22", 41100 + n, "10.44.7.17", 443, rtt=900, label=f"no{n}").refused()
    c.put("input/epc.pcap", cap.pcap())
    c.packet("epc.pcap", cap.number("no0-rst"), "RST of the On-Prem server")
    c.expect("sw-nauen-12", top="tcp-syn-refused", may=["slp-path-blocked", "slp-cslu-unreachable", "slp-onprem-crl-fetch-fail", "slp-onprem-wrong-transport"], must_not=["tcp-syn-no-answer", "capture-has-no-licensing-traffic"])
    c.at("tcp-syn-refused", "epc.pcap", packet=cap.number("no0-rst"))


@case("server-known-and-another-looks-like-it")
def _(c):
    c.story = "The switch reports to an On-Prem server, by address; what is refused is a web server whose name looks like one."
    c.sources = [("On-Prem over https, 443", "P13, S3")]
    c.made = "all values."
    now = shown(c, "input/sw-nauen-13.log", "sw-nauen-13", "17.9.4", "10.44.100.23", smart=("license smart transport cslu", "license smart url cslu https://10.44.7.18/cslu/v1/pi/nauen-1"))
    cap = Capture(c.name)
    start = micros(now)
    chatter(cap, start - 5000000, 60, ["10.44.100.23", "10.44.100.1"], DNS, 30)
    for n in range(3):
        at = start + n * 9000000
        cap.lookup(at - 30000, "10.44.100.23", DNS, "satellite.tv.example", ["203.0.113.9"])
        Tcp(cap, at, "10.44.100.23", 40100 + n, "203.0.113.9", 443, rtt=900, label=f"tv{n}").refused()
        Tcp(cap, at + 2100000, "10.44.100.23", 41100 + n, "10.44.7.18", 443, rtt=900, label=f"own{n}").open().play("portal-complete").close()
    c.put("input/epc.pcap", cap.pcap())
    c.expect("sw-nauen-13", may=["slp-onprem-crl-fetch-fail"], must_not=NO_PATH + ["slp-cslu-unreachable"])


def refused_then(c, cap, start, inner, outer):
    """The inner client refuses a decrypting firewall's certificate; later the outer one's handshake completes."""
    cap.lookup(start - 40000, inner, DNS, "smartreceiver.cisco.com", [CISCO])
    Tcp(cap, start, inner, 41300, CISCO, 443, label="inner").open().play("ssl-decrypt-unknown-ca-client").close()
    Tcp(outer[0], start + 360000000, outer[1], 41301, CISCO, 443, label="outer").open().play("receiver-2024-complete").close()


@case("owner-unknown-of-two-clients")
def _(c):
    c.story = "A capture of a mirror port and nothing else: one client refuses the certificate of a decrypting firewall, and minutes later another, whose policy exempts it, is let through. What the second may ends nothing of the first."
    c.sources = [("picture: certificate with ssl-decrypt as issuer, Unknown CA alert", "catalogue, part E"), ("the device is the client", "catalogue, part E")]
    c.made = "addresses and times."
    cap = Capture(c.name)
    start = micros(when("2024-05-14 08:12:41.500"))
    chatter(cap, start - 5000000, 400, ["10.44.100.31", "10.44.100.32"], DNS, 60)
    refused_then(c, cap, start, "10.44.100.31", (cap, "10.44.100.32"))
    c.put("input/mirror.pcap", cap.pcap())
    c.expect("*", top="slp-tls-interception", must=["tls-unknown-ca-from-device"], may=["exp-tls-interception"])


@case("owner-on-both-sides-of-a-proxy")
def _(c):
    c.story = "One switch, a capture inside and one outside of the proxy. Inside the switch refuses what the proxy shows it; outside, under the proxy's address, handshakes complete. The outside is no recovery of the inside."
    c.sources = [("picture: certificate with ssl-decrypt as issuer, Unknown CA alert", "catalogue, part E"), ("with a proxy the outer connection is the proxy's", "capture reference, section 6")]
    c.made = "addresses and times."
    now = shown(c, "input/sw-nauen-14.log", "sw-nauen-14", "17.9.4", "10.44.100.33")
    inside, outside = Capture(c.name), Capture(c.name + "-outside")
    start = micros(now)
    chatter(inside, start - 5000000, 60, ["10.44.100.33", "10.44.100.1"], DNS, 30)
    refused_then(c, inside, start, "10.44.100.33", (outside, "203.0.113.50"))
    c.put("input/inside.pcap", inside.pcap())
    c.put("input/outside.pcap", outside.pcap())
    c.expect("sw-nauen-14", top="slp-tls-interception", must=["tls-unknown-ca-from-device"])
