"""Deadlines and acknowledgements, and what is as it should be under Smart Licensing Using Policy."""
from case import case
from cases.slp_environment import acknowledged, waiting
from cases.slp_parts import Site, every
from iosxe_license import DETAIL
from iosxe_log import mixed, relay3164, when

DETAIL.update({"CUBE_T_STD": ("CUBE_T_STD", "Perpetual"), "network-advantage_100M": ("network-advantage_100M", "Perpetual")})
CUBE = ["voice service voip", " ip address trusted list", "  ipv4 10.40.77.0 255.255.255.0", " mode border-element", " allow-connections sip to sip", " sip", "  bind control source-interface GigabitEthernet0/0/0", "!"]


@case("overdue-subscription", covers=[210])
def _(c):
    c.story = "A stack with DNA Advantage that reported once. The deadline of the next acknowledgement was seven weeks ago; why no report went out, the case does not say."
    c.sources = [("default policy: subscriptions every 90 days", "S4")]
    c.made = "names, times, everyday messages."
    s = Site(c, "acc-tunis-3", "C9300-48P", "17.9.4", "2023-11-20 08:10:44.800", "CET", members=[("C9300-48P", "FOC2511B0QT")])
    s.license(account=("corp.example", "TN", when("2023-07-01 04:00:00")), ack="2023-07-01 04:05:31", deadline="2023-09-29 04:05:31", pushed="2023-07-01 04:00:10", next_push="2023-11-20 18:00:00", trust="2023-06-30 10:00:00", rum=(40, 0, 20, 0, 20, 2))
    c.add("input/acc-tunis-3.log", s.session(s.all(), s.logging()))
    c.expect("acc-tunis-3", top="slp-report-overdue", must=["slp-trust-established"], must_not=["slp-next-ack-deadline-cscvy20345", "slp-trust-not-established", "slp-path-blocked"])
    c.at("slp-report-overdue", "acc-tunis-3.log", "Next ACK deadline: Sep 29")


@case("deadline-ahead", healthy=True, covers=[210])
def _(c):
    c.story = "The same stack two months earlier: the deadline is eight days ahead."
    c.sources = [("default policy", "S4")]
    c.made = "names, times, everyday messages."
    s = Site(c, "acc-tunis-4", "C9300-48P", "17.9.4", "2023-09-21 08:10:44.800", "CET", members=[("C9300-48P", "FOC2511B0QU")])
    s.license(account=("corp.example", "TN", when("2023-07-01 04:00:00")), ack="2023-07-01 04:05:31", deadline="2023-09-29 04:05:31", pushed="2023-07-01 04:00:10", next_push="2023-09-21 18:00:00", trust="2023-06-30 10:00:00", rum=(40, 0, 20, 0, 20, 2))
    c.add("input/acc-tunis-4.log", s.session(s.all(), s.logging()))
    c.expect("acc-tunis-4", must=["slp-trust-established"], must_not=["slp-report-overdue", "slp-trust-not-established"])


@case("perpetual-and-needless-deadline")
def _(c):
    c.story = "Network Advantage alone on 17.9.3 and one acknowledged report: the deadline in the past means nothing (CSCvy20345). One fact sets it apart from the overdue stack: no subscription."
    c.sources = [("one report is enough for perpetual licences", "S4"), ("fixed in 17.9.4", "S4")]
    c.made = "names, times."
    s = Site(c, "acc-tunis-5", "C9300-48P", "17.9.3", "2023-11-20 08:20:44.800", "CET", licences=("network-advantage",))
    s.license(account=("corp.example", "TN", when("2023-07-01 04:00:00")), ack="2023-07-01 04:05:31", deadline="2023-09-29 04:05:31", pushed="2023-07-01 04:00:10", next_push="2023-11-20 18:00:00", trust="2023-06-30 10:00:00", rum=(40, 0, 38, 0, 2, 2))
    c.add("input/acc-tunis-5.log", s.session(s.all()))
    c.expect("acc-tunis-5", top="slp-next-ack-deadline-cscvy20345", must=["slp-trust-established"], must_not=["slp-report-overdue", "slp-trust-not-established"])


