"""Catalyst switches and routers with Smart Licensing Using Policy: cases kept apart from tuning."""
from datetime import timedelta

from archive import zip_of
from case import case
from cases.unseen_parts import DAY, HOUR, MINUTE, brief_version, curly, mail, no_reply, paged, prompt, quoted, spread, stats_only, usage_only
from dice import Dice
from iosxe_license import License, date, history_request, history_response
from iosxe_log import CALL_HOME_HTTP, CSLU, CSSM, DDCE, Plant, SCH_FAILED, UNRESOLVED, comm_failed, comm_restored, device_lines, mixed, relay3164, relay5424, show_logging, sl_message_failed, when, wrapped
from iosxe_show import Box, pki_block, trustpool

BAD_INPUT = ["                ^", "% Invalid input detected at '^' marker.", ""]
CALLHOME_RUN = ["license smart transport callhome", "license smart url " + DDCE]


@case("unseen-sw-never-set-up")
def _(c):
    c.story = ("A console log with typing errors, pages and 80 columns. The switch came out of the box months ago; the transport is the default, no CSLU address was given, and cslu-local does not resolve.")
    c.sources = [("message with (CSLU) and the Transport block", "S4"), ("decisive together", "clarification 1"), ("terminals cut inside words", "clarification 10")]
    c.made = "names, times, other lines."
    d = Dice(c.name)
    box = Box("bx-floor2", "C9200L-24P-4G", d.serial("JPG"), "17.9.4", zone="CET")
    plant, now = Plant(d, "10.101"), when("2024-02-01 08:12:44.812")
    log = device_lines(mixed(plant, when("2024-01-27"), now, 45, spread("2024-01-27 05:10:00", DAY, 5, comm_failed(UNRESOLVED, CSLU))), zone="CET")
    lic = License(box, "cslu", deadline=when("2024-04-11 09:12:44"), next_push=when("2024-02-01 18:41:02"), rum=(6, 0, 0, 0, 6, 2))
    out = prompt("bx-floor2#", ("sh verison", BAD_INPUT), ("sh ver", paged(box.show_version(now)[:52])), ("sh licnese status", BAD_INPUT), ("sh license status", paged(lic.status())), ("sh log", show_logging(wrapped(log))))
    c.add("input/COM3_2024-02-01.log", out, eol="\r\n")
    c.expect("bx-floor2", top="slp-cslu-default-not-configured", must_not=["dns-name-unresolved", "slp-cslu-unreachable", "slp-path-blocked", "iosxe-quovadis-fn72323"])
    c.at("slp-cslu-default-not-configured", "COM3_2024-02-01.log", "Cslu address: <empty>")


@case("unseen-sw-cslu-found-by-dns", healthy=True)
def _(c):
    c.story = "The same empty CSLU address, but here the name cslu-local resolves: reports are acknowledged, one short interruption ended by itself."
    c.sources = [("discovery by DNS is a complete setup", "S4, clarification 1"), ("one pair is noise", "S4")]
    c.made = "names, times, other lines."
    d = Dice(c.name)
    box = Box("bx-floor3", "C9200L-24P-4G", d.serial("JPG"), "17.9.4", zone="CET")
    plant, now = Plant(d, "10.101"), when("2024-02-01 08:22:44.812")
    log = device_lines(mixed(plant, when("2024-01-27"), now, 50, [(when("2024-01-29 03:10:00"), comm_failed("No detail given", CSLU)), (when("2024-01-29 03:24:00"), comm_restored(CSLU))]), zone="CET")
    lic = License(box, "cslu", account=("corp.example", "HQ", when("2024-01-22 04:00:00")), ack=when("2024-01-22 04:05:31"), deadline=when("2024-04-21 04:05:31"), pushed=when("2024-01-22 04:00:01"), next_push=when("2024-02-21 04:00:01"), rum=(40, 0, 36, 0, 4, 2))
    out = prompt("bx-floor3#", ("show clock", box.clock(now)), ("show version", box.show_version(now)[:50]), ("show license status", lic.status()), ("show run | include license|name-server", ["ip name-server 10.101.0.53", "license smart transport cslu"]), ("show logging", show_logging(log)))
    c.add("input/bx-floor3.txt", out)
    c.expect("bx-floor3", may=["comm-fail-restore-pairs"], must_not=["slp-cslu-default-not-configured", "dns-name-unresolved", "slp-cslu-unreachable", "slp-trust-not-established"])


