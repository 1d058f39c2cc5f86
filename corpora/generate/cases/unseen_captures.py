"""Captures, mostly alone: cases kept apart from tuning."""
from capture import ACK, PSH, Capture, Tcp, chatter, handshake, micros
from case import case
from cases.unseen_parts import brief_version, prompt
from dice import Dice
from iosxe_log import when

DNS = "10.140.5.11"
OWN = "10.140.100.10"
HOSTS = [OWN, "10.140.100.21", "10.140.100.22"]
CISCO = ["192.133.220.90", "72.163.15.144"]


def quiet(seed, start, seconds=60, count=24, **how):
    cap = Capture(seed, **how)
    cap.home = OWN
    chatter(cap, start - 5000000, seconds, HOSTS, DNS, count)
    return cap


@case("unseen-cap-reset-after-hello")
def _(c):
    c.story = "The handshake of TCP completes, the client says hello to smartreceiver.cisco.com, and a reset comes back each time: somebody filters by name."
    c.sources = [("picture", "part E, capture pictures")]
    c.made = "the whole capture."
    start = micros(when("2024-03-05 10:00:11.420"))
    cap = quiet(c.name, start)
    for n in range(4):
        at = start + n * 9000000
        cap.lookup(at - 40000, OWN, DNS, "smartreceiver.cisco.com", CISCO)
        flow = Tcp(cap, at, OWN, 44100 + n, CISCO[0], 443, mss=1380, label=f"try{n}").open()
        flow.send("c", handshake("receiver-2024-complete")[0][1], "hello")
        flow.reset("s")
    c.put("input/wan-side.pcap", cap.pcap())
    c.packet("wan-side.pcap", cap.number("try0-rst"), "reset in answer to the Client Hello")
    c.expect("*", top="tcp-reset-after-client-hello", may=["slp-path-blocked", "callhome-err-205-aborted", "slp-tls-interception"], must_not=["tcp-syn-refused", "tcp-syn-no-answer", "tls-unknown-ca-from-device", "dns-no-answer"])
    c.at("tcp-reset-after-client-hello", "wan-side.pcap", packet=cap.number("try0-rst"))


@case("unseen-cap-refused")
def _(c):
    c.story = "Every SYN to port 443 of tools.cisco.com is answered with a reset at once, from the address itself, within a millisecond: a firewall that rejects. VLAN tags."
    c.sources = [("picture", "part E, capture pictures"), ("address of tools.cisco.com", "S2")]
    c.made = "the whole capture."
    start = micros(when("2023-11-21 09:00:00.050"))
    cap = quiet(c.name, start, vlan=140)
    cap.lookup(start - 40000, OWN, DNS, "tools.cisco.com", ["72.163.4.38"])
    for n in range(5):
        Tcp(cap, start + n * 7000000, OWN, 21000 + n, "72.163.4.38", 443, mss=536, rtt=700, stamps=False, label=f"try{n}").refused()
    c.put("input/span.pcapng", cap.pcapng())
    c.packet("span.pcapng", cap.number("try0-rst"), "reset that answers the SYN")
    c.expect("*", top="tcp-syn-refused", may=["slp-path-blocked"], must_not=["tcp-syn-no-answer", "tcp-reset-after-client-hello", "dns-no-such-name", "slp-cslu-unreachable"])
    c.at("tcp-syn-refused", "span.pcapng", packet=cap.number("try0-rst"))


@case("unseen-cap-silent-syn")
def _(c):
    c.story = "The same name; here nothing at all answers the SYN and its repetitions."
    c.sources = [("picture", "part E, capture pictures")]
    c.made = "the whole capture."
    start = micros(when("2023-11-21 09:30:00.050"))
    cap = quiet(c.name, start, seconds=90, link="raw")
    cap.lookup(start - 40000, OWN, DNS, "tools.cisco.com", ["72.163.4.38"])
    for n in range(3):
        Tcp(cap, start + n * 30000000, OWN, 22000 + n, "72.163.4.38", 443, mss=536, stamps=False, label=f"try{n}").unanswered()
    c.put("input/epc.pcap", cap.pcap(swapped=True))
    c.packet("epc.pcap", cap.number("try1-syn"), "first SYN of the second attempt")
    c.expect("*", top="tcp-syn-no-answer", may=["slp-path-blocked", "callhome-err-207-timeout"], must_not=["tcp-syn-refused", "dns-no-answer", "tcp-reset-after-client-hello"])
    c.at("tcp-syn-no-answer", "epc.pcap", packet=cap.number("try0-syn"))


