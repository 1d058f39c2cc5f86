"""Classic Smart Licensing: states with and without a cause, dates that decide, On-Prem behind them, mixed platforms."""
from datetime import timedelta

from archive import tar_gz_of
from case import case
from cases.nexus import HTTP_FAILED, logging, session
from cases.nexus_more import CALLHOME_CAUSES, GATEWAY, SYMPTOMS, callhome, clock, failed, good, without
from dice import Dice
from expressway import Expressway, smart_license
from iosxe_license import License, classic_status
from iosxe_log import CALL_HOME_HTTP, CSLU, Plant, UNRESOLVED, comm_failed, device_lines, mixed, sl_message_failed, when
from iosxe_show import Box
from nxos import Nexus, licmgr_failed

STATES = ["sl-evaluation", "sl-evaluation-expired", "sl-healthy", "sl-out-of-compliance", "sl-authorization-expired", "sl-registration-expired"]
PATH = ["dns-name-unresolved", "slp-path-blocked", "callhome-send-failed", "iosxe-quovadis-fn72323", "slp-tls-interception"]


def others(*ids):
    return [i for i in STATES if i not in ids]


def router(c, host, version="16.9.6", zone="UTC", pid="ISR4331/K9"):
    d = Dice(c.name + host)
    return Box(host, pid, d.serial("FDO"), version, zone=zone, slp=False), Plant(d, "10.77", ports=4, kind="router")


def shown(box, t, *commands):
    out = []
    for command, lines in commands:
        out += [f"{box.host}#{command}"] + lines
    return out + [f"{box.host}#"]


def states(box, t, **how):
    return ["Smart Licensing Status", "======================", ""] + classic_status(box.zone, **how)


def held(t, authorization, last, **how):
    """Registered half a year ago; authorization and the last contact as given."""
    at = t - timedelta(days=170)
    return dict(dict(registered=at, renewal=None, next_renewal=at + timedelta(days=180), expires=at + timedelta(days=365), authorization=authorization, last=last, next_try=last[1] + timedelta(hours=23), deadline=last[1] + timedelta(days=90)), **how)


@case("isr-out-of-compliance", healthy=True, covers=[96, 119, 120])
def _(c):
    c.story = "A router that talks to CSSM every day and is told that the virtual account lacks licences. Twin of isr-in-compliance: a state of the account, no fault of the network."
    c.sources = [("state, daily request, nothing stops working", "seed S2"), ("layout", "public P14")]
    c.made = "all values."
    box, plant = router(c, "rtr-bern-1")
    now = when("2023-02-07 09:15:20")
    c.add("input/rtr-bern-1.log", shown(box, now, ("show clock", box.clock(now)), ("show version", box.show_version(now, status="REGISTERED/OUT OF COMPLIANCE")),
                                       ("show license all", states(box, now, **held(now, ("OUT OF COMPLIANCE", now - timedelta(hours=9)), ("SUCCEEDED", now - timedelta(hours=9))))),
                                       ("show logging", device_lines(mixed(plant, now - timedelta(days=2), now, 60)))))
    c.expect("rtr-bern-1", must=["sl-out-of-compliance"], must_not=others("sl-out-of-compliance") + PATH)


@case("isr-in-compliance", healthy=True, covers=[94, 95])
def _(c):
    c.story = "Twin of isr-out-of-compliance: the same router model, in compliance."
    c.sources = [("states", "seed S2"), ("layout", "public P14")]
    c.made = "all values."
    box, plant = router(c, "rtr-bern-2")
    now = when("2023-02-07 09:32:51")
    c.add("input/rtr-bern-2.log", shown(box, now, ("show clock", box.clock(now)), ("show version", box.show_version(now)),
                                       ("show license all", states(box, now, **held(now, ("AUTHORIZED", now - timedelta(hours=9)), ("SUCCEEDED", now - timedelta(hours=9))))),
                                       ("show logging", device_lines(mixed(plant, now - timedelta(days=2), now, 60)))))
    c.expect("rtr-bern-2", must=["sl-healthy"], must_not=others("sl-healthy") + PATH)


