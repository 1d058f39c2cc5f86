"""Failures that give their reason in other words than the usual ones: what the reason says decides, not that it is unusual."""
from datetime import timedelta

from case import case
from cases.fresh_iosxe import box
from cases.unseen_parts import DAY, HOUR, MINUTE, curl, spread
from dice import Dice
from expressway import Expressway
from iosxe_license import License
from iosxe_log import CALL_HOME_HTTP, UNRESOLVED, comm_failed, comm_restored, device_lines, mixed, show_logging, sl_message_failed, when
from iosxe_session import session, small_version

PATH = "slp-path-blocked"
UNKNOWN = "comm-failed-unknown-reason"


def switch(c, host, reason, version="17.9.4", pid="C9300-48P", days=6, since="2024-01-10 08:00:01.100", more=()):
    """A session on a switch whose log holds one failure a day."""
    d, b, plant = box(c, host, pid, version)
    now = when("2024-01-16 10:00:00.000")
    events = mixed(plant, min(when("2024-01-09"), when(since)), now, 40, spread(since, DAY, days, comm_failed(reason)) + list(more))
    c.add(f"input/{host}.txt", session(b, ("show clock", b.clock(now)), ("show version", small_version(b, now)), ("show logging", show_logging(device_lines(events)))))


@case("reason-certificate-refused")
def _(c):
    c.story = "Smart transport on a release that knows Cisco's root: the HTTP client says that it refused the certificate it was shown, every day."
    c.sources = [("TLS failure reasons speak for interception", "catalogue, S3"), ("texts of the client", "P19"), ("17.9.4 holds the root", "S4, P1")]
    c.made = "names, times, other lines."
    switch(c, "acc-lugo-1", "SSL Peer certificate or SSH remote key was not OK")
    c.expect("acc-lugo-1", top="slp-tls-interception", must=["tls-unknown-ca-from-device"], must_not=[PATH, UNKNOWN, "dns-name-unresolved", "iosxe-quovadis-fn72323"])
    c.at("tls-unknown-ca-from-device", "acc-lugo-1.txt", "was not OK")


@case("reason-certificate-refused-old-root")
def _(c):
    c.story = "The same kind of message on 17.3.3, a year after both servers changed their certificates: the release does not hold the new root."
    c.sources = [("affected releases, dates", "S4, P1"), ("texts of the client", "P19")]
    c.made = "names, times, other lines."
    switch(c, "acc-lugo-2", "Peer certificate cannot be authenticated with given CA certificates", version="17.3.3")
    c.expect("acc-lugo-2", top="iosxe-quovadis-fn72323", must=["tls-unknown-ca-from-device"], must_not=[PATH, UNKNOWN, "slp-tls-interception"])


@case("reason-tls-without-certificate")
def _(c):
    c.story = "TLS fails and the message names no certificate: it may be a firewall that decrypts, or one that cuts the connection. The symptom stands, nothing more is certain."
    c.sources = [("texts of the client", "P19")]
    c.made = "names, times, other lines."
    switch(c, "acc-lugo-3", "SSL connect error")
    c.expect("acc-lugo-3", top=UNKNOWN, must_not=[PATH, "slp-tls-interception", "dns-name-unresolved"])


@case("reason-host-name-of-the-client")
def _(c):
    c.story = "The name is not resolved, in the words of the HTTP client instead of the agent's."
    c.sources = [("texts of the client", "P19"), ("name resolution", "S3, S4")]
    c.made = "names, times, other lines."
    switch(c, "acc-lugo-4", "Couldn't resolve host name")
    c.expect("acc-lugo-4", top="dns-name-unresolved", must_not=[PATH, UNKNOWN])


@case("reason-proxy-ended-the-tunnel")
def _(c):
    c.story = "The proxy took the connection and ended it instead of opening a tunnel."
    c.sources = [("texts of the client", "P19"), ("a proxy that does not open the tunnel", "catalogue")]
    c.made = "names, times, other lines."
    switch(c, "acc-lugo-5", "Proxy CONNECT aborted")
    c.expect("acc-lugo-5", top="proxy-connect-refused", must_not=[PATH, UNKNOWN, "dns-name-unresolved"])