def cslu_case(c, host, reason, address):
    d = Dice(c.name)
    box = Box(host, "C9300-24T", d.serial("FCW"), "17.6.5", zone="EST")
    plant, now = Plant(d, "10.102"), when("2023-12-13 15:00:01.150")
    log = device_lines(mixed(plant, when("2023-12-08"), now, 50, spread("2023-12-08 01:00:00", 8 * HOUR, 15, comm_failed(reason, CSLU))), zone="EST", seq=7120)
    lic = License(box, "cslu", cslu=f"http://{address}:8182/cslu/v1/pi", account=("corp.example", "NA", when("2023-11-10 04:00:00")), ack=when("2023-11-10 04:05:31"), deadline=when("2024-02-08 04:05:31"), pushed=when("2023-11-10 04:00:01"),
                  next_push=when("2023-12-13 16:00:01"), rum=(52, 0, 44, 0, 8, 2))
    out = prompt(host + "#", ("show clock", box.clock(now)), ("show version", box.show_version(now)[:50]), ("show license status", lic.status()), ("show run | inc license smart|http client", [f"ip http client source-interface Vlan102", "license smart url cslu " + lic.cslu, "license smart transport cslu"]),
                 ("show logging", show_logging(log)))
    c.add_tar_gz(f"input/logs.tgz", [("logs/" + host + ".zip", zip_of([(f"{host}.txt", c.text(f"{host}.txt", out))]))])


@case("unseen-sw-cslu-host-down")
def _(c):
    c.story = "CSLU is configured by address and does not answer: three failures a day since its Windows host was patched."
    c.sources = [("COMM_FAILED (CSLU) with a reason other than name resolution", "S3, S4")]
    c.made = "everything but the texts."
    cslu_case(c, "acc-ottawa-1", "Connection timed out", "10.102.7.80")
    c.expect("acc-ottawa-1", top="slp-cslu-unreachable", may=["slp-path-blocked"], must_not=["slp-cslu-default-not-configured", "dns-name-unresolved", "slp-trust-not-established", "iosxe-quovadis-fn72323"])
    c.at("slp-cslu-unreachable", "acc-ottawa-1.txt", "COMM_FAILED")


@case("unseen-sw-cslu-name-unknown")
def _(c):
    c.story = "CSLU is configured by a name that the resolver does not know."
    c.sources = [("CSLU by a name that does not resolve", "clarification 8"), ("text", "S4")]
    c.made = "everything but the texts."
    cslu_case(c, "acc-ottawa-2", UNRESOLVED, "cslu-ottawa.corp.example")
    c.expect("acc-ottawa-2", top="slp-cslu-unreachable", must_not=["slp-cslu-default-not-configured", "dns-name-unresolved", "slp-path-blocked"])
    c.at("slp-cslu-unreachable", "acc-ottawa-2.txt", "Cslu address: http")


