"""Expressway: the way to the licensing server, tokens, clocks."""
from datetime import timedelta

from capture import Tcp, micros
from case import case
from dice import Dice
from expressway import Expressway, smart_license
from iosxe_log import when

from cases.expressways import bundle, refusals, talk
from cases.expressway_clusters import TOKEN, token_status

ONPREM = "https://ssm.voice.corp.example/SmartTransport"


def failed_status(now, reason=None, transport=("Smart", "https://smartreceiver.cisco.com/licservice/license")):
    """Registered, out of touch for two weeks."""
    ok, last = now - timedelta(days=14), now - timedelta(minutes=12)
    return smart_license(TOKEN, f"AUTHORIZED on {ok:%b %d %Y %H:%M:%S} UTC", transport=transport, failure=reason,
                         last=(f"FAILED on {last:%b %d %Y %H:%M:%S} UTC", f"{last + timedelta(hours=23):%b %d %Y %H:%M:%S} UTC", f"{ok + timedelta(days=90):%b %d %Y %H:%M:%S} UTC"))


def attempts(exp, now, text, url="https://smartreceiver.cisco.com/licservice/license", alarm=True, every=(48, 33, 18)):
    times = [now - timedelta(minutes=m) for m in every]
    out = [(t, x) for t in times for x in exp.curl_failed(t, text, url)]
    return out + ([(times[0] + timedelta(seconds=1), exp.alarm(times[0] + timedelta(seconds=1), "30042"))] if alarm else [])