@case("reminder-on-a-fresh-switch", healthy=True)
def _(c):
    c.story = "A fresh switch reminds that an acknowledgement will be required in 364 days. A reminder, no fault. A collector's file is all there is."
    c.sources = [("text of the reminder", "P27"), ("a fresh device prints 364 or 365", "clarification 20")]
    c.made = "names, times, everyday messages."
    s = Site(c, "acc-hanoi-1", "C9300-24T", "17.12.1", "2024-01-10 10:00:00", licences=("network-essentials",))
    text = "%SMART_LIC-6-REPORTING_REQUIRED: A Usage report acknowledgement will be required in {} days."
    rows = mixed(s.plant, when("2024-01-08"), when("2024-01-10 10:00:00"), 45, [(when("2024-01-08 09:00:00"), text.format(365)), (when("2024-01-09 09:00:00"), text.format(364))])
    c.add("input/collector.log", [relay3164(t, "acc-hanoi-1", 100 + n, body, zone="ICT") for n, (t, body) in enumerate(rows)])
    c.expect("acc-hanoi-1", must_not=["slp-report-overdue", "slp-path-blocked"])


@case("air-gap-nobody-carries", healthy=True, covers=[229])
def _(c):
    c.story = "Offline by configuration, and nobody carried a file for a year: the old acknowledgement and the deadline in the past are the consequence, not a fault of the path."
    c.sources = [("offline steps", "S4"), ("an old date means that nobody uploaded", "catalogue")]
    c.made = "names, times."
    s = Site(c, "sw-turbine-7", "C9300-24T", "17.6.5", "2023-08-30 08:12:45.222")
    s.license("off", account=("corp.example", "Plant", when("2022-08-07 10:02:40")), ack="2022-08-07 10:02:40", deadline="2022-11-05 10:02:40", written="2022-08-07 09:41:03", rum=(60, 0, 8, 0, 52, 2))
    c.add("input/sw-turbine-7.log", s.session(("show running-config", s.running(smart=("license smart transport off",), http_source=None, name_servers=(), callhome=False)), s.all()))
    c.expect("sw-turbine-7", must=["slp-transport-off", "slp-report-overdue"], must_not=["slp-cslu-default-not-configured", "slp-http-client-not-configured", "slp-trust-not-established", "slp-path-blocked"])


@case("three-controllers-without-ack", covers=[153])
def _(c):
    c.story = ("Three controllers in a zip, none of which ever got an acknowledgement: a virtual one on 17.9.4, a virtual one on 17.6.5, and an appliance on 17.9.4. Only the first has to have one.")
    c.sources = [("mandatory from 17.7.1 on the C9800-CL", "S3")]
    c.made = "names, times."
    members = []
    for host, pid, version in (("wlc-virt-9", "C9800-CL-K9", "17.9.4"), ("wlc-virt-6", "C9800-CL-K9", "17.6.5"), ("wlc-iron-9", "C9800-40-K9", "17.9.4")):
        s = Site(c, host, pid, version, "2023-11-08 10:00:12.400", kind="wlc")
        waiting(s, trust=when("2023-11-01 09:00:00"))
        members.append((f"{host}.txt", c.text(f"{host}.txt", s.session(s.all()))))
    c.add_zip("input/controllers.zip", members)
    c.expect("wlc-virt-9", top="c9800cl-ack-mandatory", must=["slp-trust-established"], must_not=["slp-report-overdue", "slp-trust-not-established"])
    c.expect("wlc-virt-6", must=["slp-trust-established"], must_not=["c9800cl-ack-mandatory", "slp-report-overdue"])
    c.expect("wlc-iron-9", must=["slp-trust-established"], must_not=["c9800cl-ack-mandatory", "slp-report-overdue"])


@case("two-border-elements")
def _(c):
    c.story = "Two CUBE routers whose deadline passed three weeks ago. On 17.3.3 the voice functions stop with it, on 17.6.3 they go on."
    c.sources = [("releases that stop", "P15")]
    c.made = "names, times; CUBE lines of the configuration."
    for host, version in (("cube-bern-1", "17.3.3"), ("cube-bern-2", "17.6.3")):
        s = Site(c, host, "ISR4331/K9", version, "2022-02-20 11:20:03.114", "CET", kind="router", licences=("network-advantage_100M", "CUBE_T_STD"))
        s.license(deadline="2022-01-30 10:32:11", next_push="2022-02-20 16:00:00", trust="2021-12-01 09:00:00", rum=(12, 0, 0, 0, 12, 2))
        c.add(f"input/{host}.log", s.session(("show running-config", s.running(extra=CUBE, http_source="GigabitEthernet0/0/0", ports=2)), s.all()))
    c.expect("cube-bern-1", top="slp-ack-deadline-voice-shutdown", must=["slp-report-overdue"], may=["slp-trust-established"], must_not=["slp-next-ack-deadline-cscvy20345"])
    c.expect("cube-bern-2", top="slp-report-overdue", may=["slp-trust-established"], must_not=["slp-ack-deadline-voice-shutdown", "slp-next-ack-deadline-cscvy20345"])