@case("unseen-sw-mail-excerpt-dns")
def _(c):
    c.story = "Five lines in a mail: no version, no year, curly quotes, cut by the mail program. The peer is CSSM, the name does not resolve."
    c.sources = [("text, with the peer (CSSM)", "S3, S4"), ("wrapped lines", "clarification 10")]
    c.made = "mail, names."
    lines = ["Mar 31 17:29:43.447 JST: %SMART_LIC-6-REPORTING_REQUIRED: A Usage report acknowledgement will be required in 30 days.",
             "Mar 31 17:31:02.110 JST: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Unable to resolve server hostname/domain name",
             "Apr  1 01:31:02.440 JST: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Unable to resolve server hostname/domain name",
             "Apr  1 09:31:03.001 JST: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Unable to resolve server hostname/domain name"]
    body = ["Hi,", "", curly('since the weekend "sw-annex" logs the following, licence page shows "smart". Anything we can do?'), ""] + wrapped(["sw-annex#sh log | inc SMART"] + lines + ["sw-annex#"], 72) + ["", "Thanks", "Yui", ""]
    body += ["_" * 40] + [f"{n}. This message and its attachments are confidential and meant for the addressee only." for n in range(1, 40)]
    c.add("input/FW_ licence messages.eml.txt", mail("yui.abe@corp.example", "Mon, 1 Apr 2024 09:40:12 +0900", "licence messages", body))
    c.expect("sw-annex", top="dns-name-unresolved", must_not=["slp-cslu-default-not-configured", "slp-path-blocked", "slp-report-overdue", "slp-cslu-unreachable"])
    c.at("dns-name-unresolved", "FW_ licence messages.eml.txt", "COMM_FAILED")


def err205(c, host, pool):
    d = Dice(c.name)
    box = Box(host, "C9300-48T", d.serial("FOC"), "17.3.2a", zone="CEST")
    plant, now = Plant(d, "10.103"), when("2022-08-18 10:00:00.120")
    log = device_lines(mixed(plant, when("2022-08-13"), now, 50, spread("2022-08-13 06:00:00", 10 * HOUR, 12, sl_message_failed(205), CALL_HOME_HTTP)), zone="CEST")
    lic = License(box, "callhome", account=("corp.example", "EU", when("2022-01-30 04:00:00")), ack=when("2022-01-30 04:05:31"), deadline=when("2022-10-30 04:05:31"), pushed=when("2022-01-30 04:00:01"), next_push=when("2022-08-18 16:00:01"), trust=when("2021-11-02 10:11:12"))
    out = prompt(host + "#", ("show clock", box.clock(now)), ("show version", box.show_version(now)[:50]), ("show license status", lic.status()), ("show run | include http client|license smart|name-server", ["ip name-server 10.103.0.53", "ip http client source-interface Vlan103"] + CALLHOME_RUN),
                 ("show crypto pki trustpool", trustpool(pool)), ("show logging", show_logging(log)))
    c.add_zip(f"input/{host}_2022-08-18.zip", [(f"{host}.log", c.text(f"{host}.log", out))])


@case("unseen-sw-17-3-2a-old-pool")
def _(c):
    c.story = "ERR 205 since the spring of 2022 on 17.3.2a; the trustpool has QuoVadis Root CA 2 and no IdenTrust."
    c.sources = [("release, dates, texts", "S4, P1"), ("trustpool as the test", "P1, P14")]
    c.made = "everything but the texts."
    err205(c, "sw-linz-1", None)
    c.expect("sw-linz-1", top="iosxe-quovadis-fn72323", must=["callhome-send-failed", "callhome-err-205-aborted"], may=["slp-path-blocked"], must_not=["callhome-err-207-timeout", "dns-name-unresolved", "slp-http-client-not-configured"])
    c.at("iosxe-quovadis-fn72323", "sw-linz-1.log", "ERR 205")


@case("unseen-sw-17-3-2a-imported-pool")
def _(c):
    c.story = "The neighbour with the same release and the same message, but somebody imported the new trust pool: the root is there, the defect is ruled out, and nothing else explains the abort."
    c.sources = [("IdenTrust present rules the defect out", "P1"), ("ERR 205 with nothing else", "clarification 17")]
    c.made = "everything but the texts."
    err205(c, "sw-linz-2", "Downloaded")
    c.expect("sw-linz-2", top="callhome-err-205-aborted", must=["callhome-send-failed"], may=["slp-tls-interception", "slp-path-blocked"], must_not=["iosxe-quovadis-fn72323", "callhome-err-207-timeout"])
    c.at("callhome-err-205-aborted", "sw-linz-2.log", "ERR 205")