def expiry(c, host, now, registration):
    box, plant = router(c, host, "16.12.7", pid="ISR4321/K9")
    at = when("2021-09-02 11:20:31")
    status = states(box, now, registration=registration, registered=at, renewal=("FAILED", now - timedelta(minutes=31)), next_renewal=now + timedelta(minutes=29), expires=at + timedelta(days=365), renewal_reason="Communication message send error",
                    authorization=("AUTHORIZATION EXPIRED" if registration == "REGISTERED" else "EVAL MODE", when("2022-06-03 08:11:30")), last=("FAILED", now - timedelta(minutes=31)), next_try=now + timedelta(minutes=29), deadline=when("2022-06-03 08:11:30"))
    c.add(f"input/{host}.txt", shown(box, now, ("show clock", box.clock(now)), ("show version", box.show_version(now, status=registration.split(" ")[0] + "/" + ("AUTHORIZATION EXPIRED" if registration == "REGISTERED" else "EVAL MODE"))),
                                    ("show license status", status)))


@case("isr-registration-expired-by-date", covers=[105, 106, 117])
def _(c):
    c.story = "No contact for more than a year: the status says only UNREGISTERED, but its `Registration Expires` lies before show clock. Twin of isr-registration-about-to-expire."
    c.sources = [("identity certificate of one year, hourly tries, then unidentified", "seed S2")]
    c.made = "all values."
    expiry(c, "rtr-graz-1", when("2022-10-04 10:12:13"), "UNREGISTERED")
    c.expect("rtr-graz-1", must=["sl-registration-expired"], may=["sl-evaluation", "sl-retry-in-progress", "callhome-send-failed", "sl-registration-failed", "sl-authorization-expired"], must_not=["sl-healthy", "sl-out-of-compliance"])


@case("isr-registration-about-to-expire", covers=[97, 103, 105, 123])
def _(c):
    c.story = "Twin of isr-registration-expired-by-date, seven weeks earlier: the registration still stands, the authorization has run out, the router tries every hour."
    c.sources = [("authorization expired after 90 days, hourly tries until the registration ends", "seed S2")]
    c.made = "all values."
    expiry(c, "rtr-graz-2", when("2022-08-16 10:12:13"), "REGISTERED")
    c.expect("rtr-graz-2", must=["sl-authorization-expired"], may=["sl-retry-in-progress", "callhome-send-failed"], must_not=["sl-healthy", "sl-registration-expired", "sl-evaluation"])


@case("cat3850-evaluation-show-version", healthy=True, covers=[108])
def _(c):
    c.story = "A Catalyst 3850 on 16.9.4, show version only: unregistered, in evaluation. Twin of cat3850-slp-show-version."
    c.sources = [("line of show version", "public P14"), ("state of the first boot", "seed S2")]
    c.made = "all values."
    d = Dice(c.name)
    box = Box("acc-cork-3", "C9300-24T", d.serial("FCW"), "16.9.4", slp=False)
    now = when("2019-11-06 08:00:00")
    c.add("input/version.txt", shown(box, now, ("show version", box.show_version(now, status="UNREGISTERED/EVAL MODE"))))
    c.expect("acc-cork-3", must=["sl-evaluation"], must_not=others("sl-evaluation") + PATH)


@case("cat3850-slp-show-version", healthy=True)
def _(c):
    c.story = "Twin of cat3850-evaluation-show-version on 17.6.5: show version says Smart Licensing Using Policy, and an old line in the log still says that the evaluation began. There is no evaluation any more."
    c.sources = [("no evaluation mode", "seeds S3, S4"), ("line of show version", "public P14"), ("EVAL_START", "public P27")]
    c.made = "all values."
    d = Dice(c.name)
    box = Box("acc-cork-4", "C9300-24T", d.serial("FCW"), "17.6.5")
    plant = Plant(d, "10.61")
    now = when("2023-11-06 08:00:00")
    log = device_lines(mixed(plant, when("2023-11-04"), now, 60)) 
    c.add("input/session.txt", shown(box, now, ("show version", box.show_version(now)), ("show logging", ["*Mar  1 00:01:10.000: %SMART_LIC-5-EVAL_START: Entering evaluation period"] + log)))
    c.expect("acc-cork-4", may=["slp-no-evaluation-mode"], must_not=STATES + PATH)


