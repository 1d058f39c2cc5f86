"""Captures together with logs: a second set of cases kept apart from tuning."""
from archive import tar_gz_of
from capture import Capture, Tcp, chatter, handshake, micros
from case import case
from cases.fresh_iosxe import box, logged, told
from cases.unseen_parts import COMM, DAY, HOUR, MINUTE, alarm, brief_version, curl, prompt, spread, xstatus
from dice import Dice
from expressway import Expressway, smart_license
from iosxe_license import License
from iosxe_log import CALL_HOME_HTTP, comm_failed, show_logging, sl_message_failed, when
from nxos import Nexus

RECEIVER = ["192.133.220.90", "72.163.15.144"]
TOOLS = "72.163.4.38"
GOOD = ("Mar 04 2024 10:10:24 UTC", "None", "Aug 31 2024 10:10:30 UTC", "Mar 04 2025 10:05:11 UTC")


def scene(c, start, own, dns, count=9, seconds=80, **how):
    cap = Capture(c.name, **how)
    cap.home = own
    net = own.rsplit(".", 1)[0]
    chatter(cap, start - 4000000, seconds, [own, net + ".201", net + ".202"], dns, count)
    return cap


def call_home(c, host, code, version="17.3.3", at="2023-03-08 10:00:00.000"):
    d, b, p = box(c, host, "C9300-48U", version, net="10.81")
    now = when(at)
    planted = spread(f"{now - 2 * DAY:%Y-%m-%d} 01:00:00", 10 * HOUR, 5, sl_message_failed(code), CALL_HOME_HTTP)
    c.add(f"input/{host}.txt", prompt(host + "#", ("show clock", b.clock(now)), ("show version", brief_version(b, now)), ("show running-config", b.running(now, p, smart=("license smart transport callhome",), http_source="Vlan81", ports=2, address="10.81.0.9")), ("show logging", show_logging(logged(b, p, now, planted, 14)))))
    return micros(now)


@case("fresh-cap-207-and-silence", split="held-out")
def _(c):
    c.story = "17.3.3 in March 2023 with ERR 207. The capture shows what happens: SYNs to tools.cisco.com without an answer. The old trust pool would not even be asked."
    c.sources = [("the other way round if a capture shows SYN without answer", "part F"), ("picture", "part E")]
    c.made = "host, log, the whole capture."
    start = call_home(c, "acc-teal-1", 207)
    cap = scene(c, start, "10.81.0.9", "10.20.5.11")
    cap.lookup(start, "10.81.0.9", "10.20.5.11", "tools.cisco.com", [TOOLS])
    for n in range(2):
        Tcp(cap, start + 40000 + n * 33000000, "10.81.0.9", 31000 + n, TOOLS, 443, mss=536, stamps=False, label=f"try{n}").unanswered()
    c.put("input/acc-teal-1-vlan81.pcap", cap.pcap())
    c.packet("acc-teal-1-vlan81.pcap", cap.number("try0-syn"), "first SYN")
    c.expect("acc-teal-1", top="tcp-syn-no-answer", must=["callhome-err-207-timeout", "callhome-send-failed"], may=["iosxe-quovadis-fn72323", "slp-path-blocked"], must_not=["slp-http-client-not-configured", "dns-name-unresolved", "slp-tls-interception", "tls-unknown-ca-from-device"])
    c.at("tcp-syn-no-answer", "acc-teal-1-vlan81.pcap", packet=cap.number("try0-syn"))


@case("fresh-cap-205-and-unknown-ca", split="held-out")
def _(c):
    c.story = "The twin: ERR 205, and the capture shows the real chain refused by the switch with Unknown CA."
    c.sources = [("Unknown CA after the real chain", "S4, P1, capture.md"), ("ERR 205 is in the notice", "S4, P1")]
    c.made = "host, log; TLS recorded with OpenSSL on both ends."
    start = call_home(c, "acc-teal-2", 205)
    cap = scene(c, start, "10.81.0.9", "10.20.5.11", vlan=81)
    cap.lookup(start, "10.81.0.9", "10.20.5.11", "tools.cisco.com", [TOOLS])
    Tcp(cap, start + 40000, "10.81.0.9", 31007, TOOLS, 443, mss=536, label="flow").open().play("tools-2022-unknown-ca-client").close()
    c.put("input/acc-teal-2-span.pcapng", cap.pcapng())
    c.packet("acc-teal-2-span.pcapng", cap.number("flow-c2"), "Unknown CA from the switch")
    c.expect("acc-teal-2", top="iosxe-quovadis-fn72323", must=["tls-unknown-ca-from-device", "callhome-err-205-aborted", "callhome-send-failed"], must_not=["slp-tls-interception", "tls-client-cert-rejected", "callhome-err-207-timeout", "tcp-reset-after-client-hello"])
    c.at("tls-unknown-ca-from-device", "acc-teal-2-span.pcapng", packet=cap.number("flow-c2"))


