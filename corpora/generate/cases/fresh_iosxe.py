"""Switches and routers of IOS-XE: a second set of cases kept apart from tuning."""
from datetime import timedelta

from case import case
from cases.unseen_parts import DAY, HOUR, MINUTE, brief_version, curly, mail, no_reply, paged, prompt, quoted, spread, stats_only, usage_only
from dice import Dice
from iosxe_license import License, classic_status, date
from iosxe_log import CALL_HOME_HTTP, CSLU, CSSM, SCH_FAILED, TRUST_DONE, UNRESOLVED, Plant, comm_failed, comm_restored, device_lines, mixed, relay3164, relay5424, show_logging, sl_message_failed, stamp, when, wrapped
from iosxe_show import Box, section

NO_DETAIL = comm_failed("No detail given")
REFUSED = ["                       ^", "% Invalid input detected at '^' marker.", ""]


def told(text):
    return text.strip("\n").split("\n")


def box(c, host, pid, version, code="FOC", zone="UTC", net="10.44", **more):
    d = Dice(c.name + host)
    b = Box(host, pid, d.serial(code), version, zone=zone, **more)
    return d, b, Plant(d, net, kind="wlc" if pid.startswith("C98") else "router" if pid.startswith("ISR") else "switch")


def logged(b, plant, now, planted, count=24, days=3, **style):
    return device_lines(mixed(plant, now - days * DAY, now, count, planted), zone=b.zone, **style)


@case("fresh-sw-narrow-window-218", split="held-out")
def _(c):
    c.story = "A log buffer pasted from a window of 72 columns, cut inside words. No version, no year. Call Home cannot resolve tools.cisco.com."
    c.sources = [("ERR 218", "S4"), ("cut inside words", "clarification 10")]
    c.made = "all other lines."
    d, b, p = box(c, "sw-elm-04", "C9300-48P", "17.6.5")
    now = when("2024-05-14 08:00:00")
    planted = spread("2024-05-12 01:00:00", 9 * HOUR, 6, sl_message_failed(218), CALL_HOME_HTTP)
    lines = logged(b, p, now, planted, 26, seq=4410)
    c.add("input/paste.txt", ["sw-elm-04#show logging | begin May 11"] + wrapped(lines, 72) + ["sw-elm-04#"])
    c.expect("sw-elm-04", top="dns-name-unresolved", must=["callhome-send-failed"], must_not=["iosxe-quovadis-fn72323", "callhome-err-207-timeout", "callhome-err-205-aborted", "slp-cslu-default-not-configured"])
    c.at("dns-name-unresolved", "paste.txt", "%CALL_HOME-5-SL_MESSAGE_FAILED")


def timeout_207(c, host, version):
    c.sources = [("ERR 207 is in the notice as well", "S4, P1"), ("ranking", "part F"), ("fixed in 17.3.4", "versions.md")]
    c.made = "host, other lines."
    d, b, p = box(c, host, "C9300-24T", version, zone="CEST")
    now = when("2022-06-15 11:12:13.400")
    lic = License(b, "callhome", ack=when("2021-12-20 03:00:11"), deadline=when("2022-09-20 03:00:11"), trust=when("2021-06-20 03:00:11"), account=("birkenau-werke.example", "Campus", when("2021-12-20 03:00:11")), rum=(40, 0, 20, 4, 14, 2))
    planted = spread("2022-06-13 01:00:00", 11 * HOUR, 5, sl_message_failed(207), CALL_HOME_HTTP)
    c.add(f"input/{host}.log", prompt(host + "#", ("show clock", b.clock(now)), ("show version", brief_version(b, now)), ("show running-config", b.running(now, p, smart=("license smart transport callhome",), ports=4)),
                                      ("show license status", lic.status()), ("show logging", show_logging(logged(b, p, now, planted, 20)))))
    c.at("callhome-err-207-timeout", f"{host}.log", "ERR 207")


@case("fresh-sw-207-on-17-3-3", split="held-out")
def _(c):
    c.story = "17.3.3 in June 2022: time-outs towards tools.cisco.com, source interface set. The field notice covers this."
    timeout_207(c, "acc-hazel-1", "17.3.3")
    c.expect("acc-hazel-1", top="iosxe-quovadis-fn72323", must=["callhome-err-207-timeout", "callhome-send-failed"], must_not=["slp-http-client-not-configured", "dns-name-unresolved", "slp-tls-interception", "callhome-profile-not-reporting"])


@case("fresh-sw-207-on-17-3-4", split="held-out")
def _(c):
    c.story = "17.3.4, one release later, the same log: the root is there, so this is the path."
    timeout_207(c, "acc-hazel-2", "17.3.4")
    c.expect("acc-hazel-2", top="callhome-err-207-timeout", must=["callhome-send-failed"], may=["slp-path-blocked"], must_not=["iosxe-quovadis-fn72323", "slp-http-client-not-configured", "dns-name-unresolved", "callhome-profile-not-reporting"])


@case("fresh-sw-205-autumn-2021", split="held-out")
def _(c):
    c.story = "17.3.2a, ERR 205 in October 2021: the server had not changed its certificate yet, so the old trust pool cannot be the reason."
    c.sources = [("tools.cisco.com changed on 2022-02-05", "P1"), ("date matters", "rule 1")]
    c.made = "host, other lines."
    d, b, p = box(c, "acc-rowan-3", "C9200L-24P-4G", "17.3.2a", net="10.45")
    now = when("2021-10-20 09:10:11.020")
    planted = spread("2021-10-18 01:00:00", 9 * HOUR, 5, sl_message_failed(205), CALL_HOME_HTTP)
    c.add("input/acc-rowan-3.txt", prompt("acc-rowan-3#", ("sh clock", b.clock(now)), ("sh ver | i Version|uptime|Licensing", brief_version(b, now)), ("sh log", show_logging(logged(b, p, now, planted, 22, year=True)))), eol="\r\n")
    c.expect("acc-rowan-3", top="callhome-err-205-aborted", must=["callhome-send-failed"], may=["slp-tls-interception", "tcp-reset-after-client-hello"], must_not=["iosxe-quovadis-fn72323", "dns-name-unresolved", "callhome-err-207-timeout"])
    c.at("callhome-err-205-aborted", "acc-rowan-3.txt", "ERR 205")


