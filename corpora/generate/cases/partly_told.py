"""Cases in which what a file is, or whose it is, stands beside its text: in its name, in other outputs, in how its lines were cut."""
import json
from datetime import timedelta

from case import case
from dice import Dice
from iosxe_license import License
from iosxe_log import CALL_HOME_HTTP, Plant, comm_failed, comm_restored, device_lines, mixed, relay3164, sl_message_failed, when
from iosxe_show import Box


def aborted(days):
    return [event for day in days for event in ((when(f"{day} 04:10:02"), sl_message_failed(205)), (when(f"{day} 04:10:03"), CALL_HOME_HTTP))]


@case("outputs-named-by-their-commands")
def _(c):
    c.story = ("A script wrote every output into a file of its own, without prompts: nothing in `show_clock.txt` says of which command it is. Only with its date is the deadline of the other output over.")
    c.sources = [("show license all, its dates", "public P14"), ("files of one command each", "what Ansible and shell loops leave")]
    c.made = "dates."
    d = Dice(c.name)
    box = Box("acc-oulu-2", "C9300-48P", d.serial("FCW"), "17.9.4", zone="EET")
    now = when("2023-10-02 11:04:09.220")
    lic = License(box, account=("corp.example", "FI", when("2023-04-20 08:00:00")), ack=when("2023-04-20 08:05:31"), deadline=when("2023-07-19 08:05:31"), pushed=when("2023-04-20 08:04:22"),
                  trust=when("2022-12-11 12:30:05"))
    c.add("input/acc-oulu-2/show_clock.txt", box.clock(now))
    c.add("input/acc-oulu-2/show_version.txt", box.show_version(now))
    c.add("input/acc-oulu-2/show_license_status.txt", lic.status())
    c.expect("acc-oulu-2", top="slp-report-overdue", may=["slp-trust-established", "slp-no-evaluation-mode"])
    c.at("slp-report-overdue", "show_license_status.txt", "Next ACK deadline")


@case("collector-names-the-switch-by-address")
def _(c):
    c.story = ("The collector writes addresses; somebody filed its lines of one switch under the name of that switch, beside the outputs of two. The release of the first decides: 17.3.3 does not hold the new root.")
    c.sources = [("ERR 205, releases of FN72323", "seed S4"), ("relay header", "public P14")]
    c.made = "hosts, addresses, other lines."
    d = Dice(c.name)
    now = when("2023-05-11 15:20:00")
    for host, version in (("acc-graz-1", "17.3.3"), ("acc-graz-2", "17.9.4")):
        box = Box(host, "C9300-24T", d.serial("FOC"), version, zone="CEST")
        c.add(f"input/{host}.txt", [f"{host}#show clock"] + box.clock(now) + [f"{host}#show version"] + box.show_version(now) + [f"{host}#"])
    events = mixed(Plant(d, "10.33"), when("2023-05-09"), now, 60, aborted(["2023-05-10", "2023-05-11"]))
    c.add("input/acc-graz-1_syslog.log", [relay3164(t, "10.33.0.11", 4100 + n, body, zone="CEST", pri=False) for n, (t, body) in enumerate(events)])
    c.expect("acc-graz-1", top="iosxe-quovadis-fn72323", must=["callhome-err-205-aborted", "callhome-send-failed"], may=["slp-tls-interception"])
    c.expect("acc-graz-2", may=["slp-no-evaluation-mode"])
    c.at("iosxe-quovadis-fn72323", "acc-graz-1_syslog.log", "ERR 205")


@case("installed-packages-tell-the-release")
def _(c):
    c.story = "No `show version`, but `show install summary`: the committed image is 17.3.3, which FN72323 names."
    c.sources = [("ERR 205, releases of FN72323", "seed S4"), ("show install summary", "public P14")]
    c.made = "times and other lines."
    d = Dice(c.name)
    host, now = "acc-linz-4", when("2023-05-11 15:20:00")
    log = device_lines(mixed(Plant(d, "10.34"), when("2023-05-09"), now, 60, aborted(["2023-05-10", "2023-05-11"])), zone="CEST", year=True)
    rule = "-" * 80
    packages = ["[ Switch 1 ] Installed Package(s) Information:", "State (St): I - Inactive, U - Activated & Uncommitted,", "            C - Activated & Committed, D - Deactivated & Uncommitted",
                rule, "Type  St   Filename/Version", rule, "IMG   C    17.03.03.0.4762", rule, "Auto abort timer: inactive", rule]
    c.add(f"input/{host}.log", [f"{host}#show install summary"] + packages + [f"{host}#show logging"] + log + [f"{host}#"])
    c.expect(host, top="iosxe-quovadis-fn72323", must=["callhome-err-205-aborted", "callhome-send-failed"], may=["slp-tls-interception"])
    c.at("iosxe-quovadis-fn72323", f"{host}.log", "ERR 205")


