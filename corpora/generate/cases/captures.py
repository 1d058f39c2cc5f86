"""Captures alone: nobody says which device made them."""
from capture import Capture, Tcp, chatter, micros
from case import case
from iosxe_log import when

DNS = "10.48.5.11"
OWN = "10.48.100.10"
HOSTS = [OWN, "10.48.100.21", "10.48.100.22", "10.48.100.23"]
CISCO = ["192.133.220.90", "72.163.15.144"]


def quiet(seed, start, seconds=60, count=90, **how):
    cap = Capture(seed, **how)
    cap.home = OWN
    chatter(cap, start - 5000000, seconds, HOSTS, DNS, count)
    return cap


def browsing(cap, at, label, n, server="203.0.113.40", name="portal.corp.example", **how):
    cap.lookup(at - 30000, HOSTS[1 + n % 3], DNS, name, [server])
    return Tcp(cap, at, HOSTS[1 + n % 3], 50100 + n, server, 443, rtt=4000, label=f"web{n}").open().play(label).close()


@case("capture-dns-nxdomain")
def _(c):
    c.story = "The resolver answers that smartreceiver.cisco.com does not exist, four times, also with the local domain appended. Other names resolve."
    c.sources = [("picture: NXDOMAIN for a licensing name", "catalogue, part E")]
    c.made = "the whole capture (pcapng)."
    start = micros(when("2024-02-14 06:20:11.420"))
    cap = quiet(c.name, start)
    for n in range(4):
        name = "smartreceiver.cisco.com" + (".corp.example" if n % 2 else "")
        cap.lookup(start + n * 8000000 + (0 if n % 2 else 200), OWN, DNS, name, rcode=3, delay=9000, mark=f"nx{n}")
    c.put("input/uplink.pcapng", cap.pcapng())
    c.packet("uplink.pcapng", cap.number("nx0"), "NXDOMAIN for smartreceiver.cisco.com")
    c.expect("*", top="dns-no-such-name", may=["dns-name-unresolved"], must_not=["dns-no-answer", "tcp-syn-no-answer"])
    c.at("dns-no-such-name", "uplink.pcapng", packet=cap.number("nx0"))


