"""Wireless controllers: a second set of cases kept apart from tuning."""
from archive import tar_gz_of, zip_of
from case import case
from cases.fresh_iosxe import box, logged, told
from cases.unseen_parts import DAY, HOUR, MINUTE, brief_version, mail, no_reply, prompt, spread, stats_only
from dice import Dice
from iosxe_license import License, history_request, history_response
from iosxe_log import UNRESOLVED, comm_failed, device_lines, mixed, relay5424, show_logging, when
from iosxe_show import pki_block, section

NO_DETAIL = comm_failed("No detail given")


def certificates(end, other_end, used="TP-self-signed-1180025512", other="CAMPUS-WEB"):
    out = pki_block("Certificate", "3C00000A71", ["cn=Campus Issuing CA 3", "dc=campus"], ["Name=wlc.campus.example", "cn=wlc.campus.example"], "07:10:00 UTC Feb 2 2022", other_end, other)
    return out + ["Router Self-Signed Certificate", "  Status: Available", "  Certificate Serial Number (hex): 01", "  Certificate Usage: General Purpose", "  Issuer: ", f"    cn=IOS-Self-Signed-Certificate-{used.rsplit('-', 1)[1]}",
                  "  Subject:", f"    Name: IOS-Self-Signed-Certificate-{used.rsplit('-', 1)[1]}", f"    cn=IOS-Self-Signed-Certificate-{used.rsplit('-', 1)[1]}", "  Validity Date: ", "    start date: 11:02:44 UTC Mar 4 2021", f"    end   date: {end}", f"  Associated Trustpoints: {used} ", ""]


def client_certificate(c, host, trustpoint):
    c.sources = [("the certificate of the client trustpoint must be valid", "S3"), ("RESPONSE with nothing behind", "S3"), ("explained by", "signatures, slp-history-empty-response")]
    c.made = "host, certificates, times."
    d, b, p = box(c, host, "C9800-40-K9", "17.9.4", code="TTM", net="10.61", licences=("air-network-advantage", "air-dna-advantage"))
    now = when("2024-04-10 09:40:00")
    lic = License(b, "smart", deadline=when("2024-07-01 10:00:00"), rum=(30, 0, 0, 0, 26, 4))
    ask = now - 12 * MINUTE
    hist = history_request(ask, "UTC", "ID_TOKEN_TRUST", b.pid, b.sn, d) + history_response(ask + MINUTE / 60, "UTC") + history_request(ask + MINUTE, "UTC", "ID_TOKEN_TRUST", b.pid, b.sn, d) + history_response(ask + MINUTE + MINUTE / 60, "UTC")
    run = [x.replace("2893716640", "1180025512") for x in b.running(now, p, http_source="Vlan61", trustpoint=trustpoint, ports=2, extra=["!", "crypto pki trustpoint CAMPUS-WEB", " enrollment pkcs12", " revocation-check none", " rsakeypair CAMPUS-WEB", "!"])]
    c.add(f"input/{host}.txt", prompt(host + "#", ("show clock", b.clock(now)), ("show version", brief_version(b, now)), ("show running-config", run), ("show crypto pki certificates", certificates("11:02:44 UTC Mar 4 2031", "07:10:00 UTC Feb 2 2024")),
                                      ("show license status", lic.status()), ("show license history message", ["Message History (oldest to newest):", "", "Trust Establishment:"] + hist)))
    return f"{host}.txt"


@case("fresh-wlc-expired-client-certificate", split="held-out")
def _(c):
    c.story = "The HTTP client uses a certificate of the campus CA that ended in February 2024; the trust requests of April remain without an answer."
    f = client_certificate(c, "wlc-lund-1", "CAMPUS-WEB")
    c.expect("wlc-lund-1", top="tls-client-cert-rejected", must=["slp-history-empty-response", "slp-trust-not-established"], may=["slp-path-blocked"], must_not=["iosxe-quovadis-fn72323", "selfsigned-cert-2020-fn70489", "slp-http-client-not-configured", "dns-name-unresolved", "slp-tls-interception"])
    c.at("tls-client-cert-rejected", f, "Feb 2 2024")
    c.at("slp-history-empty-response", f, "RESPONSE:")


@case("fresh-wlc-expired-unused-certificate", split="held-out")
def _(c):
    c.story = "The same controller type with the same two certificates; here the client uses the self-signed one, valid until 2031. The expired one has no part in it, the path has."
    f = client_certificate(c, "wlc-lund-2", "TP-self-signed-1180025512")
    c.expect("wlc-lund-2", top="slp-path-blocked", must=["slp-history-empty-response", "slp-trust-not-established"], may=["slp-tls-interception"], must_not=["tls-client-cert-rejected", "iosxe-quovadis-fn72323", "slp-http-client-not-configured", "dns-name-unresolved"])
    c.at("slp-history-empty-response", f, "RESPONSE:")