@case("nexus-evaluation-expired", healthy=True, covers=[113])
def _(c):
    c.story = "A Nexus that nobody registered for years: the evaluation is used up, everything works. A state."
    c.sources = [("no functional effect, not enforced", "seed S2")]
    c.made = "all values."
    d = Dice(c.name)
    n = Nexus("lab-leaf-1", "C93180YC-EX", d.serial("FDO"), "9.3(6)")
    now = when("2022-12-12 12:12:12")
    status = ["Smart Licensing is ENABLED", "", "Registration:", "  Status: UNREGISTERED", "  Export-Controlled Functionality: Not Allowed", "", "License Authorization:", "  Status: EVAL EXPIRED on Sep 30 06:01:44 2021 UTC", ""]
    c.add("input/lab-leaf-1.log", session(n, clock(now), ("show version", n.show_version()), ("show license status", status), ("show logging logfile", n.logfile(d, when("2022-12-10"), now, 60, [(when("2022-12-11 04:00:00"), "%LICMGR-3-LOG_SMART_LIC_EVAL_EXPIRED:  Evaluation period expired")]))))
    c.expect("lab-leaf-1", must=["sl-evaluation-expired"], must_not=others("sl-evaluation-expired") + CALLHOME_CAUSES)


@case("router-log-only-reg-failed")
def _(c):
    c.story = "Half a day of a router's buffer without a year, the first line cut: registration is tried every quarter of an hour, then every hour. The distances are the normal schedule; the name of the server is the fault."
    c.sources = [("retry schedule", "seed S2"), ("message texts", "seed S4, public P1")]
    c.made = "all values."
    box, plant = router(c, "rtr-log")
    start = when("2021-04-12 06:00:00")
    times = [start + timedelta(minutes=15 * k) for k in range(16)] + [start + timedelta(hours=4 + k) for k in range(5)]
    planted = [(t, "%SMART_LIC-3-AGENT_REG_FAILED: Smart Agent for Licensing Registration with the Cisco Smart Software Manager (CSSM) failed: Fail to send out Call Home HTTP message.") for t in times] + \
              [(t + timedelta(seconds=1), sl_message_failed(218)) for t in times]
    lines = device_lines(mixed(plant, start, start + timedelta(hours=9), 70, planted))
    c.add("input/buffer.txt", [lines[0][9:]] + lines[1:])
    c.expect("*", top="dns-name-unresolved", must=["callhome-send-failed", "sl-registration-failed"], may=["sl-retry-in-progress"], must_not=["slp-path-blocked", "iosxe-quovadis-fn72323"])


# --- On-Prem -------------------------------------------------------------------------------------------------------------------


def onprem_case(c, host, alert, due, now):
    d = Dice(c.name)
    n = Nexus(host, "C93180YC-FX", d.serial("FDO"), "9.3(7)")
    at = now - timedelta(hours=7)
    ooc = n.license_status(registered=at - timedelta(days=40), renewal=None, next_renewal=at + timedelta(days=140), expires=at + timedelta(days=325), authorization=("OUT OF COMPLIANCE", at), last=("SUCCEEDED", at), next_try=at + timedelta(hours=24), deadline=at + timedelta(days=90))
    page = ["Synchronization", "Name              Satellite Name    Last Synchronization      Synchronization Due       Alerts                       Actions",
            f"{'lab4':<18}{'lab4':<18}{due - timedelta(days=30):%Y-%b-%d %H:%M:%S}      {due:%Y-%b-%d %H:%M:%S}      {alert:<29}Actions"]
    c.add(f"input/{host}.log", session(n, clock(now), ("show version", n.show_version()), ("show run callhome", callhome(n, now, url="https://10.106.41.27" + GATEWAY)), ("show license status", ooc if alert.endswith("Overdue") else good(n, now))))
    c.add("input/onprem-page.txt", page)


@case("onprem-overdue-behind-nexus", covers=[129, 130])
def _(c):
    c.story = "A Nexus behind On-Prem is out of compliance; the Synchronization page of On-Prem, pasted as text, shows the account overdue. Twin of onprem-in-time-behind-nexus."
    c.sources = [("page, 30 days", "seed S2"), ("alert", "public P24")]
    c.made = "all values."
    onprem_case(c, "leaf-rom-1", "Synchronization Overdue", when("2022-06-02 18:46:30"), when("2022-08-16 10:00:00"))
    c.expect("leaf-rom-1", top="onprem-sync-overdue", must=["sl-out-of-compliance"], must_not=CALLHOME_CAUSES + PATH + ["sl-healthy"])
    c.at("onprem-sync-overdue", "onprem-page.txt", "Overdue")


