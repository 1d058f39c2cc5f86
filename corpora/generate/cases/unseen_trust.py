"""Tokens, trust, On-Prem, CSLU, proxies, deadlines and what is expected: cases kept apart from tuning."""
from datetime import timedelta

from case import case
from cases.unseen_parts import DAY, HOUR, MINUTE, brief_version, curly, mail, no_reply, paged, prompt, quoted, spread, stats_only, usage_only
from dice import Dice
from iosxe_license import License, classic_status, date, history_request, history_response
from iosxe_log import CALL_HOME_HTTP, CSLU, CSSM, DDCE, Plant, UNRESOLVED, comm_failed, comm_restored, device_lines, mixed, relay3164, relay5424, show_logging, sl_message_failed, when, wrapped
from iosxe_show import Box, pki_block, trustpool

SMART_RUN = ["license smart transport smart", "license smart url default"]
NO_DETAIL = comm_failed("No detail given")


def setup(c, host, pid, version, zone="UTC", year=2023, plant="FOC", kind="switch", net="10.110", **more):
    d = Dice(c.name)
    return d, Box(host, pid, d.serial(plant), version, zone=zone, **more), Plant(d, net, kind=kind)


def quiet_log(plant, now, box, planted=(), count=25, days=2):
    return show_logging(device_lines(mixed(plant, now - days * DAY, now, count, planted), zone=box.zone))


@case("unseen-ticket-token-refused")
def _(c):
    c.story = "A ticket with two pasted fragments, quotes turned by the ticket system: Trust Establishment failed because the token is not valid. No version, no log."
    c.sources = [("text with curly quotes", "S4"), ("explains the missing trust code", "S4")]
    c.made = "names, numbers, the ticket."
    body = ["Ticket 88123  Priority 3  Assigned: network", "", "switch br-kassel-2, new, cannot be added to the smart account. From the switch:", "", "br-kassel-2#show license tech support | sec Communication Stat",
            "Communication Statistics:", "=======================", "Communication Level Allowed: INDIRECT", "Overall State: Insufficient trust for direct communication", "Trust Establishment:", "  Attempts: Total=3, Success=0, Fail=3  Ongoing Failure: Overall=3 Communication=0",
            "  Last Response: INVALID STATUS CODE on Feb 07 14:11:02 2024 CET", '    Failure Reason: {“token”:[“The token ‘NGE2ZjQ4YzAt’ is not valid.”]}', "  Last Success Time: <none>", "  Last Failure Time: Feb 07 14:11:02 2024 CET",
            "Trust Acknowledgement:", "  Attempts: Total=0, Success=0, Fail=0  Ongoing Failure: Overall=0 Communication=0", "  Last Response: <none>", "br-kassel-2#sh lic status | i Trust|Type|URL", "  Type: Smart", "  URL: https://smartreceiver.cisco.com/licservice/license", "Trust Code Installed: <none>", "br-kassel-2#", ""]
    body += [f"2024-02-0{8 + n // 6} {9 + n % 6}:1{n % 6}  {d}" for n, d in enumerate(["Assigned to network operations", "Please check the token in the portal", "Waiting for customer", "Reminder sent", "Reminder sent", "Escalated to level 2", "Asked for show tech", "Customer on leave", "Customer back", "No change"])]
    body += [f"Field {n}: not set" for n in range(1, 90)]
    c.add("input/ticket-88123.txt", body, bom=b"\xef\xbb\xbf", eol="\r\n")
    c.expect("br-kassel-2", top="token-not-valid", must=["slp-trust-not-established"], may=["token-uses-too-few"], must_not=["slp-path-blocked", "slp-comm-flapping-cscwa11048", "slp-instance-unknown-to-cssm", "cssm-server-side-error"])
    c.at("token-not-valid", "ticket-88123.txt", "is not valid")


def stack(c, host, keyword):
    d = Dice(c.name)
    box = Box(host, "C9300-48P", d.serial("FCW"), "17.6.4", zone="CET", members=[("C9300-48P", d.serial("FCW")), ("C9300-24P", d.serial("FCW"))])
    plant, now = Plant(d, "10.111", stack=3), when("2023-02-20 11:00:00.100")
    lic = License(box, account=("corp.example", "Access", when("2023-02-20 10:40:11")), deadline=when("2023-05-20 04:05:31"), pushed=None, next_push=when("2023-02-20 16:00:01"), trust=when("2023-02-20 10:40:11"), rum=(12, 0, 0, 0, 12, 6))
    status = lic.status()
    cut = next(n for n, x in enumerate(status) if x.startswith("  Standby: PID"))
    status = status[:cut]
    tech = lic.tech(now, {"Trust Establishment": (3, 1, 2, 2, 0, "INVALID STATUS CODE", when("2023-02-20 10:41:30"), '{"token":["The token \'MmQ3YzUyOGEt\' is not valid."]}', when("2023-02-20 10:40:11"), when("2023-02-20 10:41:30"))} if keyword == "all" else
                    {"Trust Establishment": (1, 1, 0, 0, 0, "OK", when("2023-02-20 10:40:11"), "<none>", when("2023-02-20 10:40:11"), None)})
    start = next(n for n, x in enumerate(tech) if x.startswith("Product Information"))
    udi = tech[start:next(n for n, x in enumerate(tech) if x.startswith("Agent Version"))]
    stats = tech[next(n for n, x in enumerate(tech) if x.startswith("Communication Statistics")):next(n for n, x in enumerate(tech) if x.startswith("License Certificates"))][:18]
    units = [f"P:{pid},S:{sn}: " + ("state[2], Trust Data INSTALLED  TrustId:211" if n == 0 else "No Trust Data") for n, (_, (pid, sn)) in enumerate(lic.units())]
    said = [(when("2023-02-20 10:40:11"), f"%SMART_LIC-6-TRUST_INSTALL_SUCCESS: A new licensing trust code was successfully installed on P:{box.pid},S:{box.sn}.")]
    out = prompt(host + "#", ("show clock", box.clock(when("2023-02-20 10:38:00"))), ("show version", box.show_version(now)[:50]), (f"license smart trust idtoken MmQ3YzUyOGEt {keyword} force", []), ("show license status", status), ("show license tech support | section Product Information|Communication Statistics", udi + stats),
                 ("show license tech support | include Trust", units + ["Overall Trust: INSTALLED (2)"]), ("show logging", quiet_log(plant, now, box, said, 20, 1)))
    c.add(f"input/{host}.log", out)