@case("fresh-wlc-source-missing-only", split="held-out")
def _(c):
    c.story = "A C9800-L with the trustpoint set and no source interface (there is but one L3 interface); communication fails without detail."
    c.sources = [("both commands are needed, even with one interface", "S3"), ("NO REPLY", "P14")]
    c.made = "host, times."
    d, b, p = box(c, "wlc-umea", "C9800-L-F-K9", "17.9.5", code="FCL", net="10.62", licences=("air-network-advantage", "air-dna-advantage"))
    now = when("2024-05-15 12:00:00")
    lic = License(b, "smart", deadline=when("2024-08-01 10:00:00"), rum=(12, 0, 0, 0, 9, 3))
    c.add("input/show_tech_wireless_umea.txt", section("show clock", b.clock(now)) + section("show version", b.show_version(now)) + section("show running-config", b.running(now, p, http_source=None, trustpoint="CISCO_IDEVID_SUDI", ports=2)) +
          section("show logging", show_logging(logged(b, p, now, spread("2024-05-13 06:00:00", 7 * HOUR, 7, NO_DETAIL), 20))) + section("show license tech support", lic.tech(now, no_reply("Trust Establishment", 9, now - HOUR), overall="Insufficient trust for direct communication")))
    c.expect("wlc-umea", top="slp-http-client-not-configured", must=["slp-trust-not-established"], may=["slp-path-blocked"], must_not=["tls-client-cert-rejected", "iosxe-quovadis-fn72323", "dns-name-unresolved", "slp-cslu-default-not-configured"])
    c.at("slp-trust-not-established", "show_tech_wireless_umea.txt", "Insufficient trust")


def must_ack(c, host, version):
    c.sources = [("ACK mandatory on the 9800-CL from 17.7.1", "S3")]
    c.made = "host, times."
    d, b, p = box(c, host, "C9800-CL-K9", version, code="9Q", net="10.63", licences=("air-network-advantage", "air-dna-advantage"))
    now = when("2024-02-06 10:00:00")
    lic = License(b, "cslu", "http://10.63.0.80:8182/cslu/v1/pi", deadline=when("2024-04-20 10:00:00"), pushed=None, next_push=when("2024-02-06 11:00:00"), rum=(8, 0, 0, 0, 6, 2))
    c.add(f"input/{host}.txt", prompt(host + "#", ("show clock", b.clock(now)), ("show version", b.show_version(now)), ("show license all", lic.all())), eol="\r\n")
    return f"{host}.txt"


@case("fresh-wlc-cl-17-12-no-ack", split="held-out")
def _(c):
    c.story = "A 9800-CL on 17.12.2 that has never had an acknowledgement; the CSLU address is set, the deadline is in April."
    f = must_ack(c, "vwlc-aosta-1", "17.12.2")
    c.expect("vwlc-aosta-1", top="c9800cl-ack-mandatory", must_not=["slp-report-overdue", "slp-cslu-default-not-configured", "slp-trust-not-established", "slp-path-blocked", "slp-cslu-unreachable"])
    c.at("c9800cl-ack-mandatory", f, "Last ACK received: <none>")


@case("fresh-wlc-cl-17-3-no-ack", split="held-out", healthy=True)
def _(c):
    c.story = "The same picture on 17.3.5: no such duty yet, the first report is not due before April."
    must_ack(c, "vwlc-aosta-2", "17.3.5")
    c.expect("vwlc-aosta-2", must_not=["c9800cl-ack-mandatory", "slp-report-overdue", "slp-cslu-default-not-configured", "slp-trust-not-established", "slp-path-blocked"])


@case("fresh-wlc-onprem-revocation", split="held-out")
def _(c):
    c.story = "Behind On-Prem: CRL fetch for SLA-TrustPoint fails at every attempt; the trustpoint still checks revocation. RFC 5424 relay in a gzip, and the trustpoint pasted."
    c.sources = [("message and revocation-check", "S3, P13")]
    c.made = "host, times, other lines."
    d, b, p = box(c, "wlc-visby", "C9800-40-K9", "17.6.4", code="FOX", net="10.64")
    planted = spread("2024-01-09 02:00:00", 8 * HOUR, 6, "%PKI-3-CRL_FETCH_FAIL: CRL fetch for trustpoint SLA-TrustPoint failed", "%PKI-3-CRL_FETCH_FAIL: CRL fetch for trustpoint SLA-TrustPoint failed")
    lines = [relay5424(t, "wlc-visby", 900 + n, body) for n, (t, body) in enumerate(mixed(p, when("2024-01-09"), when("2024-01-11 12:00:00"), 40, planted))]
    c.add_gz("input/wlc-visby/syslog.gz", c.text("syslog.gz", lines))
    c.add("input/wlc-visby/run-excerpt.txt", told("""
wlc-visby#show run | section crypto pki trustpoint SLA
crypto pki trustpoint SLA-TrustPoint
 enrollment pkcs12
 revocation-check crl
wlc-visby#show run | include license smart
license smart url cslu https://ssm-op.gotland.example/cslu/v1/pi/gotland-1
license smart transport cslu
wlc-visby#show version | include IOS XE
Cisco IOS XE Software, Version 17.06.04
wlc-visby#
"""))
    c.expect("wlc-visby", top="slp-onprem-crl-fetch-fail", may=["crl-fetch-unanswered"], must_not=["slp-onprem-wrong-transport", "slp-path-blocked", "iosxe-quovadis-fn72323", "slp-trust-not-established", "exp-onprem-certificate-mismatch"])
    c.at("slp-onprem-crl-fetch-fail", "syslog.gz", "CRL_FETCH_FAIL")