@case("reason-timeout-of-the-client")
def _(c):
    c.story = "The neighbour of these cases where nothing comes back at all, in the words of the HTTP client."
    c.sources = [("texts of the client", "P19"), ("a reason other than name resolution", "S3")]
    c.made = "names, times, other lines."
    switch(c, "acc-lugo-6", "Timeout was reached")
    c.expect("acc-lugo-6", top=PATH, must_not=[UNKNOWN, "dns-name-unresolved", "slp-tls-interception"])


@case("reason-http-403")
def _(c):
    c.story = "Every day the answer is HTTP 403. Who gives it, a proxy, a web filter or the server, is not said: the failure is reported and no cause is claimed."
    c.sources = [("a response is not a success, and no silence either", "catalogue, rule 3")]
    c.made = "names, times, other lines."
    switch(c, "acc-lugo-7", "HTTP Server Error 403: Forbidden")
    c.expect("acc-lugo-7", top=UNKNOWN, must_not=[PATH, "cssm-server-side-error", "dns-name-unresolved", "slp-tls-interception"])
    c.at(UNKNOWN, "acc-lugo-7.txt", "Error 403")


@case("reason-xr-and-asa-unresolved")
def _(c):
    c.story = "One collector file with a router that runs IOS XR, an ASA and a switch. All three could not resolve the server's name; only the switch recovered."
    c.sources = [("the same body in the coats of IOS XR and ASA", "catalogue, rule 5; P23; clarification 12")]
    c.made = "names, times."
    start = when("2023-11-15 11:00:00")
    lines = []
    for n in range(3):
        t = start + n * HOUR
        lines.append((t, f"{t:%Y-%m-%dT%H:%M:%S}+00:00 xr-faro-1 smartlicserver[397]: %LICENSE-SMART_LIC-3-COMM_FAILED : Communications failure with the Cisco Smart Software Manager (CSSM) : {UNRESOLVED}"))
        t += MINUTE
        lines.append((t, f"{t:%Y-%m-%dT%H:%M:%S}+00:00 asa-faro-1 %ASA-3-444303: %SMART_LIC-3-COMM_FAILED:Communications failure with the Cisco Smart Software Manager (CSSM) : {UNRESOLVED}"))
        t += MINUTE
        lines.append((t, f"{t:%Y-%m-%dT%H:%M:%S}+00:00 sw-faro-1 {12 + n}: {t:%b %d %H:%M:%S}.100: " + comm_failed(UNRESOLVED)))
    t = start + 4 * HOUR
    lines.append((t, f"{t:%Y-%m-%dT%H:%M:%S}+00:00 sw-faro-1 15: {t:%b %d %H:%M:%S}.100: %SMART_LIC-5-COMM_RESTORED: Communications with Cisco Smart Software Manager (CSSM) restored"))
    c.add("input/all.log", [text for _, text in lines])
    c.expect("xr-faro-1", top="dns-name-unresolved", must_not=[PATH, UNKNOWN])
    c.expect("asa-faro-1", top="dns-name-unresolved", must_not=[PATH, UNKNOWN])
    c.expect("sw-faro-1", may=["dns-name-unresolved", "comm-fail-restore-pairs"], must_not=[PATH, UNKNOWN])


def expressway_log(c, host, reason):
    d = Dice(c.name)
    exp = Expressway(host, "X14.3.4", serial="0B%s" % d.hexa(6).upper(), address="10.92.1.7")
    start = when("2024-05-16 06:00:00.748")
    c.add(f"input/{host}.log", exp.log(d, start - HOUR, start + 5 * HOUR, 60, [curl(exp, start + n * timedelta(minutes=15), reason) for n in range(12)]))


@case("exp-request-times-out-on-the-way")
def _(c):
    c.story = "The licensing client of an Expressway waits thirty seconds and gives up, again and again. The log says nothing of the transport, so it may wait for the server or for a proxy."
    c.sources = [("texts of the client", "P19"), ("with transport Direct it is the path", "S0, S1")]
    c.made = "everything but the texts."
    expressway_log(c, "expc-evora-1", "Connection timed out after 30001 milliseconds")
    c.expect("expc-evora-1", top=UNKNOWN, must_not=["exp-direct-no-path", "exp-root-ca-cscwe09378", "exp-tls-interception", "proxy-connect-refused"])


