"""Which way the reports go and what stands in it: transport, names, Call Home, the root store, and what is told apart from each."""
from datetime import timedelta

from archive import tar_gz_of
from capture import Capture, Tcp, chatter, handshake, micros
from case import case
from cases.call_home import CALLHOME, failures
from cases.controllers import NO_DETAIL, RECEIVER, SECURE, controller, flow_capture, silence
from cases.transport import every, paged
from dice import Dice
from iosxe_license import License, history_request, history_response
from iosxe_log import (CALL_HOME_HTTP, CSLU, Plant, UNRESOLVED, auth_renew_failed, comm_failed, comm_restored, device_lines, mixed, relay3164, show_logging, sl_message_failed,
                       when, wrapped)
from iosxe_session import configured, refused, session, small_version
from iosxe_show import Box, trustpool

CALL_HOME_ON = ["Current call home settings:", "    call home feature : enable", "    call home message's from address: Not yet set up",
                "    contact person's email address: sch-smart-licensing@cisco.com (default)", "    vrf for call-home messages: Not yet set up", "    source interface: Not yet set up",
                "    http proxy: Not yet set up", "    Smart licensing messages: {}", "    Syslog throttling: enable", "", "    Profile: CiscoTAC-1 (status: {})", "    Profile: noc (status: {})"]


def call_home(messages="enabled", profile="ACTIVE", other="INACTIVE"):
    words = iter((messages, profile, other))
    return [line.format(next(words)) if "{}" in line else line for line in CALL_HOME_ON]


def log_of(c, box, net, now, days, planted, count=45, kind="switch", **style):
    plant = Plant(Dice(c.name + box.host), net, kind=kind)
    return plant, device_lines(mixed(plant, now - timedelta(days=days), now, count, planted), zone=style.pop("zone", box.zone), **style)


def switch(c, host, pid, version, zone="CET", plant_code="FCW", **more):
    return Box(host, pid, Dice(c.name + host).serial(plant_code), version, zone=zone, **more)


def callhome_case(c, host, version, now, days, running=None, pid="C9300-48P", zone="CET", pool=None, log_extra=(), ack=None, code=207, extra=(), stats=None, lic=None):
    """A session on a device that reports by Call Home and fails."""
    box = switch(c, host, pid, version, zone)
    planted = failures(code, days) + list(log_extra)
    plant, log = log_of(c, box, "10.41", now, 9, planted)
    good = ack or when("2022-01-11 04:10:09")
    lic = lic or License(box, "callhome", account=("corp.example", "EU", good), ack=good, deadline=now + timedelta(days=30), pushed=good, next_push=now + timedelta(hours=2), trust=good - timedelta(days=60))
    answers = [("show clock", box.clock(now)), ("show version", small_version(box, now))]
    if running is not None:
        answers.append(("show running-config", box.running(now, plant, ports=2, smart=CALLHOME, **running)))
    answers += [("show license status", lic.status())]
    if stats:
        answers.append(("show license tech support", lic.tech(now, stats)))
    if pool is not None:
        answers.append(("show crypto pki trustpool", trustpool(pool)))
    return session(box, *answers, *extra, ("show logging", show_logging(log)))


@case("err-207-affected-source-set", covers=[233, 239])
def _(c):
    c.story = "ERR 207 on 17.3.3 in June 2023; the source interface of the HTTP client is configured. The release refuses the server's certificate since February 2022, and the notice lists this message."
    c.sources = [("ERR 207 among the messages of FN72323, affected releases", "seed S4, public P1"), ("which of the two goes first", "catalogue, part F")]
    c.made = "everything but the texts and releases."
    now = when("2023-06-14 09:30:11.220")
    c.add("input/acc-graz-04.log", callhome_case(c, "acc-graz-04", "17.3.3", now, ["2023-06-09", "2023-06-11", "2023-06-13"], running={}))
    c.expect("acc-graz-04", top="iosxe-quovadis-fn72323", must=["callhome-send-failed", "callhome-err-207-timeout"], may=["slp-report-overdue"], must_not=["slp-http-client-not-configured", "dns-name-unresolved"])


@case("err-207-affected-no-source", covers=[233])
def _(c):
    c.story = "The same switch, release and messages as in err-207-affected-source-set; only `ip http client source-interface` is missing in the configuration. That is the first thing to mend."
    c.sources = [("check of the source interface on ERR 207", "seed S4"), ("which of the two goes first", "catalogue, part F")]
    c.made = "everything but the texts and releases."
    now = when("2023-06-14 09:30:11.220")
    c.add("input/acc-graz-05.log", callhome_case(c, "acc-graz-05", "17.3.3", now, ["2023-06-09", "2023-06-11", "2023-06-13"], running=dict(http_source=None)))
    c.expect("acc-graz-05", top="slp-http-client-not-configured", must=["callhome-err-207-timeout", "callhome-send-failed"], may=["iosxe-quovadis-fn72323", "slp-report-overdue"], must_not=["dns-name-unresolved"])