@case("unseen-cap-silent-then-good", healthy=True)
def _(c):
    c.story = "One attempt without an answer; three minutes later a complete exchange with the same server. The failure is over."
    c.sources = [("a complete handshake later than the failure", "part F")]
    c.made = "the whole capture; TLS recorded with OpenSSL on both ends."
    start = micros(when("2024-02-27 14:00:00.050"))
    cap = quiet(c.name, start, seconds=220)
    cap.lookup(start - 40000, OWN, DNS, "smartreceiver.cisco.com", CISCO)
    Tcp(cap, start, OWN, 33001, CISCO[1], 443, stamps=False, label="first").unanswered()
    cap.lookup(start + 180000000 - 40000, OWN, DNS, "smartreceiver.cisco.com", CISCO)
    Tcp(cap, start + 180000000, OWN, 33002, CISCO[1], 443, mss=1380, label="flow").open().play("receiver-2024-complete").close()
    c.put("input/outside.pcapng", cap.pcapng())
    c.packet("outside.pcapng", cap.number("flow-c3"), "application data of the device")
    c.expect("*", must=["tls-handshake-healthy"], may=["tcp-syn-no-answer"], must_not=["slp-tls-interception", "tls-unknown-ca-from-device", "dns-no-answer"])


@case("unseen-cap-dns-refused")
def _(c):
    c.story = "The resolver refuses (REFUSED) every question for smartreceiver.cisco.com and answers those of the own domain."
    c.sources = [("only SERVFAIL or REFUSED", "part E")]
    c.made = "the whole capture."
    start = micros(when("2024-01-11 07:00:00.500"))
    cap = quiet(c.name, start, count=28)
    for n in range(5):
        cap.lookup(start + n * 5000000, OWN, DNS, "smartreceiver.cisco.com", rcode=5, delay=1500, mark=f"no{n}")
    c.put("input/dns-only.pcap", cap.pcap())
    c.packet("dns-only.pcap", cap.number("no0-query"), "first query for smartreceiver.cisco.com")
    c.expect("*", top="dns-no-answer", may=["dns-name-unresolved"], must_not=["dns-no-such-name", "tcp-syn-no-answer"])


@case("unseen-cap-dns-nx-tools")
def _(c):
    c.story = "The same resolver elsewhere says that tools.cisco.com does not exist."
    c.sources = [("rcode 3 for a licensing name", "part E")]
    c.made = "the whole capture."
    start = micros(when("2024-01-11 08:00:00.500"))
    cap = quiet(c.name, start, count=28, link="cooked")
    for n in range(3):
        cap.lookup(start + n * 5000000, OWN, DNS, "tools.cisco.com", rcode=3, delay=1500, mark=f"nx{n}")
    c.put("input/any.pcap", cap.pcap())
    c.packet("any.pcap", cap.number("nx0"), "NXDOMAIN for tools.cisco.com")
    c.expect("*", top="dns-no-such-name", may=["dns-name-unresolved"], must_not=["dns-no-answer", "tcp-syn-no-answer", "slp-cslu-default-not-configured"])
    c.at("dns-no-such-name", "any.pcap", packet=cap.number("nx0"))


@case("unseen-cap-server-says-no")
def _(c):
    c.story = "Two flows: the server takes the client's certificate and answers Unknown CA. The alert comes from the server's side."
    c.sources = [("Unknown CA from CSSM after the client's certificate", "S3")]
    c.made = "names; TLS recorded with OpenSSL on both ends."
    start = micros(when("2023-09-12 16:00:00.500"))
    cap = quiet(c.name, start, seconds=90)
    for n in range(2):
        at = start + n * 40000000
        cap.lookup(at - 40000, OWN, DNS, "smartreceiver.cisco.com", CISCO)
        Tcp(cap, at, OWN, 45100 + n, CISCO[0], 443, mss=1380, label=f"flow{n}").open().play("receiver-2023-unknown-ca-server").close("s")
    c.put("input/trust attempt.pcap", cap.pcap())
    c.packet("trust attempt.pcap", cap.number("flow0-s2"), "fatal Unknown CA from the server")
    c.expect("*", top="tls-client-cert-rejected", must=["tls-unknown-ca-from-server"], must_not=["tls-unknown-ca-from-device", "slp-tls-interception", "exp-tls-interception", "iosxe-quovadis-fn72323", "exp-root-ca-cscwe09378"])
    c.at("tls-unknown-ca-from-server", "trust attempt.pcap", packet=cap.number("flow0-s2"))


@case("unseen-cap-tls13-refused")
def _(c):
    c.story = "TLS 1.3: no certificate can be seen, only the alert Unknown CA that the client sends in the clear. Who made the capture, and on which release, nobody says."
    c.sources = [("what TLS 1.3 hides", "capture limits"), ("no certificate visible: lower confidence", "part F")]
    c.made = "the whole capture; TLS recorded with OpenSSL on both ends."
    start = micros(when("2024-05-15 16:00:00.500"))
    cap = quiet(c.name, start)
    cap.lookup(start - 40000, OWN, DNS, "smartreceiver.cisco.com", CISCO)
    Tcp(cap, start, OWN, 46100, CISCO[0], 443, mss=1380, label="flow").open().play("private-issuer-tls13-refused").close()
    c.put("input/one-flow.pcapng", cap.pcapng())
    c.packet("one-flow.pcapng", cap.number("flow-c2"), "Unknown CA from the client")
    c.expect("*", must=["tls-unknown-ca-from-device"], may=["slp-tls-interception", "exp-tls-interception", "iosxe-quovadis-fn72323", "exp-root-ca-cscwe09378", "nxos-quovadis-fn72115"], must_not=["tls-unknown-ca-from-server", "tls-client-cert-rejected", "tls-handshake-healthy"])
    c.at("tls-unknown-ca-from-device", "one-flow.pcapng", packet=cap.number("flow-c2"))


