"""Between the device and CSSM: SSM On-Prem and CSLU, pushed and pulled, reached and not reached."""
from case import case
from cases.slp_parts import Site, answered, every, silent
from iosxe_log import CSLU, UNRESOLVED, comm_failed, comm_restored, mixed, relay3164, when, wrapped

CRL = "%PKI-3-CRL_FETCH_FAIL: CRL fetch for trustpoint SLA-TrustPoint failed"
DOWN_REV = "%SMART_LIC-4-REPORTING_NOT_SUPPORTED: Smart Agent for Licensing CSSM OnPrem is down rev and does not support the enhanced policy and usage reporting mode."
EMPTY = comm_failed("Received empty response from server")
SSM = "https://ssm.corp.example/cslu/v1/pi/corp-1"
VIA_SSM = ("license smart transport cslu", f"license smart url cslu {SSM}")


def unchecked(lines):
    """SLA-TrustPoint as the documents want it for On-Prem."""
    at = lines.index("crypto pki trustpoint SLA-TrustPoint")
    return lines[:at + 1] + [" enrollment terminal", " revocation-check none"] + lines[at + 3:]


@case("wlc-onprem-crl-check", covers=[167, 169, 170])
def _(c):
    c.story = "A controller reports to On-Prem with the right transport and address. SLA-TrustPoint still checks for revocation, and the log says every few hours that the list could not be fetched."
    c.sources = [("message and cure", "S3"), ("SLA-TrustPoint lines for On-Prem", "S3, S4"), ("the check is on from the start", "P14")]
    c.made = "names, times, everyday messages."
    s = Site(c, "wlc-sendai-1", "C9800-40-K9", "17.6.4", "2022-09-14 10:30:11.402", "JST", kind="wlc", planted=every("2022-09-12 02:11:00", 8, 7, CRL))
    s.license("cslu", cslu=SSM, deadline="2022-12-01 10:00:00", next_push="2022-09-14 16:00:00", rum=(8, 0, 0, 0, 8, 2))
    c.add("input/wlc-sendai-1.log", s.session(("show running-config", s.running(smart=VIA_SSM, callhome=False, trustpoint="TP-self-signed-2893716640")), s.status(), s.logging()))
    c.expect("wlc-sendai-1", top="slp-onprem-crl-fetch-fail", must_not=["slp-onprem-wrong-transport", "slp-onprem-too-old", "slp-cslu-default-not-configured", "slp-path-blocked"])
    c.at("slp-onprem-crl-fetch-fail", "wlc-sendai-1.log", "CRL_FETCH_FAIL")


@case("wlc-onprem-crl-check-off", healthy=True, covers=[167])
def _(c):
    c.story = "The same controller model after the cure: the log still holds one old message, SLA-TrustPoint says revocation-check none, and reports are acknowledged."
    c.sources = [("plain none stops the message", "S3, P13")]
    c.made = "names, times, everyday messages."
    s = Site(c, "wlc-sendai-2", "C9800-40-K9", "17.6.4", "2022-09-20 09:10:41.115", "JST", kind="wlc", planted=[("2022-09-16 11:11:00", CRL)], days=5)
    s.license("cslu", cslu=SSM, account=("corp.example", "Wireless", when("2022-09-19 04:00:00")), ack="2022-09-19 04:05:31", deadline="2022-12-18 04:05:31", pushed="2022-09-19 04:00:10", next_push="2022-10-19 04:00:10", rum=(20, 0, 16, 0, 4, 2))
    c.add("input/wlc-sendai-2.log", s.session(("show running-config", unchecked(s.running(smart=VIA_SSM, callhome=False, trustpoint="TP-self-signed-2893716640"))), s.status(), s.tech(kinds=answered("2022-09-19 04:00:10")), s.logging()))
    c.expect("wlc-sendai-2", must_not=["slp-onprem-crl-fetch-fail", "slp-onprem-wrong-transport", "slp-trust-not-established", "slp-cslu-not-synced-to-cssm"])