@case("fresh-cap-205-and-reset", split="held-out")
def _(c):
    c.story = "ERR 205 on 17.6.4: a box on the way resets the connection as soon as the name tools.cisco.com is said."
    c.sources = [("reset right after Client Hello", "part E"), ("17.6.4 has the root", "S4, P1")]
    c.made = "host, log, the whole capture."
    start = call_home(c, "acc-teal-3", 205, "17.6.4", "2023-11-08 10:00:00.000")
    cap = scene(c, start, "10.81.0.9", "10.20.5.11", link="raw")
    cap.lookup(start, "10.81.0.9", "10.20.5.11", "tools.cisco.com", [TOOLS])
    for n in range(3):
        flow = Tcp(cap, start + 40000 + n * 9000000, "10.81.0.9", 32000 + n, TOOLS, 443, mss=1380, label=f"try{n}").open()
        flow.send("c", handshake("tools-2022-unknown-ca-client")[0][1], "hello")
        flow.at += 9000
        flow.reset("s")
    c.put("input/mon1.pcap", cap.pcap(swapped=True))
    c.packet("mon1.pcap", cap.number("try0-rst"), "reset in answer to the Client Hello")
    c.expect("acc-teal-3", top="tcp-reset-after-client-hello", must=["callhome-err-205-aborted", "callhome-send-failed"], may=["slp-path-blocked", "slp-tls-interception"], must_not=["iosxe-quovadis-fn72323", "tls-unknown-ca-from-device", "tcp-syn-no-answer", "dns-name-unresolved"])
    c.at("tcp-reset-after-client-hello", "mon1.pcap", packet=cap.number("try0-rst"))


def expressway(c, host, version, recorded, text, registered=True):
    exp = Expressway(host, version, "0C66" + host[-1] * 4, "10.82.4.10")
    d, now = Dice(c.name), when("2024-03-12 09:30:00")
    t = when("2024-03-12 09:12:00.300")
    planted = [curl(exp, t, "SSL certificate problem: " + text), alarm(exp, t + MINUTE / 60, *COMM)] if text else []
    cap = scene(c, micros(t), "10.82.4.10", "10.20.5.11", seconds=30, count=12)
    cap.lookup(micros(t) - 60000, "10.82.4.10", "10.20.5.11", "smartreceiver.cisco.com", RECEIVER)
    Tcp(cap, micros(t), "10.82.4.10", 33594, RECEIVER[0], 443, label="flow").open().play(recorded).close()
    status = smart_license(GOOD, "AUTHORIZED on Mar 04 2024 10:10:30 UTC", last=("SUCCEEDED on Mar 12 2024 09:12:02 UTC", "Apr 11 2024 09:12:02 UTC", "Jun 10 2024 09:07:02 UTC")) if not text else smart_license(eval_left="62 days, 1 hours, 0 minutes, 3 seconds")
    name, members = exp.archive(c, "2024-03-12_09:30:00", exp.log(d, when("2024-03-12 09:00:00"), now, 40, planted), exp.xconf("Direct"), xstatus(exp, now, status, [("30042", COMM[1], "error")] if text else []), captures=[cap.pcap()])
    c.add_tar_gz(f"input/{name}", members)
    file = f"eth0_diagnostic_logging_tcpdump00_{host}_2024-03-12_09_30_00.pcap"
    return file, cap


@case("fresh-cap-exp-14-1-real-chain", split="held-out")
def _(c):
    c.story = "X14.1.3: Unknown CA from the Expressway after Cisco's real chain."
    c.sources = [("all of X14.1 is affected", "S0, S1"), ("judge by the issuer", "capture.md")]
    c.made = "names, log; TLS recorded with OpenSSL on both ends."
    file, cap = expressway(c, "expc-olot-1", "X14.1.3", "receiver-2023-unknown-ca-client", "self signed certificate in certificate chain")
    c.packet(file, cap.number("flow-c2"), "Unknown CA from the Expressway")
    c.expect("expc-olot-1", top="exp-root-ca-cscwe09378", must=["exp-selfsigned-in-chain", "exp-smart-license-comm-error", "tls-unknown-ca-from-device", "exp-eval-mode"], must_not=["exp-tls-interception", "exp-direct-no-path", "slp-tls-interception", "iosxe-quovadis-fn72323"])
    c.at("tls-unknown-ca-from-device", file, packet=cap.number("flow-c2"))