@case("unseen-cap-wrong-place", healthy=True)
def _(c):
    c.story = "A capture of the user VLAN while the licensing traffic leaves elsewhere: no packet of any licensing name. A browser of the office refuses an intranet certificate."
    c.sources = [("no licensing traffic: wrong interface or wrong time", "S3, part E")]
    c.made = "the whole capture."
    start = micros(when("2024-01-22 10:00:00.500"))
    cap = quiet(c.name, start, count=28)
    cap.lookup(start, HOSTS[1], DNS, "wiki.corp.example", ["10.140.9.14"])
    Tcp(cap, start + 40000, HOSTS[1], 50100, "10.140.9.14", 443, rtt=900, label="web").open().play("wiki-unknown-ca-client").close()
    c.put("input/vlan20.pcap", cap.pcap())
    c.packet("vlan20.pcap", cap.number("web-c2"), "Unknown CA towards wiki.corp.example")
    c.expect("*", must=["capture-has-no-licensing-traffic"], must_not=["tls-unknown-ca-from-device", "slp-tls-interception", "exp-tls-interception", "iosxe-quovadis-fn72323", "exp-root-ca-cscwe09378"])


@case("unseen-cap-crl-silent")
def _(c):
    c.story = "Three times the device asks for a revocation list and gets no answer to its GET."
    c.sources = [("GET of a .crl without answer", "part E, P14"), ("CRL check of SLA-TrustPoint", "S3")]
    c.made = "the whole capture."
    start = micros(when("2023-12-05 10:00:00.500"))
    cap = quiet(c.name, start, seconds=90)
    for n in range(3):
        at = start + n * 20000000
        cap.lookup(at - 30000, OWN, DNS, "www.cisco.com", ["198.51.100.80"])
        flow = Tcp(cap, at, OWN, 39000 + n, "198.51.100.80", 80, rtt=9000, stamps=False, label=f"crl{n}").open()
        flow.send("c", b"GET /security/pki/crl/crca2048.crl HTTP/1.0\r\nHost: www.cisco.com\r\nUser-Agent: Cisco PKI\r\n\r\n", "get").acked("s")
        flow.at += 15000000
        flow.close("c")
    c.put("input/mgmt-if.pcap", cap.pcap())
    c.packet("mgmt-if.pcap", cap.number("crl0-get"), "GET of crca2048.crl")
    c.expect("*", top="crl-fetch-unanswered", may=["slp-onprem-crl-fetch-fail"], must_not=["tcp-syn-no-answer", "tcp-syn-refused", "slp-path-blocked", "proxy-connect-refused"])
    c.at("crl-fetch-unanswered", "mgmt-if.pcap", packet=cap.number("crl0-get"))


@case("unseen-cap-proxy-403")
def _(c):
    c.story = "A proxy forbids the licensing host: CONNECT, 403. Other hosts pass."
    c.sources = [("403 means the proxy's policy", "P19, part E")]
    c.made = "the whole capture."
    start = micros(when("2024-03-19 10:00:00.500"))
    cap = quiet(c.name, start)
    for n, (host, answer) in enumerate((("ocsp.digicert.com", b"200 Connection established"), ("smartreceiver.cisco.com", b"403 Forbidden"), ("smartreceiver.cisco.com", b"403 Forbidden"))):
        flow = Tcp(cap, start + n * 6000000, OWN, 47000 + n, "10.140.7.3", 8080, rtt=700, label=f"p{n}").open()
        flow.send("c", b"CONNECT %s:443 HTTP/1.1\r\nHost: %s:443\r\n\r\n" % (host.encode(), host.encode()), "connect").acked("s")
        flow.send("s", b"HTTP/1.1 " + answer + b"\r\nContent-Length: 0\r\n\r\n", "answer").acked("c")
        flow.close()
    c.put("input/proxy-side.pcap", cap.pcap())
    c.packet("proxy-side.pcap", cap.number("p1-answer"), "403 of the proxy")
    c.expect("*", top="proxy-connect-refused", may=["exp-proxy-authentication-failed", "slp-path-blocked"], must_not=["slp-proxy-auth-unsupported", "tcp-syn-refused", "tcp-reset-after-client-hello", "slp-tls-interception"])
    c.at("proxy-connect-refused", "proxy-side.pcap", packet=cap.number("p1-answer"))