@case("err-207-affected-syn-silent")
def _(c):
    c.story = "ERR 207 on 17.3.3 once more, with a capture: every SYN to tools.cisco.com stays without an answer. No certificate was ever shown, so the root store is not the reason."
    c.sources = [("which of the two goes first", "catalogue, part F"), ("ERR 207", "seed S4")]
    c.made = "everything but the texts."
    now = when("2023-06-14 09:30:11.220")
    c.add("input/session.log", callhome_case(c, "acc-graz-06", "17.3.3", now, ["2023-06-09", "2023-06-11", "2023-06-13"], running=dict(address="10.41.100.10")))
    cap = Capture(c.name)
    start = micros(when("2023-06-14 07:12:03.700"))
    chatter(cap, start - 9000000, 50, ["10.41.100.10", "10.41.100.21"], "10.41.5.11", 40)
    cap.lookup(start - 60000, "10.41.100.10", "10.41.5.11", "tools.cisco.com", ["72.163.4.38"])
    Tcp(cap, start, "10.41.100.10", 41544, "72.163.4.38", 443, mss=536, stamps=False, label="first").unanswered()
    c.put("input/vlan100.pcap", cap.pcap())
    c.packet("vlan100.pcap", cap.number("first-syn"), "first SYN to tools.cisco.com")
    c.expect("acc-graz-06", top="tcp-syn-no-answer", must=["callhome-err-207-timeout", "callhome-send-failed"], may=["slp-path-blocked", "slp-report-overdue"], must_not=["iosxe-quovadis-fn72323", "slp-tls-interception"])
    c.at("tcp-syn-no-answer", "vlan100.pcap", packet=cap.number("first-syn"))


def renewal_case(c, host, version):
    box = Box(host, "ISR4331/K9", Dice(c.name + host).serial("FDO"), version, zone="CEST", slp=False)
    now = when("2022-09-20 08:10:40.100")
    bad = [(now - timedelta(hours=23 * n + 1), auth_renew_failed(f"PID:{box.pid},SN:{box.sn}")) for n in range(5)] + [(now - timedelta(hours=23 * n + 1) + timedelta(seconds=1), CALL_HOME_HTTP) for n in range(5)]
    _, log = log_of(c, box, "10.42", now, 6, bad, kind="router")
    return session(box, ("show clock", box.clock(now)), ("show version", small_version(box, now)), ("show logging", show_logging(log)))


@case("renewal-failed-16-12-5b", input="input.zip", covers=[239, 241])
def _(c):
    c.story = ("Two routers, one message, half a year after the server's change: 16.12.5b has only the old root, 16.12.6 is the first fixed release of its train. "
               "On the second one nothing says why the message was not sent.")
    c.sources = [("AUTH_RENEW_FAILED among the messages, fixed releases", "seed S4, public P1")]
    c.made = "everything but the texts and releases."
    members = [(f"{host}/session.txt", c.text(f"{host}.txt", renewal_case(c, host, version))) for host, version in (("rtr-linz-1", "16.12.5b"), ("rtr-linz-2", "16.12.6"))]
    c.add_zip("input.zip", members)
    c.expect("rtr-linz-1", top="iosxe-quovadis-fn72323", must=["callhome-send-failed"])
    c.expect("rtr-linz-2", top="callhome-send-failed", may=["slp-path-blocked"], must_not=["iosxe-quovadis-fn72323", "dns-name-unresolved", "callhome-err-207-timeout"])


@case("affected-release-reaches-the-server", covers=[237])
def _(c):
    c.story = ("17.3.3 in March 2023, reporting by Call Home. The log has Call Home failures, but communication came back after each of them, and the last report was answered with OK_POLL three days ago, "
               "a year after the server's change. A device with the old root alone gets no answer at all: the path is unstable.")
    c.sources = [("pairs", "seed S4"), ("dates of the server's change", "public P1"), ("OK_POLL", "public P14")]
    c.made = "everything but the texts."
    now = when("2023-03-21 14:00:09.001")
    pairs = []
    for n in range(5):
        t = when("2023-03-13 03:15:00") + timedelta(hours=37 * n)
        pairs += [(t, CALL_HOME_HTTP), (t + timedelta(minutes=19), comm_restored())]
    box = switch(c, "acc-wels-11", "C9300-24T", "17.3.3")
    stats = {"Usage Reporting": (31, 26, 5, 0, 0, "OK_POLL", when("2023-03-18 04:10:22"), "<none>", when("2023-03-18 04:10:22"), when("2023-03-16 02:20:10"))}
    lic = License(box, "callhome", account=("corp.example", "EU", when("2023-03-18 04:12:00")), ack=when("2023-03-18 04:12:01"), deadline=when("2023-06-16 04:12:01"), pushed=when("2023-03-18 04:10:22"),
                  next_push=when("2023-04-17 04:10:22"), trust=when("2022-12-01 10:00:00"))
    _, log = log_of(c, box, "10.41", now, 9, pairs)
    c.add("input/acc-wels-11.log", session(box, ("show clock", box.clock(now)), ("show version", small_version(box, now)), ("show license tech support", lic.tech(now, stats)), ("show logging", show_logging(log))))
    c.expect("acc-wels-11", top="comm-unstable-path", must=["comm-fail-restore-pairs"], may=["callhome-send-failed", "slp-comm-flapping-cscwa11048"], must_not=["iosxe-quovadis-fn72323", "slp-path-blocked"])