@case("fresh-ess-on-17-5-1a", split="held-out")
def _(c):
    c.story = "An embedded ESS-3300 on 17.5.1a: for this platform the notice of its own lists the release as affected, though a Catalyst 9000 would be safe with it."
    c.sources = [("own notice of IE3x00 and ESS3x00, fix 17.6.1", "P17"), ("use the row of the platform", "versions.md 2.5")]
    c.made = "all lines; software name of the image."
    out = told("""
rail-ess-12#show version
Cisco IOS XE Software, Version 17.05.01a
Cisco IOS Software [Bengaluru], ESS-3x00 Switch Software (ESS3x00-UNIVERSALK9-M), Version 17.5.1a, RELEASE SOFTWARE (fc3)
Technical Support: http://www.cisco.com/techsupport
rail-ess-12 uptime is 41 weeks, 2 days, 3 hours, 10 minutes
System image file is "flash:packages.conf"
Smart Licensing Status: Smart Licensing Using Policy
cisco ESS-3300-NCP-E (ARM64) processor (revision V01) with 622144K/6147K bytes of memory.
Processor board ID FOC2431ESS2
rail-ess-12#show license status | section Transport
Transport:
  Type: Callhome
rail-ess-12#show run | include source-interface|name-server
ip name-server 10.46.0.53
ip http client source-interface Vlan7
rail-ess-12#show clock
14:02:33.871 UTC Tue Sep 12 2023
rail-ess-12#show logging | include LIC|HOME
Sep  9 02:10:01.114: %CALL_HOME-5-SL_MESSAGE_FAILED: Fail to send out Smart Licensing message to: https://tools.cisco.com/its/service/oddce/services/DDCEService (ERR 205 : Request Aborted)
Sep  9 02:10:02.230: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Fail to send out Call Home HTTP message.
Sep 10 02:11:07.518: %CALL_HOME-5-SL_MESSAGE_FAILED: Fail to send out Smart Licensing message to: https://tools.cisco.com/its/service/oddce/services/DDCEService (ERR 205 : Request Aborted)
Sep 10 02:11:08.640: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Fail to send out Call Home HTTP message.
Sep 12 02:12:17.002: %CALL_HOME-5-SL_MESSAGE_FAILED: Fail to send out Smart Licensing message to: https://tools.cisco.com/its/service/oddce/services/DDCEService (ERR 205 : Request Aborted)
rail-ess-12#
""")
    c.add("input/rail-ess-12.txt", out)
    c.expect("rail-ess-12", top="iosxe-quovadis-fn72323", must=["callhome-err-205-aborted", "callhome-send-failed"], may=["slp-tls-interception"], must_not=["dns-name-unresolved", "callhome-err-207-timeout", "slp-http-client-not-configured"])
    c.at("callhome-err-205-aborted", "rail-ess-12.txt", "ERR 205")


def source_interface(c, host, whole):
    c.sources = [("source interface is the first thing to check on ERR 207", "S4"), ("absence only in a section seen whole", "formats.md 2")]
    c.made = "host, other lines."
    d, b, p = box(c, host, "C9500-24Y4C", "17.9.4a", net="10.47")
    now = when("2024-02-08 16:00:00.700")
    conf = b.running(now, p, smart=("license smart transport callhome",), http_source=None, ports=4)
    if not whole:
        conf = [x for x in conf if any(k in x for k in ("license smart", "name-server", "call-home", "  active", "hostname"))]
    planted = spread("2024-02-06 01:00:00", 9 * HOUR, 6, sl_message_failed(207), CALL_HOME_HTTP)
    c.add(f"input/{host}.txt", paged(prompt(host + "#", ("show clock", b.clock(now)), ("show version", brief_version(b, now)), ("show running-config" if whole else "show running-config | include license|name-server|call-home|active|hostname", conf), ("show logging", show_logging(logged(b, p, now, planted, 14)))), 24))
    c.at("callhome-err-207-timeout", f"{host}.txt", "ERR 207")


@case("fresh-sw-no-source-interface", split="held-out")
def _(c):
    c.story = "17.9.4a with time-outs of Call Home; the whole running configuration has no `ip http client source-interface`. A paged console log."
    source_interface(c, "core-alder-1", True)
    c.expect("core-alder-1", top="slp-http-client-not-configured", must=["callhome-err-207-timeout", "callhome-send-failed"], may=["slp-path-blocked"], must_not=["iosxe-quovadis-fn72323", "dns-name-unresolved", "tls-client-cert-rejected"])


@case("fresh-sw-source-interface-unseen", split="held-out")
def _(c):
    c.story = "The neighbour with the same log; its configuration was shown through a filter that would not have let the line pass. Nothing can be said of it."
    source_interface(c, "core-alder-2", False)
    c.expect("core-alder-2", top="callhome-err-207-timeout", must=["callhome-send-failed"], may=["slp-path-blocked"], must_not=["slp-http-client-not-configured", "iosxe-quovadis-fn72323", "dns-name-unresolved"])


