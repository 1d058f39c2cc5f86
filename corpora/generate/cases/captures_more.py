"""Captures again: pairs that differ in one packet or one name, and captures beside the outputs of the device that made them."""
from capture import Capture, Tcp, chatter, micros
from case import case
from cases.captures import CISCO, DNS, HOSTS, OWN, browsing, quiet
from cases.nexus import HTTP_FAILED, logging, session
from cases.nexus_more import CALLHOME_CAUSES, SYMPTOMS, callhome, clock, without
from dice import Dice
from iosxe_license import License
from iosxe_log import Plant, comm_failed, device_lines, mixed, when
from iosxe_session import session as typed, small_version
from iosxe_show import Box
from nxos import Nexus, licmgr_failed

TOOLS = "72.163.4.38"
TRUST_STORE = ["exp-root-ca-cscwe09378", "iosxe-quovadis-fn72323", "nxos-quovadis-fn72115"]
PATH = ["dns-no-such-name", "dns-no-answer", "tcp-syn-no-answer", "tcp-syn-refused", "tcp-reset-after-client-hello", "slp-tls-interception", "tls-unknown-ca-from-device", "tls-unknown-ca-from-server", "proxy-connect-refused"]


def but(*ids):
    return [i for i in PATH if i not in ids]


def small(seed, start, seconds=40, count=26, **how):
    return quiet(seed, start, seconds=seconds, count=count, **how)


def nexus(c, host, now, *more, version="9.3(4)", config=None, reason=HTTP_FAILED):
    """The outputs of the switch that made the capture."""
    d = Dice(c.name + host)
    n = Nexus(host, "C93180YC-EX", d.serial("FDO"), version)
    log = n.logfile(d, now.replace(hour=0), now, 50, logging(f"{now.replace(hour=1):%Y-%m-%d %H:%M:%S}", 3, 2, licmgr_failed(reason)))
    c.add(f"input/{host}.log", session(n, clock(now), ("show version", n.show_version()), ("show run callhome", config or callhome(n, now)), ("show logging logfile", log), *more))
    return n


def wlc(c, host, now, http_source="Vlan100", version="17.9.4", failures=()):
    d = Dice(c.name + host)
    box = Box(host, "C9800-40-K9", d.serial("TTM"), version, zone="UTC")
    plant = Plant(d, "10.48", kind="wlc")
    lic = License(box, next_push=now, deadline=now.replace(year=now.year + 1), rum=(12, 0, 0, 0, 12, 2))
    log = device_lines(mixed(plant, now.replace(hour=0), now, 60, failures), zone="UTC", year=True)
    p = f"{host}#"
    c.add(f"input/{host}.log", [p + "show version"] + box.show_version(now) + [p + "show clock"] + box.clock(now) + [p + "show license status"] + lic.status() + [p + "show logging"] + log + [p])