@case("exp-proxy-cannot-reach-the-cloud")
def _(c):
    c.story = "The proxy of an Expressway answers the request for a tunnel with 503: it cannot reach the server itself."
    c.sources = [("texts of the client", "P19"), ("502 to 504 at CONNECT", "catalogue")]
    c.made = "everything but the texts."
    expressway_log(c, "expc-evora-2", "Received HTTP code 503 from proxy after CONNECT")
    c.expect("expc-evora-2", top="proxy-connect-refused", must_not=["exp-direct-no-path", "exp-proxy-authentication-failed", UNKNOWN])


@case("exp-cut-in-the-handshake")
def _(c):
    c.story = "The licensing client's connection is cut while TLS is negotiated; the server never says a word."
    c.sources = [("texts of the client and what they mean", "P19")]
    c.made = "everything but the texts."
    expressway_log(c, "expc-evora-3", "OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to smartreceiver.cisco.com:443")
    c.expect("expc-evora-3", top="tcp-reset-after-client-hello", may=[UNKNOWN], must_not=["exp-direct-no-path", "exp-tls-interception", "exp-root-ca-cscwe09378"])


@case("reason-changes-from-218-to-205")
def _(c):
    c.story = "Two nights the name was not resolved, then somebody entered a name server; since then the request is aborted. The first trouble is over, the second one stands."
    c.sources = [("ERR 218 and ERR 205", "S4"), ("17.6.5 holds the root", "S4, P1")]
    c.made = "names, times, other lines."
    d, b, plant = box(c, "acc-lugo-8", "C9300-48P", "17.6.5")
    now = when("2023-11-14 10:00:00.000")
    failures = [x for n, code in enumerate((218, 218, 205, 205)) for x in ((when("2023-11-10 02:00:00.100") + n * DAY, sl_message_failed(code)), (when("2023-11-10 02:00:01.100") + n * DAY, CALL_HOME_HTTP))]
    c.add("input/acc-lugo-8.txt", session(b, ("show clock", b.clock(now)), ("show version", small_version(b, now)), ("show logging", show_logging(device_lines(mixed(plant, when("2023-11-09"), now, 40, failures))))))
    c.expect("acc-lugo-8", top="callhome-err-205-aborted", must=["callhome-send-failed"], may=["dns-name-unresolved"], must_not=[PATH, UNKNOWN, "iosxe-quovadis-fn72323"])


@case("reason-changes-on-the-way-to-the-old-root")
def _(c):
    c.story = "The same change on 17.3.3: what stands since the name is resolved is the old root."
    c.sources = [("ERR 218 and ERR 205", "S4"), ("affected releases, dates", "S4, P1")]
    c.made = "names, times, other lines."
    d, b, plant = box(c, "acc-lugo-9", "C9300-48P", "17.3.3")
    now = when("2023-11-14 10:00:00.000")
    failures = [x for n, code in enumerate((218, 218, 205)) for x in ((when("2023-11-10 02:00:00.100") + n * DAY, sl_message_failed(code)), (when("2023-11-10 02:00:01.100") + n * DAY, CALL_HOME_HTTP))]
    c.add("input/acc-lugo-9.txt", session(b, ("show clock", b.clock(now)), ("show version", small_version(b, now)), ("show logging", show_logging(device_lines(mixed(plant, when("2023-11-09"), now, 40, failures))))))
    c.expect("acc-lugo-9", top="iosxe-quovadis-fn72323", must=["callhome-send-failed", "callhome-err-205-aborted"], may=["dns-name-unresolved"], must_not=[PATH, UNKNOWN])


def compliance(c, host, restored):
    d, b, plant = box(c, host, "C9300-48P", "16.12.8")
    now = when("2024-01-31 10:00:00.000")
    events = [(when("2024-01-29 08:00:01.199"), "%SMART_LIC-3-OUT_OF_COMPLIANCE: One or more entitlements are out of compliance")]
    if restored:
        events.append((when("2024-01-30 08:10:01.199"), "%SMART_LIC-6-IN_COMPLIANCE: All entitlements and licenses in use on this device are authorized"))
    c.add(f"input/{host}.log", device_lines(mixed(plant, when("2024-01-28"), now, 60, events)))