@case("fresh-sw-callhome-says-disabled")
def _(c):
    c.story = "Transport callhome, but the profile is inactive; the agent prints why it cannot send."
    c.sources = [("text of the disabled transport", "P23"), ("show call-home labels", "P14")]
    c.made = "host, other lines."
    c.add("input/console.txt", told("""
dist-birch-1#show version | include IOS XE|uptime
Cisco IOS XE Software, Version 17.12.03
dist-birch-1 uptime is 9 weeks, 1 day, 2 hours, 44 minutes
dist-birch-1#license smart sync all
dist-birch-1#
Jun 18 08:31:10.404 CEST: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : The action failed because smart license transport is disabled in call-home. Please retry after manually enabling smart license transport with command "reporting smart-licensing-data" under the profile you want to send out Smart Licensing data, and also make sure the profile is active.
dist-birch-1#show call-home profile all

Profile Name: CiscoTAC-1
    Profile status: INACTIVE
    Profile mode: Full Reporting
    Reporting Data: Smart Call Home, Smart Licensing
    Preferred Message Format: xml
    Message Size Limit: 3145728 Bytes
    Transport Method: http
    HTTP  address(es): https://tools.cisco.com/its/service/oddce/services/DDCEService
    Other address(es): default

dist-birch-1#show call-home
Current call home settings:
    call home feature : enable
    call home message's from address: Not yet set up
    call home message's reply-to address: Not yet set up

    contact person's email address: sch-smart-licensing@cisco.com (default)

    source interface: Not yet set up
    http proxy: Not yet set up
    Smart licensing messages: enabled

    Profile: CiscoTAC-1 (status: INACTIVE)

dist-birch-1#show license status | begin Transport
Transport:
  Type: Callhome

dist-birch-1#
"""))
    c.expect("dist-birch-1", top="callhome-profile-not-reporting", may=["callhome-send-failed"], must_not=["iosxe-quovadis-fn72323", "slp-path-blocked", "dns-name-unresolved", "callhome-err-207-timeout"])
    c.at("callhome-profile-not-reporting", "console.txt", "smart license transport is disabled")


@case("fresh-sw-out-of-the-box", split="held-out")
def _(c):
    c.story = "A router taken into service last week, nothing configured for licensing: it looks for cslu-local every few hours and has never spoken with anybody."
    c.sources = [("cslu is the default", "S4"), ("decisive with the message and no exchange ever", "clarification 1")]
    c.made = "host, other lines."
    d, b, p = box(c, "cpe-0417", "ISR4331/K9", "17.9.3", code="FDO", licences=("network-advantage",))
    now = when("2024-03-19 10:00:00.500")
    lic = License(b, "cslu", deadline=when("2025-03-11 08:00:00"), rum=(6, 0, 0, 0, 5, 1))
    planted = spread("2024-03-16 11:00:00", 8 * HOUR, 8, comm_failed(UNRESOLVED, CSLU))
    c.add("input/cpe-0417_show-tech-license.txt", section("show clock", b.clock(now)) + section("show version", brief_version(b, now)) + section("show license all", lic.all()) + section("show logging", show_logging(logged(b, p, now, planted, 18))), bom=b"\xef\xbb\xbf")
    c.expect("cpe-0417", top="slp-cslu-default-not-configured", must_not=["dns-name-unresolved", "slp-cslu-unreachable", "slp-path-blocked", "slp-trust-not-established", "slp-report-overdue"])
    c.at("slp-cslu-default-not-configured", "cpe-0417_show-tech-license.txt", "(CSLU) : Unable")


@case("fresh-sw-cslu-host-timeout", split="held-out")
def _(c):
    c.story = "CSLU is configured by address; since the server was patched every attempt times out."
    c.sources = [("reason other than name resolution", "signatures, slp-cslu-unreachable"), ("port 8182", "S3, S4")]
    c.made = "host, reason text, other lines."
    d, b, p = box(c, "acc-cedar-9", "C9300-48UXM", "17.9.5", net="10.49")
    now = when("2024-06-03 07:00:00.100")
    lic = License(b, "cslu", "http://10.49.5.80:8182/cslu/v1/pi", ack=when("2024-03-02 04:11:00"), deadline=when("2024-08-30 04:11:00"), pushed=when("2024-05-02 04:10:00"), next_push=when("2024-06-03 08:00:00"), rum=(90, 20, 60, 3, 25, 2), policy=("CISCO default", when("2024-03-02 04:11:00")))
    planted = spread("2024-05-31 11:00:00", 8 * HOUR, 8, comm_failed("Connection timed out", CSLU))
    c.add("input/acc-cedar-9.txt", prompt("acc-cedar-9#", ("show clock", b.clock(now)), ("show version", brief_version(b, now)), ("show license all", lic.all()), ("show logging", show_logging(logged(b, p, now, planted, 16)))))
    c.expect("acc-cedar-9", top="slp-cslu-unreachable", may=["slp-path-blocked"], must_not=["slp-cslu-default-not-configured", "dns-name-unresolved", "slp-trust-not-established", "slp-report-overdue", "iosxe-quovadis-fn72323"])
    c.at("slp-cslu-unreachable", "acc-cedar-9.txt", "(CSLU) : Connection timed out")