@case("onprem-down-rev-log-only", covers=[165])
def _(c):
    c.story = "Nothing but a collector's file, cut at 150 columns: one switch says that On-Prem is too old, another one on the same floor says nothing about licensing."
    c.sources = [("message", "P13"), ("SLP needs On-Prem 8-202102", "S3")]
    c.made = "addresses, times, everyday messages."
    s = Site(c, "acc-lyon-14", "C9300-48P", "17.6.3", "2021-11-03 18:00:00", planted=[])
    quiet = Site(c, "acc-lyon-15", "C9300-48P", "17.6.3", "2021-11-03 18:00:00")
    rows = []
    for host, site, bad in (("acc-lyon-14", s, [(when(t), DOWN_REV) for t, _ in every("2021-11-01 01:10:00", 12, 5, "")]), ("acc-lyon-15", quiet, [])):
        for n, (t, body) in enumerate(mixed(site.plant, when("2021-11-01"), when("2021-11-03 18:00:00"), 40, bad)):
            rows.append((t, relay3164(t, host, 900 + n, body, zone="CET")[:150]))
    c.add("input/syslog-floor3.log", [x for _, x in sorted(rows)])
    c.expect("acc-lyon-14", top="slp-onprem-too-old", must_not=["slp-onprem-wrong-transport", "slp-path-blocked"])
    c.expect("acc-lyon-15")
    c.at("slp-onprem-too-old", "syslog-floor3.log", "REPORTING_NOT_SUPPORTED")


@case("onprem-page-old-version", covers=[165])
def _(c):
    c.story = "The text of the On-Prem page (8-202010) beside the outputs of a switch on 17.6.3 whose reports were never acknowledged."
    c.sources = [("8-202102 or later", "S3, P13, P15"), ("form of the version", "S2, S3")]
    c.made = "the page's other words, names, times."
    s = Site(c, "acc-gent-02", "C9300-24P", "17.6.3", "2022-02-11 14:22:03.010", "CET")
    s.license("cslu", cslu=SSM, deadline="2022-04-20 10:00:00", next_push="2022-02-12 04:00:00", rum=(8, 0, 0, 0, 8, 2))
    c.add("input/acc-gent-02.txt", s.session(s.status(), s.logging()))
    c.add("input/onprem.txt", ["Smart Software Manager On-Prem", "SSM On-Prem Version 8-202010", "Support Center", "Widgets: Users  Access Management  Settings  Synchronization  Network"])
    c.expect("acc-gent-02", top="slp-onprem-too-old", must_not=["slp-onprem-wrong-transport", "slp-cslu-default-not-configured"])
    c.at("slp-onprem-too-old", "onprem.txt", "8-202010")


@case("onprem-page-new-version", healthy=True, covers=[145, 166])
def _(c):
    c.story = "The same pair of files with On-Prem 8-202212: the address of the page is the one on the switch, reports are acknowledged."
    c.sources = [("address as On-Prem shows it", "S3, P13")]
    c.made = "the page's other words, names, times."
    s = Site(c, "acc-gent-03", "C9300-24P", "17.6.3", "2023-02-11 14:22:03.010", "CET")
    s.license("cslu", cslu=SSM, account=("corp.example", "BE", when("2023-02-01 04:00:00")), ack="2023-02-01 04:05:31", deadline="2023-05-02 04:05:31", pushed="2023-02-01 04:00:10", next_push="2023-03-03 04:00:10")
    c.add("input/acc-gent-03.txt", s.session(s.status(), s.tech(kinds=answered("2023-02-01 04:00:10", kind="OK")), s.logging()))
    c.add("input/onprem.txt", ["Smart Software Manager On-Prem", "SSM On-Prem Version 8-202212", "Inventory > BE > General", f"CSLU Transport URL: {SSM}"])
    c.expect("acc-gent-03", must_not=["slp-onprem-too-old", "slp-onprem-wrong-transport", "slp-onprem-crl-fetch-fail", "slp-trust-not-established", "slp-cslu-not-synced-to-cssm"])