@case("capture-dns-silent")
def _(c):
    c.story = "Six questions for tools.cisco.com to two servers, no answer in the forty seconds that follow; one SERVFAIL for smartreceiver.cisco.com. Raw IP link type, as some embedded captures have."
    c.sources = [("picture: queries without response", "catalogue, part E")]
    c.made = "the whole capture."
    start = micros(when("2023-03-03 22:10:00.100"))
    cap = quiet(c.name, start, seconds=75, count=70, link="raw")
    for n in range(6):
        cap.dns_query(start + n * 3000000, OWN, "10.48.5.12" if n % 2 else "10.48.5.13", 0x4A10 + n // 2, "tools.cisco.com", sport=51514, mark=f"q{n}")
    cap.lookup(start + 20000000, OWN, "10.48.5.12", "smartreceiver.cisco.com", rcode=2, delay=1500000, mark="servfail")
    c.put("input/dns.pcap", cap.pcap())
    c.packet("dns.pcap", cap.number("q0"), "first query for tools.cisco.com")
    c.packet("dns.pcap", cap.number("servfail"), "SERVFAIL for smartreceiver.cisco.com")
    c.expect("*", top="dns-no-answer", may=["dns-name-unresolved"], must_not=["dns-no-such-name"])
    c.at("dns-no-answer", "dns.pcap", packet=cap.number("q0"))


@case("capture-syn-silent")
def _(c):
    c.story = "tools.cisco.com resolves to 72.163.4.38; three connection attempts, each with its retransmissions, get no answer. Mirror port with VLAN tags."
    c.sources = [("address of tools.cisco.com", "seed S2"), ("picture", "catalogue, part E")]
    c.made = "the whole capture."
    start = micros(when("2023-09-25 11:40:20.001"))
    cap = quiet(c.name, start, seconds=110, vlan=48)
    cap.lookup(start - 50000, OWN, DNS, "tools.cisco.com", ["72.163.4.38"])
    for n in range(3):
        Tcp(cap, start + n * 32000000, OWN, 20480 + n, "72.163.4.38", 443, mss=536, stamps=False, label=f"try{n}").unanswered()
    c.put("input/mirror.pcap", cap.pcap())
    c.packet("mirror.pcap", cap.number("try0-syn"), "first SYN")
    c.expect("*", top="tcp-syn-no-answer", may=["slp-path-blocked", "callhome-err-207-timeout"], must_not=["tcp-syn-refused", "dns-no-answer"])
    c.at("tcp-syn-no-answer", "mirror.pcap", packet=cap.number("try0-syn"))


@case("capture-cslu-refused")
def _(c):
    c.story = "The name cslu-local resolves, and its host answers every SYN to port 8182 with a reset: the CSLU service does not run."
    c.sources = [("CSLU port and name", "seeds S3, S4"), ("picture: RST in answer to SYN", "catalogue, part E")]
    c.made = "the whole capture (big-endian pcap)."
    start = micros(when("2023-10-04 07:00:01.500"))
    cap = quiet(c.name, start)
    cap.lookup(start - 50000, OWN, DNS, "cslu-local.corp.example", ["10.48.7.80"])
    for n in range(4):
        Tcp(cap, start + n * 6000000, OWN, 41000 + n, "10.48.7.80", 8182, stamps=False, rtt=900, label=f"try{n}").refused()
    c.put("input/cslu.pcap", cap.pcap(swapped=True))
    c.packet("cslu.pcap", cap.number("try0-rst"), "reset that answers the first SYN")
    c.expect("*", top="tcp-syn-refused", may=["slp-cslu-unreachable"], must_not=["slp-cslu-default-not-configured", "tcp-syn-no-answer"])


@case("capture-trust-established", healthy=True)
def _(c):
    c.story = ("Trust establishment as the seed describes it, on the seed's date: both sides authenticate, the handshake ends with New Session Ticket, then application data and an orderly end. "
               "In August 2021 the server's chain still ended in QuoVadis Root CA 2.")
    c.sources = [("steps of the flow, MSS 536, date", "seed S3"), ("chain before January 2023", "public P1")]
    c.made = "addresses, ordinary traffic; TLS recorded with OpenSSL on both ends."
    start = micros(when("2021-08-23 09:31:13.350"))
    cap = quiet(c.name, start, count=140)
    cap.lookup(start - 90000, OWN, DNS, "smartreceiver.cisco.com", CISCO)
    Tcp(cap, start, OWN, 22425, CISCO[0], 443, mss=536, rtt=110000, stamps=False, label="flow").open().play("receiver-2021-complete").close()
    c.put("input/license.pcap", cap.pcap())
    for mark, what in (("flow-syn", "SYN"), ("flow-c1", "Client Hello"), ("flow-s2", "end of the server's last handshake flight"), ("flow-c3", "application data of the device"), ("flow-fin", "FIN, PSH, ACK")):
        c.packet("license.pcap", cap.number(mark), what)
    c.expect("*", must=["tls-handshake-healthy"], must_not=["slp-tls-interception", "exp-tls-interception", "tls-unknown-ca-from-device"])


@case("capture-web-browsing", healthy=True)
def _(c):
    c.story = "People browse the intranet; one browser refuses the certificate of wiki.corp.example with Unknown CA. No packet of any licensing server: the tool must stay quiet about it."
    c.sources = [("an alert counts only towards a licensing name", "catalogue, capture part")]
    c.made = "the whole capture."
    start = micros(when("2023-12-05 13:05:00.250"))
    cap = quiet(c.name, start, count=80)
    for n, label in enumerate(("portal-complete", "portal-tls13-complete", "portal-complete")):
        browsing(cap, start + n * 9000000, label, n)
    browsing(cap, start + 30000000, "wiki-unknown-ca-client", 3, "10.48.9.14", "wiki.corp.example")
    c.put("input/office.pcap", cap.pcap())
    c.packet("office.pcap", cap.number("web3-c2"), "Unknown CA towards wiki.corp.example")
    c.expect("*", may=["capture-has-no-licensing-traffic"], must_not=["tls-unknown-ca-from-device", "slp-tls-interception", "exp-tls-interception", "iosxe-quovadis-fn72323", "exp-root-ca-cscwe09378"])


@case("capture-tls13", healthy=True)
def _(c):
    c.story = "A complete TLS 1.3 exchange with smartreceiver.cisco.com: certificates are not visible, but data flows both ways and the end is orderly."
    c.sources = [("what TLS 1.3 hides", "catalogue, capture limits")]
    c.made = "the whole capture; TLS recorded with OpenSSL on both ends."
    start = micros(when("2024-05-07 18:45:59.900"))
    cap = quiet(c.name, start)
    cap.lookup(start - 70000, OWN, DNS, "smartreceiver.cisco.com", CISCO)
    Tcp(cap, start, OWN, 39871, CISCO[1], 443, mss=1390, label="flow").open().play("receiver-2024-tls13-complete").close()
    c.put("input/tls13.pcapng", cap.pcapng())
    c.packet("tls13.pcapng", cap.number("flow-s2"), "application data of the server")
    c.expect("*", may=["tls-handshake-healthy"], must_not=["slp-tls-interception", "exp-tls-interception", "tls-unknown-ca-from-device"])


@case("capture-foreign-issuer-cooked")
def _(c):
    c.story = ("`tcpdump -i any` on a jump host (Linux cooked): three attempts, every time the certificate for smartreceiver.cisco.com was issued by a company's internal authority without a telling name, and the client answers Unknown CA. "
               "One more attempt speaks TLS 1.3, where only the alert is visible, because OpenSSL sends it before it has keys.")
    c.sources = [("issuer that is no public authority, together with Unknown CA", "seeds S0, S1"), ("TLS 1.3 alert in the clear", "recording")]
    c.made = "names; TLS recorded with OpenSSL on both ends."
    start = micros(when("2024-04-10 03:00:12.010"))
    cap = quiet(c.name, start, link="cooked", count=60)
    for n, label in enumerate(["private-issuer-unknown-ca-client"] * 3 + ["private-issuer-tls13-refused"]):
        at = start + n * 12000000
        cap.lookup(at - 30000, OWN, DNS, "smartreceiver.cisco.com", CISCO)
        Tcp(cap, at, OWN, 46102 + n, CISCO[1], 443, mss=1460, label=f"try{n}").open().play(label).close()
    c.put("input/any.pcap", cap.pcap())
    c.packet("any.pcap", cap.number("try0-s1"), "Certificate issued by Minato Foods Internal CA 01")
    c.packet("any.pcap", cap.number("try0-c2"), "first Unknown CA from the client")
    c.packet("any.pcap", cap.number("try3-c2"), "alert inside TLS 1.3")
    c.expect("*", top="slp-tls-interception", must=["tls-unknown-ca-from-device"], may=["exp-tls-interception"], must_not=["exp-root-ca-cscwe09378", "iosxe-quovadis-fn72323", "tls-unknown-ca-from-server"])
    c.at("tls-unknown-ca-from-device", "any.pcap", packet=cap.number("try0-c2"))


@case("capture-cslu-report-accepted", healthy=True)
def _(c):
    c.story = "A switch posts its usage report to CSLU over plain HTTP and gets 200; next to it a healthy exchange of an Expressway with SSM On-Prem."
    c.sources = [("CSLU address form", "seeds S3, S4"), ("On-Prem path /SmartTransport", "seeds S0, S1")]
    c.made = "the whole capture."
    start = micros(when("2023-07-19 05:30:00.800"))
    cap = quiet(c.name, start)
    cap.lookup(start - 40000, OWN, DNS, "cslu-local", ["10.48.7.80"])
    body = b'{"request":{"header":{"request_type":"LICENSE_USAGE","sudi":{"udi_pid":"C9300-24P","udi_serial_number":"FCW2403L0PX"}}}}' + b" " * 900
    t = Tcp(cap, start, OWN, 41200, "10.48.7.80", 8182, rtt=900, label="cslu").open()
    t.send("c", b"POST /cslu/v1/pi HTTP/1.1\r\nHost: cslu-local:8182\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body, "post").acked("s")
    t.at += 180000
    answer = b'{"response":{"header":{"request_type":"LICENSE_USAGE"},"status_code":"OK_POLL"}}'
    t.send("s", b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(answer) + answer, "ok").acked("c")
    t.close()
    cap.lookup(start + 9000000 - 30000, HOSTS[3], DNS, "ssm-onprem.voice.corp.example", ["10.48.7.81"])
    Tcp(cap, start + 9000000, HOSTS[3], 33501, "10.48.7.81", 443, rtt=700, label="onprem").open().play("onprem-complete").close()
    c.put("input/licensing.pcap", cap.pcap())
    c.packet("licensing.pcap", cap.number("cslu-ok"), "200 OK of CSLU")
    c.packet("licensing.pcap", cap.number("onprem-s3"), "application data of On-Prem")
    c.expect("*", may=["tls-handshake-healthy", "capture-has-no-licensing-traffic"], must_not=["slp-cslu-unreachable", "slp-tls-interception", "exp-tls-interception", "tcp-syn-refused"])