@case("unseen-sw-profile-inactive")
def _(c):
    c.story = "Transport callhome, but the profile CiscoTAC-1 is inactive and Smart Licensing messages are disabled in it."
    c.sources = [("show call-home labels", "P14"), ("what the profile needs", "S4")]
    c.made = "everything but the labels."
    d = Dice(c.name)
    box = Box("core-bari-1", "C9500-24Y4C", d.serial("CAT"), "17.6.4", zone="CET")
    plant, now = Plant(d, "10.104"), when("2023-03-02 10:00:00.120")
    lic = License(box, "callhome", deadline=when("2023-05-20 04:05:31"), next_push=when("2023-03-02 16:00:01"), rum=(8, 0, 0, 0, 8, 2))
    ch = ["Current call home settings:", "    call home feature : enable", "    call home message's from address: Not yet set up", "    contact person's email address: sch-smart-licensing@cisco.com (default)", "    Mail-server: Not yet set up", "    http proxy: Not yet set up",
          "    Smart licensing messages: disabled", "    Profile: CiscoTAC-1 (status: INACTIVE)", "", "    aaa-authorization: disable", "    data-privacy: normal", "    syslog throttling: enable"]
    profile = ["Profile Name: CiscoTAC-1", "    Profile status: INACTIVE", "    Profile mode: Full Reporting", "    Reporting Data: Smart Call Home", "    Preferred Message Format: xml", "    Message Size Limit: 3145728 Bytes", "    Transport Method: http", "    HTTP  address: " + DDCE, "    Other address(es): default"]
    log = device_lines(mixed(plant, when("2023-03-01"), now, 40), zone="CET")
    c.add("input/core-bari-1.txt", prompt("core-bari-1#", ("show clock", box.clock(now)), ("show version", box.show_version(now)[:50]), ("show license status", lic.status()), ("show call-home", ch), ("show call-home profile all", profile), ("show logging", show_logging(log))))
    c.expect("core-bari-1", top="callhome-profile-not-reporting", may=["callhome-send-failed"], must_not=["iosxe-quovadis-fn72323", "callhome-err-207-timeout", "slp-path-blocked", "slp-cslu-default-not-configured"])
    c.at("callhome-profile-not-reporting", "core-bari-1.txt", "status: INACTIVE")


def hot(c, host, version):
    d = Dice(c.name)
    box = Box(host, "C9300-48U", d.serial("FCW"), version, zone="UTC")
    plant, now = Plant(d, "10.105", ports=48), when("2023-06-14 10:00:00.120")
    last = when("2023-06-14 09:40:02")
    lic = License(box, account=("corp.example", "Campus", when("2022-09-30 04:00:00")), ack=when("2022-09-30 04:05:31"), deadline=when("2023-09-25 04:05:31"), pushed=when("2022-10-30 04:00:01"), next_push=when("2023-06-14 16:00:01"),
                  trust=when("2022-05-02 10:11:12"), rum=(1120, 0, 60, 988, 70, 2))
    top = [(725, 40427490, 3137197, 68.18, 69.40, 68.95, "SAGetRUMIds"), (154, 16479121, 2612122, 24.11, 24.37, 24.02, "SAUtilRepSave")]
    log = device_lines(mixed(plant, when("2023-06-10"), now, 40, spread("2023-06-10 06:00:00", 12 * HOUR, 9, comm_failed("Communications failure"))), zone="UTC")
    out = prompt(host + "#", ("show clock", box.clock(now)), ("show version", box.show_version(now)[:50]), ("show processes cpu sorted | exclude 0.00", box.processes_cpu(d, "97%/4%; one minute: 96%; five minutes: 96%", top, 6)),
                 ("show license status", lic.status()), ("show license all | begin Usage Report Summary", lic.report_summary()),
                 ("show license tech support | section Communication Statistics", stats_only(lic, now, no_reply("Usage Reporting", 61, last, when("2022-09-30 04:00:02"), 12))), ("show logging", show_logging(log)))
    c.add_tar_gz(f"input/{host}.tar.gz", [(f"collected/{host}.txt", c.text(f"{host}.txt", out))])