@case("exp-proxy-407", covers=[24])
def _(c):
    c.story = "Transport Proxy server; the proxy wants a user and password for the CONNECT to smartreceiver.cisco.com (407). The capture between both shows it three times."
    c.sources = [("CONNECT refused", "catalogue, part E"), ("libcurl text", "public P19"), ("proxy settings", "public P4")]
    c.made = "all values."
    exp = Expressway("exp-c-l1", "X14.3.4", "0E700001", "10.20.71.21")
    d, now = Dice(c.name), when("2024-04-22 10:00:00")
    planted = attempts(exp, now, "CONNECT tunnel failed, response 407")
    cap = talk(c.name, exp.address, micros(now - timedelta(minutes=55)), 3000, 60)
    for n, m in enumerate((48, 33, 18)):
        flow = Tcp(cap, micros(now - timedelta(minutes=m)) - 40000, exp.address, 41200 + n, "10.20.5.80", 3128, label=f"try{n}").open()
        flow.send("c", b"CONNECT smartreceiver.cisco.com:443 HTTP/1.1\r\nHost: smartreceiver.cisco.com:443\r\nUser-Agent: curl\r\nProxy-Connection: Keep-Alive\r\n\r\n", "connect")
        flow.at += 9000
        flow.send("s", b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"corp\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "answer")
        flow.close("s")
    bundle(c, exp, "2024-04-22_10:00:00", exp.log(d, now - timedelta(hours=1), now, 70, planted), exp.xconf("Proxy", proxy=("proxy.voice.corp.example", "3128")), exp.xstat(now, d, failed_status(now, "CONNECT tunnel failed, response 407"), [("30042", "")]), [cap.pcap()])
    file = "eth0_diagnostic_logging_tcpdump00_exp-c-l1_2024-04-22_10_00_00.pcap"
    c.packet(file, cap.number("try0-answer"), "407 from the proxy")
    c.expect("exp-c-l1", must=["proxy-connect-refused", "exp-proxy-authentication-failed", "exp-smart-license-comm-error"], must_not=["exp-direct-no-path", "exp-transport-changed-while-registered", "exp-root-ca-cscwe09378"])
    c.at("proxy-connect-refused", file, packet=cap.number("try0-answer"))


@case("exp-proxy-403-log-only")
def _(c):
    c.story = "Only the log: the proxy's policy forbids the host (403). Registered, so the account is not the question."
    c.sources = [("libcurl text", "public P19"), ("403 is the proxy's policy", "catalogue")]
    c.made = "all values."
    exp = Expressway("exp-e-l2", "X15.0.2", "0E700002", "192.0.2.92", role="edge")
    d, now = Dice(c.name), when("2024-05-22 10:00:00")
    c.add("input/loggingsnapshot_exp-e-l2_2024-05-22_10_00_00.txt", exp.log(d, now - timedelta(hours=1), now, 45, attempts(exp, now, "CONNECT tunnel failed, response 403")))
    c.add("input/xconf_dump_exp-e-l2_2024-05-22_10_00_00.txt", exp.xconf("Proxy", proxy=("10.20.5.80", "3128")))
    c.expect("exp-e-l2", top="exp-proxy-authentication-failed", must=["exp-smart-license-comm-error"], must_not=["exp-direct-no-path", "exp-tls-interception", "exp-root-ca-cscwe09378"])


@case("exp-onprem-by-address")
def _(c):
    c.story = "On-Prem is set by its address, https://10.20.7.90/SmartTransport; its certificate names ssm.voice.corp.example only. Differs from exp-onprem-by-name in the URL."
    c.sources = [("libcurl text", "public P19"), ("use the URL On-Prem proposes", "public P11")]
    c.made = "all values."
    exp = Expressway("exp-c-l3", "X14.2.6", "0E700003", "10.20.71.23")
    d, now = Dice(c.name), when("2024-02-12 10:00:00")
    url = "https://10.20.7.90/SmartTransport"
    text = "SSL: no alternative certificate subject name matches target host name '10.20.7.90'"
    bundle(c, exp, "2024-02-12_10:00:00", exp.log(d, now - timedelta(hours=1), now, 60, attempts(exp, now, text, url)), exp.xconf("Cssm", url), exp.xstat(now, d, failed_status(now, text, ("Smart", url)), [("30042", "")]))
    c.expect("exp-c-l3", top="exp-onprem-certificate-mismatch", must=["exp-selfsigned-in-chain", "exp-smart-license-comm-error"], must_not=["exp-onprem-url-suffix-missing", "exp-root-ca-cscwe09378", "exp-tls-interception", "exp-direct-no-path"])
    c.at("exp-onprem-certificate-mismatch", "loggingsnapshot_exp-c-l3_2024-02-12_10_00_00.txt", "no alternative certificate")


@case("exp-onprem-by-name", healthy=True, covers=[7, 23])
def _(c):
    c.story = "The same On-Prem as in exp-onprem-by-address, set by the name of its certificate: works."
    c.sources = [("URL form", "seeds S0, S1")]
    c.made = "all values."
    exp = Expressway("exp-c-l4", "X14.2.6", "0E700004", "10.20.71.24")
    d, now = Dice(c.name), when("2024-02-13 10:00:00")
    ok = now - timedelta(hours=2)
    status = smart_license(TOKEN, f"AUTHORIZED on {ok:%b %d %Y %H:%M:%S} UTC", transport=("Smart", ONPREM), last=(f"SUCCEEDED on {ok:%b %d %Y %H:%M:%S} UTC", "Mar 14 2024 08:00:00 UTC", "May 13 2024 08:00:00 UTC"))
    bundle(c, exp, "2024-02-13_10:00:00", exp.log(d, now - timedelta(hours=3), now, 60, [(ok, exp.agent_ok(ok))]), exp.xconf("Cssm", ONPREM), exp.xstat(now, d, status))
    c.expect("exp-c-l4", must_not=["exp-onprem-certificate-mismatch", "exp-onprem-url-suffix-missing", "exp-eval-mode", "exp-transport-changed-while-registered"])


@case("exp-page-timed-out", covers=[29])
def _(c):
    c.story = "Nothing but the text of the Smart licensing page, pasted into the ticket: the registration timed out."
    c.sources = [("text", "public P4")]
    c.made = "the words around it."
    c.add("input/ticket.txt", ["Customer writes:", "After Register the page shows", "The last attempt to renew smart software licensing registration is in progress because of the following reason: HTTP Server Error 200: Operation timed out",
                               "since half an hour. System is Expressway-C version X14.3.4.", "", "Transport settings: Direct"])
    c.expect("*", must=["exp-http-timeout-retry"], may=["exp-direct-no-path"], must_not=["exp-root-ca-cscwe09378", "exp-token-invalid-or-expired", "exp-proxy-authentication-failed"])
    c.at("exp-http-timeout-retry", "ticket.txt", "Operation timed out")


def changed(exp, t, old="Direct", new="Cssm"):
    return exp.line(t, "httpd[8811]", f'web: Event="System Configuration Changed" Detail="configuration/license/smart/transport_type - changed from: \'{old}\' to: \'{new}\'" Src-ip="10.20.71.90" Src-port="50110" User="admin" Level="1" UTCTime="{exp.utc(t)[:19]}"')


@case("exp-transport-switched-registered")
def _(c):
    c.story = "A registered node was switched from Direct to On-Prem without deregistering; renewal and communication fail since. Differs from exp-transport-switched-in-order by the missing deregistration."
    c.sources = [("deregister, change, register", "public P4"), ("form of the change lines", "public P18")]
    c.made = "all values; the name of the setting in the change line."
    exp = Expressway("exp-c-l5", "X14.3.2", "0E700005", "10.20.71.25")
    d, now = Dice(c.name), when("2024-03-05 16:00:00")
    t = now - timedelta(minutes=50)
    planted = [(t, changed(exp, t)), (t + timedelta(minutes=9), exp.alarm(t + timedelta(minutes=9), "30042")), (t + timedelta(minutes=10), exp.alarm(t + timedelta(minutes=10), "30044"))]
    bundle(c, exp, "2024-03-05_16:00:00", exp.log(d, now - timedelta(hours=1), now, 60, planted), exp.xconf("Cssm", ONPREM), exp.xstat(now, d, failed_status(now, transport=("Smart", ONPREM)), [("30042", ""), ("30044", "")]))
    c.expect("exp-c-l5", top="exp-transport-changed-while-registered", must=["exp-smart-license-comm-error", "exp-auth-renew-failed"], must_not=["exp-direct-no-path", "exp-root-ca-cscwe09378", "exp-onprem-url-suffix-missing"])
    c.at("exp-transport-changed-while-registered", "loggingsnapshot_exp-c-l5_2024-03-05_16_00_00.txt", "transport_type")


@case("exp-transport-switched-in-order", healthy=True)
def _(c):
    c.story = "Deregistered, switched to On-Prem, registered there: one alarm in between, lowered with the new registration. Healthy."
    c.sources = [("deregister, change, register", "public P4")]
    c.made = "all values."
    exp = Expressway("exp-c-l6", "X14.3.2", "0E700006", "10.20.71.26")
    d, now = Dice(c.name), when("2024-03-06 16:00:00")
    t, ok = now - timedelta(minutes=50), now - timedelta(minutes=31)
    planted = [(t - timedelta(minutes=2), exp.module(t - timedelta(minutes=2), "smartlicenseagent", "developer.smartlicense.agent", "INFO", 'Detail="Smartlicenseagent deregistered"')), (t, changed(exp, t)),
               (t + timedelta(minutes=9), exp.alarm(t + timedelta(minutes=9), "30042")), (ok, exp.agent_ok(ok)), (ok + timedelta(seconds=1), exp.alarm(ok + timedelta(seconds=1), "30042", event="Lowered"))]
    status = smart_license(("Mar 06 2024 15:29:00 UTC", "None", "Sep 02 2024 15:29:00 UTC", "Mar 06 2025 15:24:00 UTC"), f"AUTHORIZED on {ok:%b %d %Y %H:%M:%S} UTC", transport=("Smart", ONPREM),
                           last=(f"SUCCEEDED on {ok:%b %d %Y %H:%M:%S} UTC", "Apr 05 2024 15:29:00 UTC", "Jun 04 2024 15:24:00 UTC"))
    bundle(c, exp, "2024-03-06_16:00:00", exp.log(d, now - timedelta(hours=1), now, 60, planted), exp.xconf("Cssm", ONPREM), exp.xstat(now, d, status))
    c.expect("exp-c-l6", must_not=["exp-transport-changed-while-registered", "exp-onprem-certificate-mismatch", "exp-eval-mode"])


@case("exp-clock-in-the-past")
def _(c):
    c.story = "The virtual machine came up with the clock of last year: no NTP server answers, and the licensing server's certificate is not yet valid. Differs from exp-x14-2-5-interception-log-only in the reason that OpenSSL gives."
    c.sources = [("alarms 25002, 25021", "public P5"), ("OpenSSL reason", "public P19")]
    c.made = "all values."
    exp = Expressway("exp-c-l7", "X14.3.2", "0E700007", "10.20.71.27")
    d, now = Dice(c.name), when("2023-01-30 04:00:00")
    text = "SSL certificate problem: certificate is not yet valid"
    planted = [(now - timedelta(minutes=56), exp.alarm(now - timedelta(minutes=56), "25021")), (now - timedelta(minutes=55), exp.alarm(now - timedelta(minutes=55), "25002"))] + attempts(exp, now, text)
    bundle(c, exp, "2023-01-30_04:00:00", exp.log(d, now - timedelta(hours=1), now, 60, planted), exp.xconf("Direct"), exp.xstat(now, d, failed_status(now, text), [("25002", ""), ("25021", ""), ("30042", "")]))
    c.expect("exp-c-l7", top="exp-clock-not-synchronised", must=["exp-selfsigned-in-chain", "exp-smart-license-comm-error"], must_not=["exp-tls-interception", "exp-root-ca-cscwe09378", "exp-direct-no-path"])


@case("exp-alarm-lowered-again", healthy=True)
def _(c):
    c.story = "The firewall was closed for twenty minutes: no path, alarm 30042, then an answer and the alarm's end. What failed is over. On a release that is affected by nothing."
    c.sources = [("Alarm Lowered ends the alarm", "catalogue")]
    c.made = "all values."
    exp = Expressway("exp-c-l8", "X14.3.2", "0E700008", "10.20.71.28")
    d, now = Dice(c.name), when("2024-03-07 16:00:00")
    over = now - timedelta(minutes=9)
    planted = attempts(exp, now, "Failed to connect to smartreceiver.cisco.com port 443: Connection timed out") + [(over, exp.agent_ok(over)), (over + timedelta(seconds=1), exp.alarm(over + timedelta(seconds=1), "30042", event="Lowered"))]
    bundle(c, exp, "2024-03-07_16:00:00", exp.log(d, now - timedelta(hours=1), now, 60, planted), exp.xconf("Direct"), exp.xstat(now, d, token_status(now, over)))
    c.expect("exp-c-l8", may=["exp-direct-no-path", "exp-smart-license-comm-error"], must_not=["exp-root-ca-cscwe09378", "exp-tls-interception", "exp-eval-mode"])


@case("exp-two-alarms-one-lowered")
def _(c):
    c.story = "Both renewal alarms went up (30044, 30046); only 30046 was lowered after Renew registration now. The authorization is still not renewed."
    c.sources = [("alarm numbers", "public P5")]
    c.made = "all values."
    exp = Expressway("exp-c-l9", "X14.2.7", "0E700009", "10.20.71.29")
    d, now = Dice(c.name), when("2024-03-08 16:00:00")
    t = now - timedelta(minutes=40)
    planted = [(t, exp.alarm(t, "30044")), (t + timedelta(minutes=5), exp.alarm(t + timedelta(minutes=5), "30046")), (t + timedelta(minutes=20), exp.alarm(t + timedelta(minutes=20), "30046", event="Lowered"))]
    c.add("input/eventlog_exp-c-l9.txt", exp.log(d, now - timedelta(hours=1), now, 30, planted))
    c.expect("exp-c-l9", top="exp-auth-renew-failed", must_not=["exp-smart-license-comm-error", "exp-auth-expired", "exp-registration-expired"])
    c.at("exp-auth-renew-failed", "eventlog_exp-c-l9.txt", 'Id="30044"')


def not_registered(reason):
    out = smart_license(unregistered="UNREGISTERED - REGISTRATION FAILED")
    at = out.index("Export-Controlled Functionality: NOT ALLOWED")
    return out[:at + 1] + ["Initial Registration: FAILED on Apr 24 2024 09:41:00 UTC", f"Failure reason: {reason}"] + out[at + 1:]


@case("exp-token-used-up", covers=[33, 34])
def _(c):
    c.story = "The registration fails because the token is not valid: it was made for one use. Differs from exp-registration-refused-chain: here CSSM answered."
    c.sources = [("Registration Failed", "public P4"), ("text of the token", "seed S4"), ("life of a token", "seeds S0, S1")]
    c.made = "all values."
    exp = Expressway("exp-c-m1", "X14.3.4", "0E800001", "10.20.72.21")
    d, now = Dice(c.name), when("2024-04-24 10:00:00")
    text = "{\"token\":[\"The token 'Zjk1YzQ0NTctOTA' is not valid.\"]}"
    t = now - timedelta(minutes=19)
    planted = [(t, exp.module(t, "smartlicenseagent", "developer.smartlicense.agent", "ERROR", f'CodeLocation="smartlicenseagent(871)" Detail="Smartlicenseagent registration failed" Reason="{text}"'))]
    bundle(c, exp, "2024-04-24_10:00:00", exp.log(d, now - timedelta(hours=1), now, 60, planted), exp.xconf("Direct"), exp.xstat(now, d, not_registered(text)))
    c.expect("exp-c-m1", top="exp-token-invalid-or-expired", may=["token-not-valid"], must_not=["exp-root-ca-cscwe09378", "exp-direct-no-path", "exp-node-without-token", "exp-smart-license-comm-error"])


@case("exp-registration-refused-chain", covers=[36, 63])
def _(c):
    c.story = "The same status, Registration Failed, on X14.2.3: the chain was refused before any token was looked at (CSCwe09378)."
    c.sources = [("registering below the fixed releases fails", "seeds S0, S1")]
    c.made = "all values."
    exp = Expressway("exp-c-m2", "X14.2.3", "0E800002", "10.20.72.22")
    d, now = Dice(c.name), when("2024-04-24 10:00:00")
    text = "SSL certificate problem: self signed certificate in certificate chain"
    t = now - timedelta(minutes=19)
    bundle(c, exp, "2024-04-24_10:00:00", exp.log(d, now - timedelta(hours=1), now, 60, refusals(exp, [t])), exp.xconf("Direct"), exp.xstat(now, d, not_registered(text)))
    c.expect("exp-c-m2", top="exp-root-ca-cscwe09378", must=["exp-selfsigned-in-chain"], must_not=["exp-token-invalid-or-expired", "exp-tls-interception", "token-not-valid"])


@case("exp-new-certificate-without-client-purpose")
def _(c):
    c.story = "A new server certificate has no purpose of client authentication: SIP zones complain, and it is blamed for licensing too. Licensing has no path, which is another matter."
    c.sources = [("licensing does not need clientAuth", "public P20"), ("libcurl text", "public P19")]
    c.made = "all values."
    exp = Expressway("exp-e-m3", "X15.2.1", "0E800003", "192.0.2.93", role="edge")
    d, now = Dice(c.name), when("2025-10-06 10:00:00")
    planted = attempts(exp, now, "Failed to connect to smartreceiver.cisco.com port 443: Connection timed out")
    for m in (50, 40, 30, 20):
        planted += [(now - timedelta(minutes=m), x) for x in exp.sip_trust_error(d, now - timedelta(minutes=m), "unsupported certificate purpose")]
    bundle(c, exp, "2025-10-06_10:00:00", exp.log(d, now - timedelta(hours=1), now, 60, planted), exp.xconf("Direct"), exp.xstat(now, d, failed_status(now, "Connection timed out"), [("30042", "")]))
    c.expect("exp-e-m3", top="exp-direct-no-path", must=["exp-smart-license-comm-error", "exp-client-eku-not-licensing"], must_not=["exp-root-ca-cscwe09378", "exp-tls-interception", "exp-selfsigned-in-chain"])


@case("exp-no-dns-servers")
def _(c):
    c.story = "Transport Direct and no DNS server configured at all: the name is not resolved. Nothing but the dumps and a short log."
    c.sources = [("DNS needed with Direct", "public P4"), ("libcurl text", "public P19")]
    c.made = "all values."
    exp = Expressway("exp-c-m4", "X14.2.7", "0E800004", "10.20.72.24")
    d, now = Dice(c.name), when("2024-01-16 10:00:00")
    bundle(c, exp, "2024-01-16_10:00:00", exp.log(d, now - timedelta(hours=1), now, 40, attempts(exp, now, "Could not resolve host: smartreceiver.cisco.com")), exp.xconf("Direct", dns=()), exp.xstat(now, d, failed_status(now, "Could not resolve host: smartreceiver.cisco.com"), [("30042", "")]))
    c.expect("exp-c-m4", top="exp-direct-no-path", must=["exp-smart-license-comm-error"], may=["dns-name-unresolved"], must_not=["exp-root-ca-cscwe09378", "exp-after-factory-reset-offline", "dns-no-such-name"])
