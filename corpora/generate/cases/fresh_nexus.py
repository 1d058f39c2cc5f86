"""Nexus: a second set of cases kept apart from tuning."""
from archive import tar_gz_of, zip_of
from case import case
from cases.fresh_iosxe import told
from cases.unseen_parts import DAY, HOUR, MINUTE, mail, paged, prompt, spread
from dice import Dice
from iosxe_log import UNRESOLVED, when, wrapped
from nxos import Nexus, licmgr_failed

HTTP_FAILED = "Fail to send out Call Home HTTP message."
OPEN = ["Trying 72.163.4.38...", "Connected to tools.cisco.com.", "Escape character is '^]'.", "^CConnection closed by foreign host."]


def nexus(c, host, model="C93180YC-FX", version="9.3(8)", **more):
    d = Dice(c.name + host)
    return d, Nexus(host, model, d.serial("FDO"), version, **more)


def failing(n, now, reason=HTTP_FAILED):
    return n.license_status("UNREGISTERED - REGISTRATION FAILED", account=None, authorization=("EVAL MODE",), failed=(now - 20 * MINUTE, reason, now - 5 * MINUTE))


def well(n, now):
    return n.license_status(registered=when("2023-08-14 16:15:41"), next_renewal=when("2024-02-10 16:15:41"), expires=when("2024-08-13 16:13:53"), authorization=("AUTHORIZED", now - 6 * DAY), last=("SUCCEEDED", now - 6 * DAY), next_try=now + 24 * DAY, deadline=now + 84 * DAY)


def scheme(c, host, kind):
    c.sources = [("only HTTPS is served", "S2"), ("every URL with https rules it out", "S2")]
    c.made = "host, times, other lines; the English failure text."
    d, n = nexus(c, host, "C9364C", "9.3(5)")
    now = when("2023-02-14 09:00:30")
    bad = kind == "http"
    status = failing(n, now, "Fail to parse response data from SCH server") if bad else failing(n, now)
    planted = spread("2023-02-12 01:00:00", 9 * HOUR, 5, licmgr_failed("Fail to parse response data from SCH server" if bad else HTTP_FAILED))
    c.add(f"input/{host}.txt", wrapped(prompt(host + "# ", ("show version", n.show_version()), ("show run callhome", n.run_callhome(now, scheme=kind)), ("show license status", status), ("show logging logfile | last 40", n.logfile(d, now - 2 * DAY, now, 30, planted))), 96))
    return f"{host}.txt"


@case("fresh-nexus-scheme-http", split="held-out")
def _(c):
    c.story = "Call Home still posts to http://tools.cisco.com; the answer cannot be parsed. Terminal of 96 columns."
    f = scheme(c, "spine-tampa-1", "http")
    c.expect("spine-tampa-1", top="nxos-callhome-plain-http", must=["sl-registration-failed"], may=["nxos-comm-failed", "sl-evaluation", "callhome-send-failed"], must_not=["nxos-quovadis-fn72115", "nxos-callhome-not-enabled", "dns-name-unresolved", "nxos-vrf-mismatch"])
    c.at("nxos-callhome-plain-http", f, "http http://tools.cisco.com")


@case("fresh-nexus-scheme-https", split="held-out")
def _(c):
    c.story = "Its twin posts to https and cannot send either; nothing in the file says why."
    f = scheme(c, "spine-tampa-2", "https")
    c.expect("spine-tampa-2", top="callhome-send-failed", must=["sl-registration-failed"], may=["nxos-comm-failed", "sl-evaluation", "nxos-quovadis-fn72115"], must_not=["nxos-callhome-plain-http", "nxos-callhome-not-enabled", "dns-name-unresolved", "nxos-vrf-mismatch", "nxos-http-source-interface"])
    c.at("callhome-send-failed", f, HTTP_FAILED[:30])


@case("fresh-nexus-no-destination", split="held-out")
def _(c):
    c.story = "Call Home is enabled and has a contact; the profile has no HTTP destination."
    c.sources = [("an HTTP destination is needed", "clarification 4, S2")]
    c.made = "host, times, other lines."
    d, n = nexus(c, "leaf-quito-4", "C9336C-FX2", "9.3(10)")
    now = when("2023-05-16 10:22:33")
    run = [x for x in n.run_callhome(now) if "destination-profile" not in x]
    c.add("input/leaf-quito-4.txt", prompt("leaf-quito-4# ", ("show version", n.show_version()), ("show running-config callhome", run), ("show license status", failing(n, now)), ("show logging logfile", n.logfile(d, now - 2 * DAY, now, 25, spread("2023-05-14 12:00:00", 8 * HOUR, 5, licmgr_failed(HTTP_FAILED))))), eol="\r\n")
    c.expect("leaf-quito-4", top="nxos-callhome-not-enabled", must=["callhome-send-failed", "sl-registration-failed"], may=["nxos-comm-failed", "sl-evaluation"], must_not=["nxos-callhome-plain-http", "nxos-quovadis-fn72115", "nxos-http-source-interface", "nxos-vrf-mismatch"])
    c.at("sl-registration-failed", "leaf-quito-4.txt", "REGISTRATION FAILED")