@case("unseen-sw-cpu-17-6-4")
def _(c):
    c.story = "CPU at 97 % on 17.6.4, eaten by SAGetRUMIds and SAUtilRepSave; 988 reports wait for an acknowledgement because CSSM has not answered since autumn."
    c.sources = [("processes, counts, affected 17.6.1 to 17.6.4", "S4, P2"), ("the defect first, the communication cause beside it", "part F")]
    c.made = "all values."
    hot(c, "sw-ghent-4", "17.6.4")
    c.expect("sw-ghent-4", top="rum-high-cpu-fn72578", must=["slp-rum-accumulating"], may=["slp-path-blocked", "rum-memory-leak-fn72578"], must_not=["slp-comm-flapping-cscwa11048", "iosxe-quovadis-fn72323", "dns-name-unresolved"])
    c.at("rum-high-cpu-fn72578", "sw-ghent-4.txt", "SAGetRUMIds")


@case("unseen-sw-cpu-17-6-5")
def _(c):
    c.story = "The same outputs on 17.6.5, which has the fix: what remains is that nothing comes back from CSSM and reports pile up."
    c.sources = [("17.6.5 is fixed", "S4, P2"), ("NO REPLY means the path", "P14, S3")]
    c.made = "all values."
    hot(c, "sw-ghent-5", "17.6.5")
    c.expect("sw-ghent-5", top="slp-path-blocked", must=["slp-rum-accumulating"], must_not=["rum-high-cpu-fn72578", "rum-memory-leak-fn72578", "slp-comm-flapping-cscwa11048", "iosxe-quovadis-fn72323"])
    c.at("slp-rum-accumulating", "sw-ghent-5.txt", "Waiting for Ack: 988")


@case("unseen-sw-reports-growing")
def _(c):
    c.story = "Notes of an operator on 17.12.1: the number of saved reports grew from 214 to 391 within two weeks, none was ever acknowledged. Why is not in the notes."
    c.sources = [("growing count between samples", "P2"), ("Total Acknowledged Received: 0", "P14, S4")]
    c.made = "all values."
    d = Dice(c.name)
    box = Box("dist-turin-1", "C9500-16X", d.serial("CAT"), "17.12.1", zone="CET")
    lic = License(box, account=("corp.example", "Core", when("2023-11-01 04:00:00")), ack=None, deadline=when("2024-10-25 04:05:31"), pushed=when("2024-03-02 04:00:01"), next_push=when("2024-04-01 04:00:01"), trust=when("2023-10-28 10:11:12"), rum=(402, 0, 0, 391, 9, 2))
    step = lambda n: [("license smart save usage all file flash:report.txt", []), ("more flash:report.txt | count RUMReport", [f"Number of lines which match regexp = {n}"])]
    out = ["--- 2024-02-20 ---"] + prompt("dist-turin-1#", ("show version", box.show_version(when("2024-02-20 09:00:00"))[:50]), *step(214)) + ["", "--- 2024-03-05 ---"] + prompt("dist-turin-1#", *step(391), ("show license all", lic.all()))
    c.add("input/notes dist-turin-1.txt", out)
    c.expect("dist-turin-1", top="slp-rum-accumulating", may=["slp-path-blocked"], must_not=["rum-high-cpu-fn72578", "rum-memory-leak-fn72578", "slp-next-ack-deadline-cscvy20345"])
    c.at("slp-rum-accumulating", "notes dist-turin-1.txt", "regexp = 391")