@case("fresh-wlc-polls-a-removed-instance", split="held-out")
def _(c):
    c.story = "History of a 9800-CL: CSSM answers FAILURE, the product instance identifier is invalid. Answers arrive, so the path is good. The JSON is cut at the end of the file."
    c.sources = [("text of the answer", "S3"), ("a response is not a success, and proves the path", "rule 3, clarification 22")]
    c.made = "host, times, identifiers."
    d, b, p = box(c, "vwlc-motala", "C9800-CL-K9", "17.6.5", code="9W", net="10.65")
    now = when("2023-10-18 10:00:00")
    hist, t = [], now - 3 * HOUR
    for n in range(3):
        hist += history_request(t + n * HOUR, "CEST", "POLL_REQ", b.pid, b.sn, d) + history_response(t + n * HOUR + MINUTE / 30, "CEST", "POLL_REQ", b.pid, b.sn, d, "FAILURE", "Invalid ProductInstanceIdentifier: 0f0b9d44-7aa2-4e1c-8c53-5a5c8f2f1b77 provided in the polling request. 262236")
    text = prompt("vwlc-motala#", ("show version", brief_version(b, now)), ("show license history message", ["Message History (oldest to newest):", "", "Result Polling:"] + hist))[:-2]
    text[-1] = text[-1][:410]
    c.add("input/history.txt", text)
    c.expect("vwlc-motala", top="slp-instance-unknown-to-cssm", may=["rma-stale-instance"], must_not=["slp-history-empty-response", "slp-path-blocked", "slp-comm-flapping-cscwa11048", "cssm-server-side-error"])
    c.at("slp-instance-unknown-to-cssm", "history.txt", "RESPONSE: ")


@case("fresh-wlc-questions-only", split="held-out", healthy=True)
def _(c):
    c.story = "Three questions, no fault: reports every eight hours, ping without answer, an access point that CSSM does not count yet."
    c.sources = [("8 hours", "S3"), ("ping", "S3, S4")]
    c.made = "host, times."
    c.add("input/questions.txt", told("""
1) We set `license smart usage interval 30`, why does the box report every 8 hours?

wlc-inari#show license air entities summary
Last license report time........................: 03:12:40.114 UTC Wed Mar 20 2024
Upcoming license report time....................: 11:12:40.998 UTC Wed Mar 20 2024
No. of APs active at last report................: 212
No. of APs newly added with last report.........: 4
No. of APs deleted with last report.............: 0

2) Is the firewall closed?

wlc-inari#ping smartreceiver.cisco.com source Vlan66
Type escape sequence to abort.
Sending 5, 100-byte ICMP Echos to 72.163.15.144, timeout is 2 seconds:
Packet sent with a source address of 10.66.0.5
.....
Success rate is 0 percent (0/5)
wlc-inari#telnet smartreceiver.cisco.com 443 /ipv4
Trying smartreceiver.cisco.com (72.163.15.144, 443)... Open

3) The AP we hung up an hour ago is not in CSSM.

wlc-inari#show license status | begin Usage Reporting
Usage Reporting:
  Last ACK received: Mar 20 03:13:31 2024 UTC
  Next ACK deadline: Jun 18 03:13:31 2024 UTC
  Reporting push interval: 30  days
  Next ACK push check: <none>
  Next report push: Mar 20 11:12:40 2024 UTC
  Last report push: Mar 20 03:12:41 2024 UTC
  Last report file write: <none>

Trust Code Installed:
  Active: PID:C9800-40-K9,SN:TTM2521INA1
    INSTALLED on Nov 14 10:22:19 2023 UTC
  Standby: PID:C9800-40-K9,SN:TTM2521INA2
    INSTALLED on Nov 14 10:22:19 2023 UTC

wlc-inari#
"""), bom=b"\xef\xbb\xbf", eol="\r\n")
    c.expect("wlc-inari", must=["wlc-8-hour-interval", "slp-ping-fails-expected", "slp-trust-established"], must_not=["slp-path-blocked", "slp-report-overdue", "token-uses-too-few", "slp-rum-accumulating"])
    c.at("wlc-8-hour-interval", "questions.txt", "Upcoming license report time")
    c.at("slp-ping-fails-expected", "questions.txt", "0 percent")