@case("onprem-smart-transport", covers=[166])
def _(c):
    c.story = "Transport smart with the address of the On-Prem host: the server takes the connection and answers with nothing. Lines are wrapped at 80 columns."
    c.sources = [("cslu and the URL of the account are needed", "S3, S4"), ("message", "P13")]
    c.made = "names, times, everyday messages."
    s = Site(c, "acc-porto-21", "C9300-48U", "17.6.5", "2023-03-08 11:05:12.900", "WET", planted=every("2023-03-05 03:20:00", 12, 6, EMPTY))
    s.license("smart", url="https://ssm.corp.example/SmartTransport", deadline="2023-05-20 10:00:00", next_push="2023-03-08 16:00:00", rum=(8, 0, 0, 0, 8, 2))
    s.log = wrapped(s.log)
    c.add("input/acc-porto-21.log", s.session(s.status(), s.logging()), eol="\r\n")
    c.expect("acc-porto-21", top="slp-onprem-wrong-transport", may=["slp-trust-not-established"], must_not=["slp-path-blocked", "slp-cslu-unreachable", "dns-name-unresolved"])
    c.at("slp-onprem-wrong-transport", "acc-porto-21.log", "URL: https://ssm.corp.example/SmartTransport")


@case("onprem-sample-address-works", healthy=True, covers=[167])
def _(c):
    c.story = "Transport cslu with the /SmartTransport address that one document prints as its sample: here it works, so there is nothing to say."
    c.sources = [("the sample", "S3"), ("nothing where the exchange works", "clarification 3")]
    c.made = "names, times."
    s = Site(c, "acc-porto-22", "C9300-48U", "17.6.5", "2023-03-08 11:15:12.900", "WET")
    s.license("cslu", cslu="https://ssm.corp.example/SmartTransport", account=("corp.example", "PT", when("2023-03-01 04:00:00")), ack="2023-03-01 04:05:31", deadline="2023-05-30 04:05:31", pushed="2023-03-01 04:00:10", next_push="2023-03-31 04:00:10")
    c.add("input/acc-porto-22.log", s.session(s.tech(kinds=answered("2023-03-01 04:00:10")), s.logging()))
    c.expect("acc-porto-22", must_not=["slp-onprem-wrong-transport", "slp-cslu-unreachable", "slp-cslu-default-not-configured"])


@case("onprem-sample-address-fails")
def _(c):
    c.story = "The same sample address, and the server has nothing to say: the address of the On-Prem page would be the safer form."
    c.sources = [("supporting beside a failure", "clarification 3"), ("message", "P13")]
    c.made = "names, times, everyday messages."
    s = Site(c, "acc-porto-23", "C9300-48U", "17.6.5", "2023-03-08 11:25:12.900", "WET", planted=every("2023-03-05 03:20:00", 12, 6, EMPTY))
    s.license("cslu", cslu="https://ssm.corp.example/SmartTransport", deadline="2023-05-20 10:00:00", next_push="2023-03-08 16:00:00", rum=(8, 0, 0, 0, 8, 2))
    c.add("input/acc-porto-23.log", s.session(s.status(), s.logging()))
    c.expect("acc-porto-23", top="slp-onprem-wrong-transport", must_not=["slp-path-blocked", "slp-trust-not-established", "slp-cslu-default-not-configured"])