@case("unseen-sw-malloclite-17-5-1")
def _(c):
    c.story = "One sample of the memory table on 17.5.1: *MallocLite* holds nine tenths of the pool, 905 reports are not acknowledged."
    c.sources = [("shape of the table, share of the pool", "S4, P2"), ("17.5.1 is affected", "P2")]
    c.made = "all values."
    d = Dice(c.name)
    box = Box("acc-gifu-2", "C9300-24P", d.serial("FCW"), "17.5.1", zone="JST")
    now = when("2022-07-14 10:00:00.120")
    lic = License(box, account=("corp.example", "JP", when("2021-09-30 04:00:00")), ack=when("2021-09-30 04:05:31"), deadline=when("2022-12-25 04:05:31"), pushed=when("2022-06-30 04:00:01"), next_push=when("2022-07-30 04:00:01"), trust=when("2021-08-02 10:11:12"), rum=(1011, 0, 88, 905, 16, 2))
    memory = box.processes_memory(d, 1459822876, 1402110340, [(0, 0, 0, 1297720400, "*MallocLite*"), (0, 335560736, 76485816, 98693656, "*Init*")])
    ids = lic.rum_ids_old(d, ["Acknowledged"] * 4 + ["Unacknowledged"] * 30 + ["Closed"] * 3 + ["Open"] * 2)
    out = prompt("acc-gifu-2#", ("show clock", box.clock(now)), ("show version", box.show_version(now)[:50]), ("show processes memory sorted", memory), ("show license all", lic.all()), ("test license smart rum id-list", ids))
    c.add_zip("input/putty-logs.zip", [("putty-logs/acc-gifu-2.log", c.text("acc-gifu-2.log", out, encoding="utf-16-le", eol="\r\n", bom=b"\xff\xfe"))])
    c.expect("acc-gifu-2", top="rum-memory-leak-fn72578", must=["slp-rum-accumulating"], may=["rum-high-cpu-fn72578", "slp-path-blocked"], must_not=["iosxe-quovadis-fn72323", "slp-comm-flapping-cscwa11048"])
    c.at("rum-memory-leak-fn72578", "acc-gifu-2.log", "*MallocLite*")


def deadline(c, host, licences):
    d = Dice(c.name)
    box = Box(host, "C9300L-24T-4G", d.serial("FOC"), "17.9.3", zone="UTC", licences=licences)
    plant, now = Plant(d, "10.106"), when("2024-01-18 10:00:00.120")
    lic = License(box, "cslu", cslu="http://10.106.7.80:8182/cslu/v1/pi", account=("corp.example", "Store", when("2023-08-30 04:00:00")), ack=when("2023-08-30 04:05:31"), deadline=when("2023-11-28 04:05:31"), pushed=when("2023-08-30 04:00:01"), next_push=None, rum=(8, 0, 6, 0, 2, 2))
    c.add_zip(f"input/store.zip", [(f"store/{host}/{host}.txt", c.text(f"{host}.txt", prompt(host + "#", ("show clock", box.clock(now)), ("show version", [x.replace("network-advantage", "network-essentials") for x in box.show_version(now) if not x.startswith("dna-")]), ("show license all", lic.all()), ("show license summary", lic.summary()),
                                      ("show logging", show_logging(device_lines(mixed(plant, when("2024-01-17"), now, 40), zone="UTC")))), eol="\r\n"))])


@case("unseen-sw-deadline-perpetual")
def _(c):
    c.story = "Next ACK deadline lies seven weeks back, but only a perpetual licence is in use, one report was acknowledged, and 17.9.3 does not have the fix: the date means nothing."
    c.sources = [("conditions and fixed releases", "S4"), ("row Next ACK deadline in the past", "part F")]
    c.made = "all values."
    deadline(c, "st-0418", ("network-essentials",))
    c.expect("st-0418", top="slp-next-ack-deadline-cscvy20345", must_not=["slp-cslu-unreachable", "slp-path-blocked", "slp-report-overdue", "slp-cslu-default-not-configured"])
    c.at("slp-next-ack-deadline-cscvy20345", "st-0418.txt", "Next ACK deadline")


@case("unseen-sw-deadline-subscription")
def _(c):
    c.story = "The same dates with a DNA subscription beside it: here the deadline is an obligation, and it has passed."
    c.sources = [("subscription: every 90 days", "S4"), ("any subscription rules the display defect out", "S4")]
    c.made = "all values."
    deadline(c, "st-0419", ("network-essentials", "dna-essentials"))
    c.expect("st-0419", top="slp-report-overdue", may=["slp-cslu-not-synced-to-cssm", "slp-cslu-unreachable"], must_not=["slp-next-ack-deadline-cscvy20345", "slp-cslu-default-not-configured", "slp-path-blocked"])
    c.at("slp-report-overdue", "st-0419.txt", "Next ACK deadline")