@case("affected-release-foreign-issuer", covers=[199])
def _(c):
    c.story = "A controller on 17.3.3 in May 2023 behind a firewall that decrypts TLS: the leaf's issuer is the firewall's. The release would refuse Cisco's own certificate as well, so both have to be cured; interception comes first."
    c.sources = [("which of the two goes first", "catalogue, part F"), ("interception", "seed S3")]
    c.made = "all values; TLS recorded with OpenSSL on both ends."
    box = controller("wlc-steyr-1", c.name, "17.3.3", "CEST")
    now = when("2023-05-16 11:30:02.450")
    tries = [when("2023-05-16 10:12:41"), when("2023-05-16 11:12:39")]
    plant, log = log_of(c, box, "10.43", now, 2, [(t + timedelta(seconds=2), NO_DETAIL) for t in tries], kind="wlc")
    lic = License(box, next_push=when("2023-05-16 19:12:00"), deadline=when("2023-08-10 10:00:00"), rum=(8, 0, 0, 0, 8, 2))
    c.add("input/wlc-steyr-1.log", session(box, ("show version", small_version(box, now)), ("show running-config", box.running(now, plant, ports=2, address="10.43.100.10", **SECURE)),
                                          ("show license status", lic.status()), ("show license history message", silence(box, Dice(c.name), tries)), ("show logging", show_logging(log))))
    cap = flow_capture(c.name, "10.43.100.10", "10.43.5.11", when("2023-05-16 09:12:39.104"), "ssl-decrypt-unknown-ca-client", noise=40)
    c.put("input/wlc-steyr-1.pcap", cap.pcap())
    c.packet("wlc-steyr-1.pcap", cap.number("flow1-c2"), "fatal Unknown CA from the controller")
    c.expect("wlc-steyr-1", top="slp-tls-interception", must=["tls-unknown-ca-from-device", "slp-history-empty-response"], may=["iosxe-quovadis-fn72323", "slp-trust-not-established", "slp-path-blocked"],
             must_not=["tls-client-cert-rejected", "slp-http-client-not-configured"])
    c.at("tls-unknown-ca-from-device", "wlc-steyr-1.pcap", packet=cap.number("flow1-c2"))


@case("wlc-reset-after-client-hello", covers=[194])
def _(c):
    c.story = "A firewall that filters by name: the connection to smartreceiver.cisco.com opens, the controller says what it wants (Client Hello), and the connection is reset. The release is fixed, the trust store is fine."
    c.sources = [("firewall blocks the traffic", "seed S3"), ("picture of the reset", "catalogue, capture pictures")]
    c.made = "all values."
    box = controller("wlc-steyr-2", c.name, "17.9.4", "CEST")
    now = when("2024-05-16 11:30:02.450")
    tries = [when("2024-05-16 10:12:41"), when("2024-05-16 11:12:39")]
    plant, log = log_of(c, box, "10.43", now, 2, [(t + timedelta(seconds=2), NO_DETAIL) for t in tries], kind="wlc")
    lic = License(box, next_push=when("2024-05-16 19:12:00"), deadline=when("2024-08-10 10:00:00"), rum=(8, 0, 0, 0, 8, 2))
    c.add("input/wlc-steyr-2.log", session(box, ("show version", small_version(box, now)), ("show running-config", box.running(now, plant, ports=2, address="10.43.101.10", **SECURE)),
                                          ("show license status", lic.status()), ("show license history message", silence(box, Dice(c.name), tries)), ("show logging", show_logging(log))))
    cap = Capture(c.name)
    start = micros(when("2024-05-16 09:12:39.104"))
    chatter(cap, start - 9000000, 50, ["10.43.101.10", "10.43.101.21"], "10.43.5.11", 40)
    cap.lookup(start - 60000, "10.43.101.10", "10.43.5.11", "smartreceiver.cisco.com", RECEIVER)
    hello = next(data for mark, data in handshake("receiver-2024-complete") if mark == "c")
    Tcp(cap, start, "10.43.101.10", 22544, RECEIVER[0], 443, mss=1390, label="first").open().send("c", hello, "hello").reset("s")
    c.put("input/wlc-steyr-2.pcapng", cap.pcapng())
    c.packet("wlc-steyr-2.pcapng", cap.number("first-rst"), "reset from the server's side")
    c.expect("wlc-steyr-2", top="tcp-reset-after-client-hello", must=["slp-history-empty-response"], may=["slp-path-blocked", "slp-trust-not-established"],
             must_not=["iosxe-quovadis-fn72323", "slp-tls-interception", "slp-http-client-not-configured", "dns-name-unresolved"])