@case("unseen-stack-token-one-use")
def _(c):
    c.story = "A stack of three, `trust … all`: the first unit got its trust code, the others were told that the token is not valid. Its number of uses was one."
    c.sources = [("token with too few uses", "S4"), ("members without trust data", "P14"), ("the command decides", "clarification 7")]
    c.made = "names, token, times."
    stack(c, "stk-essen", "all")
    c.expect("stk-essen", top="token-uses-too-few", may=["token-not-valid"], must_not=["slp-trust-keyword-local-on-stack", "slp-path-blocked", "slp-instance-unknown-to-cssm"])
    c.at("token-uses-too-few", "stk-essen.log", "No Trust Data")


@case("unseen-stack-trust-local")
def _(c):
    c.story = "The same stack, `trust … local`: only the active unit asked for trust, nothing was refused."
    c.sources = [("`all` for stacks, `local` for single units", "S3, S4"), ("the command decides", "clarification 7")]
    c.made = "names, token, times."
    stack(c, "stk-bochum", "local")
    c.expect("stk-bochum", top="slp-trust-keyword-local-on-stack", may=["token-uses-too-few"], must_not=["token-not-valid", "slp-path-blocked"])
    c.at("slp-trust-keyword-local-on-stack", "stk-bochum.log", "local force")


@case("unseen-trust-clock-off")
def _(c):
    c.story = "The clock was never synchronised (`*`) and is five hours behind the relay that received the lines. Installing the trust code fails; the agent says it is not synchronised with NTP."
    c.sources = [("begin of the message", "P10"), ("difference to CSSM below one hour", "P9"), ("`*` before the time, NTP: False", "P14, formats 1.1")]
    c.made = "names, times, reason text."
    d, box, plant = setup(c, "rt-oulu", "ISR4331/K9", "17.6.5", kind="router", net="10.112")
    now = when("2023-11-08 05:12:20.310")
    lic = License(box, deadline=when("2024-01-30 04:05:31"), next_push=when("2023-11-08 06:00:01"), rum=(4, 0, 0, 0, 4, 2))
    failed = f"%SMART_LIC-3-TRUST_CODE_INSTALL_FAILED: The install of a new licensing trust code has failed on P:{box.pid},S:{box.sn}: The timestamp of the message is not within one hour of the device clock."
    events = mixed(plant, now - DAY, now, 25, [(now - 40 * MINUTE, failed), (now - 6 * MINUTE, failed)])
    relay = [f"2023-11-08T{(t + 5 * HOUR):%H:%M:%S}+00:00 rt-oulu {310 + n}: *{t:%b} {t.day:2d} {t:%H:%M:%S}.{t.microsecond // 1000:03d}: {b}" for n, (t, b) in enumerate(events) if t.day == 8]
    out = prompt("rt-oulu#", ("show clock detail", box.clock(now, "*") + ["No time source"]), ("show version", brief_version(box, now)), ("show license tech support", lic.tech(now, {"Trust Establishment": (2, 0, 2, 2, 0, "OK", now - 6 * MINUTE, "<none>", None, now - 6 * MINUTE)}, overall="Insufficient trust for direct communication", synced=False)),
                 ("show ntp status", ["Clock is unsynchronized, stratum 16, no reference clock"]), ("show logging", show_logging(device_lines(events, flag="*"))))
    c.add("input/rt-oulu.log", out)
    c.add("input/relay-2023-11-08.log", relay)
    c.expect("rt-oulu", top="clock-skew", must=["slp-trust-install-failed"], must_not=["token-not-valid", "slp-path-blocked", "slp-instance-unknown-to-cssm", "tls-client-cert-rejected"])
    c.at("slp-trust-install-failed", "rt-oulu.log", "05:06:20.310: %SMART_LIC-3-TRUST_CODE_INSTALL_FAILED")