def answer(t, status, body=b"", name="answer"):
    t.at += 30000
    t.send("s", b"HTTP/1.1 " + status + b"\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body, name).acked("c")
    return t


# --- the switch and its capture -----------------------------------------------------------------------------------------------


@case("capture-nexus-port-80", covers=[140])
def _(c):
    c.story = "A Nexus sends its licensing message to port 80 of tools.cisco.com and gets 403; its log says that the answer cannot be parsed. The configuration is not in the case."
    c.sources = [("HTTP is withdrawn, only HTTPS is served", "seed S2, error 2"), ("picture: HTTP to port 80 of tools.cisco.com", "catalogue, captures")]
    c.made = "all values; the status code."
    now = when("2022-06-22 10:20:11.250")
    start = micros(now)
    nexus(c, "leaf-nce-1", now, config=["% Permission denied for the role"], reason="Fail to parse response data from SCH server")
    cap = small(c.name, start)
    cap.lookup(start - 40000, OWN, DNS, "tools.cisco.com", [TOOLS])
    t = Tcp(cap, start, OWN, 38111, TOOLS, 80, rtt=120000, label="post").open()
    t.send("c", b"POST /its/service/oddce/services/DDCEService HTTP/1.1\r\nHost: tools.cisco.com\r\nContent-Type: multipart/related\r\nContent-Length: 600\r\n\r\n" + b"<" * 600, "request").acked("s")
    answer(t, b"403 Forbidden", b"<html><head><title>403 Forbidden</title></head></html>").close()
    c.put("input/mgmt0.pcap", cap.pcap())
    c.packet("mgmt0.pcap", cap.number("post-answer"), "403 in answer to the plain HTTP request")
    c.expect("leaf-nce-1", top="nxos-callhome-plain-http", must=["nxos-comm-failed"], may=SYMPTOMS, must_not=without("nxos-callhome-plain-http") + PATH + ["capture-has-no-licensing-traffic"])


def chain_case(c, host, label, name):
    now = when("2022-08-16 11:01:02.410")
    start = micros(now)
    nexus(c, host, now)
    cap = small(c.name, start)
    for k in range(2):
        at = start + k * 14000000
        cap.lookup(at - 30000, OWN, DNS, name, [TOOLS])
        Tcp(cap, at, OWN, 33020 + k, TOOLS, 443, rtt=90000, label=f"try{k}").open().play(label).close()
    c.put("input/mgmt0.pcap", cap.pcap())
    c.packet("mgmt0.pcap", cap.number("try0-c2"), f"Unknown CA from {host}")
    return cap


@case("capture-nexus-old-root", covers=[142])
def _(c):
    c.story = "August 2022, NX-OS 9.3(4): the switch is shown Cisco's own chain (HydrantID below IdenTrust) for tools.cisco.com and answers Unknown CA. Twin of capture-nexus-decrypted, which differs in the issuer."
    c.sources = [("old root on Nexus, FN72115", "seed S2"), ("server's change of February 2022", "public P1")]
    c.made = "all values; TLS recorded with OpenSSL on both ends."
    cap = chain_case(c, "leaf-lyn-1", "tools-2022-unknown-ca-client", "tools.cisco.com")
    c.expect("leaf-lyn-1", top="nxos-quovadis-fn72115", must=["tls-unknown-ca-from-device", "callhome-send-failed"], may=SYMPTOMS, must_not=without("nxos-quovadis-fn72115") + ["slp-tls-interception", "iosxe-quovadis-fn72323", "exp-root-ca-cscwe09378"])
    c.at("tls-unknown-ca-from-device", "mgmt0.pcap", packet=cap.number("try0-c2"))


@case("capture-nexus-decrypted")
def _(c):
    c.story = "Twin of capture-nexus-old-root: the certificate the switch is shown was issued by a firewall (SSL Decrypt Forward Trust). The firewall is the cause; whether the root is missing as well cannot be seen."
    c.sources = [("interception, issuer decides", "seed S3; catalogue, captures")]
    c.made = "all values; TLS recorded with OpenSSL on both ends."
    cap = chain_case(c, "leaf-lyn-2", "ssl-decrypt-unknown-ca-client", "smartreceiver.cisco.com")
    c.expect("leaf-lyn-2", top="slp-tls-interception", must=["tls-unknown-ca-from-device"], may=SYMPTOMS, must_not=CALLHOME_CAUSES + ["iosxe-quovadis-fn72323", "exp-root-ca-cscwe09378"])
    c.at("tls-unknown-ca-from-device", "mgmt0.pcap", packet=cap.number("try0-c2"))


# --- proxy --------------------------------------------------------------------------------------------------------------------------


def connect(cap, at, port, status, label, name="smartreceiver.cisco.com", play=None):
    t = Tcp(cap, at, OWN, port, "10.48.5.80", 8080, rtt=800, label=label).open()
    t.send("c", f"CONNECT {name}:443 HTTP/1.1\r\nHost: {name}:443\r\nUser-Agent: smart-agent\r\n\r\n".encode(), "connect").acked("s")
    t.at += 20000
    if play:
        t.send("s", b"HTTP/1.1 200 Connection established\r\n\r\n", "answer").acked("c")
        t.at += 3000
        return t.play(play).close()
    return answer(t, status, b"<html>refused</html>").close()


@case("capture-proxy-407")
def _(c):
    c.story = "Every CONNECT for smartreceiver.cisco.com is answered with 407: the proxy wants a user and password. Twin of capture-proxy-200."
    c.sources = [("407 means authentication", "catalogue, part E"), ("authenticated proxy is not supported up to 17.9.2", "seed S3")]
    c.made = "the whole capture."
    start = micros(when("2023-05-11 04:00:00.300"))
    cap = small(c.name, start)
    for k in range(3):
        connect(cap, start + k * 9000000, 40210 + k, b"407 Proxy Authentication Required", f"try{k}")
    c.put("input/proxy.pcap", cap.pcap(nanoseconds=True))
    c.packet("proxy.pcap", cap.number("try0-answer"), "407 of the proxy")
    c.expect("*", top="proxy-connect-refused", may=["slp-proxy-auth-unsupported", "exp-proxy-authentication-failed"], must_not=but("proxy-connect-refused") + ["nxos-proxy-incomplete", "capture-has-no-licensing-traffic"])
    c.at("proxy-connect-refused", "proxy.pcap", packet=cap.number("try0-answer"))


@case("capture-proxy-200", healthy=True)
def _(c):
    c.story = "Twin of capture-proxy-407: the proxy opens the tunnel, and inside it the handshake with smartreceiver.cisco.com completes."
    c.sources = [("TLS inside a CONNECT tunnel", "catalogue, capture limits")]
    c.made = "the whole capture; TLS recorded with OpenSSL on both ends."
    start = micros(when("2024-05-11 04:30:00.300"))
    cap = small(c.name, start)
    connect(cap, start, 40310, None, "flow", play="receiver-2024-complete")
    c.put("input/proxy.pcap", cap.pcap())
    c.packet("proxy.pcap", cap.number("flow-answer"), "200 of the proxy")
    c.expect("*", must=["tls-handshake-healthy"], must_not=PATH + TRUST_STORE + ["capture-has-no-licensing-traffic"])


@case("capture-proxy-407-long-ago", healthy=True)
def _(c):
    c.story = "The capture of capture-proxy-407, and eight months later the output of the switch: a report was acknowledged since. The proxy's refusal is over."
    c.sources = [("407 means authentication", "catalogue, part E"), ("a later success ends it", "catalogue, part F")]
    c.made = "the whole capture, the session."
    start = micros(when("2023-05-11 04:00:00.300"))
    cap = small(c.name, start)
    for k in range(3):
        connect(cap, start + k * 9000000, 40210 + k, b"407 Proxy Authentication Required", f"try{k}")
    c.put("input/acc-lugo-13/proxy.pcap", cap.pcap(nanoseconds=True))
    now = when("2024-01-16 10:00:00.000")
    b = Box("acc-lugo-13", "C9300-48P", Dice(c.name).serial("FOC"), "17.9.4")
    lic = License(b, "smart", ack=when("2024-01-12 22:25:03"), deadline=when("2024-04-11 22:25:03"), pushed=when("2024-01-12 22:20:03"), next_push=when("2024-02-11 22:20:03"), trust=when("2023-06-02 08:31:55"))
    c.add("input/acc-lugo-13/acc-lugo-13.txt", typed(b, ("show clock", b.clock(now)), ("show version", small_version(b, now)), ("show license status", lic.status())))
    c.expect("acc-lugo-13", must=["slp-trust-established"], must_not=["slp-path-blocked"])


@case("capture-nexus-proxy-403", covers=[127])
def _(c):
    c.story = "A Nexus with the proxy method, named and switched on; the proxy's policy answers 403 for tools.cisco.com."
    c.sources = [("method 2", "seed S2"), ("403 means policy", "catalogue, part E")]
    c.made = "all values."
    now = when("2022-03-03 05:00:00.700")
    start = micros(now)
    d = Dice(c.name + "n")
    n = Nexus("leaf-mrs-1", "C93180YC-EX", d.serial("FDO"), "9.3(4)")
    nexus(c, "leaf-mrs-1", now, config=callhome(n, now, "transport http proxy server 10.48.5.80 port 8080", "transport http proxy enable"))
    cap = small(c.name, start)
    for k in range(2):
        connect(cap, start + k * 15000000, 51410 + k, b"403 Forbidden", f"try{k}", name="tools.cisco.com")
    c.put("input/mgmt0.pcap", cap.pcap())
    c.packet("mgmt0.pcap", cap.number("try0-answer"), "403 of the proxy")
    c.expect("leaf-mrs-1", top="proxy-connect-refused", must=["nxos-proxy-incomplete", "callhome-send-failed"], may=SYMPTOMS + ["exp-proxy-authentication-failed"], must_not=without("nxos-proxy-incomplete") + but("proxy-connect-refused"))


# --- resets ---------------------------------------------------------------------------------------------------------------------------


@case("capture-reset-after-hello")
def _(c):
    c.story = "Three attempts end with a reset from the server's side right behind the Client Hello that names smartreceiver.cisco.com: a filter by name. Twin of capture-reset-at-the-end."
    c.sources = [("picture: ClientHello, RST without a TLS record", "catalogue, part E")]
    c.made = "the whole capture; the Client Hello recorded with OpenSSL."
    start = micros(when("2023-10-30 21:10:00.100"))
    cap = small(c.name, start, vlan=48)
    for k in range(3):
        at = start + k * 8000000
        cap.lookup(at - 30000, OWN, DNS, "smartreceiver.cisco.com", CISCO)
        Tcp(cap, at, OWN, 44100 + k, CISCO[0], 443, rtt=9000, label=f"try{k}").open().play("receiver-2024-complete", stop=1).reset("s")
    c.put("input/uplink.pcapng", cap.pcapng())
    c.packet("uplink.pcapng", cap.number("try0-c1"), "Client Hello")
    c.packet("uplink.pcapng", cap.number("try0-rst"), "reset from the server's side")
    c.expect("*", top="tcp-reset-after-client-hello", may=["slp-path-blocked"], must_not=but("tcp-reset-after-client-hello") + TRUST_STORE + ["capture-has-no-licensing-traffic"])
    c.at("tcp-reset-after-client-hello", "uplink.pcapng", packet=cap.number("try0-rst"))


@case("capture-reset-at-the-end", healthy=True)
def _(c):
    c.story = "Twin of capture-reset-after-hello: the whole exchange takes place, and the server ends it with a reset instead of a FIN, as busy servers do. Nothing is wrong."
    c.sources = [("a completed handshake rules path and trust out", "catalogue, part E")]
    c.made = "the whole capture; TLS recorded with OpenSSL on both ends."
    start = micros(when("2024-03-12 21:30:00.100"))
    cap = small(c.name, start, vlan=48)
    cap.lookup(start - 30000, OWN, DNS, "smartreceiver.cisco.com", CISCO)
    Tcp(cap, start, OWN, 44200, CISCO[0], 443, rtt=9000, label="flow").open().play("receiver-2024-complete").reset("s")
    c.put("input/uplink.pcapng", cap.pcapng())
    c.packet("uplink.pcapng", cap.number("flow-rst"), "reset at the end")
    c.expect("*", must=["tls-handshake-healthy"], must_not=PATH + TRUST_STORE)


# --- revocation lists ---------------------------------------------------------------------------------------------------------------------


def crl_case(c, host, answered):
    now = when("2023-08-21 03:05:00.600")
    start = micros(now)
    d = Dice(c.name + host)
    box = Box(host, "C9300-24P", d.serial("FCW"), "17.6.5")
    plant = Plant(d, "10.48")
    planted = [] if answered else [(now.replace(hour=2), "%PKI-3-CRL_FETCH_FAIL: CRL fetch for trustpoint SLA-TrustPoint failed")]
    p = f"{host}#"
    c.add(f"input/{host}.log", [p + "show version"] + box.show_version(now) + [p + "show logging"] + device_lines(mixed(plant, now.replace(hour=0), now, 50, planted), zone="UTC", year=True) + [p])
    cap = small(c.name, start)
    cap.lookup(start - 60000, OWN, DNS, "www.cisco.com", ["198.51.100.44"])
    t = Tcp(cap, start - 20000, OWN, 36010, "198.51.100.44", 80, rtt=15000, label="crl").open()
    t.send("c", b"GET /security/pki/crl/clrca.crl HTTP/1.1\r\nHost: www.cisco.com\r\nUser-Agent: IOS PKI\r\n\r\n", "get").acked("s")
    if answered:
        answer(t, b"200 OK", b"\x30\x82\x01\xf0" + d.bits(490)).close()
    cap.lookup(start + 900000, OWN, DNS, "ssm-onprem.voice.corp.example", ["10.48.7.81"])
    Tcp(cap, start + 1000000, OWN, 36020, "10.48.7.81", 443, rtt=900, label="onprem").open().play("onprem-complete").close()
    c.put("input/vlan100.pcap", cap.pcap())
    c.packet("vlan100.pcap", cap.number("crl-answer" if answered else "crl-get"), "200 with the list" if answered else "request for the list, never answered")
    return cap


@case("capture-crl-silent", covers=[167, 169, 170])
def _(c):
    c.story = "A Catalyst towards On-Prem: the exchange with On-Prem completes, but the request for the revocation list at www.cisco.com is never answered, and the log says CRL_FETCH_FAIL for SLA-TrustPoint. Twin of capture-crl-delivered."
    c.sources = [("CRL_FETCH_FAIL and its reason", "seed S3"), ("address of the lists", "public P14"), ("picture", "catalogue, part E")]
    c.made = "all values; TLS recorded with OpenSSL on both ends."
    cap = crl_case(c, "acc-nte-1", False)
    c.expect("acc-nte-1", top="slp-onprem-crl-fetch-fail", must=["crl-fetch-unanswered"], may=["slp-no-evaluation-mode"], must_not=PATH + ["capture-has-no-licensing-traffic"])
    c.at("crl-fetch-unanswered", "vlan100.pcap", packet=cap.number("crl-get"))


@case("capture-crl-delivered", healthy=True)
def _(c):
    c.story = "Twin of capture-crl-silent: the list is delivered, the log is quiet."
    c.sources = [("address of the lists", "public P14")]
    c.made = "all values; TLS recorded with OpenSSL on both ends."
    crl_case(c, "acc-nte-2", True)
    c.expect("acc-nte-2", may=["tls-handshake-healthy", "slp-no-evaluation-mode"], must_not=PATH + ["crl-fetch-unanswered", "slp-onprem-crl-fetch-fail", "capture-has-no-licensing-traffic"])


# --- the wrong capture, or too little of it ---------------------------------------------------------------------------------------------------


def two_captures(c, host, right):
    now = when("2023-06-20 14:05:14.900")
    start = micros(now)
    wlc(c, host, now, failures=[(now.replace(hour=h), comm_failed("No detail given")) for h in (2, 10)])
    cap = small(c.name, start, seconds=70, count=30)
    if right:
        cap.lookup(start - 30000, OWN, DNS, "smartreceiver.cisco.com", CISCO)
        Tcp(cap, start, OWN, 20480, CISCO[0], 443, mss=536, stamps=False, label="try").unanswered()
    else:
        browsing(cap, start, "portal-tls13-complete", 1)
    c.put("input/capture.pcap", cap.pcap())
    return cap


@case("capture-of-another-interface", covers=[184])
def _(c):
    c.story = "A controller cannot reach CSSM, and the capture beside its log was taken elsewhere: web browsing, name resolution, nothing of licensing. A new capture is needed. Twin of capture-of-the-right-interface."
    c.sources = [("right interface, Monitor Control Plane, then the trust command", "seed S3")]
    c.made = "all values; TLS recorded with OpenSSL on both ends."
    two_captures(c, "wlc-tls-1", False)
    c.expect("wlc-tls-1", must=["capture-has-no-licensing-traffic"], may=["slp-path-blocked", "slp-trust-not-established", "slp-no-evaluation-mode"], must_not=PATH + TRUST_STORE + ["tls-handshake-healthy"])


@case("capture-of-the-right-interface")
def _(c):
    c.story = "Twin of capture-of-another-interface: here the connection attempt is in the capture, and nobody answers it."
    c.sources = [("picture: SYN without answer", "catalogue, part E")]
    c.made = "all values."
    cap = two_captures(c, "wlc-tls-2", True)
    c.packet("capture.pcap", cap.number("try-syn"), "first SYN")
    c.expect("wlc-tls-2", top="tcp-syn-no-answer", may=["slp-path-blocked", "slp-trust-not-established", "slp-no-evaluation-mode"], must_not=but("tcp-syn-no-answer") + TRUST_STORE + ["capture-has-no-licensing-traffic"])


@case("capture-ends-too-early", healthy=True)
def _(c):
    c.story = "The capture stops a moment after the first SYN to smartreceiver.cisco.com. What was asked last had no time to be answered: nothing may be concluded. Twin of capture-syn-silent."
    c.sources = [("never conclude absence from a cut capture", "catalogue, capture limits")]
    c.made = "the whole capture."
    start = micros(when("2023-09-26 07:40:20.001"))
    cap = Capture(c.name)
    cap.home = OWN
    chatter(cap, start - 30000000, 29, HOSTS, DNS, 40)
    cap.lookup(start - 50000, OWN, DNS, "smartreceiver.cisco.com", CISCO)
    Tcp(cap, start, OWN, 20480, CISCO[0], 443, mss=536, stamps=False, label="try").syn()
    c.put("input/short.pcap", cap.pcap())
    c.packet("short.pcap", cap.number("try-syn"), "SYN, the last of its kind")
    c.expect("*", must_not=PATH + ["slp-path-blocked", "capture-has-no-licensing-traffic", "tls-handshake-healthy"])


@case("capture-starts-in-mid-flow", healthy=True)
def _(c):
    c.story = "The capture begins when the connection to 192.133.220.90 stands already: only encrypted data of both sides, no SYN, no names. The flow is there, so the capture is not of the wrong interface; more cannot be said."
    c.sources = [("address of smartreceiver.cisco.com", "seed S3"), ("captures that start in mid-flow", "catalogue, capture limits")]
    c.made = "the whole capture."
    start = micros(when("2023-04-26 07:40:20.001"))
    cap = small(c.name, start)
    d = Dice(c.name + "data")
    t = Tcp(cap, start, OWN, 42110, CISCO[0], 443, rtt=90000, label="flow")
    for k in range(3):
        t.send("c", b"\x17\x03\x03\x01\x00" + d.bits(256), f"c{k}").acked("s")
        t.at += 110000
        t.send("s", b"\x17\x03\x03\x02\x00" + d.bits(512), f"s{k}").acked("c")
        t.at += 400000
    t.close()
    c.put("input/midflow.pcap", cap.pcap())
    c.packet("midflow.pcap", cap.number("flow-c0"), "application data of the device")
    c.expect("*", may=["tls-handshake-healthy"], must_not=PATH + TRUST_STORE + ["capture-has-no-licensing-traffic"])


# --- names ---------------------------------------------------------------------------------------------------------------------------------------


@case("capture-dns-servfail-only")
def _(c):
    c.story = "The name server answers every question for smartreceiver.cisco.com with SERVFAIL; other names resolve. Twin of capture-dns-second-server."
    c.sources = [("only SERVFAIL or REFUSED counts as no answer", "catalogue, part E")]
    c.made = "the whole capture."
    start = micros(when("2024-01-09 03:30:00.450"))
    cap = small(c.name, start)
    for k in range(3):
        cap.lookup(start + k * 7000000, OWN, DNS, "smartreceiver.cisco.com", rcode=2, delay=900000, mark=f"fail{k}")
    c.put("input/dns.pcapng", cap.pcapng())
    c.packet("dns.pcapng", cap.number("fail0"), "SERVFAIL for smartreceiver.cisco.com")
    c.expect("*", top="dns-no-answer", may=["dns-name-unresolved"], must_not=but("dns-no-answer") + ["capture-has-no-licensing-traffic"])


@case("capture-dns-second-server", healthy=True)
def _(c):
    c.story = "Twin of capture-dns-servfail-only: the first server fails, the second answers at once, and the exchange with CSSM completes. Name resolution is slow, not broken."
    c.sources = [("a completed handshake rules DNS out", "catalogue, part E")]
    c.made = "the whole capture; TLS recorded with OpenSSL on both ends."
    start = micros(when("2024-01-09 03:50:00.450"))
    cap = small(c.name, start)
    cap.lookup(start - 1500000, OWN, DNS, "smartreceiver.cisco.com", rcode=2, delay=900000, mark="fail")
    cap.lookup(start - 300000, OWN, "10.48.5.12", "smartreceiver.cisco.com", CISCO, mark="good")
    Tcp(cap, start, OWN, 40900, CISCO[0], 443, label="flow").open().play("receiver-2024-complete").close()
    c.put("input/dns.pcapng", cap.pcapng())
    c.packet("dns.pcapng", cap.number("fail"), "SERVFAIL for smartreceiver.cisco.com")
    c.expect("*", must=["tls-handshake-healthy"], must_not=PATH + TRUST_STORE + ["dns-name-unresolved"])


@case("capture-cslu-local-does-not-exist")
def _(c):
    c.story = "A switch with the default transport asks for cslu-local and is told that there is no such name. Its status shows that nobody configured a transport: that is the fault, not DNS."
    c.sources = [("default transport and its name", "seed S4"), ("NXDOMAIN for cslu-local with transport cslu", "catalogue, part E")]
    c.made = "all values."
    now = when("2023-11-02 06:20:11.420")
    start = micros(now)
    d = Dice(c.name)
    box = Box("acc-tln-1", "C9300-24P", d.serial("FCW"), "17.6.5")
    lic = License(box, "cslu", deadline=when("2024-01-30 09:12:44"), next_push=when("2023-11-02 18:41:02"), rum=(8, 0, 0, 0, 8, 2))
    p = "acc-tln-1#"
    log = device_lines(mixed(Plant(d, "10.48"), now.replace(hour=0), now, 40, [(now.replace(hour=h), comm_failed("Unable to resolve server hostname/domain name", "the Cisco Smart License Utility (CSLU)")) for h in (1, 5)]), zone="UTC", year=True)
    c.add("input/acc-tln-1.log", [p + "show version"] + box.show_version(now) + [p + "show license all"] + lic.all() + [p + "show logging"] + log + [p])
    cap = small(c.name, start)
    for k, name in enumerate(("cslu-local.corp.example", "cslu-local", "cslu-local.corp.example")):
        cap.lookup(start + k * 5000000, OWN, DNS, name, rcode=3, delay=8000, mark=f"nx{k}")
    c.put("input/vlan100.pcap", cap.pcap())
    c.packet("vlan100.pcap", cap.number("nx0"), "NXDOMAIN for cslu-local.corp.example")
    c.expect("acc-tln-1", top="slp-cslu-default-not-configured", may=["slp-trust-not-established", "slp-no-evaluation-mode"], must_not=PATH + ["dns-name-unresolved", "capture-has-no-licensing-traffic"])


def silent(c, host, *more):
    now = when("2021-03-03 22:10:00.100")
    start = micros(now)
    nexus(c, host, now, *more)
    cap = small(c.name, start, seconds=70)
    for k in range(6):
        cap.dns_query(start + k * 3000000, OWN, "10.48.5.13", 0x5A10 + k // 2, "tools.cisco.com", sport=51514, mark=f"q{k}")
    c.put("input/mgmt0.pcap", cap.pcap())
    c.packet("mgmt0.pcap", cap.number("q0"), "first query for tools.cisco.com")
    c.at("dns-no-answer", "mgmt0.pcap", packet=cap.number("q0"))


@case("capture-nexus-silent-dns")
def _(c):
    c.story = "A Nexus whose messages fail; the capture shows six questions for tools.cisco.com without answer. DNS is the cause. Twin of capture-nexus-silent-dns-queue."
    c.sources = [("picture: questions without answer", "catalogue, part E")]
    c.made = "all values."
    silent(c, "leaf-rns-1")
    c.expect("leaf-rns-1", top="dns-no-answer", must=["callhome-send-failed"], may=SYMPTOMS + ["dns-name-unresolved"], must_not=CALLHOME_CAUSES + but("dns-no-answer"))


@case("capture-nexus-silent-dns-queue", covers=[143])
def _(c):
    c.story = "Twin of capture-nexus-silent-dns: besides, the MTS queue for Call Home grows from 214 to 391. The silent name server brings out CSCvv67469; both are to be cured."
    c.sources = [("error 4 and its bug", "seed S2"), ("picture: questions without answer", "catalogue, part E"), ("layout of the queue list", "inferred")]
    c.made = "all values."
    rows = ["node    sapno   app           recv_q  pers_q  npers_q log_q", "sup     66      callhome      %d     0       0       0"]
    silent(c, "leaf-rns-2", *(("show system internal mts buffers summary", [rows[0], rows[1] % q]) for q in (214, 391)))
    c.expect("leaf-rns-2", must=["nxos-callhome-mts-dns-cscvv67469", "dns-no-answer", "callhome-send-failed"], may=SYMPTOMS + ["dns-name-unresolved"], must_not=without("nxos-callhome-mts-dns-cscvv67469") + but("dns-no-answer"))