def cslu_case(c, host, cslu, zone="JST", ack=None, restored=False, version="17.6.3"):
    box = switch(c, host, "C9200-24P", version, zone, "JAE")
    now = when("2023-07-11 10:20:31.010")
    planted = every("2023-07-04 06:41:10", 24, 6, comm_failed(UNRESOLVED, CSLU))
    if restored:
        planted.append((when("2023-07-09 12:10:00"), comm_restored(CSLU)))
    plant, log = log_of(c, box, "10.44", now, 8, planted)
    lic = License(box, "cslu", cslu=cslu, account=("corp.example", "JP", ack) if ack else None, ack=ack, deadline=(ack or now) + timedelta(days=80), next_push=now + timedelta(hours=4), pushed=ack,
                  rum=(9, 0, 7 if ack else 0, 0, 2, 2))
    smart = ("license smart transport cslu",) + ((f"license smart url cslu {cslu}",) if cslu else ())
    return session(box, ("show clock", box.clock(now)), ("show version", small_version(box, now)), ("show running-config", box.running(now, plant, ports=2, smart=smart, callhome=False)),
                   ("show license status", lic.status()), ("show logging", show_logging(log)))


@case("cslu-unset-and-by-name", input="input.zip", covers=[162, 163, 222, 231])
def _(c):
    c.story = ("Two switches with the same message about the CSLU's name. On the first no CSLU address was ever set; on the second there is one, by a host name that does not resolve. The same words, two diagnoses.")
    c.sources = [("message and empty address", "seed S4"), ("a name that does not resolve is an unreachable CSLU", "catalogue, clarification 8")]
    c.made = "everything but the texts."
    members = [(f"{host}.txt", c.text(f"{host}.txt", cslu_case(c, host, url), eol="\r\n")) for host, url in
               (("sw-otaru-1", None), ("sw-otaru-2", "http://cslu.corp.example:8182/cslu/v1/pi"))]
    c.add_zip("input.zip", members)
    c.expect("sw-otaru-1", top="slp-cslu-default-not-configured", must_not=["dns-name-unresolved", "slp-cslu-unreachable", "slp-trust-not-established"])
    c.expect("sw-otaru-2", top="slp-cslu-unreachable", must_not=["slp-cslu-default-not-configured", "dns-name-unresolved", "slp-trust-not-established"])


@case("cslu-found-by-dns", healthy=True, covers=[163, 222])
def _(c):
    c.story = ("The twin of the first switch of cslu-unset-and-by-name: transport cslu, no address, and a week of failures to resolve the name. Then somebody added cslu-local to the DNS: "
               "communication is restored and a report was acknowledged. An empty address is a complete set-up when DNS knows the name.")
    c.sources = [("discovery by DNS needs no further configuration", "seeds S3, S4"), ("what rules the default out", "catalogue, clarification 1")]
    c.made = "everything but the texts."
    c.add("input/sw-otaru-3.txt", cslu_case(c, "sw-otaru-3", None, ack=when("2023-07-09 12:15:44"), restored=True))
    c.expect("sw-otaru-3", may=["comm-fail-restore-pairs", "slp-cslu-default-not-configured"], must_not=["dns-name-unresolved", "slp-cslu-unreachable", "slp-trust-not-established"])


@case("direct-typed-after-cslu-default", healthy=True, covers=[215])
def _(c):
    c.story = ("One session: the log complains about the CSLU's name, `show license status` shows the default. Then direct transport is typed, a token installed, and the report is accepted. What was wrong is over.")
    c.sources = [("how to choose a transport", "seed S4"), ("a failure from before the configuration is past", "catalogue, part F"), ("trust messages", "seed S3")]
    c.made = "everything but the texts."
    box = switch(c, "sw-otaru-9", "C9200-24P", "17.9.3", "JST", "JAE")
    now = when("2023-07-11 10:20:31.010")
    planted = every("2023-07-04 06:41:10", 24, 6, comm_failed(UNRESOLVED, CSLU))
    _, log = log_of(c, box, "10.44", now, 8, planted, count=30)
    before = License(box, "cslu", deadline=when("2023-09-20 10:00:00"), next_push=when("2023-07-11 12:00:00"), rum=(9, 0, 0, 0, 9, 2))
    after = License(box, account=("corp.example", "JP", when("2023-07-11 10:31:02")), ack=when("2023-07-11 10:33:40"), deadline=when("2023-10-09 10:33:40"), pushed=when("2023-07-11 10:32:02"),
                    next_push=when("2023-08-10 10:32:02"), trust=when("2023-07-11 10:30:58"), rum=(9, 0, 7, 0, 2, 2))
    done = device_lines([(when("2023-07-11 10:30:55.100") + timedelta(milliseconds=ms), body) for ms, body in
                         ((0, "%CRYPTO_ENGINE-5-KEY_ADDITION: A key named SLA-KeyPair has been generated or imported"),
                          (3300, f"%SMART_LIC-6-TRUST_INSTALL_SUCCESS: A new licensing trust code was successfully installed on P:{box.pid},S:{box.sn}."))], zone="JST")
    ok = {"Usage Reporting": (1, 1, 0, 0, 0, "OK_POLL", when("2023-07-11 10:32:02"), "<none>", when("2023-07-11 10:32:02"), None)}
    c.add("input/console.log", session(box, ("show clock", box.clock(now)), ("show version", small_version(box, now)), ("show logging", show_logging(log)), ("show license status", before.status()),
                                      *configured("license smart transport smart", "license smart url default"), ("license smart trust idtoken ZWQ5YjQ5OTk all force", done),
                                      ("show license tech support", after.tech(when("2023-07-11 10:36:00"), ok))))
    c.expect("sw-otaru-9", must=["slp-trust-established"], may=["slp-cslu-default-not-configured"], must_not=["slp-path-blocked", "slp-cslu-unreachable", "slp-trust-not-established", "dns-name-unresolved"])