@case("unseen-instance-removed-narrow-terminal")
def _(c):
    c.story = "History messages of a router, wrapped at 80 columns with CR LF: CSSM answers every usage report that the instance has to be registered again."
    c.sources = [("text of the refusal", "P14, S3"), ("an answer proves the path", "clarification 22")]
    c.made = "identifiers, keys, times."
    d, box, plant = setup(c, "rt-evora", "ISR4321/K9", "17.9.4a", zone="WET", net="10.113", kind="router")
    piid, history = d.uuid(), []
    for day in (3, 4, 5):
        t = when(f"2024-06-0{day} 04:10:00")
        history += history_request(t, "WET", "LICENSE_USAGE", box.pid, box.sn, d)
        history += history_response(t + timedelta(seconds=2), "WET", "LICENSE_USAGE", box.pid, box.sn, d, "FAILURE", '{\\"product_instance_identifier\\":[\\"The identity for the instance %s is not valid.Please re-register the instance.\\"]}' % piid)
    lic = License(box, account=("corp.example", "PT", when("2024-01-01 04:00:00")), ack=when("2024-04-12 04:05:31"), deadline=when("2024-07-11 04:05:31"), pushed=when("2024-06-05 04:10:00"), next_push=when("2024-06-06 04:10:00"), trust=when("2023-05-02 10:11:12"), rum=(44, 0, 30, 4, 10, 2))
    out = prompt("rt-evora#", ("show clock", box.clock(when("2024-06-05 09:00:00"))), ("show version", brief_version(box, when("2024-06-05 09:00:00"))), ("show license status", lic.status()), ("show license history message", ["Message History (oldest to newest):", "", "Usage Reporting:", ""] + history))
    c.add("input/rt-evora.txt", wrapped(out, 80), eol="\r\n")
    c.expect("rt-evora", top="slp-instance-unknown-to-cssm", may=["slp-rum-accumulating"], must_not=["slp-comm-flapping-cscwa11048", "slp-path-blocked", "slp-history-empty-response", "cssm-server-side-error"])


@case("unseen-cssm-try-again")
def _(c):
    c.story = "CSSM answers OK_TRY_AGAIN with LS_LICENGINE_FAIL_TO_CONNECT for a day: its own fault, the path works."
    c.sources = [("both texts", "P14"), ("no path diagnosis", "clarification 22")]
    c.made = "counters, times."
    d, box, plant = setup(c, "sw-perth-1", "C9300-24T", "17.9.3", zone="AWST", net="10.114")
    now, last = when("2023-08-09 10:00:00.100"), when("2023-08-09 09:41:11")
    lic = License(box, account=("corp.example", "AU", when("2023-07-01 04:00:00")), ack=when("2023-07-01 04:05:31"), deadline=when("2023-09-29 04:05:31"), pushed=when("2023-07-31 04:00:01"), next_push=when("2023-08-30 04:00:01"), trust=when("2023-02-02 10:11:12"), rum=(30, 0, 26, 2, 2, 2))
    kinds = {"Usage Reporting": (22, 19, 3, 3, 0, "OK_TRY_AGAIN", last, "Server error occurred: LS_LICENGINE_FAIL_TO_CONNECT", when("2023-07-31 04:00:01"), last)}
    c.add("input/sw-perth-1.txt", prompt("sw-perth-1#", ("sh clock", box.clock(now)), ("sh ver", box.show_version(now)[:48]), ("sh license tech support", lic.tech(now, kinds)), ("sh log", quiet_log(plant, now, box))))
    c.expect("sw-perth-1", top="cssm-server-side-error", must_not=["slp-path-blocked", "slp-comm-flapping-cscwa11048", "slp-instance-unknown-to-cssm", "slp-rum-accumulating"])
    c.at("cssm-server-side-error", "sw-perth-1.txt", "LS_LICENGINE_FAIL_TO_CONNECT")


ONPREM = "https://ssm-op.corp.example/cslu/v1/pi/corp-access-1"


@case("unseen-onprem-crl")
def _(c):
    c.story = "Reports go to SSM On-Prem through its CSLU address. SLA-TrustPoint checks a revocation list that cannot be fetched for a self-signed certificate."
    c.sources = [("message and cure", "S3, S4, P13")]
    c.made = "names, times, other lines."
    d, box, plant = setup(c, "wlc-jena", "C9800-L-F-K9", "17.9.4", zone="CET", net="10.115", kind="wlc", licences=("air-network-advantage", "air-dna-advantage"))
    now = when("2024-03-14 10:00:00.100")
    lic = License(box, "cslu", cslu=ONPREM, account=("corp.example", "Wireless", when("2024-03-01 04:00:00")), ack=when("2024-03-01 04:05:31"), deadline=when("2024-05-30 04:05:31"), pushed=when("2024-03-14 02:00:01"), next_push=when("2024-03-14 10:00:01"), rum=(80, 0, 78, 0, 2, 2))
    log = quiet_log(plant, now, box, spread("2024-03-12 12:00:00", 8 * HOUR, 6, "%PKI-3-CRL_FETCH_FAIL: CRL fetch for trustpoint SLA-TrustPoint failed"), 30)
    run = ["crypto pki trustpoint SLA-TrustPoint", " enrollment pkcs12", " revocation-check crl", "crypto pki trustpoint TP-self-signed-1188207741", " enrollment selfsigned", " revocation-check none", " rsakeypair TP-self-signed-1188207741"]
    c.add("input/wlc-jena.txt", prompt("wlc-jena#", ("show clock", box.clock(now)), ("show version", brief_version(box, now)), ("show license status", lic.status()), ("show running-config | section crypto pki trustpoint", run),
                                       ("show run | inc http client|license smart", ["ip http client source-interface Vlan115", "ip http client secure-trustpoint TP-self-signed-1188207741", "license smart url cslu " + ONPREM, "license smart transport cslu"]), ("show logging", log)))
    c.expect("wlc-jena", top="slp-onprem-crl-fetch-fail", may=["crl-fetch-unanswered"], must_not=["slp-onprem-wrong-transport", "slp-cslu-unreachable", "slp-path-blocked", "tls-client-cert-rejected", "slp-http-client-not-configured"])
    c.at("slp-onprem-crl-fetch-fail", "wlc-jena.txt", "CRL_FETCH_FAIL")