@case("onprem-in-time-behind-nexus", healthy=True, covers=[130])
def _(c):
    c.story = "Twin of onprem-overdue-behind-nexus: synchronised last week, due in three; the switch is authorized."
    c.sources = [("page, 30 days", "seed S2")]
    c.made = "all values."
    onprem_case(c, "leaf-rom-2", "Synchronization Successful", when("2022-09-08 18:46:30"), when("2022-08-16 10:00:00"))
    c.expect("leaf-rom-2", must=["sl-healthy"], must_not=CALLHOME_CAUSES + PATH + ["onprem-sync-overdue"])


# --- several platforms in one upload ----------------------------------------------------------------------------------------------


def expressway(c, t, left):
    """An Expressway in evaluation: its status dump and an hour of log."""
    d = Dice(c.name + "exp")
    exp = Expressway("exp-c-90", "X14.2.5", "0B77C1A0", "10.20.40.90")
    log = exp.log(d, t - timedelta(hours=1), t, 60, [(t - timedelta(minutes=20), exp.alarm(t - timedelta(minutes=20), "30035"))])
    return exp.archive(c, f"{t:%Y-%m-%d_%H:%M:%S}", log, exp.xconf(), exp.xstat(t, d, smart_license(eval_left=left), alarms=[("30035", "")]))


@case("evaluation-two-platforms", input="case.zip", healthy=True, covers=[108])
def _(c):
    c.story = "A Nexus and an Expressway in one zip, both in EVAL MODE in the same words. Only the platform tells which diagnosis each of them is."
    c.sources = [("the same block on both platforms", "catalogue, clarification 13"), ("states", "seeds S0, S2")]
    c.made = "all values."
    d = Dice(c.name)
    n = Nexus("leaf-osl-3", "C93180YC-FX", d.serial("FDO"), "9.3(7)")
    now = when("2023-10-10 09:00:00")
    name, members = expressway(c, now, "81 days, 3 hours, 41 minutes, 9 seconds")
    c.add_zip("case.zip", [("nexus/leaf-osl-3.log", c.text("leaf-osl-3.log", session(n, ("show version", n.show_version()), ("show license status", n.license_status("UNREGISTERED", account=None, authorization=("EVAL MODE",)))))),
                           (f"expressway/{name}", tar_gz_of(members))])
    c.expect("leaf-osl-3", must=["sl-evaluation"], must_not=["exp-eval-mode"])
    c.expect("exp-c-90", must=["exp-eval-mode"], must_not=["sl-evaluation"])


@case("nexus-catalyst-expressway", input="upload.zip", covers=[140])
def _(c):
    c.story = "Three platforms in one zip: a Nexus that sends to http, a Catalyst 9300 that waits for a CSLU nobody set up, an Expressway in evaluation. Three devices, three stories."
    c.sources = [("plain http", "seed S2"), ("CSLU default", "seed S4"), ("evaluation", "seeds S0, S1")]
    c.made = "all values."
    d = Dice(c.name)
    now = when("2023-10-10 09:00:00")
    n = Nexus("leaf-ams-1", "C93180YC-EX", d.serial("FDO"), "9.3(5)")
    box = Box("acc-ams-7", "C9300-24P", d.serial("FCW"), "17.6.4")
    plant = Plant(d, "10.64")
    log = device_lines(mixed(plant, now - timedelta(days=3), now, 70, [(now - timedelta(hours=8 * k + 2), comm_failed(UNRESOLVED, CSLU)) for k in range(8)]), year=True)
    lic = License(box, "cslu", deadline=when("2023-12-30 09:12:44"), next_push=when("2023-10-10 18:41:02"), rum=(10, 0, 0, 0, 10, 2))
    name, members = expressway(c, now, "81 days, 3 hours, 41 minutes, 9 seconds")
    c.add_zip("upload.zip", [("nexus.log", c.text("nexus.log", session(n, clock(now), ("show version", n.show_version()), ("show run callhome", callhome(n, now, scheme="http")), ("show license status", failed(n, now))))),
                             ("switch.log", c.text("switch.log", shown(box, now, ("show version", box.show_version(now)), ("show license status", lic.status()), ("show logging", log)))), (f"exp/{name}", tar_gz_of(members))])
    c.expect("leaf-ams-1", top="nxos-callhome-plain-http", may=SYMPTOMS, must_not=without("nxos-callhome-plain-http"))
    c.expect("acc-ams-7", top="slp-cslu-default-not-configured", may=["slp-trust-not-established", "slp-rum-accumulating", "slp-no-evaluation-mode"], must_not=["dns-name-unresolved", "sl-evaluation", "nxos-comm-failed"])
    c.expect("exp-c-90", must=["exp-eval-mode"], must_not=["sl-evaluation", "slp-cslu-default-not-configured"])