def offline_turns(c, host, first, then, days, planted, kinds=None, overall="<empty>"):
    """A configuration of January and a session of March."""
    box = switch(c, host, "C9300-24T", "17.6.5", "UTC")
    old, now = when("2023-01-09 08:00:12.100"), when("2023-03-27 08:12:45.222")
    plant, log = log_of(c, box, "10.45", now, days, planted)
    lic = License(box, then, deadline=when("2023-06-20 10:00:00"), next_push=now + timedelta(hours=3) if then == "smart" else None, trust=when("2023-03-20 09:00:01") if then == "smart" else None,
                  ack=when("2023-03-20 09:10:01"), pushed=when("2023-03-20 09:05:01"), account=("corp.example", "UK", when("2023-03-20 09:10:01")))
    config = session(box, ("show clock", box.clock(old)), ("show running-config", box.running(old, plant, ports=2, smart=(f"license smart transport {first}",))))
    show = session(box, ("show clock", box.clock(now)), ("show version", small_version(box, now)), ("show license tech support", lic.tech(now, kinds, overall=overall)), ("show logging", show_logging(log)))
    c.add("input/2023-01-09_config.txt", config)
    c.add("input/2023-03-27_licence.txt", show)
    return box


@case("offline-once-direct-now")
def _(c):
    c.story = ("The configuration of January says `license smart transport off`; on 20 March direct transport was typed, as the log shows. Since then trust works, but the latest attempts get no answer. "
               "The old configuration must not hide the failure.")
    c.sources = [("offline mode", "seed S4"), ("NO REPLY and its counters", "public P14")]
    c.made = "everything but the texts."
    typed = (when("2023-03-20 08:58:40"), "%PARSER-5-CFGLOG_LOGGEDCMD: User:netops  logged command:license smart transport smart ")
    bad = [(when("2023-03-25 02:10:00") + timedelta(hours=8 * n), comm_failed("No detail given")) for n in range(6)]
    stats = {"Usage Reporting": (9, 3, 6, 6, 6, "NO REPLY", when("2023-03-27 02:10:40"), "<none>", when("2023-03-20 09:05:01"), when("2023-03-27 02:10:40"))}
    offline_turns(c, "acc-derby-2", "off", "smart", 9, [typed] + bad, stats)
    c.expect("acc-derby-2", top="slp-path-blocked", may=["slp-trust-established", "slp-rum-accumulating"], must_not=["slp-transport-off", "dns-name-unresolved", "slp-trust-not-established"])
    c.at("slp-path-blocked", "2023-03-27_licence.txt", "NO REPLY on")


@case("direct-once-offline-now", healthy=True)
def _(c):
    c.story = "The mirror of offline-once-direct-now: January's configuration says smart, the failures of March are followed by `license smart transport off`, and the licence output says so. Nothing has to be reached any more."
    c.sources = [("offline mode rules connectivity out", "seed S4, catalogue part F")]
    c.made = "everything but the texts."
    bad = [(when("2023-03-18 02:10:00") + timedelta(hours=8 * n), comm_failed("No detail given")) for n in range(5)]
    typed = (when("2023-03-20 08:58:40"), "%PARSER-5-CFGLOG_LOGGEDCMD: User:netops  logged command:license smart transport off ")
    offline_turns(c, "acc-derby-3", "smart", "off", 11, bad + [typed], overall="Device configured for Offline transport")
    c.expect("acc-derby-3", must=["slp-transport-off"], must_not=["slp-path-blocked", "dns-name-unresolved", "slp-trust-not-established"])


def no_trustpoint(c, host, pid, kind):
    box = Box(host, pid, Dice(c.name + host).serial("TTM"), "17.6.5", zone="CEST", licences=("air-network-advantage", "air-dna-advantage") if kind == "wlc" else ("network-advantage", "dna-advantage"))
    now = when("2023-06-20 15:40:31.113")
    plant, log = log_of(c, box, "10.46", now, 3, [(when("2023-06-18 06:10:00") + timedelta(hours=11 * n), NO_DETAIL) for n in range(5)], kind=kind)
    lic = License(box, next_push=when("2023-06-20 22:00:00"), deadline=when("2023-09-10 10:00:00"), ack=when("2023-06-10 10:00:00"), pushed=when("2023-06-10 09:55:00"), trust=when("2023-01-10 10:00:00"), account=("corp.example", "NL", when("2023-06-10 10:00:00")))
    return session(box, ("show version", small_version(box, now)), ("show running-config", box.running(now, plant, ports=2)), ("show license status", lic.status()), ("show clock", box.clock(now)), ("show logging", show_logging(log)))