@case("reserved-before-upgrade", healthy=True, covers=[151, 177])
def _(c):
    c.story = "A controller with a licence reservation was upgraded to 17.6.4. The codes are still there and mean nothing any more; it waits for somebody to report offline."
    c.sources = [("SLR is not used from 17.3.2 on", "S3"), ("fields of the output", "P14")]
    c.made = "codes, names, times."
    s = Site(c, "wlc-vault-1", "C9800-40-K9", "17.6.4", "2022-07-07 10:00:12.400", kind="wlc")
    waiting(s, "off")
    name, lines = s.tech(overall="Device configured for Offline transport", level="INDIRECT")
    at = lines.index("License reservation: DISABLED")
    kept = ["License reservation: ENABLED", "", "Overall status:", f"  Active: {s.box.udi()}", "      Reservation status: SPECIFIC INSTALLED on Nov 15 2020 14:24:11 UTC", "      Request code: <none>",
            "      Last return code: <none>", "      Last Confirmation code: 6d1d4b1c", "      Reservation authorization code: <none>"]
    c.add("input/wlc-vault-1.log", s.session((name, lines[:at] + kept + lines[at + 1:])))
    c.expect("wlc-vault-1", must=["slp-slr-deprecated", "slp-transport-off"], must_not=["slp-report-overdue", "slp-cslu-default-not-configured", "slp-trust-not-established"])
    c.at("slp-slr-deprecated", "wlc-vault-1.log", "Last Confirmation code: 6d1d4b1c")


@case("router-under-vmanage", healthy=True, covers=[228])
def _(c):
    c.story = "A router managed by vManage: show version says Controller-Managed and Registration Not Applicable/Not Applicable. Neither is a fault."
    c.sources = [("lines of show version", "P14"), ("the controller reports", "S4")]
    c.made = "names, times."
    s = Site(c, "edge-ghent-2", "ISR4331/K9", "17.6.3", "2022-09-01 10:00:12.400", "CEST", kind="router")
    version = s.box.show_version(s.now, status="Registration Not Applicable/Not Applicable")
    at = next(n for n, x in enumerate(version) if x.startswith("Smart Licensing Status"))
    version[at:at] = ["License Mode: Controller-Managed", ""]
    waiting(s, "cslu", trust=None)
    c.add("input/edge-ghent-2.log", s.session(("show version", version), ("show license summary", s.lic.summary()), version=False))
    c.expect("edge-ghent-2", must=["slp-controller-managed", "slp-no-evaluation-mode"], must_not=["sl-evaluation", "slp-cslu-default-not-configured", "slp-trust-not-established"])


@case("switch-under-catalyst-center", healthy=True, covers=[228])
def _(c):
    c.story = "A switch with the default transport and no CSLU address whose reports are acknowledged all the same: Catalyst Center fetches them and brings the acknowledgement."
    c.sources = [("the controller fetches, uploads and installs", "S4"), ("an acknowledgement rules the default picture out", "clarification 1")]
    c.made = "name of the trustpoint, names, times."
    s = Site(c, "acc-ghent-3", "C9300-48P", "17.9.4", "2023-09-01 10:00:12.400", "CEST")
    acknowledged(s, "cslu")
    run = s.running(smart=("license smart transport cslu",))
    at = run.index("crypto pki trustpoint SLA-TrustPoint")
    run[at:at] = ["crypto pki trustpoint DNAC-CA", " enrollment mode ra", " enrollment terminal", " usage ssl-client", " revocation-check crl none", " source interface Vlan100", "!"]
    c.add("input/acc-ghent-3.log", s.session(("show running-config", run), s.all()))
    c.expect("acc-ghent-3", must=["slp-controller-managed"], must_not=["slp-cslu-default-not-configured", "slp-cslu-not-synced-to-cssm", "slp-onprem-crl-fetch-fail"])