@case("session-cut-in-words-and-at-blanks")
def _(c):
    c.story = "A terminal of 72 columns cut each long message twice: once inside a word, once at a blank, which stands at the end of its line."
    c.sources = [("message", "seed S3, S4"), ("cuts inside words", "catalogue, clarification 10")]
    c.made = "times and other lines."
    d = Dice(c.name)
    box = Box("wlc-ghent-1", "C9800-40-K9", d.serial("TTM"), "17.9.4", zone="CET")
    now = when("2023-07-24 09:00:00")
    bad = [(when(f"2023-07-23 {hour}:36:13"), comm_failed("Unable to resolve server hostname/domain name")) for hour in ("03", "11", "19")]
    lines = []
    for line in device_lines(mixed(Plant(d, "10.35", kind="wlc"), when("2023-07-22"), now, 40, bad), zone="CET", year=True):
        while len(line) > 72:
            lines.append(line[:72])
            line = line[72:]
        lines.append(line)
    c.add("input/wlc-ghent-1.log", ["wlc-ghent-1#show version"] + box.show_version(now) + ["wlc-ghent-1#show logging"] + lines + ["wlc-ghent-1#"])
    c.expect("wlc-ghent-1", top="dns-name-unresolved", may=["slp-no-evaluation-mode"], must_not=["comm-failed-unknown-reason", "slp-path-blocked"])
    c.at("dns-name-unresolved", "wlc-ghent-1.log", "COMM_FAILED")


@case("mail-asks-for-messages-that-are-not-there", healthy=True)
def _(c):
    c.story = "The mail of an engineer who asks whether the log shows certain messages lies beside the outputs of a healthy switch."
    c.sources = [("messages", "seed S4"), ("show license status", "public P14")]
    c.made = "the mail, dates."
    d = Dice(c.name)
    box = Box("acc-namur-3", "C9300-48P", d.serial("FCW"), "17.9.4", zone="CET")
    now = when("2023-11-14 10:12:44")
    lic = License(box, account=("corp.example", "BE", when("2023-11-01 08:00:00")), ack=when("2023-11-01 08:05:31"), deadline=when("2024-01-30 08:05:31"), pushed=when("2023-11-01 08:04:22"),
                  next_push=when("2023-12-01 08:04:22"), trust=when("2023-02-11 12:30:05"))
    c.add("input/mail.txt", ["Hello,", "", "please check whether the log shows messages such as", "",
                             "  " + comm_failed("Unable to resolve server hostname/domain name"), "", "and send the outputs below.", "", "Regards", "TAC"])
    c.add("input/acc-namur-3.txt", ["acc-namur-3#show clock"] + box.clock(now) + ["acc-namur-3#show version"] + box.show_version(now) + ["acc-namur-3#show license status"] + lic.status() + ["acc-namur-3#"])
    c.expect("acc-namur-3", must_not=["dns-name-unresolved"])


@case("grafana-saves-what-loki-holds")
def _(c):
    c.story = "Lines as Grafana saves them from Loki: the message under `line`, the time in nanoseconds. One switch fails, the other failed once and recovered."
    c.sources = [("messages", "seed S4"), ("layout", "Grafana's documentation of its export")]
    c.made = "hosts, times."
    unresolved = comm_failed("Unable to resolve server hostname/domain name")
    events = [("acc-leiden-1", when("2023-04-30 06:21:11"), unresolved), ("acc-leiden-2", when("2023-04-30 07:00:40"), comm_failed("No detail given")), ("acc-leiden-2", when("2023-04-30 07:21:02"), comm_restored()),
              ("acc-leiden-1", when("2023-04-30 14:21:11"), unresolved), ("acc-leiden-1", when("2023-05-01 22:21:11"), unresolved)]
    epoch = when("1970-01-01")
    entries = [{"line": f"<187>{48930 + n}: {t:%b} {t.day:2} {t:%H:%M:%S}.104: {body}", "timestamp": str(int((t - epoch) / timedelta(seconds=1)) * 10**9), "fields": {"host": host, "job": "syslog"}}
               for n, (host, t, body) in enumerate(events)]
    c.add("input/Logs-2023-05-02.json", json.dumps(entries, indent=1).split("\n"))
    c.expect("acc-leiden-1", top="dns-name-unresolved")
    c.expect("acc-leiden-2", must=["comm-fail-restore-pairs"], must_not=["comm-unstable-path"])
    c.at("dns-name-unresolved", "Logs-2023-05-02.json", "06:21:11")