@case("fresh-sw-cslu-came-back", split="held-out", healthy=True)
def _(c):
    c.story = "Default transport, no address, CSLU found by its DNS name: one lost contact over a maintenance night, restored, reports acknowledged."
    c.sources = [("discovery by DNS is a complete setup", "S4, clarification 1"), ("COMM_RESTORED ends it", "rule 4")]
    c.made = "host, other lines."
    d, b, p = box(c, "acc-cedar-3", "C9200-48P", "17.6.6", net="10.49")
    now = when("2024-06-03 07:20:00.100")
    lic = License(b, "cslu", ack=when("2024-06-02 04:11:00"), deadline=when("2024-08-31 04:11:00"), pushed=when("2024-06-02 04:10:00"), next_push=when("2024-07-02 04:10:00"), rum=(90, 60, 85, 0, 3, 2))
    planted = [(when("2024-06-01 22:01:00"), comm_failed(UNRESOLVED, CSLU)), (when("2024-06-02 04:09:12"), comm_restored(CSLU))]
    c.add("input/acc-cedar-3.txt", prompt("acc-cedar-3#", ("show clock", b.clock(now)), ("show version", brief_version(b, now)), ("show license all", lic.all()), ("show logging", show_logging(logged(b, p, now, planted, 16)))))
    c.expect("acc-cedar-3", may=["comm-fail-restore-pairs"], must_not=["slp-cslu-default-not-configured", "dns-name-unresolved", "slp-cslu-unreachable", "slp-trust-not-established"])


def polling(c, host, over):
    c.sources = [("Invalid Polling Id with INVALID STATUS CODE", "S4"), ("fixed in 17.6.3", "S4"), ("Overall=0 is history", "clarification 21")]
    c.made = "host, counts, other lines."
    d, b, p = box(c, host, "C9407R", "17.6.1", net="10.50")
    now = when("2022-01-18 12:00:00")
    lic = License(b, "smart", trust=when("2021-10-01 10:00:00"), ack=when("2022-01-17 03:00:40") if over else when("2021-11-02 03:00:40"), deadline=when("2022-04-17 03:00:40"), pushed=when("2022-01-17 03:00:00"), next_push=when("2022-02-16 03:00:00"), account=("ulmenhof.example", "LAN", when("2022-01-17 03:00:40")), rum=(88, 20, 60, 4, 20, 4))
    ok, bad = when("2022-01-17 03:00:40"), when("2021-12-28 09:44:10")
    kinds = {"Trust Establishment": (1, 1, 0, 0, 0, "OK", when("2021-10-01 10:00:00"), "<none>", when("2021-10-01 10:00:00"), None),
             "Usage Reporting": (60, 60, 0, 0, 0, "OK_POLL", when("2022-01-17 03:00:00"), "<none>", when("2022-01-17 03:00:00"), None)}
    if over:
        kinds["Result Polling"] = (1204, 893, 311, 0, 0, "OK", ok, "<none>", ok, bad)
    else:
        kinds["Result Polling"] = (1204, 893, 311, 3, 0, "INVALID STATUS CODE", now - 20 * MINUTE, "Invalid Polling Id 3341908127 provided in the polling request", when("2022-01-17 22:00:00"), now - 20 * MINUTE)
    c.add(f"input/{host}-lic.txt", prompt(host + "#", ("show version", brief_version(b, now)), ("show license tech-support", lic.tech(now, kinds))))
    return f"{host}-lic.txt"


@case("fresh-sw-polling-refused", split="held-out")
def _(c):
    c.story = "17.6.1: result polling is refused with `Invalid Polling Id`, three times in a row, no lack of communication. No log."
    f = polling(c, "bld-oak-7", False)
    c.expect("bld-oak-7", top="slp-comm-flapping-cscwa11048", may=["slp-trust-established", "slp-rum-accumulating"], must_not=["comm-unstable-path", "slp-path-blocked", "slp-instance-unknown-to-cssm", "iosxe-quovadis-fn72323", "rum-high-cpu-fn72578"])
    c.at("slp-comm-flapping-cscwa11048", f, "Invalid Polling Id")


@case("fresh-sw-polling-long-over", split="held-out", healthy=True)
def _(c):
    c.story = "The same counts on its twin, yet nothing goes on failing: the last answer was OK and an acknowledgement came yesterday."
    polling(c, "bld-oak-8", True)
    c.expect("bld-oak-8", may=["slp-trust-established"], must_not=["slp-comm-flapping-cscwa11048", "comm-unstable-path", "slp-path-blocked", "slp-rum-accumulating"])


@case("fresh-sw-cpu-17-4-1")
def _(c):
    c.story = "17.4.1 with SAGetRUMIds at the top of the processor list, 940 reports, and no reply from CSSM for weeks."
    c.sources = [("processes and counts", "S4, P2"), ("17.4.1 is in the list", "P2"), ("the communication cause comes with it", "part F, P2")]
    c.made = "host, numbers, other lines."
    d, b, p = box(c, "acc-yew-2", "C9300-24UX", "17.4.1", net="10.51")
    now = when("2022-09-27 05:00:00")
    lic = License(b, "smart", trust=when("2021-05-04 10:00:00"), ack=when("2021-08-02 10:00:00"), deadline=when("2021-11-02 10:00:00"), pushed=when("2022-09-01 10:00:00"), rum=(940, 12, 30, 610, 280, 4))
    cpu = b.processes_cpu(d, "97%/3%; one minute: 96%; five minutes: 96%", [(611, 904274903, 81371979, 66.12, 65.90, 66.01, "SAGetRUMIds"), (142, 60479125, 46121298, 22.40, 21.90, 22.10, "SAUtilRepSave")], rows=14)
    stats = stats_only(lic, now, no_reply("Usage Reporting", 212, when("2022-09-27 04:40:00"), when("2021-08-02 10:00:00"), 9))
    c.add("input/acc-yew-2.txt", prompt("acc-yew-2#", ("show clock", b.clock(now)), ("show version", brief_version(b, now)), ("show processes cpu sorted | exclude 0.00", cpu), ("show license all", lic.all()), ("show license tech support | section Communication Statistics", stats)), eol="\r\n")
    c.expect("acc-yew-2", top="rum-high-cpu-fn72578", must=["slp-rum-accumulating"], may=["slp-path-blocked", "slp-report-overdue", "slp-trust-established", "rum-memory-leak-fn72578"], must_not=["slp-comm-flapping-cscwa11048", "iosxe-quovadis-fn72323", "slp-next-ack-deadline-cscvy20345"])
    c.at("rum-high-cpu-fn72578", "acc-yew-2.txt", "SAGetRUMIds")
    c.at("slp-rum-accumulating", "acc-yew-2.txt", "Waiting for Ack: 610")