@case("no-trustpoint-wlc-and-switch", covers=[155, 200, 212])
def _(c):
    c.story = ("A controller and a switch with the same failure and the same configuration: a source interface, no `ip http client secure-trustpoint`. The controller needs both commands; the switch does not need the second.")
    c.sources = [("both commands on the 9800", "seed S3"), ("the source interface alone on Catalyst 9000", "seed S4"), ("which counts where", "catalogue, clarification 2")]
    c.made = "everything but the texts."
    c.add("input/wlc-breda-1.txt", no_trustpoint(c, "wlc-breda-1", "C9800-40-K9", "wlc"))
    c.add("input/acc-breda-7.txt", no_trustpoint(c, "acc-breda-7", "C9300-48P", "switch"))
    c.expect("wlc-breda-1", top="slp-http-client-not-configured", may=["slp-path-blocked", "slp-trust-established"], must_not=["dns-name-unresolved", "iosxe-quovadis-fn72323"])
    c.expect("acc-breda-7", top="slp-path-blocked", may=["slp-trust-established"], must_not=["slp-http-client-not-configured", "tls-client-cert-rejected", "iosxe-quovadis-fn72323"])


@case("configuration-cut-short")
def _(c):
    c.story = ("ERR 207 on a fixed release. The recorded `show running-config` breaks off after the interfaces, before the place where `ip http client source-interface` would stand. What was not seen is not missing.")
    c.sources = [("ERR 207", "seed S4"), ("a line is missing only in a section that was seen whole", "catalogue, formats")]
    c.made = "everything but the texts."
    box = switch(c, "acc-ede-3", "C9300L-24P-4G", "17.9.4", "CET", "FOC")
    now = when("2024-02-06 07:55:00.300")
    plant, log = log_of(c, box, "10.46", now, 5, failures(207, ["2024-02-03", "2024-02-05"]))
    run = box.running(now, plant, ports=6, smart=CALLHOME, http_source=None)
    stop = next(n for n, line in enumerate(run) if line.startswith("interface GigabitEthernet1/0/4"))
    c.add("input/log.txt", session(box, ("show version", small_version(box, now)), ("show clock", box.clock(now)), ("show logging", show_logging(log))))
    c.add("input/run.txt", [f"{box.host}#show running-config"] + run[:stop])
    c.expect("acc-ede-3", top="callhome-err-207-timeout", must=["callhome-send-failed"], may=["slp-path-blocked"], must_not=["slp-http-client-not-configured", "iosxe-quovadis-fn72323"])


@case("callhome-messages-disabled", covers=[217])
def _(c):
    c.story = ("Transport is Call Home, and `show call-home` says that Smart licensing messages are disabled. Every attempt ends with the general failure of Call Home, without a number.")
    c.sources = [("what the output shows", "public P14"), ("configuration for Call Home transport", "seed S4")]
    c.made = "everything but the texts."
    box = switch(c, "acc-essen-8", "C9500-24Y4C", "17.9.2", "CET", "CAT")
    now = when("2023-10-18 13:05:10.600")
    _, log = log_of(c, box, "10.47", now, 4, every("2023-10-15 04:00:00", 8, 8, CALL_HOME_HTTP))
    lic = License(box, "callhome", deadline=when("2023-12-18 10:00:00"), next_push=when("2023-10-18 16:00:00"), trust=when("2023-09-18 10:00:00"), account=("corp.example", "DE", when("2023-09-18 10:10:00")))
    c.add("input/acc-essen-8.txt", paged(session(box, ("show version", small_version(box, now)), ("show clock", box.clock(now)), ("show license status", lic.status()),
                                                ("show call-home smart-licensing", call_home("disabled")), ("show logging", show_logging(log)))))
    c.expect("acc-essen-8", top="callhome-profile-not-reporting", must=["callhome-send-failed"], may=["slp-trust-established"], must_not=["iosxe-quovadis-fn72323", "dns-name-unresolved", "slp-path-blocked"])


@case("callhome-off-smart-transport", healthy=True, covers=[215])
def _(c):
    c.story = "The twin of callhome-messages-disabled: Call Home is off in every way it can be, and does not matter, because licensing uses smart transport. Reports are acknowledged."
    c.sources = [("smart transport needs no Call Home", "seed S4")]
    c.made = "everything but the texts."
    box = switch(c, "acc-essen-9", "C9500-24Y4C", "17.9.2", "CET", "CAT")
    now = when("2023-10-18 13:05:10.600")
    _, log = log_of(c, box, "10.47", now, 4, [])
    lic = License(box, deadline=when("2024-01-10 10:00:00"), ack=when("2023-10-12 10:00:00"), pushed=when("2023-10-12 09:58:00"), next_push=when("2023-11-11 10:00:00"), trust=when("2023-09-18 10:00:00"), account=("corp.example", "DE", when("2023-10-12 10:00:00")))
    off = call_home("disabled", "INACTIVE")
    off[1] = off[1].replace("enable", "disable")
    c.add("input/acc-essen-9.txt", session(box, ("show version", small_version(box, now)), ("show clock", box.clock(now)), ("show license status", lic.status()), ("show call-home", off), ("show logging", show_logging(log))))
    c.expect("acc-essen-9", must=["slp-trust-established"], must_not=["callhome-profile-not-reporting", "callhome-send-failed", "slp-path-blocked"])