@case("cslu-service-stopped", covers=[161, 221, 236])
def _(c):
    c.story = "CSLU is configured by address. Its host was restarted and the program did not come up: no reply since, the log gives no detail."
    c.sources = [("reachability of CSLU is needed", "S4"), ("address with port 8182", "S3, S4"), ("Communication Statistics", "P14")]
    c.made = "names, times, everyday messages."
    s = Site(c, "acc-lugano-05", "C9200L-48P-4G", "17.9.4", "2024-01-22 16:02:33.220", "CET", planted=every("2024-01-20 04:00:00", 8, 7, comm_failed("No detail given", CSLU)))
    s.license("cslu", cslu="http://10.40.9.22:8182/cslu/v1/pi", account=("corp.example", "CH", when("2023-12-20 04:00:00")), ack="2023-12-20 04:05:31", deadline="2024-03-19 04:05:31", pushed="2023-12-20 04:00:10", next_push="2024-01-22 18:00:10", rum=(30, 0, 22, 0, 8, 2))
    c.add("input/acc-lugano-05.log", s.session(s.tech(kinds=silent("2024-01-22 12:00:10", "2023-12-20 04:00:10")), s.logging()))
    c.expect("acc-lugano-05", top="slp-cslu-unreachable", must_not=["slp-cslu-default-not-configured", "slp-path-blocked", "slp-cslu-not-synced-to-cssm", "slp-onprem-or-cslu-defect"])
    c.at("slp-cslu-unreachable", "acc-lugano-05.log", "Cslu address: http://10.40.9.22:8182")


@case("cslu-answers-500", covers=[230])
def _(c):
    c.story = "The same picture in one fact different: CSLU is there and answers every report with an error of its own. Nothing on the switch explains it."
    c.sources = [("faults of CSLU and On-Prem are a class of their own", "S4"), ("form of the reason", "P14")]
    c.made = "names, times, everyday messages."
    s = Site(c, "acc-lugano-06", "C9200L-48P-4G", "17.9.4", "2024-01-22 16:12:33.220", "CET", planted=every("2024-01-20 04:00:00", 8, 7, comm_failed("HTTP Server Error 500:Internal Server Error", CSLU)))
    s.license("cslu", cslu="http://10.40.9.22:8182/cslu/v1/pi", account=("corp.example", "CH", when("2023-12-20 04:00:00")), ack="2023-12-20 04:05:31", deadline="2024-03-19 04:05:31", pushed="2023-12-20 04:00:10", next_push="2024-01-22 18:00:10", rum=(30, 0, 22, 0, 8, 2))
    last = when("2024-01-22 12:00:10")
    kinds = {"Usage Reporting": (14, 9, 5, 5, 0, "INVALID STATUS CODE", last, "Null pointer Error", when("2023-12-20 04:00:10"), last)}
    c.add("input/acc-lugano-06.log", s.session(s.tech(kinds=kinds), s.logging()))
    c.expect("acc-lugano-06", top="slp-onprem-or-cslu-defect", must_not=["slp-cslu-unreachable", "slp-path-blocked", "cssm-server-side-error", "slp-cslu-default-not-configured"])
    c.at("slp-onprem-or-cslu-defect", "acc-lugano-06.log", "INVALID STATUS CODE")


@case("cssm-answers-503")
def _(c):
    c.story = "Without CSLU between them: CSSM itself answers 503 for half a day, on a release without CSCwa11048. The path works."
    c.sources = [("server errors without the picture of CSCwa11048", "catalogue"), ("the path works", "clarification 22")]
    c.made = "names, times, everyday messages."
    s = Site(c, "acc-lugano-07", "C9200L-48P-4G", "17.9.4", "2024-01-22 16:22:33.220", "CET", planted=every("2024-01-22 04:00:00", 3, 4, comm_failed("HTTP Server Error 503:Service Unavailable")))
    s.license(account=("corp.example", "CH", when("2023-12-24 04:00:00")), ack="2023-12-24 04:05:31", deadline="2024-03-23 04:05:31", pushed="2023-12-24 04:00:10", next_push="2024-01-22 18:00:10", trust="2023-06-01 10:00:00", rum=(30, 0, 26, 0, 4, 2))
    c.add("input/acc-lugano-07.log", s.session(s.status(), s.logging()))
    c.expect("acc-lugano-07", top="cssm-server-side-error", must=["slp-trust-established"], must_not=["slp-path-blocked", "slp-comm-flapping-cscwa11048", "slp-onprem-or-cslu-defect"])