@case("fresh-nexus-vrf-of-the-servers")
def _(c):
    c.story = "`transport http use-vrf management`; telnet works from VRF SERVERS only, and the name server is reachable there only."
    c.sources = [("same VRF for transport, DNS and path", "S2, inferred")]
    c.made = "host, times, other lines."
    d, n = nexus(c, "agg-davao-1", version="9.3(7)")
    now = when("2023-09-06 10:22:33")
    c.add_tar_gz("input/agg-davao-1.tar.gz", [("agg-davao-1/cli.txt", c.text("cli.txt", prompt("agg-davao-1# ", ("show version", paged(n.show_version())), ("sh run callhome", n.run_callhome(now)), ("show run | i name-server", ["ip name-server 10.71.0.53 use-vrf SERVERS"]), ("telnet tools.cisco.com 443 vrf SERVERS", OPEN),
         ("telnet tools.cisco.com 443 vrf management", ["telnet: tools.cisco.com: Name or service not known", "tools.cisco.com: Host name lookup failure"]), ("show license status", failing(n, now))))), ("agg-davao-1/logfile.txt", c.text("logfile.txt", n.logfile(d, now - 2 * DAY, now, 25, spread("2023-09-04 12:00:00", 8 * HOUR, 5, licmgr_failed(HTTP_FAILED)), vdc=True)))])
    c.expect("agg-davao-1", top="nxos-vrf-mismatch", must=["callhome-send-failed", "sl-registration-failed"], may=["nxos-comm-failed", "dns-name-unresolved", "sl-evaluation", "slp-vrf-mismatch"], must_not=["nxos-callhome-plain-http", "nxos-callhome-not-enabled", "nxos-quovadis-fn72115", "nxos-callhome-mts-dns-cscvv67469"])
    c.at("nxos-vrf-mismatch", "cli.txt", "use-vrf management")


@case("fresh-nexus-relay-nested-dns", split="held-out")
def _(c):
    c.story = "Only a relay's file: a Nexus nests the message of its agent, and the name cannot be resolved."
    c.sources = [("nested form", "clarification 12"), ("reason", "S4")]
    c.made = "host, other lines."
    d, n = nexus(c, "n9k-kandy")
    body = f"%USER-3-SYSTEM_MSG: %SMART_LIC-3-COMM_FAILED:Communications failure with the Cisco Smart Software Manager (CSSM) : {UNRESOLVED} - SMART_AGENT[8120]"
    lines = n.logfile(d, when("2024-03-01"), when("2024-03-03"), 45, spread("2024-03-01 02:00:00", 7 * HOUR, 6, body))
    c.add("input/n9k-kandy.log", lines, eol="\r\n")
    c.expect("n9k-kandy", top="dns-name-unresolved", may=["nxos-comm-failed"], must_not=["slp-cslu-default-not-configured", "nxos-quovadis-fn72115", "callhome-send-failed", "nxos-callhome-mts-dns-cscvv67469"])
    c.at("dns-name-unresolved", "n9k-kandy.log", "SMART_LIC-3-COMM_FAILED")


@case("fresh-nexus-trust-by-old-habit", split="held-out")
def _(c):
    c.story = "10.2(3)F knows only Smart Licensing Using Policy; the operator types the old register command, then gives up. No other fault is shown."
    c.sources = [("SLP and only SLP from 10.2(1)F", "P12"), ("the command is replaced by trust", "S3, P15")]
    c.made = "host, answers."
    d, n = nexus(c, "leaf-pula-2", "C93240YC-FX2", "10.2(3)", image="nxos64-cs.10.2.3.F.bin")
    ver = [x.replace("NXOS: version 10.2(3)", "NXOS: version 10.2(3) [Feature Release]") for x in n.show_version()]
    c.add("input/leaf-pula-2.txt", prompt("leaf-pula-2# ", ("show version", ver), ("license smart register idtoken OTQ0ZWFhNjEtMmI3", ["            ^", "% Invalid command at '^' marker."]),
         ("show license status", told("""
Utility:
  Status: DISABLED

Smart Licensing using Policy:
  Status: ENABLED

Account Information:
  Smart Account: <none>
  Virtual Account: <none>

Transport:
  Type: CSLU
  Cslu address: cslu-local

Policy:
  Policy in use: Merged from multiple sources

Usage Reporting:
  Last ACK received: <none>
  Next ACK deadline: <none>
  Reporting Interval: 365
  Last report push: <none>

Trust Code installed: <none>
"""))))
    c.expect("leaf-pula-2", top="slp-legacy-register-command", may=["slp-cslu-default-not-configured", "slp-no-evaluation-mode"], must_not=["sl-evaluation", "sl-registration-failed", "nxos-smart-licensing-unsupported", "nxos-callhome-not-enabled", "slp-trust-not-established", "token-not-valid"])
    c.at("slp-legacy-register-command", "leaf-pula-2.txt", "license smart register")