@case("fresh-sw-malloclite-17-9-5", split="held-out", healthy=True)
def _(c):
    c.story = "*MallocLite* is the largest holder and grew between two looks, on 17.9.5: a fixed release with few reports, all acknowledged. Some other feature holds that memory."
    c.sources = [("fixed from 17.9.1", "S4, P2"), ("holds memory of many features", "signatures, rum-memory-leak-fn72578")]
    c.made = "host, numbers, other lines."
    d, b, p = box(c, "dist-larch-1", "C9500-40X", "17.9.5", net="10.52")
    now = when("2024-07-10 10:00:00")
    lic = License(b, "smart", trust=when("2024-01-04 10:00:00"), ack=when("2024-07-02 10:00:00"), deadline=when("2024-09-30 10:00:00"), pushed=when("2024-07-02 09:55:00"), next_push=when("2024-08-01 09:55:00"), rum=(60, 40, 55, 0, 3, 2))
    mem = lambda hold: b.processes_memory(d, 1459822876, hold + 330000000, [(0, 0, 0, hold, "*MallocLite*"), (0, 335560736, 76485816, 238693656, "*Init*")], rows=10)
    c.add("input/dist-larch-1.txt", prompt("dist-larch-1#", ("show version", brief_version(b, now)), ("show clock", b.clock(now)), ("show processes memory sorted", mem(402118004)), ("show clock", b.clock(now + 6 * HOUR)), ("show processes memory sorted", mem(471903120)), ("show license all", lic.all())))
    c.expect("dist-larch-1", must=["slp-trust-established"], must_not=["rum-memory-leak-fn72578", "rum-high-cpu-fn72578", "slp-rum-accumulating", "slp-report-overdue"])


def perpetual(c, host, ack):
    c.sources = [("one report is enough for perpetual licences; the date has no effect", "S4"), ("ruled out without an ACK", "signatures, slp-next-ack-deadline-cscvy20345"), ("deadline in the past", "part F")]
    c.made = "host, times."
    d, b, p = box(c, host, "C9300-24P", "17.9.2", licences=("network-advantage",), net="10.53")
    now = when("2024-01-22 09:00:00")
    lic = License(b, "smart", trust=when("2022-11-04 10:00:00") if ack else when("2022-11-04 10:00:00"), ack=ack, deadline=when("2023-12-30 10:00:00"), pushed=when("2022-11-04 10:05:00") if ack else None, next_push=None, rum=(22, 0, 8 if ack else 0, 0, 12, 2))
    c.add(f"input/{host}.txt", prompt(host + "#", ("show clock", b.clock(now)), ("show version", brief_version(b, now)), ("show license all", lic.all())), encoding="utf-16-le", bom=b"\xff\xfe", eol="\r\n")
    return f"{host}.txt"


@case("fresh-sw-deadline-of-a-perpetual", split="held-out")
def _(c):
    c.story = "17.9.2, only a perpetual licence, acknowledged once in 2022; the date of the next deadline is past and means nothing. UTF-16."
    f = perpetual(c, "acc-ash-11", when("2022-11-05 10:00:00"))
    c.expect("acc-ash-11", top="slp-next-ack-deadline-cscvy20345", may=["slp-trust-established"], must_not=["slp-report-overdue", "slp-path-blocked", "slp-trust-not-established", "slp-rum-accumulating"])
    c.at("slp-next-ack-deadline-cscvy20345", f, "Next ACK deadline")


@case("fresh-sw-deadline-never-acknowledged", split="held-out")
def _(c):
    c.story = "Its twin has never had an acknowledgement: the first report of a perpetual licence is due within 365 days, and that time is over."
    f = perpetual(c, "acc-ash-12", None)
    c.expect("acc-ash-12", top="slp-report-overdue", may=["slp-trust-established", "slp-write-erase-clears-ack"], must_not=["slp-next-ack-deadline-cscvy20345", "slp-path-blocked", "slp-trust-not-established", "slp-rum-accumulating"])
    c.at("slp-report-overdue", f, "Next ACK deadline")


