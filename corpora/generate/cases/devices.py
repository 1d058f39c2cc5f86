"""Devices over time: the same on many, a new name, a failure that nobody saw again, messages that somebody only speaks of."""
from datetime import timedelta

from case import case
from cases.slp_paths import callhome_case, log_of, switch
from dice import Dice
from iosxe_license import License
from iosxe_log import UNRESOLVED, comm_failed, comm_restored, mixed, Plant, relay5424, show_logging, sl_message_failed, when
from iosxe_session import session, small_version


@case("five-switches-one-fault")
def _(c):
    c.story = "Five access switches of one floor behind a collector: none resolves the name of the licensing server. One thing is wrong, five times."
    c.sources = [("message", "seed S4")]
    c.made = "hosts and noise."
    start, end, lines = when("2024-04-08"), when("2024-04-10 22:00:00"), []
    for n in range(1, 6):
        host = f"acc-floor-{n}"
        bad = [(when("2024-04-08 02:10:00") + timedelta(hours=8 * k, minutes=3 * n), comm_failed(UNRESOLVED)) for k in range(8)]
        plant, counter = Plant(Dice(c.name + host), "10.61"), Dice(host).between(200, 9000)
        lines += [(t, relay5424(t, host, counter + k, body, zone="UTC", offset="+00:00")) for k, (t, body) in enumerate(mixed(plant, start, end, 12, bad))]
        c.expect(host, top="dns-name-unresolved", must_not=["slp-path-blocked"])
    c.add("input/syslog", [x for _, x in sorted(lines)])


def before_and_after(c, replaced):
    """A switch that an old release keeps from CSSM, and months later one of another name that does well."""
    old = switch(c, "sw-keller", "C9300-48P", "17.3.3", "CET")
    t = when("2023-03-06 09:12:44")
    bad = [(t - timedelta(days=k, hours=2), sl_message_failed(205)) for k in range(6, 0, -1)]
    _, log = log_of(c, old, "10.43", t, 12, bad)
    c.add("input/2023-03-06_switch.txt", session(old, ("show clock", old.clock(t)), ("show version", small_version(old, t)), ("show logging", show_logging(log))))
    new = switch(c, "acc-hh-12", "C9300-48P", "17.6.5", "CET")
    new.sn = Dice(c.name + "another").serial("FCW") if replaced else old.sn
    t = when("2023-06-20 14:05:10")
    lic = License(new, "callhome", account=("corp.example", "EU", t - timedelta(days=2)), ack=t - timedelta(days=2), deadline=t + timedelta(days=88), pushed=t - timedelta(days=2), next_push=t + timedelta(days=28), trust=t - timedelta(days=60))
    c.add("input/2023-06-20_switch.txt", session(new, ("show clock", new.clock(t)), ("show version", small_version(new, t)), ("show license status", lic.status())))


@case("renamed-after-the-upgrade")
def _(c):
    c.story = "One switch, two sessions: in March it is called sw-keller, runs 17.3.3 and cannot send (ERR 205). In June the same serial number answers as acc-hh-12 with 17.6.5 and reports. The defect is over, and there is one device."
    c.sources = [("ERR 205, affected and fixed releases of FN72323", "seed S4, public P1")]
    c.made = "names, dates, the rest of the outputs."
    before_and_after(c, replaced=False)
    c.expect("acc-hh-12", may=["slp-trust-established", "iosxe-quovadis-fn72323", "callhome-err-205-aborted", "callhome-send-failed"])


@case("replaced-by-another-switch")
def _(c):
    c.story = "The same two sessions, but the switch of June has another serial number: it was replaced. Of the old one nobody knows that it was ever mended."
    c.sources = [("ERR 205, affected and fixed releases of FN72323", "seed S4, public P1")]
    c.made = "names, dates, the rest of the outputs."
    before_and_after(c, replaced=True)
    c.expect("sw-keller", top="iosxe-quovadis-fn72323", may=["callhome-err-205-aborted", "callhome-send-failed"])
    c.expect("acc-hh-12", may=["slp-trust-established"])


@case("failed-once-then-quiet")
def _(c):
    c.story = "One name lookup that failed in November, in a log that goes on until February without a second one and without the message that ends it. It was so; whether it still is, nobody can say."
    c.sources = [("message; a policy pushes its report every 30 days", "seed S3, S4")]
    c.made = "host and noise."
    host, start, end = "sw-archiv-3", when("2023-11-12"), when("2024-02-11 20:00:00")
    plant, counter = Plant(Dice(c.name), "10.66"), 4120
    events = mixed(plant, start, end, 90, [(when("2023-11-14 03:12:09"), comm_failed(UNRESOLVED))])
    c.add("input/sw-archiv-3.log", [relay5424(t, host, counter + n, body, zone="UTC", offset="+00:00") for n, (t, body) in enumerate(events)])
    c.expect(host, top="dns-name-unresolved", must_not=["slp-path-blocked"])


@case("runbook-speaks-of-messages", healthy=True)
def _(c):
    c.story = "A runbook and a mail beside the log of a switch on which nothing is wrong: both say what to do when certain messages are seen. Nobody saw them."
    c.sources = [("messages", "seed S4")]
    c.made = "everything else."
    c.add("input/runbook.txt", [
        "Runbook: licensing alarms of the access layer",
        "",
        "1. If you see the message %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Unable to resolve server hostname/domain name, check the name servers first.",
        '2. Look for "Fail to send out Call Home HTTP message" in the log of the last week.',
        "3. When the log shows %CALL_HOME-5-SL_MESSAGE_FAILED: Fail to send out Smart Licensing message to: https://tools.cisco.com/its/service/oddce/services/DDCEService (ERR 205 : Request Aborted), compare the release with the field notice.",
        "4. Escalate if the message Communications failure with the Cisco Smart License Utility (CSLU) : No detail given appears more than once a day.",
    ])
    plant = Plant(Dice(c.name), "10.67")
    events = mixed(plant, when("2024-04-08"), when("2024-04-10 22:00:00"), 40)
    c.add("input/acc-lager-2.log", [relay5424(t, "acc-lager-2", 700 + n, body, zone="UTC", offset="+00:00") for n, (t, body) in enumerate(events)])
    c.expect("acc-lager-2")