@case("fresh-cap-exp-14-1-foreign-chain", split="held-out")
def _(c):
    c.story = "The same release; here the chain is that of a forward proxy. Both must be cured, interception first."
    c.sources = [("affected release and foreign issuer", "part F"), ("issuer, not subject", "S0, S1, capture.md")]
    c.made = "names, log; TLS recorded with OpenSSL on both ends."
    file, cap = expressway(c, "expc-olot-2", "X14.1.3", "forward-proxy-unknown-ca-client", "self signed certificate in certificate chain")
    c.packet(file, cap.number("flow-c2"), "Unknown CA from the Expressway")
    c.expect("expc-olot-2", top="exp-tls-interception", must=["exp-selfsigned-in-chain", "exp-smart-license-comm-error", "tls-unknown-ca-from-device", "exp-eval-mode"], may=["exp-root-ca-cscwe09378"], must_not=["exp-direct-no-path", "slp-tls-interception", "tls-client-cert-rejected", "tls-handshake-healthy"])
    c.at("tls-unknown-ca-from-device", file, packet=cap.number("flow-c2"))


@case("fresh-cap-exp-14-2-3-speaks", split="held-out", healthy=True)
def _(c):
    c.story = "X14.2.3 is in the list of affected releases, and yet: registered in March 2024, and a complete handshake with the cloud. Whoever looks only at the number is wrong."
    c.sources = [("a successful contact after the change rules the defect out", "clarification 5"), ("complete handshake", "part E")]
    c.made = "names, log; TLS recorded with OpenSSL on both ends."
    file, cap = expressway(c, "expc-olot-3", "X14.2.3", "receiver-2024-complete", None)
    c.expect("expc-olot-3", must=["tls-handshake-healthy"], must_not=["exp-root-ca-cscwe09378", "exp-tls-interception", "exp-smart-license-comm-error", "exp-direct-no-path", "exp-eval-mode"])


@case("fresh-cap-proxy-503", split="held-out")
def _(c):
    c.story = "A switch with a proxy: CONNECT to smartreceiver.cisco.com is answered with 503, the proxy cannot reach the server. Linux cooked capture taken on the proxy host."
    c.sources = [("502/503/504: the proxy cannot reach the server", "part E"), ("NO REPLY", "P14")]
    c.made = "host, times, the whole capture; body of the answer."
    d, b, p = box(c, "acc-umber-1", "C9300L-24P-4X", "17.9.4", net="10.84")
    now = when("2024-04-23 13:00:00")
    lic = License(b, "smart", trust=when("2023-12-01 10:00:00"), ack=when("2024-03-20 10:00:00"), deadline=when("2024-06-18 10:00:00"), pushed=when("2024-03-20 09:55:00"), next_push=now, proxy=("10.84.5.8", "3128"), rum=(60, 20, 40, 0, 18, 2))
    c.add("input/acc-umber-1.txt", prompt("acc-umber-1#", ("show clock", b.clock(now)), ("show version", brief_version(b, now)), ("show license status", lic.status()), ("show license tech support | section Usage Reporting", ["Usage Reporting:", "  Attempts: Total=44, Success=12, Fail=32  Ongoing Failure: Overall=32 Communication=32", "  Last Response: NO REPLY on Apr 23 2024 12:58:31 UTC", "    Failure Reason: <none>"])))
    start = micros(now)
    cap = scene(c, start, "10.84.0.9", "10.20.5.11", link="cooked")
    for n in range(3):
        flow = Tcp(cap, start + n * 20000000, "10.84.0.9", 40100 + n, "10.84.5.8", 3128, rtt=900, label=f"p{n}").open()
        flow.send("c", b"CONNECT smartreceiver.cisco.com:443 HTTP/1.1\r\nHost: smartreceiver.cisco.com:443\r\n\r\n", "connect").acked("s")
        flow.at += 4000000
        flow.send("s", b"HTTP/1.1 503 Service Unavailable\r\nVia: 1.1 px1.umber.example\r\nContent-Type: text/html\r\nContent-Length: 59\r\nConnection: close\r\n\r\n<html><body>Cannot reach the requested server.</body></html>", "answer")
        flow.close("s")
    c.put("input/px1.pcap", cap.pcap())
    c.packet("px1.pcap", cap.number("p0-answer"), "503 to CONNECT")
    c.expect("acc-umber-1", top="proxy-connect-refused", may=["slp-path-blocked", "slp-trust-established"], must_not=["slp-proxy-auth-unsupported", "slp-proxy-not-configured", "exp-proxy-authentication-failed", "slp-tls-interception", "iosxe-quovadis-fn72323", "dns-name-unresolved"])
    c.at("proxy-connect-refused", "px1.pcap", packet=cap.number("p0-answer"))