@case("cssm-lists-by-udi", healthy=True, covers=[256])
def _(c):
    c.story = "The list of product instances shows a switch on 17.6.5 by its UDI instead of its hostname. These releases do so."
    c.sources = [("UDI up to 17.8.x, hostname from 17.9.1", "S4"), ("form of the name", "S3")]
    c.made = "names, times."
    s = Site(c, "acc-davao-1", "C9300-24T", "17.6.5", "2023-06-06 09:00:11.700")
    acknowledged(s)
    c.add("input/acc-davao-1.log", s.session(s.status()))
    c.add("input/cssm_product_instances.txt", ["Virtual Account: Access", "Name\tProduct Type\tLast Contact\tAlerts\tActions", f"UDI_PID:{s.box.pid}; UDI_SN:{s.box.sn};\tCAT9300\t2023-May-30 04:05:31\t\tActions"])
    c.expect("acc-davao-1", must=["slp-instance-shown-as-udi", "slp-trust-established"], must_not=["rma-stale-instance", "slp-instance-unknown-to-cssm"])


AIR = ["Last license report time.....: 07:38:15.237 {zone} {a:%a %b} {a.day} {a.year}", "Upcoming license report time.....: 15:38:15.972 {zone} {a:%a %b} {a.day} {a.year}",
       "No. of APs active at last report.....: 214", "No. of APs newly added with last report.....: 3", "No. of APs deleted with last report.....: 0"]


@case("wlc-reports-every-8-hours", healthy=True, covers=[173, 174])
def _(c):
    c.story = "A controller whose status says an interval of 30 days reports every 8 hours; the new access points of the morning are not in CSSM yet."
    c.sources = [("8 hours whatever is configured", "S3")]
    c.made = "numbers, names."
    s = Site(c, "wlc-daegu-1", "C9800-40-K9", "17.9.3", "2023-08-29 09:44:11.500", "KST", kind="wlc")
    acknowledged(s)
    c.add("input/wlc-daegu-1.log", s.session(s.status(), ("show license air entities summary", [x.format(a=s.now, zone="KST") for x in AIR])))
    c.expect("wlc-daegu-1", must=["wlc-8-hour-interval", "slp-trust-established"], must_not=["slp-report-overdue", "slp-rum-accumulating"])
    c.at("wlc-8-hour-interval", "wlc-daegu-1.log", "Last license report time")


@case("wlc-17-3-2-has-no-menu", healthy=True, covers=[146])
def _(c):
    c.story = "A controller on 17.3.2a whose web page is in use: there is no licensing menu in it yet."
    c.sources = [("menu from 17.3.3 on", "S3")]
    c.made = "log of the web server, names, times."
    login = "%WEBSERVER-5-LOGIN_PASSED: Chassis 1 R0/0: nginx: Login Successful from host 10.40.4.9 by user 'admin' using crypto cipher 'ECDHE-RSA-AES128-GCM-SHA256'"
    s = Site(c, "wlc-pisa-1", "C9800-L-F-K9", "17.3.2a", "2021-02-03 10:00:12.400", "CET", kind="wlc", planted=every("2021-02-01 09:00:00", 11, 4, login))
    acknowledged(s)
    c.add("input/wlc-pisa-1.log", s.session(s.status(), s.logging()))
    c.expect("wlc-pisa-1", must=["wlc-webui-menu-missing", "slp-trust-established"], must_not=["slp-path-blocked"])


@case("rma-two-instances", covers=[176])
def _(c):
    c.story = "A controller was replaced. Its list of product instances still holds the old one, with a last contact in February; the session of the change says RMA."
    c.sources = [("a replacement registers as a new device", "S3"), ("columns of the list", "S3")]
    c.made = "names, numbers, times."
    s = Site(c, "wlc-faro-1", "C9800-40-K9", "17.6.5", "2023-06-20 10:00:12.400", "WEST", kind="wlc")
    acknowledged(s)
    c.add("input/wlc-faro-1.log", s.session(("! RMA of controller wlc-faro-1, old serial TTM2233AAAA", []), s.status()))
    c.add("input/instances.txt", ["Name\tProduct Type\tLast Contact\tAlerts\tActions", "UDI_PID:C9800-40-K9; UDI_SN:TTM2233AAAA;\tC9800\t2023-Feb-03 21:37:46\t\tActions Transfer... Remove...",
                                  f"UDI_PID:C9800-40-K9; UDI_SN:{s.box.sn};\tC9800\t2023-Jun-20 04:12:10\t\tActions Transfer... Remove..."])
    c.expect("wlc-faro-1", must=["rma-stale-instance", "slp-trust-established"], may=["slp-instance-shown-as-udi"], must_not=["slp-instance-unknown-to-cssm", "slp-trust-not-established"])