@case("compliance-lost-log-only")
def _(c):
    c.story = "A log of a classic release, nothing else: the agent says once that licences are out of compliance."
    c.sources = [("more entitlements used than the account holds", "S2")]
    c.made = "everything."
    compliance(c, "agg-lugo-1", restored=False)
    c.expect("*", top="sl-out-of-compliance", must_not=["sl-authorization-expired", PATH, UNKNOWN])
    c.at("sl-out-of-compliance", "agg-lugo-1.log", "OUT_OF_COMPLIANCE")


@case("compliance-lost-and-back", healthy=True)
def _(c):
    c.story = "The same, and a day later all licences are authorized again."
    c.sources = [("more entitlements used than the account holds", "S2")]
    c.made = "everything."
    compliance(c, "agg-lugo-2", restored=True)
    c.expect("*", may=["sl-out-of-compliance"], must_not=["sl-authorization-expired", PATH, UNKNOWN])


@case("server-error-for-three-weeks")
def _(c):
    c.story = "HTTP 503 once a day for three weeks, and never a good answer in between. Whether the service or a proxy says it, the switch has had no licensing for all that time."
    c.sources = [("errors of the server side", "P14"), ("502 to 504 may be a proxy's own", "catalogue")]
    c.made = "names, times, other lines."
    switch(c, "acc-lugo-10", "HTTP Server Error 503:Service Unavailable", days=21, since="2023-12-26 08:00:01.100")
    c.expect("acc-lugo-10", top="cssm-server-side-error", must_not=[PATH, UNKNOWN, "slp-tls-interception"])


@case("exp-chain-refused-release-unknown")
def _(c):
    c.story = "A few lines of an Expressway's log, no release, no configuration, no capture: a chain is refused. CSCwe09378 and a firewall that decrypts are both possible; the release would tell."
    c.sources = [("fixed and affected releases decide", "S0, S1"), ("wording", "P19")]
    c.made = "everything but the texts."
    expressway_log(c, "expc-evora-4", "SSL certificate problem: self signed certificate in certificate chain")
    c.expect("expc-evora-4", top="exp-selfsigned-in-chain", must_not=["exp-root-ca-cscwe09378", "exp-tls-interception", "exp-onprem-certificate-mismatch", UNKNOWN])


@case("exp-other-name-for-the-cloud")
def _(c):
    c.story = "The certificate shown for smartreceiver.cisco.com is made out to somebody else, a portal perhaps. No On-Prem is addressed here, so no On-Prem has the wrong name."
    c.sources = [("wording", "P19"), ("judge by what is shown for Cisco's name", "S0, S1")]
    c.made = "everything but the texts."
    expressway_log(c, "expc-evora-5", "SSL: no alternative certificate subject name matches target host name 'smartreceiver.cisco.com'")
    c.expect("expc-evora-5", top="exp-tls-interception", must=["exp-selfsigned-in-chain"], must_not=["exp-onprem-certificate-mismatch", "exp-root-ca-cscwe09378", UNKNOWN])


@case("name-unknown-at-the-command-line")
def _(c):
    c.story = "No log at all: somebody typed the server's name, and the switch asked 255.255.255.255, as it does without a name server."
    c.sources = [("name resolution, tests from the device", "S4")]
    c.made = "the session."
    d, b, plant = box(c, "acc-lugo-11", "C9300-48P", "17.9.4")
    now = when("2024-02-01 10:00:00.000")
    asked = ['Translating "smartreceiver.cisco.com"...domain server (255.255.255.255)', "% Unrecognized host or address, or protocol not running.", ""]
    c.add("input/acc-lugo-11.txt", session(b, ("show clock", b.clock(now)), ("show version", small_version(b, now)), ("ping smartreceiver.cisco.com", asked), ("show run | i name-server|domain", ["no ip domain lookup"]), ("show license status", License(b, "smart").status())))
    c.expect("acc-lugo-11", top="dns-name-unresolved", may=["slp-trust-not-established"], must_not=[PATH, UNKNOWN, "slp-ping-fails-expected"])