@case("fresh-stack-two-of-four", split="held-out")
def _(c):
    c.story = "Four units, the token was created with two uses: `all force` was typed, two units carry a trust code."
    c.sources = [("uses must match the members", "S4"), ("the command line decides", "clarification 7")]
    c.made = "host, serial numbers, console log."
    c.add("input/stack.txt", told("""
stk-maple#show version | include IOS XE|uptime
Cisco IOS XE Software, Version 17.06.05
stk-maple uptime is 3 days, 21 hours, 2 minutes
stk-maple#license smart trust idtoken YjFkM2Q0OTEtMGQ2OS00 all force
stk-maple#show license tech support | section Trust Establishment|No Trust|Trust Data
Trust Establishment:
  Attempts: Total=4, Success=2, Fail=2  Ongoing Failure: Overall=2 Communication=0
  Last Response: INVALID STATUS CODE on May 21 13:20:11 2024 UTC
    Failure Reason: {"token":["The token 'YjFkM2Q0OTEtMGQ2OS00' is not valid."]}
  Last Success Time: May 21 13:19:58 2024 UTC
  Last Failure Time: May 21 13:20:11 2024 UTC
P:C9300-24P,S:FOC2501MPL1: state[2], Trust Data INSTALLED  TrustId:771
P:C9300-24P,S:FOC2501MPL2: state[2], Trust Data INSTALLED  TrustId:772
P:C9300-24P,S:FOC2501MPL3: No Trust Data
P:C9300-24P,S:FOC2501MPL4: No Trust Data
stk-maple#show license status | begin Transport
Transport:
  Type: Smart
  URL: https://smartreceiver.cisco.com/licservice/license
  Proxy:
    Not Configured
  VRF: <empty>

Usage Reporting:
  Last ACK received: <none>
  Next ACK deadline: Aug 19 13:00:00 2024 UTC
  Reporting push interval: 30  days
  Next ACK push check: <none>
  Next report push: May 21 14:20:11 2024 UTC
  Last report push: <none>
  Last report file write: <none>

Trust Code Installed:
  Active: PID:C9300-24P,SN:FOC2501MPL1
    INSTALLED on May 21 13:19:57 2024 UTC
  Standby: PID:C9300-24P,SN:FOC2501MPL2
    INSTALLED on May 21 13:19:57 2024 UTC

stk-maple#show license udi
UDI: PID:C9300-24P,SN:FOC2501MPL1

HA UDI List:
    Active:PID:C9300-24P,SN:FOC2501MPL1
    Standby:PID:C9300-24P,SN:FOC2501MPL2
    Member:PID:C9300-24P,SN:FOC2501MPL3
    Member:PID:C9300-24P,SN:FOC2501MPL4

stk-maple#
"""))
    c.expect("stk-maple", top="token-uses-too-few", may=["token-not-valid", "slp-trust-not-established", "slp-trust-established"], must_not=["slp-trust-keyword-local-on-stack", "slp-path-blocked", "slp-instance-unknown-to-cssm", "clock-skew"])
    c.at("token-uses-too-few", "stack.txt", "No Trust Data")


@case("fresh-sw-nobody-brought-a-token", split="held-out")
def _(c):
    c.story = "Transport smart is set, DNS and source interface as well; nobody has ever entered a token."
    c.sources = [("no trust with transport Smart", "P14, S3")]
    c.made = "host, times."
    d, b, p = box(c, "acc-pine-5", "C9300-48P", "17.9.4", net="10.55")
    now = when("2024-02-20 09:00:00")
    lic = License(b, "smart", deadline=when("2024-05-10 08:00:00"), next_push=when("2024-02-20 10:00:00"), rum=(10, 0, 0, 0, 8, 2))
    c.add("input/acc-pine-5.txt", prompt("acc-pine-5#", ("show clock", b.clock(now)), ("show version", brief_version(b, now)), ("show running-config", b.running(now, p, ports=3)), ("show license tech support", lic.tech(now, overall="Insufficient trust for direct communication"))))
    c.expect("acc-pine-5", top="slp-trust-not-established", must_not=["token-not-valid", "slp-path-blocked", "dns-name-unresolved", "slp-cslu-default-not-configured", "slp-http-client-not-configured", "clock-skew"])
    c.at("slp-trust-not-established", "acc-pine-5.txt", "Insufficient trust for direct communication")


@case("fresh-sw-told-to-register-again", split="held-out")
def _(c):
    c.story = "A mail with one failure reason in curly quotes: the identity of the instance is no longer valid. No version."
    c.sources = [("text", "P14"), ("path works", "clarification 22")]
    c.made = "mail, host, times."
    body = told("""
Hi,

since the clean-up in CSSM last Thursday our switch lib-sw-20 is missing there. This is what it says:

lib-sw-20#sh lic tech sup | s Usage Reporting
Usage Reporting:
  Attempts: Total=31, Success=24, Fail=7  Ongoing Failure: Overall=7 Communication=0
  Last Response: INVALID STATUS CODE on Apr 16 06:14:02 2024 CEST
    Failure Reason: {"product_instance_identifier":["The identity for the instance 5a0c66d1-9a41-4c1b-93d1-20d0f0c1f6aa is not valid.Please re-register the instance."]}
  Last Success Time: Apr 11 06:12:44 2024 CEST
  Last Failure Time: Apr 16 06:14:02 2024 CEST

Thanks
Lena
""")
    c.add("input/mail.txt", mail("Lena Voss <l.voss@bibliothek.example>", "Tue, 16 Apr 2024 08:40:00 +0200", "lib-sw-20 lost in CSSM", [curly(x) if "Failure Reason" in x else x for x in body]))
    c.expect("lib-sw-20", top="slp-instance-unknown-to-cssm", may=["rma-stale-instance"], must_not=["slp-comm-flapping-cscwa11048", "slp-path-blocked", "token-not-valid", "cssm-server-side-error"])
    c.at("slp-instance-unknown-to-cssm", "mail.txt", "Please re-register")