@case("cslu-name-does-not-resolve", covers=[163, 222])
def _(c):
    c.story = "CSLU is configured by a name that the name server does not know. The message is that of the default setting; the address in the Transport block tells them apart."
    c.sources = [("a configured name that does not resolve", "clarification 8"), ("message", "S4")]
    c.made = "names, times, everyday messages."
    s = Site(c, "acc-cork-08", "C9300-24T", "17.6.6", "2023-10-02 08:40:10.030", planted=every("2023-09-29 05:10:00", 24, 4, comm_failed(UNRESOLVED, CSLU)))
    s.license("cslu", cslu="http://lic-tools.corp.example:8182/cslu/v1/pi", deadline="2023-12-20 10:00:00", next_push="2023-10-02 16:00:00", rum=(8, 0, 0, 0, 8, 2))
    c.add("input/acc-cork-08.log", s.session(s.status(), s.logging()), encoding="utf-16-le", eol="\r\n", bom=b"\xff\xfe")
    c.expect("acc-cork-08", top="slp-cslu-unreachable", must_not=["slp-cslu-default-not-configured", "dns-name-unresolved", "slp-path-blocked"])


@case("cslu-found-as-cslu-local", healthy=True, covers=[162, 222])
def _(c):
    c.story = "No address at all, and all is well: DNS knows cslu-local. One interruption on a Sunday ended by itself."
    c.sources = [("discovery by DNS needs no setting", "S3, S4"), ("a successful exchange rules the default picture out", "clarification 1")]
    c.made = "names, times, everyday messages."
    s = Site(c, "acc-cork-09", "C9300-24T", "17.6.6", "2023-10-02 08:50:10.030", planted=[("2023-10-01 03:00:00", comm_failed("No detail given", CSLU)), ("2023-10-01 03:15:00", comm_restored(CSLU))])
    s.license("cslu", account=("corp.example", "IE", when("2023-09-25 04:00:00")), ack="2023-09-25 04:05:31", deadline="2023-12-24 04:05:31", pushed="2023-09-25 04:00:10", next_push="2023-10-25 04:00:10")
    c.add("input/acc-cork-09.log", s.session(("show running-config", s.running(smart=("license smart transport cslu",))), s.status(), s.logging()))
    c.expect("acc-cork-09", may=["comm-fail-restore-pairs"], must_not=["slp-cslu-default-not-configured", "slp-cslu-unreachable", "slp-trust-not-established", "slp-cslu-not-synced-to-cssm"])


@case("cslu-keeps-the-reports", covers=[211, 224])
def _(c):
    c.story = "A CSLU without connection to CSSM: it takes every report, and nobody carries the file. No acknowledgement ever came, the deadline has passed."
    c.sources = [("CSLU disconnected topology: files are carried", "S4, P10"), ("deadline", "S4")]
    c.made = "names, times."
    s = Site(c, "acc-plant-31", "C9300-24T", "17.6.6", "2023-11-20 08:50:10.030", "EST")
    s.license("cslu", cslu="http://10.40.9.31:8182/cslu/v1/pi", deadline="2023-10-28 09:00:00", pushed="2023-11-12 04:00:10", next_push="2023-12-12 04:00:10", rum=(24, 0, 0, 18, 6, 2))
    c.add("input/acc-plant-31.log", s.session(s.all(), s.tech(kinds=answered("2023-11-12 04:00:10")), s.logging()))
    c.expect("acc-plant-31", top="slp-cslu-not-synced-to-cssm", must=["slp-report-overdue"], may=["slp-rum-accumulating"], must_not=["slp-cslu-unreachable", "slp-cslu-default-not-configured", "slp-trust-not-established"])
    c.at("slp-report-overdue", "acc-plant-31.log", "Next ACK deadline: Oct 28", last=True)