@case("unseen-onprem-down-rev-relay")
def _(c):
    c.story = "Only a relay's file (RFC 5424): two switches say that their On-Prem is down rev, a third is silent."
    c.sources = [("message", "P13"), ("On-Prem from 8-202102", "S3, P13, P15")]
    c.made = "hosts, other lines."
    d, lines = Dice(c.name), []
    down = "%SMART_LIC-4-REPORTING_NOT_SUPPORTED: Smart Agent for Licensing CSSM OnPrem is down rev and does not support the enhanced policy and usage reporting mode."
    for host, bad in (("plz-a1", 3), ("plz-a2", 2), ("plz-a3", 0)):
        plant = Plant(Dice(c.name + host), "10.116")
        lines += [(t, relay5424(t, host, 900 + n, b, zone="UTC")) for n, (t, b) in enumerate(mixed(plant, when("2021-11-01"), when("2021-11-04"), 22, spread("2021-11-01 03:00:00", 20 * HOUR, bad, down)))]
    c.add_gz("input/syslog-20211104.gz", c.text("syslog-20211104.gz", [x for _, x in sorted(lines)]))
    for host in ("plz-a1", "plz-a2"):
        c.expect(host, top="slp-onprem-too-old", must_not=["slp-onprem-wrong-transport", "slp-path-blocked", "iosxe-quovadis-fn72323"])
    c.expect("plz-a3", must_not=["slp-onprem-too-old"])
    c.at("slp-onprem-too-old", "syslog-20211104.gz", "down rev")


@case("unseen-onprem-as-smart")
def _(c):
    c.story = "Transport smart with the URL of a private On-Prem host; the answer is empty. Trust was tried with a token, which On-Prem does not need."
    c.sources = [("Type: Smart with a private host", "S3, S4, P13"), ("empty response from server", "P13")]
    c.made = "names, times."
    d, box, plant = setup(c, "sw-zagreb-3", "C9300-24P", "17.6.3", zone="CET", net="10.117")
    now = when("2023-01-31 10:00:00.100")
    lic = License(box, url="https://ssm-op.corp.example/SmartTransport", deadline=when("2023-04-20 04:05:31"), next_push=when("2023-01-31 16:00:01"), rum=(8, 0, 0, 0, 8, 2))
    log = quiet_log(plant, now, box, spread("2023-01-29 12:00:00", 7 * HOUR, 7, comm_failed("Received empty response from server")), 30)
    c.add("input/sw-zagreb-3.txt", prompt("sw-zagreb-3#", ("show clock", box.clock(now)), ("show version", box.show_version(now)[:50]), ("show license status", lic.status()),
                                          ("show run | inc http client|license smart|name-server", ["ip name-server 10.117.0.53", "ip http client source-interface Vlan117", "license smart url smart https://ssm-op.corp.example/SmartTransport", "license smart transport smart"]), ("show logging", log)))
    c.expect("sw-zagreb-3", top="slp-onprem-wrong-transport", must=["slp-trust-not-established"], may=["slp-path-blocked"], must_not=["slp-tls-interception", "iosxe-quovadis-fn72323", "dns-name-unresolved", "slp-cslu-default-not-configured"])
    c.at("slp-onprem-wrong-transport", "sw-zagreb-3.txt", "Received empty response")