@case("fresh-nexus-slp-cert-by-address", split="held-out")
def _(c):
    c.story = "10.3(4a): On-Prem is called by its address; the TLS certificate cannot be validated."
    c.sources = [("text and cure", "P11"), ("address instead of name", "signatures, exp-onprem-certificate-mismatch")]
    c.made = "host, other lines."
    d, n = nexus(c, "leaf-zadar-7", "C93180YC-FX3", "10.3(4a)", image="nxos64-cs.10.3.4a.M.bin")
    now = when("2024-02-20 10:22:33")
    text = "Cannot establish secure connection because server TLS cert cannot be validated"
    c.add("input/leaf-zadar-7.txt", prompt("leaf-zadar-7# ", ("show version", n.show_version()), ("show running-config license", ["", "!Command: show running-config license", "!Time: Tue Feb 20 10:20:11 2024", "", "version 10.3(4a) Bios:version 01.10", "license smart url cslu https://10.72.5.40/cslu/v1/pi/zadar-1", "license smart transport cslu", ""]),
         ("show logging logfile", n.logfile(d, now - 2 * DAY, now, 25, spread("2024-02-18 12:00:00", 8 * HOUR, 5, f"%LICMGR-3-LOG_SMART_LIC_COMM_FAILED:  Communications failure with the Cisco Smart License Utility (CSLU) : {text}")))))
    c.expect("leaf-zadar-7", top="exp-onprem-certificate-mismatch", must=["nxos-server-cert-not-validated"], may=["nxos-comm-failed", "slp-tls-interception", "slp-cslu-unreachable"], must_not=["nxos-quovadis-fn72115", "slp-cslu-default-not-configured", "iosxe-quovadis-fn72323", "slp-trust-not-established"])
    c.at("nxos-server-cert-not-validated", "leaf-zadar-7.txt", "server TLS cert cannot be validated")


@case("fresh-nexus-all-in-order", split="held-out", healthy=True)
def _(c):
    c.story = "9.3(9), registered and authorized, one lost contact in January, restored within the hour."
    c.sources = [("state", "S2"), ("one pair needs no action", "S4")]
    c.made = "host, other lines."
    d, n = nexus(c, "bl-split-1", version="9.3(9)")
    now = when("2024-01-18 10:22:33")
    ev = [(when("2024-01-16 03:00:10"), licmgr_failed(HTTP_FAILED)), (when("2024-01-16 03:41:10"), "%LICMGR-5-LOG_SMART_LIC_COMM_RESTORED:  Communications with Cisco licensing cloud restored")]
    now2 = n.license_status(registered=when("2023-08-14 16:15:41"), next_renewal=when("2024-02-10 16:15:41"), expires=when("2024-08-13 16:13:53"), authorization=("AUTHORIZED", when("2024-01-16 03:41:12")), last=("SUCCEEDED", when("2024-01-16 03:41:12")), next_try=when("2024-02-15 03:41:12"), deadline=when("2024-04-15 03:36:12"))
    c.add("input/bl-split-1.log", prompt("bl-split-1# ", ("show version", n.show_version()), ("show clock", ["10:22:33.104 UTC Thu Jan 18 2024", "Time source is NTP"]), ("show run callhome", n.run_callhome(now)), ("show license status", now2), ("show logging logfile", n.logfile(d, now - 3 * DAY, now, 30, ev))))
    c.expect("bl-split-1", must=["sl-healthy"], may=["comm-fail-restore-pairs", "callhome-send-failed", "nxos-comm-failed"], must_not=["nxos-quovadis-fn72115", "comm-unstable-path", "sl-registration-failed", "nxos-callhome-not-enabled"])
    c.at("sl-healthy", "bl-split-1.log", "Status: REGISTERED")


@case("fresh-nexus-fxp-evaluates", split="held-out")
def _(c):
    c.story = "An N9K-C9348GC-FXP in evaluation, never registered; nobody tried. `show tech` with backticks, cut off in the middle of the configuration."
    c.sources = [("evaluation", "S2"), ("known problem of the model only with a failed registration", "S2")]
    c.made = "host, other lines."
    d, n = nexus(c, "acc-ragusa", "C9348GC-FXP", "9.3(8)")
    now = when("2022-10-18 10:22:33")
    run = n.run_callhome(now)
    c.add("input/tac-pac", ["", "`show switchname`", "acc-ragusa", "`show version`"] + n.show_version() + ["`show license all`"] + n.license_status("UNREGISTERED", account=None, authorization=("EVAL MODE",)) + ["`show logging last 20`"] + n.logfile(d, now - DAY, now, 20) + ["`show running-config callhome`"] + run[:6])
    c.expect("acc-ragusa", top="sl-evaluation", may=["nxos-n9k-c9348gc-fxp-registration"], must_not=["sl-registration-failed", "nxos-callhome-not-enabled", "sl-evaluation-expired", "exp-eval-mode", "nxos-smart-licensing-unsupported"])
    c.at("sl-evaluation", "tac-pac", "Status: EVAL MODE")