@case("cslu-sends-on-every-week", healthy=True, covers=[224])
def _(c):
    c.story = "The neighbour with the same CSLU topology, where somebody carries the file every week: the acknowledgement came two days after the report."
    c.sources = [("CSLU disconnected topology", "S4, P10")]
    c.made = "names, times."
    s = Site(c, "acc-plant-32", "C9300-24T", "17.6.6", "2023-11-20 08:55:10.030", "EST")
    s.license("cslu", cslu="http://10.40.9.31:8182/cslu/v1/pi", account=("corp.example", "Plant", when("2023-11-14 09:00:00")), ack="2023-11-14 09:05:31", deadline="2024-02-12 09:05:31", pushed="2023-11-12 04:00:10", next_push="2023-12-12 04:00:10", rum=(24, 0, 20, 0, 4, 2))
    c.add("input/acc-plant-32.log", s.session(s.all(), s.tech(kinds=answered("2023-11-12 04:00:10")), s.logging()))
    c.expect("acc-plant-32", must_not=["slp-cslu-not-synced-to-cssm", "slp-report-overdue", "slp-cslu-unreachable", "slp-rum-accumulating"])


@case("onprem-takes-but-does-not-pass-on", covers=[226])
def _(c):
    c.story = "On-Prem takes the reports, the last acknowledgement is eight months old: On-Prem has not synchronised with CSSM since. The page with its alert is not in the case."
    c.sources = [("On-Prem has to synchronise with CSSM", "S4")]
    c.made = "names, times."
    s = Site(c, "wlc-lodz-1", "C9800-L-F-K9", "17.9.3", "2023-12-18 11:20:03.114", "CET", kind="wlc")
    s.license("cslu", cslu=SSM, account=("corp.example", "PL", when("2023-04-02 04:00:00")), ack="2023-04-02 04:05:31", deadline="2023-07-01 04:05:31", pushed="2023-12-18 06:00:10", next_push="2023-12-18 14:00:10", rum=(120, 0, 30, 82, 8, 2))
    c.add("input/wlc-lodz-1.log", s.session(s.all(), s.tech(kinds=answered("2023-12-18 06:00:10", 700)), s.logging()))
    c.expect("wlc-lodz-1", top="slp-cslu-not-synced-to-cssm", must=["slp-report-overdue"], may=["slp-rum-accumulating"], must_not=["slp-cslu-unreachable", "slp-onprem-wrong-transport", "slp-trust-not-established"])


PULLED = ["Inventory > Product Instances", "Name            Product    Communication                        Last Contact", "{host}    CAT9300    SSM On-Prem Instance-Initiated       never"]
LOGIN = ("ip http authentication local", "username ssm-pull privilege 15 secret 9 $9$nb0QkHfT2cE4")


@case("onprem-pulls-nothing", input="input.zip", covers=[223, 227])
def _(c):
    c.story = "On-Prem is to fetch the reports. The switch has its HTTP server on, no local authentication of HTTP, no user with privileges and no AAA; the page says that there never was a contact."
    c.sources = [("what On-Prem-initiated communication needs", "S4")]
    c.made = "the page's other words, names, times."
    s = Site(c, "acc-graz-03", "C9300-48P", "17.6.4", "2022-12-05 10:00:00.100", "CET")
    s.license("cslu", deadline="2023-02-20 10:00:00", rum=(8, 0, 0, 0, 8, 2))
    c.add_zip("input.zip", [("acc-graz-03.log", c.text("acc-graz-03.log", s.session(("show running-config", s.running(drop=("aaa ",), smart=("license smart transport cslu",))), s.status()))),
                            ("onprem-inventory.txt", c.text("onprem-inventory.txt", [x.format(host=s.host) for x in PULLED]))])
    c.expect("acc-graz-03", top="slp-pull-prerequisites-missing", may=["slp-cslu-default-not-configured"], must_not=["slp-cslu-unreachable", "slp-onprem-too-old"])