@case("name-known-in-one-vrf-only")
def _(c):
    c.story = "In the VRF of the management port the server answers; outside of it not even the name is known, and there the licensing agent asks."
    c.sources = [("where VRFs are used, the related commands need the VRF too", "S4")]
    c.made = "the session."
    d, b, plant = box(c, "acc-lugo-12", "C9300-48P", "17.9.4")
    now = when("2024-02-01 10:00:00.000")
    log = device_lines(mixed(plant, when("2024-01-30"), now, 30, [(when("2024-01-31 08:00:01.100"), comm_failed(UNRESOLVED))]))
    c.add("input/acc-lugo-12.txt", session(b, ("show clock", b.clock(now)), ("show version", small_version(b, now)),
                                           ("telnet smartreceiver.cisco.com 443 /vrf Mgmt-vrf", ["Trying smartreceiver.cisco.com (192.133.220.90, 443)... Open"]),
                                           ("telnet smartreceiver.cisco.com 443", ['Translating "smartreceiver.cisco.com"...domain server (10.44.0.53)', "% Bad IP address or host name"]),
                                           ("show run | i http client|name-server|license", ["ip name-server vrf Mgmt-vrf 10.44.0.53", "license smart transport smart"]), ("show logging", show_logging(log))))
    c.expect("acc-lugo-12", top="slp-vrf-mismatch", must=["dns-name-unresolved"], must_not=[PATH, UNKNOWN])


@case("name-unknown-to-the-nexus")
def _(c):
    c.story = "A Nexus whose registration failed; typed by hand, the name is unknown in the VRF that should know it."
    c.sources = [("registration failed", "S2"), ("name resolution in the VRF", "S2")]
    c.made = "the session."
    c.add("input/leaf-lugo-1.txt", ['leaf-lugo-1# show clock', '10:00:00.000 UTC Thu Feb 01 2024', 'leaf-lugo-1# show version', 'Cisco Nexus Operating System (NX-OS) Software', '  NXOS: version 9.3(7)', '  cisco Nexus9000 C93180YC-EX chassis',
                                    '  Device name: leaf-lugo-1', 'leaf-lugo-1# show license all', 'Smart Licensing is ENABLED', 'Registration:', '  Status: UNREGISTERED - REGISTRATION FAILED', '  Initial Registration: FAILED on Jan 30 14:13:31 2024 UTC',
                                    '    Failure reason: Fail to send out Call Home HTTP message.', 'leaf-lugo-1# ping tools.cisco.com vrf management', 'ping: bad context management or unknown host tools.cisco.com', '% Invalid host/interface tools.cisco.com', 'leaf-lugo-1# '])
    c.expect("leaf-lugo-1", top="dns-name-unresolved", must=["sl-registration-failed"], may=["callhome-send-failed"], must_not=["nxos-quovadis-fn72115", "nxos-callhome-plain-http", "slp-ping-fails-expected"])


@case("reason-missing")
def _(c):
    c.story = "The message ends behind its colon, every day. Nothing tells why, but that it fails is certain."
    c.sources = [("the message", "S3, S4"), ("a reason that is cut off tells neither", "S3")]
    c.made = "names, times, other lines."
    switch(c, "acc-lugo-14", "")
    c.expect("acc-lugo-14", top=UNKNOWN, must_not=[PATH, "dns-name-unresolved", "slp-tls-interception"])


@case("reason-silence-again-after-one-recovery")
def _(c):
    c.story = "Silence, one recovery, silence again until the log ends. One pair is noise; what is open now is the finding."
    c.sources = [("one pair is noise, the restore ends what came before it", "catalogue, rule 4"), ("a reason other than name resolution", "S3")]
    c.made = "names, times, other lines."
    recovered = when("2024-01-13 20:00:00.100")
    switch(c, "acc-lugo-20", "No detail given", more=[(recovered, comm_restored())])
    c.expect("acc-lugo-20", top=PATH, must=["comm-fail-restore-pairs"], must_not=["comm-unstable-path", UNKNOWN, "dns-name-unresolved"])