@case("three-healthy-platforms", input="healthy.tar.gz", healthy=True, covers=[126])
def _(c):
    c.story = "A Nexus and a router with classic Smart Licensing and a switch with Smart Licensing Using Policy, all well, in one tar.gz."
    c.sources = [("states", "seed S2"), ("SLP blocks", "public P14")]
    c.made = "all values."
    d = Dice(c.name)
    now = when("2022-06-22 16:16:28")
    n = Nexus("leaf-zrh-1", "C93180YC-FX", d.serial("FDO"), "9.3(4)", bios="07.67")
    box, plant = router(c, "rtr-zrh-2")
    slp = Box("acc-zrh-3", "C9300-24P", d.serial("FCW"), "17.6.4")
    lic = License(slp, "smart", account=("corp.example", "CH", now - timedelta(days=20)), ack=now - timedelta(days=20), deadline=now + timedelta(days=70), pushed=now - timedelta(days=20), next_push=now + timedelta(days=10), trust=now - timedelta(days=200))
    c.add_tar_gz("healthy.tar.gz", [("leaf-zrh-1.log", c.text("leaf-zrh-1.log", session(n, ("show version", n.show_version()), ("show run callhome", callhome(n, now)), ("show license status", good(n, now))))),
                                    ("rtr-zrh-2.log", c.text("rtr-zrh-2.log", shown(box, now, ("show version", box.show_version(now)), ("show license all", states(box, now, **held(now, ("AUTHORIZED", now - timedelta(days=3)), ("SUCCEEDED", now - timedelta(days=3)))))))),
                                    ("acc-zrh-3.log", c.text("acc-zrh-3.log", shown(slp, now, ("show version", slp.show_version(now)), ("show license all", lic.all()))))])
    c.expect("leaf-zrh-1", must=["sl-healthy"], must_not=CALLHOME_CAUSES)
    c.expect("rtr-zrh-2", must=["sl-healthy"], must_not=PATH)
    c.expect("acc-zrh-3", may=["slp-no-evaluation-mode", "slp-trust-established"], must_not=["sl-evaluation", "sl-healthy", "slp-report-overdue", "slp-trust-not-established"])


@case("nexus-and-switch-same-message", input="two.zip")
def _(c):
    c.story = "The same reason text on two platforms: the Nexus has Call Home switched off, the Catalyst on 17.3.4 only says that Call Home could not send. What is known of one says nothing of the other."
    c.sources = [("Call Home lines of NX-OS", "seed S2"), ("text", "seed S4")]
    c.made = "all values."
    d = Dice(c.name)
    now = when("2023-05-09 09:00:00")
    n = Nexus("leaf-gla-1", "C93180YC-EX", d.serial("FDO"), "9.3(7)")
    box = Box("acc-gla-2", "C9300-24P", d.serial("FCW"), "17.3.4")
    log = device_lines(mixed(Plant(d, "10.65"), now - timedelta(days=2), now, 60, [(now - timedelta(hours=8 * k + 2), CALL_HOME_HTTP) for k in range(5)]), year=True)
    nlog = n.logfile(d, now - timedelta(days=2), now, 50, logging("2023-05-08 02:00:00", 6, 4, licmgr_failed(HTTP_FAILED)))
    c.add_zip("two.zip", [("leaf-gla-1.log", c.text("leaf-gla-1.log", session(n, clock(now), ("show version", n.show_version()), ("show run callhome", callhome(n, now, enable=False)), ("show logging logfile", nlog)))),
                          ("acc-gla-2.log", c.text("acc-gla-2.log", shown(box, now, ("show clock", box.clock(now)), ("show version", box.show_version(now)), ("show logging", log))))])
    c.expect("leaf-gla-1", top="nxos-callhome-not-enabled", must=["callhome-send-failed", "nxos-comm-failed"], must_not=without("nxos-callhome-not-enabled"))
    c.expect("acc-gla-2", top="callhome-send-failed", may=["slp-no-evaluation-mode"], must_not=["nxos-comm-failed", "nxos-callhome-not-enabled", "iosxe-quovadis-fn72323"])