@case("unseen-cslu-not-uploaded")
def _(c):
    c.story = "The switch pushed its report to CSLU yesterday, the last acknowledgement is half a year old: CSLU is not connected to CSSM and nobody carries the files."
    c.sources = [("push recent, ACK old, transport cslu", "S4"), ("who pushes in which topology", "S4")]
    c.made = "names, times."
    d, box, plant = setup(c, "sw-depot-9", "C9200-24P", "17.12.3", net="10.118")
    now = when("2024-10-22 10:00:00.100")
    lic = License(box, "cslu", cslu="http://cslu-depot.corp.example:8182/cslu/v1/pi", account=("corp.example", "Depot", when("2024-04-11 04:00:00")), ack=when("2024-04-11 04:05:31"), deadline=when("2024-11-07 04:05:31"), pushed=when("2024-10-21 04:00:01"), next_push=when("2024-11-20 04:00:01"), rum=(66, 0, 38, 24, 2, 2))
    kinds = {"Usage Reporting": (14, 14, 0, 0, 0, "OK_POLL", when("2024-10-21 04:00:01"), "<none>", when("2024-10-21 04:00:01"), None)}
    c.add("input/cslu-view.txt", ["CSLU, view of 2024-10-22", "Name          Product          Last Contact          Alerts", "sw-depot-9    C9200            2024-10-21 04:00:03   COMPLETE: Usage report from product instance. Please send usage data to Cisco (CSLU disconnected from CSSM)"])
    c.add("input/sw-depot-9.txt", prompt("sw-depot-9#", ("show clock", box.clock(now)), ("show version", brief_version(box, now)), ("show license status", lic.status()), ("show license tech support | begin Communication Statistics", stats_only(lic, now, kinds) + [""] + lic.report_summary(wide=True)), ("show logging", quiet_log(plant, now, box))))
    c.expect("sw-depot-9", top="slp-cslu-not-synced-to-cssm", may=["slp-rum-accumulating"], must_not=["slp-cslu-unreachable", "slp-path-blocked", "slp-report-overdue", "slp-cslu-default-not-configured"])
    c.at("slp-cslu-not-synced-to-cssm", "sw-depot-9.txt", "Last ACK received")


def no_way_out(c, host, run, extra=(), proxy=None, name_server="10.119.0.53"):
    d, box, plant = setup(c, host, "C9300-24U", "17.9.4", net="10.119")
    now = when("2024-01-25 10:00:00.100")
    lic = License(box, deadline=when("2024-04-10 04:05:31"), next_push=when("2024-01-25 16:00:01"), rum=(8, 0, 0, 0, 8, 2), proxy=proxy)
    log = quiet_log(plant, now, box, spread("2024-01-23 12:00:00", 7 * HOUR, 7, NO_DETAIL), 25)
    kinds = no_reply("Trust Establishment", 4, when("2024-01-25 09:31:00"))
    c.add(f"input/{host}.txt", prompt(host + "#", ("show clock", box.clock(now)), ("show version", box.show_version(now)[:50]), ("show license status", lic.status()), ("show running-config", run),
                                      ("show license tech support | begin Communication Statistics", stats_only(lic, now, kinds, overall="Insufficient trust for direct communication")[:12]), *extra, ("show logging", log)))


def run_of(host, *lines, source="Vlan119", vrf=None):
    top = ["Building configuration...", "", "Current configuration : 9121 bytes", "!", "version 17.9", "service timestamps log datetime msec", "service call-home", "!", f"hostname {host}", "!"]
    face = [f"interface {source}"] + ([f" vrf forwarding {vrf}"] if vrf else []) + [" ip address 10.119.100.7 255.255.255.0", "!"]
    return top + list(lines) + ["!"] + face + [f"ip http client source-interface {source}", "no ip http server", "ntp server 10.119.0.53", "!", "line con 0", "line vty 0 15", " transport input ssh", "!", "end", ""]


@case("unseen-proxy-without-port")
def _(c):
    c.story = "The site reaches the internet only by proxy. The proxy's address was entered, its port was not."
    c.sources = [("address without port", "S3, S4"), ("explains the blocked path", "clarification 9")]
    c.made = "names, times."
    host = "acc-sligo-1"
    no_way_out(c, host, run_of(host, "ip name-server 10.119.0.53", "ip domain name corp.example", *SMART_RUN, "license smart proxy address proxy.corp.example", "ip route 0.0.0.0 0.0.0.0 10.119.100.1"), proxy=("proxy.corp.example", "<empty>"))
    c.expect(host, top="slp-proxy-not-configured", must=["slp-trust-not-established"], may=["slp-path-blocked"], must_not=["slp-proxy-auth-unsupported", "iosxe-quovadis-fn72323", "dns-name-unresolved", "slp-http-client-not-configured"])
    c.at("slp-proxy-not-configured", "acc-sligo-1.txt", "Port: <empty>")


@case("unseen-static-host-line")
def _(c):
    c.story = "An old `ip host smartreceiver.cisco.com` sends the switch to an address that does not answer any more."
    c.sources = [("addresses change, static entries are risky", "S4"), ("explains the blocked path", "clarification 9")]
    c.made = "names, times, addresses."
    host = "acc-sligo-2"
    no_way_out(c, host, run_of(host, "ip host smartreceiver.cisco.com 146.112.59.81", "ip name-server 10.119.0.53", "ip domain name corp.example", *SMART_RUN, "ip route 0.0.0.0 0.0.0.0 10.119.100.1"),
               extra=(("telnet smartreceiver.cisco.com 443 /ipv4", ["Trying smartreceiver.cisco.com (146.112.59.81, 443)... ", "% Connection timed out; remote host not responding"]),))
    c.expect(host, top="slp-static-host-entry", must=["slp-trust-not-established"], may=["slp-path-blocked"], must_not=["dns-name-unresolved", "slp-tls-interception", "iosxe-quovadis-fn72323"])
    c.at("slp-static-host-entry", "acc-sligo-2.txt", "ip host smartreceiver")