@case("fresh-router-srst-past-deadline", split="held-out")
def _(c):
    c.story = "An SRST router on 17.3.4a whose deadline passed last week: phones lost their fallback. Transport cslu, last acknowledgement in spring."
    c.sources = [("17.3.4a stops voice at the deadline", "P15"), ("deadline in the past", "signatures, slp-report-overdue")]
    c.made = "host, times, configuration."
    d, b, p = box(c, "vg-kehl", "ISR4331/K9", "17.3.4a", code="FDO", net="10.56", licences=("network-advantage", "dna-essentials"))
    now = when("2022-10-11 07:30:00")
    lic = License(b, "cslu", "http://10.56.0.80:8182/cslu/v1/pi", ack=when("2022-04-04 05:00:00"), deadline=when("2022-10-03 05:00:00"), pushed=when("2022-04-04 04:55:00"), rum=(70, 10, 30, 12, 20, 2))
    voice = ["!", "call-manager-fallback", " max-conferences 8 gain -6", " transfer-system full-consult", " ip source-address 10.56.0.1 port 2000", " max-ephones 40", " max-dn 80 dual-line", "!"]
    c.add("input/vg-kehl.txt", prompt("vg-kehl#", ("show clock", b.clock(now)), ("show version", brief_version(b, now)), ("show running-config", b.running(now, p, smart=("license smart transport cslu", "license smart url cslu http://10.56.0.80:8182/cslu/v1/pi"), extra=voice, ports=2)), ("show license all", lic.all())))
    c.expect("vg-kehl", top="slp-ack-deadline-voice-shutdown", must=["slp-report-overdue"], may=["slp-cslu-not-synced-to-cssm", "slp-cslu-unreachable"], must_not=["slp-next-ack-deadline-cscvy20345", "iosxe-quovadis-fn72323", "slp-cslu-default-not-configured", "slp-trust-not-established"])
    c.at("slp-report-overdue", "vg-kehl.txt", "Next ACK deadline")


@case("fresh-router-classic-nothing-but-expired", split="held-out")
def _(c):
    c.story = "16.12.4 in November 2021: the authorization expired, no word of the reason. The server's certificate changed only months later."
    c.sources = [("state without cause", "part F"), ("tools.cisco.com changed on 2022-02-05", "P1")]
    c.made = "host, times."
    d, b, p = box(c, "br-aare-2", "ISR4331/K9", "16.12.4", code="FDO", slp=False)
    now = when("2021-11-16 08:00:00")
    st = classic_status(registered=when("2021-03-02 09:00:00"), renewal=None, next_renewal=when("2021-11-16 08:40:00"), expires=when("2022-03-02 08:55:00"), authorization=("AUTHORIZATION EXPIRED", when("2021-10-29 09:00:00")), last=("FAILED", now - HOUR), next_try=now + 5 * MINUTE, deadline=when("2021-10-29 08:58:00"))
    c.add("input/br-aare-2.txt", prompt("br-aare-2#", ("show clock", b.clock(now)), ("show version", [x.replace("REGISTERED/AUTHORIZED", "REGISTERED/AUTHORIZATION EXPIRED") for x in brief_version(b, now)]), ("show license status", st), ("show logging | include LIC|HOME", REFUSED)))
    c.expect("br-aare-2", top="sl-authorization-expired", may=["callhome-send-failed", "sl-retry-in-progress"], must_not=["iosxe-quovadis-fn72323", "sl-registration-expired", "sl-evaluation", "sl-out-of-compliance", "slp-trust-not-established"])
    c.at("sl-authorization-expired", "br-aare-2.txt", "AUTHORIZATION EXPIRED")


@case("fresh-sw-air-gap-well-kept", split="held-out", healthy=True)
def _(c):
    c.story = "Offline by choice: last acknowledgement three weeks old, a failure of last year's online days still in an old log."
    c.sources = [("transport off rules connectivity out", "S3, S4, part F")]
    c.made = "host, times."
    d, b, p = box(c, "ot-cell-3", "C9300-24T", "17.9.4", net="10.57")
    now = when("2024-03-05 10:00:00")
    lic = License(b, "off", ack=when("2024-02-13 10:00:00"), deadline=when("2024-05-13 10:00:00"), written=when("2024-02-12 10:00:00"), rum=(40, 20, 36, 0, 2, 2))
    c.add("input/ot-cell-3/show-license-all.txt", ["ot-cell-3#show license all"] + lic.all())
    c.add("input/ot-cell-3/show-version.txt", ["ot-cell-3#show version"] + brief_version(b, now))
    c.add("input/ot-cell-3/show-run.txt", ["ot-cell-3#show running-config"] + b.running(now, p, smart=("license smart transport off",), ports=3))
    c.add("input/ot-cell-3/old-flash-log.txt", ["ot-cell-3#more flash:syslog/2023-06.txt"] + device_lines(mixed(p, when("2023-06-01"), when("2023-06-04"), 20, spread("2023-06-01 03:00:00", 12 * HOUR, 5, comm_failed(UNRESOLVED))), zone="UTC", year=True))
    c.expect("ot-cell-3", must=["slp-transport-off"], must_not=["dns-name-unresolved", "slp-path-blocked", "slp-trust-not-established", "slp-report-overdue", "slp-cslu-default-not-configured"])
    c.at("slp-transport-off", "show-run.txt", "license smart transport off")