def cut_at(lines, width):
    return [line[:width] for line in lines]


@case("page-cut-lines", covers=[182, 183])
def _(c):
    c.story = ("Two controllers copied from a page that cuts lines at 108 columns, so that the reason after `(CSSM) :` is lost. The first has no name server at all; the second has one, and smart transport gets nothing back. "
               "The cut line itself tells neither.")
    c.sources = [("both logs, cut at the page edge", "seed S3")]
    c.made = "everything but the texts."
    for host, servers, top, other in (("wlc-riga-1", (), "dns-name-unresolved", "slp-path-blocked"), ("wlc-riga-2", ("10.48.0.53",), "slp-path-blocked", "dns-name-unresolved")):
        box = controller(host, c.name + host, "17.6.5", "EET")
        now = when("2022-08-23 09:25:10.100")
        plant, log = log_of(c, box, "10.48", now, 1, [(when("2022-08-23 09:19:43.486"), NO_DETAIL), (when("2022-08-23 09:20:43.981"), NO_DETAIL)], count=14, kind="wlc")
        out = session(box, ("show version", small_version(box, now)), ("show running-config", box.running(now, plant, ports=2, name_servers=servers, **SECURE)),
                      ("license smart trust idtoken OTljNDEx all force", cut_at([x for x in log if "SMART_LIC" in x], 108)), ("show clock", box.clock(now)))
        c.add(f"input/{host}.txt", out)
        c.expect(host, top=top, may=["slp-trust-not-established", other], must_not=["slp-http-client-not-configured", "iosxe-quovadis-fn72323"])


@case("err-205-no-release-no-year", covers=[242])
def _(c):
    c.story = "Nothing but twenty lines of a log that states no year, from a device whose release nobody wrote down: ERR 205. The message itself is sure; whether the old root or a firewall is behind it is open."
    c.sources = [("ERR 205", "seed S4"), ("no release, no date: open", "catalogue, versions")]
    c.made = "everything but the texts."
    plant = Plant(Dice(c.name), "10.49")
    lines = device_lines(mixed(plant, when("2023-03-01"), when("2023-03-03 11:00:00"), 14, [(when("2023-03-02 04:00:00"), sl_message_failed(205)), (when("2023-03-02 04:00:01"), CALL_HOME_HTTP)]))
    c.add("input/mail.txt", ["Hi,", "", "licensing on one of our switches stopped, see the log:", ""] + wrapped(lines, 100) + ["", "regards"])
    c.expect("*", top="callhome-err-205-aborted", must=["callhome-send-failed"], may=["iosxe-quovadis-fn72323", "slp-tls-interception"], must_not=["dns-name-unresolved", "callhome-err-207-timeout"])


@case("filtered-configuration")
def _(c):
    c.story = ("`show running-config | include http client` prints nothing, which only says that no such line passed the filter; `show license tech support` was refused. The log has failures without a reason of their own over smart transport.")
    c.sources = [("absence counts only in whole sections", "catalogue, formats"), ("message", "seed S3")]
    c.made = "everything but the texts."
    box = switch(c, "acc-vaasa-2", "C9300-24P", "17.12.2", "EET")
    now = when("2024-03-12 06:30:00.030")
    _, log = log_of(c, box, "10.49", now, 3, every("2024-03-10 01:00:00", 12, 4, comm_failed("No detail given")))
    lic = License(box, deadline=when("2024-05-10 10:00:00"), ack=when("2024-02-10 10:00:00"), pushed=when("2024-02-10 10:00:00"), next_push=when("2024-03-12 10:00:00"), trust=when("2023-02-10 10:00:00"), account=("corp.example", "FI", when("2024-02-10 10:00:00")))
    c.add("input/acc-vaasa-2.log", session(box, ("show version", small_version(box, now)), "show running-config | include http client", refused("show license tech support"), ("show license status", lic.status()),
                                          ("show clock", box.clock(now)), ("show logging", show_logging(log))))
    c.expect("acc-vaasa-2", top="slp-path-blocked", may=["slp-trust-established"], must_not=["slp-http-client-not-configured", "dns-name-unresolved", "iosxe-quovadis-fn72323"])