@case("onprem-pulls-every-night", healthy=True, covers=[227])
def _(c):
    c.story = "The same topology with everything the device needs, acknowledged last night."
    c.sources = [("what On-Prem-initiated communication needs", "S4")]
    c.made = "the page's other words, names, times."
    s = Site(c, "acc-graz-04", "C9300-48P", "17.6.4", "2022-12-05 10:10:00.100", "CET")
    s.license("cslu", account=("corp.example", "AT", when("2022-12-05 02:00:00")), ack="2022-12-05 02:05:31", deadline="2023-03-05 02:05:31")
    c.add("input/acc-graz-04.log", s.session(("show running-config", s.running(smart=("license smart transport cslu",), extra=LOGIN)), s.status(), s.logging()))
    c.add("input/onprem-inventory.txt", [x.format(host=s.host).replace("never", "2022-Dec-05 02:05:31") for x in PULLED])
    c.expect("acc-graz-04", must_not=["slp-pull-prerequisites-missing", "slp-cslu-default-not-configured", "slp-cslu-not-synced-to-cssm"])


@case("wlc-pulled-by-cslu", healthy=True, covers=[164])
def _(c):
    c.story = "CSLU fetches the reports of a controller. For that only reachability is asked for; that the configuration has no local authentication of HTTP is no finding."
    c.sources = [("CSLU-initiated needs reachability only", "S3")]
    c.made = "the page's other words, names, times."
    s = Site(c, "wlc-graz-1", "C9800-40-K9", "17.6.4", "2022-12-05 10:20:00.100", "CET", kind="wlc")
    s.license("cslu", account=("corp.example", "AT", when("2022-12-05 02:00:00")), ack="2022-12-05 02:05:31", deadline="2023-03-05 02:05:31")
    c.add("input/wlc-graz-1.log", s.session(("show running-config", s.running(smart=("license smart transport cslu",))), s.status()))
    c.add("input/cslu.txt", ["Product Instances", "wlc-graz-1    C9800-40-K9    Connect Method: CSLU Initiated - REST API    COMPLETE: Usage report uploaded to CSSM"])
    c.expect("wlc-graz-1", must_not=["slp-pull-prerequisites-missing", "slp-cslu-default-not-configured"])


@case("floor-of-three-behind-cslu")
def _(c):
    c.story = "Three switches of one floor in a tar.gz. One was never set up, one cannot reach its CSLU, one reports to On-Prem whose certificate it wants to check."
    c.sources = [("messages", "S3, S4")]
    c.made = "names, times, everyday messages."
    a = Site(c, "fl4-a", "C9300-24P", "17.6.3", "2023-05-22 15:10:03.600", "JST", planted=every("2023-05-19 06:41:10", 24, 4, comm_failed(UNRESOLVED, CSLU)))
    a.license("cslu", deadline="2023-07-30 09:12:44", next_push="2023-05-22 18:41:02", rum=(12, 0, 0, 0, 12, 4))
    b = Site(c, "fl4-b", "C9300-24P", "17.6.3", "2023-05-22 15:20:03.600", "JST", planted=every("2023-05-19 06:41:10", 24, 4, comm_failed("No detail given", CSLU)))
    b.license("cslu", cslu="http://10.40.9.22:8182/cslu/v1/pi", deadline="2023-07-30 09:12:44", next_push="2023-05-22 18:41:02", rum=(12, 0, 0, 0, 12, 4))
    e = Site(c, "fl4-c", "C9300-24P", "17.6.3", "2023-05-22 15:30:03.600", "JST", planted=every("2023-05-19 06:41:10", 24, 4, CRL))
    e.license("cslu", cslu=SSM, deadline="2023-07-30 09:12:44", next_push="2023-05-22 18:41:02", rum=(12, 0, 0, 0, 12, 4))
    c.add_tar_gz("input/floor4.tar.gz", [(f"floor4/{x.host}.txt", c.text(f"{x.host}.txt", x.session(x.status(), x.logging()))) for x in (a, b, e)])
    c.expect("fl4-a", top="slp-cslu-default-not-configured", must_not=["slp-cslu-unreachable", "slp-onprem-crl-fetch-fail"])
    c.expect("fl4-b", top="slp-cslu-unreachable", must_not=["slp-cslu-default-not-configured", "slp-onprem-crl-fetch-fail"])
    c.expect("fl4-c", top="slp-onprem-crl-fetch-fail", must_not=["slp-cslu-default-not-configured", "slp-cslu-unreachable"])