@case("unseen-source-in-other-vrf")
def _(c):
    c.story = "The HTTP client leaves by an interface in Mgmt-vrf, while the way to the internet and the name server are in the global table; the licensing URL has no VRF."
    c.sources = [("related commands need the VRF too", "S4"), ("explains the blocked path", "clarification 9")]
    c.made = "names, times."
    host = "acc-sligo-3"
    no_way_out(c, host, run_of(host, "vrf definition Mgmt-vrf", " address-family ipv4", " exit-address-family", "!", "ip name-server 10.119.0.53", "ip domain name corp.example", *SMART_RUN, "ip route 0.0.0.0 0.0.0.0 10.119.100.1", source="GigabitEthernet0/0", vrf="Mgmt-vrf"),
               extra=(("telnet smartreceiver.cisco.com 443 /ipv4", ["Trying smartreceiver.cisco.com (192.133.220.90, 443)... Open"]),))
    c.expect(host, top="slp-vrf-mismatch", must=["slp-trust-not-established"], may=["slp-path-blocked"], must_not=["dns-name-unresolved", "slp-http-client-not-configured", "iosxe-quovadis-fn72323"])
    c.at("slp-vrf-mismatch", "acc-sligo-3.txt", "vrf forwarding Mgmt-vrf")


@case("unseen-offline-nobody-uploads")
def _(c):
    c.story = "An air-gapped switch: transport off, last file written and acknowledged in February, deadline passed in May. Old complaints about cslu-local are from before."
    c.sources = [("transport off rules connectivity out", "part F, S4"), ("old ACK: nobody uploaded", "part B")]
    c.made = "names, times."
    d, box, plant = setup(c, "sw-vault-1", "C9300-48T", "17.9.4", net="10.120")
    now = when("2024-07-02 10:00:00.100")
    lic = License(box, "off", account=("corp.example", "Vault", when("2024-02-20 10:00:00")), ack=when("2024-02-20 10:00:00"), deadline=when("2024-05-20 10:00:00"), written=when("2024-02-19 09:00:00"), rum=(40, 0, 20, 0, 20, 2))
    log = quiet_log(plant, now, box, [(when("2024-06-30 11:00:00"), "%SYS-5-CONFIG_I: Configured from console by netops on console")], 25)
    c.add("input/sw-vault-1.txt", prompt("sw-vault-1#", ("show clock", box.clock(now)), ("show version", brief_version(box, now)), ("show run | include license smart", ["license smart transport off"]), ("show license all", lic.all()), ("show logging", log)))
    c.expect("sw-vault-1", must=["slp-transport-off", "slp-report-overdue"], may=["slp-rum-accumulating"], must_not=["slp-cslu-default-not-configured", "slp-path-blocked", "dns-name-unresolved", "slp-next-ack-deadline-cscvy20345", "slp-trust-not-established"])
    c.at("slp-report-overdue", "sw-vault-1.txt", "Next ACK deadline")


def voice(c, host, version):
    d, box, plant = setup(c, host, "ISR4451-X/K9", version, net="10.121", kind="router")
    now = when("2023-06-20 10:00:00.100")
    lic = License(box, "cslu", cslu="http://10.121.7.80:8182/cslu/v1/pi", account=("corp.example", "Voice", when("2023-01-02 04:00:00")), ack=when("2023-01-02 04:05:31"), deadline=when("2023-06-11 04:05:31"), pushed=when("2023-01-02 04:00:01"), next_push=None, rum=(10, 0, 6, 0, 4, 2))
    usage = ["CUBE_T_RED (CUBE_T_RED):", "  Description: CUBE Trunk Redundant Session License", "  Count: 200", "  Version: 1.0", "  Status: IN USE", "  Export status: NOT RESTRICTED", "  Feature Name: CUBE_T_RED", "  Enforcement type: NOT ENFORCED", "  License type: Subscription", ""]
    body = lic.all()
    at = next(n for n, x in enumerate(body) if x.startswith("Product Information"))
    run = ["voice service voip", " mode border-element", " allow-connections sip to sip", " sip", "  bind control source-interface GigabitEthernet0/0/1", "!", "dial-peer voice 100 voip", " description to carrier", " session protocol sipv2", " session target ipv4:198.51.100.20"]
    c.add(f"input/{host}.txt", prompt(host + "#", ("show clock", box.clock(now)), ("show version", brief_version(box, now)), ("show run | section voice", run), ("show license all", body[:at] + usage + body[at:]), ("show logging", quiet_log(plant, now, box))))


@case("unseen-cube-17-6-1a-deadline")
def _(c):
    c.story = "A CUBE router on 17.6.1a whose ACK deadline passed nine days ago: on this release calls stop."
    c.sources = [("releases that stop", "P15"), ("deadline before the time of the output", "S4")]
    c.made = "all values."
    voice(c, "cube-wien-1", "17.6.1a")
    c.expect("cube-wien-1", top="slp-ack-deadline-voice-shutdown", may=["slp-report-overdue", "slp-cslu-not-synced-to-cssm", "slp-cslu-unreachable"], must_not=["slp-next-ack-deadline-cscvy20345", "slp-path-blocked", "slp-cslu-default-not-configured"])
    c.at("slp-ack-deadline-voice-shutdown", "cube-wien-1.txt", "Next ACK deadline")