@case("fresh-sw-trust-and-dead-ping", split="held-out", healthy=True)
def _(c):
    c.story = "All is well: ping fails as it always does, telnet opens, the trust code is installed and the first ACK arrives. It failed once before DNS was set."
    c.sources = [("ping is no test", "S3, S4"), ("messages of success", "S3"), ("restored", "rule 4")]
    c.made = "host, times."
    c.add("input/console-acc-lime.log", told("""
acc-lime-1#terminal monitor
acc-lime-1#
Mar 12 08:01:22.118: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Unable to resolve server hostname/domain name
acc-lime-1#configure terminal
acc-lime-1(config)#ip name-server 10.58.0.53
acc-lime-1(config)#ip http client source-interface Vlan58
acc-lime-1(config)#end
Mar 12 08:03:40.004: %SYS-5-CONFIG_I: Configured from console by lukas on vty1 (10.58.9.9)
acc-lime-1#ping smartreceiver.cisco.com
Type escape sequence to abort.
Sending 5, 100-byte ICMP Echos to 192.133.220.90, timeout is 2 seconds:
.....
Success rate is 0 percent (0/5)
acc-lime-1#telnet smartreceiver.cisco.com 443 /ipv4
Trying smartreceiver.cisco.com (192.133.220.90, 443)... Open

[Connection to smartreceiver.cisco.com closed by foreign host]
acc-lime-1#license smart trust idtoken NWZkMjA4ZjctYTc4 local force
acc-lime-1#
Mar 12 08:06:10.551: %CRYPTO_ENGINE-5-KEY_DELETED: A key named SLA-KeyPair has been removed from key storage
Mar 12 08:06:11.803: %CRYPTO_ENGINE-5-KEY_ADDITION: A key named SLA-KeyPair has been generated or imported
Mar 12 08:06:12.250: %PKI-6-CONFIGAUTOSAVE: Running configuration saved to NVRAM
Mar 12 08:06:14.903: %SMART_LIC-5-COMM_RESTORED: Communications with Cisco Smart Software Manager (CSSM) restored
Mar 12 08:06:14.990: %SMART_LIC-6-TRUST_INSTALL_SUCCESS: A new licensing trust code was successfully installed on P:C9200L-24T-4G,S:JAE25410LIM.
acc-lime-1#show license status | include ACK|Trust|INSTALLED|Type
  Type: Smart
  Reporting ACK required: yes (CISCO default)
  Last ACK received: Mar 12 08:11:40 2024 UTC
  Next ACK deadline: Jun 10 08:11:40 2024 UTC
Trust Code Installed: Mar 12 08:06:14 2024 UTC
acc-lime-1#
"""))
    c.expect("acc-lime-1", must=["slp-trust-established", "slp-ping-fails-expected"], may=["comm-fail-restore-pairs"], must_not=["dns-name-unresolved", "slp-path-blocked", "slp-trust-not-established", "slp-trust-keyword-local-on-stack"])
    c.at("slp-trust-established", "console-acc-lime.log", "TRUST_INSTALL_SUCCESS")
    c.at("slp-ping-fails-expected", "console-acc-lime.log", "0 percent")


@case("fresh-sw-cssm-503", split="held-out")
def _(c):
    c.story = "A switch on 17.9.4: CSSM answers 503 to every report since this morning."
    c.sources = [("HTTP Server Error 5xx without the polling pattern", "signatures, cssm-server-side-error; S4")]
    c.made = "host, times."
    d, b, p = box(c, "acc-fir-8", "C9300-24T", "17.9.4", net="10.59")
    now = when("2024-04-03 11:00:00")
    ev = spread("2024-04-03 06:00:00", 70 * MINUTE, 4, comm_failed("HTTP Server Error 503:Service Unavailable"))
    c.add("input/acc-fir-8.txt", prompt("acc-fir-8#", ("show clock", b.clock(now)), ("show version", brief_version(b, now)), ("show logging", show_logging(logged(b, p, now, ev, 14)))))
    c.expect("acc-fir-8", top="cssm-server-side-error", must_not=["slp-comm-flapping-cscwa11048", "slp-path-blocked", "iosxe-quovadis-fn72323", "dns-name-unresolved", "slp-tls-interception"])
    c.at("cssm-server-side-error", "acc-fir-8.txt", "HTTP Server Error 503")


def trust_failed(c, host, flag, text, synced):
    c.sources = [("reasons: a clock that differs, or a trust code already there", "P9"), ("clock flag", "formats.md 1.1")]
    c.made = "host, times, the end of the failure text."
    d, b, p = box(c, host, "C9300-24UX", "17.6.5", net="10.60")
    now = when("2024-05-07 08:30:00")
    body = f"%SMART_LIC-3-TRUST_CODE_INSTALL_FAILED: The install of a new licensing trust code has failed on P:{b.pid},S:{b.sn}: {text}"
    lines = logged(b, p, now, [(when("2024-05-07 08:11:00"), body), (when("2024-05-07 08:14:30"), body)], 18, days=1, flag=flag)
    c.add(f"input/{host}.log", prompt(host + "#", ("show version", brief_version(b, now)), ("show clock", b.clock(now - (5 * HOUR if flag else 0 * HOUR), flag)), ("show license tech support | include sync-ed", [f"Clock sync-ed with NTP: {synced}"]), ("show logging", show_logging(lines)), ("show ntp status", ["%NTP is not enabled." if flag else "Clock is synchronized, stratum 4, reference is 10.20.5.11"])))
    return f"{host}.log"


@case("fresh-sw-trust-fails-clock", split="held-out")
def _(c):
    c.story = "The trust code cannot be installed: the clock was never set."
    f = trust_failed(c, "acc-elder-1", "*", "time stamp mismatch", "False")
    c.expect("acc-elder-1", top="clock-skew", must=["slp-trust-install-failed"], may=["slp-trust-not-established"], must_not=["token-not-valid", "slp-path-blocked", "slp-instance-unknown-to-cssm", "dns-name-unresolved"])
    c.at("slp-trust-install-failed", f, "TRUST_CODE_INSTALL_FAILED")


@case("fresh-sw-trust-fails-already-there", split="held-out")
def _(c):
    c.story = "Its twin has a good clock; a trust code is there already and `force` was left out."
    f = trust_failed(c, "acc-elder-2", "", "trust code already installed", "True")
    c.expect("acc-elder-2", top="slp-trust-install-failed", may=["slp-trust-not-established"], must_not=["clock-skew", "token-not-valid", "slp-path-blocked", "slp-instance-unknown-to-cssm"])
    c.at("slp-trust-install-failed", f, "TRUST_CODE_INSTALL_FAILED")