@case("history-silent-and-refused", input="input.tar.gz", covers=[191, 192, 195])
def _(c):
    c.story = ("Message histories of two controllers. One shows RESPONSE lines with nothing behind them: no answer came. The other shows an answer with status FAILURE: the path works, CSSM does not know the instance.")
    c.sources = [("empty RESPONSE means no answer", "seed S3"), ("FAILURE with Invalid ProductInstanceIdentifier", "seed S3")]
    c.made = "identifiers, keys, times."
    d, members = Dice(c.name), []
    now = when("2022-06-29 11:20:00.700")
    for host, answered in (("wlc-gent-3", False), ("wlc-gent-4", True)):
        box = controller(host, c.name + host, "17.6.3", "CEST", pid="C9800-L-F-K9")
        history = []
        for day in (27, 28, 29):
            t = when(f"2022-06-{day} 11:12:39")
            history += history_request(t, "CEST", "ID_TOKEN_TRUST" if not answered else "POLL_REQ", box.pid, box.sn, d)
            history += history_response(t + timedelta(seconds=1), "CEST", "POLL_REQ", box.pid, box.sn, d, "FAILURE", f"Invalid ProductInstanceIdentifier: {d.uuid()} provided in the polling request. 262236") if answered else \
                history_response(t + timedelta(seconds=1), "CEST")
        out = session(box, ("show version", small_version(box, now)), ("show clock", box.clock(now)), ("show license history message", ["Message History (oldest to newest):", ""] + history))
        members.append((f"{host}/history.txt", c.text(f"{host}.txt", out)))
    c.put("input.tar.gz", tar_gz_of(members))
    c.expect("wlc-gent-3", top="slp-path-blocked", must=["slp-history-empty-response"], must_not=["slp-instance-unknown-to-cssm", "iosxe-quovadis-fn72323", "dns-name-unresolved"])
    c.expect("wlc-gent-4", top="slp-instance-unknown-to-cssm", must_not=["slp-path-blocked", "slp-history-empty-response", "slp-comm-flapping-cscwa11048"])


@case("history-cut-in-the-request")
def _(c):
    c.story = "A recorded message history that breaks off in the middle of a request. Whether an answer came is not known, and nothing may be said about it."
    c.sources = [("what an empty RESPONSE looks like", "seed S3")]
    c.made = "identifiers, times."
    box = controller("wlc-gent-8", c.name, "17.6.3", "CEST", pid="C9800-L-F-K9")
    now = when("2022-06-29 11:20:00.700")
    request = history_request(when("2022-06-29 11:12:39"), "CEST", "ID_TOKEN_TRUST", box.pid, box.sn, Dice(c.name))
    out = session(box, ("show version", small_version(box, now)), ("show license history message", ["Message History (oldest to newest):", "", request[0]]), ends=False)
    c.put("input/session.log", c.text("session.log", out) + request[1][:310].encode())
    c.expect("wlc-gent-8", must_not=["slp-history-empty-response", "slp-path-blocked", "slp-instance-unknown-to-cssm"])


@case("collector-five-faults", covers=[232, 233, 242])
def _(c):
    c.story = ("One file of a collector, six hosts: each of the three documented error numbers of Call Home, a CSLU that was never configured, a trust code that could not be installed, and a host without any licensing line. Nobody knows a release.")
    c.sources = [("texts", "seed S4, public P10")]
    c.made = "hosts, times, noise."
    start, end = when("2023-09-11"), when("2023-09-13 20:00:00")
    planted = {"acc-61": failures(218, ["2023-09-11", "2023-09-12"]), "acc-62": failures(207, ["2023-09-11", "2023-09-13"]), "acc-63": failures(205, ["2023-09-12"]),
               "acc-64": every("2023-09-11 02:00:00", 24, 3, comm_failed(UNRESOLVED, CSLU)),
               "acc-65": [(when("2023-09-12 12:13:11"), "%SMART_LIC-3-TRUST_CODE_INSTALL_FAILED: The install of a new licensing trust code has failed on P:C9300-24UX,S:FCW2134L00C: Trust code already installed")], "acc-66": []}
    lines = []
    for host, bad in planted.items():
        plant, counter = Plant(Dice(c.name + host), "10.52"), Dice(host).between(2000, 90000)
        for n, (t, body) in enumerate(mixed(plant, start, end, 22, bad)):
            lines.append((t, relay3164(t, host, counter + n, body, zone="CEST")))
    c.add("input/collector.log", [x for _, x in sorted(lines)])
    c.expect("acc-61", top="dns-name-unresolved", must=["callhome-send-failed"], may=["iosxe-quovadis-fn72323"])
    c.expect("acc-62", top="callhome-err-207-timeout", must=["callhome-send-failed"], may=["iosxe-quovadis-fn72323"])
    c.expect("acc-63", top="callhome-err-205-aborted", must=["callhome-send-failed"], may=["iosxe-quovadis-fn72323", "slp-tls-interception"])
    c.expect("acc-64", top="slp-cslu-default-not-configured", must_not=["dns-name-unresolved", "slp-cslu-unreachable"])
    c.expect("acc-65", top="slp-trust-install-failed", must_not=["clock-skew"])
    c.expect("acc-66")
    c.at("slp-trust-install-failed", "collector.log", "TRUST_CODE_INSTALL_FAILED")