@case("unseen-cube-17-6-3a-deadline")
def _(c):
    c.story = "The same router on 17.6.3a: overdue, but calls go on."
    c.sources = [("later releases do not stop", "P15")]
    c.made = "all values."
    voice(c, "cube-wien-2", "17.6.3a")
    c.expect("cube-wien-2", top="slp-report-overdue", may=["slp-cslu-not-synced-to-cssm", "slp-cslu-unreachable"], must_not=["slp-ack-deadline-voice-shutdown", "slp-next-ack-deadline-cscvy20345", "slp-path-blocked"])


@case("unseen-register-on-slp")
def _(c):
    c.story = "Someone follows an old guide and types `license smart register` on 17.9.5. Trust was established later by the right command; nothing else is wrong."
    c.sources = [("registration is replaced by trust", "S3, P15")]
    c.made = "all values; the reply of the device."
    d, box, plant = setup(c, "sw-nantes-1", "C9300-24T", "17.9.5", zone="CEST", net="10.122")
    now = when("2024-09-11 10:00:00.100")
    lic = License(box, account=("corp.example", "FR", when("2024-09-11 09:50:00")), ack=when("2024-09-11 09:55:31"), deadline=when("2024-12-10 04:05:31"), pushed=when("2024-09-11 09:50:31"), next_push=when("2024-10-11 04:00:01"), trust=when("2024-09-11 09:50:00"), rum=(4, 0, 2, 0, 2, 2))
    c.add("input/sw-nantes-1.txt", prompt("sw-nantes-1#", ("show version", brief_version(box, now)), ("license smart register idtoken MzBhNGIyYTAtYjJl force", ["% Invalid input detected at '^' marker.", ""]), ("conf t", ["Enter configuration commands, one per line.  End with CNTL/Z."]), ("license smart trust idtoken MzBhNGIyYTAtYjJl local force", []),
                                          ("show clock", box.clock(now)), ("show license status", lic.status()), ("show logging", quiet_log(plant, now, box))))
    c.expect("sw-nantes-1", top="slp-legacy-register-command", must=["slp-trust-established"], must_not=["sl-registration-failed", "sl-evaluation", "token-not-valid", "slp-path-blocked"])
    c.at("slp-legacy-register-command", "sw-nantes-1.txt", "register idtoken")


@case("unseen-reservation-left-over", healthy=True)
def _(c):
    c.story = "A controller upgraded from a reservation release to 17.6: reservation codes are still listed. Reports go by file. Expected."
    c.sources = [("SLR on 17.3.2 / 17.4.1 and later", "S3")]
    c.made = "all values."
    d, box, plant = setup(c, "wlc-trier", "C9800-40-K9", "17.6.5", zone="CET", net="10.123", kind="wlc", plant="TTM", licences=("air-network-advantage", "air-dna-advantage"))
    now = when("2023-10-11 10:00:00.100")
    lic = License(box, "off", account=("corp.example", "WLAN", when("2023-09-30 10:00:00")), ack=when("2023-09-30 10:00:00"), deadline=when("2023-12-29 10:00:00"), written=when("2023-09-29 09:00:00"), rum=(10, 0, 8, 0, 2, 2))
    tech = lic.tech(now, level="INDIRECT", overall="Device configured for Offline transport")
    at = tech.index("License reservation: DISABLED")
    tech[at:at + 1] = ["License reservation: ENABLED", "Last Data Push: <none>", "Overall status:", f"  Active: PID:{box.pid},SN:{box.sn}", "    Reservation status: SPECIFIC INSTALLED on Mar 02 09:11:10 2020 CET", f"    Request code: CB-Z{box.pid}:{box.sn}-AK9n5Chuo-3F", "    Last return code: <none>",
                       "    Last Confirmation code: 21ab77c0", "    Reservation authorization code: <specificPLR>...</specificPLR>"]
    c.add("input/wlc-trier.txt", prompt("wlc-trier#", ("show clock", box.clock(now)), ("show version", brief_version(box, now)), ("show license tech support", tech)))
    c.expect("wlc-trier", must=["slp-slr-deprecated", "slp-transport-off"], must_not=["slp-path-blocked", "slp-rum-accumulating", "slp-trust-not-established", "sl-registration-failed"])
    c.at("slp-slr-deprecated", "wlc-trier.txt", "Reservation authorization code")


@case("unseen-controller-managed-edge", healthy=True)
def _(c):
    c.story = "A question, not a fault: an SD-WAN router says Registration Not Applicable and has no trust code. It is managed by its controller, and there is no registration under SLP."
    c.sources = [("Controller-Managed; Registration Not Applicable", "P14"), ("no evaluation mode", "S3, S4")]
    c.made = "all values."
    d, box, plant = setup(c, "edge-tromso", "ISR4431/K9", "17.9.4a", zone="CET", net="10.124", kind="router")
    now = when("2024-05-21 10:00:00.100")
    version = box.show_version(now, status="Registration Not Applicable/Not Applicable")
    at = next(n for n, x in enumerate(version) if x.startswith("Smart Licensing Status"))
    version[at:at] = ["License Mode: Controller-Managed", ""]
    lic = License(box, "cslu", cslu=None, account=("corp.example", "SD-WAN", when("2024-05-01 10:00:00")), ack=when("2024-05-14 10:00:00"), deadline=when("2024-08-12 10:00:00"), pushed=None, rum=(22, 0, 20, 0, 2, 2))
    c.add("input/question.txt", ["Hello, edge-tromso shows no registration and we cannot register it. Is the licence lost?", ""] + prompt("edge-tromso#", ("show version", version), ("show license status", lic.usage_block() + [""] + lic.trust_block()), ("show license summary", lic.summary())))
    c.expect("edge-tromso", must=["slp-controller-managed"], may=["slp-no-evaluation-mode"], must_not=["sl-evaluation", "slp-trust-not-established", "slp-cslu-default-not-configured", "slp-path-blocked", "sl-registration-failed"])


@case("unseen-after-write-erase", healthy=True)
def _(c):
    c.story = "A switch that was wiped and set up again last week: no acknowledgement is shown, `Write Erase Occurred: True`. The exchange with CSLU works."
    c.sources = [("expected after write erase", "S4"), ("field", "P14")]
    c.made = "all values."
    d, box, plant = setup(c, "sw-lab-77", "C9300-24T", "17.9.3", net="10.125")
    now = when("2023-09-20 10:00:00.100")
    lic = License(box, "cslu", cslu="http://10.125.7.80:8182/cslu/v1/pi", deadline=when("2023-12-12 10:00:00"), pushed=when("2023-09-19 04:00:01"), next_push=when("2023-10-19 04:00:01"), rum=(2, 0, 0, 2, 0, 2))
    tech = [x.replace("Write Erase Occurred: False", "Write Erase Occurred: True") for x in lic.tech(now, {"Usage Reporting": (1, 1, 0, 0, 0, "OK_POLL", when("2023-09-19 04:00:01"), "<none>", when("2023-09-19 04:00:01"), None)})]
    c.add("input/sw-lab-77.txt", prompt("sw-lab-77#", ("show clock", box.clock(now)), ("show version", brief_version(box, now)), ("show license tech support", tech)))
    c.expect("sw-lab-77", must=["slp-write-erase-clears-ack"], must_not=["slp-cslu-default-not-configured", "slp-cslu-unreachable", "slp-report-overdue", "slp-path-blocked", "slp-rum-accumulating"])
    c.at("slp-write-erase-clears-ack", "sw-lab-77.txt", "Write Erase Occurred: True")


@case("unseen-factory-reset-pending")
def _(c):
    c.story = "The last lines of a console log: `license smart factory reset` was given, the device asks for a reload, the operator closed the window."
    c.sources = [("warning and need of a reload", "S3, S4")]
    c.made = "other lines."
    d, box, plant = setup(c, "sw-graz-5", "C9300-24T", "17.6.2", net="10.126")
    now = when("2022-10-05 10:00:00.100")
    out = prompt("sw-graz-5#", ("show clock", box.clock(now)), ("show version", box.show_version(now)), ("terminal monitor", []))[:-1] + device_lines(mixed(plant, now, now + 20 * MINUTE, 14), zone="UTC")
    out += ["sw-graz-5#license smart factory reset", '%Warning: reload required after "license smart factory reset" command', "sw-graz-5#", "sw-graz-5#exit", ""]
    c.add("input/console.txt", out)
    c.expect("sw-graz-5", top="slp-factory-reset-needs-reload", must_not=["slp-path-blocked", "slp-comm-flapping-cscwa11048", "slp-cslu-default-not-configured"])
    c.at("slp-factory-reset-needs-reload", "console.txt", "reload required after")


@case("unseen-callhome-looks-around", healthy=True)
def _(c):
    c.story = "Accounting shows commands that nobody typed, once a month at the same minute, and traps about the configuration. Call Home takes its inventory; reporting works."
    c.sources = [("Call Home runs show commands", "S4")]
    c.made = "all values."
    d, box, plant = setup(c, "sw-namibe-1", "C9300-24T", "17.9.4a", net="10.127")
    now = when("2024-03-01 10:00:00.100")
    lic = License(box, "callhome", account=("corp.example", "AO", when("2024-02-20 04:00:00")), ack=when("2024-02-20 04:05:31"), deadline=when("2024-05-20 04:05:31"), pushed=when("2024-02-20 04:00:01"), next_push=when("2024-03-21 04:00:01"), trust=when("2023-03-02 10:11:12"), rum=(20, 0, 18, 0, 2, 2))
    taken = [(when("2024-03-01 09:15:00") + timedelta(seconds=3 * n), f"%HA_EM-6-LOG: cli_acct: vty0 user=unknown cmd=show {what}") for n, what in enumerate(("version", "running-config all", "memory statistics", "processes cpu", "crypto pki certificates", "inventory"))]
    c.add("input/sw-namibe-1.txt", prompt("sw-namibe-1#", ("show clock", box.clock(now)), ("show version", brief_version(box, now)), ("show run | inc snmp-server enable|call-home|license", ["service call-home", "snmp-server enable traps config", "license smart url " + DDCE, "license smart transport callhome"]), ("show license status", lic.status()),
                                          ("show logging", quiet_log(plant, now, box, taken))))
    c.expect("sw-namibe-1", must=["slp-trust-established"], may=["callhome-runs-show-commands"], must_not=["callhome-profile-not-reporting", "callhome-send-failed", "slp-path-blocked", "slp-report-overdue"])
