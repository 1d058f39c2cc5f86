"""Expressway: the root store defect, interception, and what only looks like them."""
from datetime import timedelta

from archive import tar_gz_of
from capture import ACK, PSH, SYN, Capture, Tcp, chatter, handshake, micros, padded_hello, pem
from case import case
from dice import Dice
from expressway import Expressway, smart_license
from iosxe_log import when

DNS = "10.20.5.11"
RECEIVER = ["72.163.15.144", "192.133.220.90"]
SELF_SIGNED = "self signed certificate in certificate chain"
REGISTERED = ("Mar 02 2022 09:12:24 UTC", "SUCCEEDED on Aug 29 2022 09:12:30 UTC", "Feb 25 2023 09:12:30 UTC", "Aug 29 2023 09:07:11 UTC")


def licensing_flow(cap, at, own, label, name, port=33594, server=RECEIVER[0], host="smartreceiver.cisco.com"):
    cap.lookup(at - 30000, own, DNS, host, [server])
    return Tcp(cap, at, own, port, server, 443, mss=1420, label=name).open().play(label).close()


def talk(seed, own, start, seconds, count):
    cap = Capture(seed)
    chatter(cap, start, seconds, [own, own.rsplit(".", 1)[0] + ".9", own.rsplit(".", 1)[0] + ".30"], DNS, count)
    return cap


def refusals(exp, times, text=SELF_SIGNED):
    out = []
    for t in times:
        out += list(zip([t, t + timedelta(milliseconds=3)], exp.ssl_failed(t, text)))
    return out


def bundle(c, exp, stamp, *args, **kwargs):
    """The archive as the whole input of a case."""
    name, members = exp.archive(c, stamp, *args, **kwargs)
    c.add_tar_gz(f"input/{name}", members)
    return members


def out_of_touch(now, expired=False):
    """Authorized last on 11 January 2023, before the server changed; 90 days later that runs out."""
    state = "AUTHORIZATION EXPIRED on Apr 11 2023 06:25:40 UTC" if expired else "AUTHORIZED on Jan 11 2023 06:31:02 UTC"
    failed = now - timedelta(minutes=15, seconds=49)
    return smart_license(REGISTERED, state, last=(f"FAILED on {failed:%b %d %Y %H:%M:%S} UTC", f"{failed + timedelta(hours=1 if expired else 23):%b %d %Y %H:%M:%S} UTC", "Apr 11 2023 06:25:40 UTC"),
                         failure="SSL certificate problem: " + SELF_SIGNED)


def root_ca(c, exp, now, status, captures=True, count=600):
    """Log, configuration, status and capture of an Expressway that trusts only the old root. Returns what `archive` takes, and the capture."""
    d = Dice(c.name + exp.host)
    start = now - timedelta(minutes=50)
    tries = [start + timedelta(minutes=m, seconds=11, milliseconds=17 * m % 89 * 11) for m in (4, 19, 34)]
    planted = refusals(exp, tries) + [(tries[0] + timedelta(seconds=1), exp.alarm(tries[0] + timedelta(seconds=1), "30042"))]
    for m in (10, 31):
        t = start + timedelta(minutes=m)
        planted += [(t, x) for x in exp.sip_trust_error(d, t)]
    log = exp.log(d, start, now, count, planted)
    cap = None
    if captures:
        cap = talk(c.name + exp.host, exp.address, micros(start), 2900, 160)
        for n, t in enumerate(tries):
            licensing_flow(cap, micros(t) - 200000, exp.address, "receiver-2023-unknown-ca-client", f"try{n + 1}", 33400 + n)
    return dict(log=log, xconf=exp.xconf("Direct"), xstat=exp.xstat(now, d, status, [("30042", "")]), captures=[cap.pcap()] if cap else [],
                pems=[("ca", pem("corp-ca") + pem("quovadis") + pem("digicert")), ("server", pem("expressway-server"))]), cap


@case("exp-x14-0-8-root-ca")
def _(c):
    c.story = ("An Expressway-C on X14.0.8 with transport Direct, four months after smartreceiver.cisco.com changed its root. It refuses the real chain; alarm 30042 is up. The SIP trust errors in the same log belong to a partner's server.")
    c.sources = [("defect, releases, error text", "seeds S0, S1; English text public P19"), ("alarm 30042", "seeds S0, S1, public P5"), ("names in the archive", "public P6"), ("licensing lines carry Smartlicenseagent", "seeds S0, S1")]
    c.made = "all values; the wording around the quoted texts is ours; TLS recorded with OpenSSL on both ends."
    exp = Expressway("exp-c-02", "X14.0.8", "0A42C7E9", "10.20.40.22")
    now = when("2023-05-16 09:14:22")
    parts, cap = root_ca(c, exp, now, out_of_touch(now, expired=True))
    bundle(c, exp, "2023-05-16_09:14:22", **parts)
    file = "eth0_diagnostic_logging_tcpdump00_exp-c-02_2023-05-16_09_14_22.pcap"
    c.packet(file, cap.number("try1-s1"), "end of the server flight: chain HydrantID, IdenTrust")
    c.packet(file, cap.number("try1-c2"), "Unknown CA from the Expressway")
    c.expect("exp-c-02", top="exp-root-ca-cscwe09378", must=["exp-selfsigned-in-chain", "exp-smart-license-comm-error", "tls-unknown-ca-from-device"], may=["exp-auth-renew-failed", "exp-auth-expired"],
             must_not=["exp-tls-interception", "exp-direct-no-path", "tls-unknown-ca-from-server"])
    c.at("tls-unknown-ca-from-device", file, packet=cap.number("try1-c2"))
    c.at("exp-selfsigned-in-chain", "loggingsnapshot_exp-c-02_2023-05-16_09_14_22.txt", "Reason=\"SSL certificate problem")


@case("exp-x12-7-root-ca-log-only")
def _(c):
    c.story = "Text copied from the log of an Expressway on X12.7.1 in March 2023, and its xstatus; no capture."
    c.sources = [("X12.6 to X14.0.10 affected", "seeds S0, S1"), ("error text", "seeds S0, S1, public P19"), ("alarm 30042", "seeds S0, S1")]
    c.made = "all values."
    exp = Expressway("expe-south", "X12.7.1", "05C11F40", "192.0.2.40", role="edge")
    now = when("2023-03-21 15:02:10")
    parts, _ = root_ca(c, exp, now, out_of_touch(now), captures=False, count=220)
    c.add("input/loggingsnapshot_expe-south_2023-03-21_15_02_10.txt", parts["log"])
    c.add("input/xstat_dump_expe-south_2023-03-21_15_02_10.txt", parts["xstat"])
    c.add("input/xconf_dump_expe-south_2023-03-21_15_02_10.txt", parts["xconf"])
    c.expect("expe-south", top="exp-root-ca-cscwe09378", must=["exp-selfsigned-in-chain", "exp-smart-license-comm-error"], may=["exp-auth-renew-failed"], must_not=["exp-tls-interception"])


def seed_capture(own, server):
    """The seed's own packet list: 827 SYN to 843 alert, times included."""
    cap = Capture("seed capture")
    base = micros(when("2024-03-02 21:33:59"))
    talk_start = base - 240 * 1000000
    chatter(cap, talk_start, 238, [own, "10.20.40.9", "10.20.40.30"], DNS, 400)
    cap.frames = cap.ordered()[:824]
    cap.lookup(base + 200000, own, DNS, "smartreceiver.cisco.com", [server], delay=11000)
    flow = Tcp(cap, base + 313638, own, 33594, server, 443, mss=1460, label="seed")
    hello, flight, alert = (data for _, data in handshake("forward-proxy-unknown-ca-client"))
    hello = padded_hello(hello, 517)
    pieces = [flight[i:i + 1404] for i in range(0, len(flight), 1404)]

    def seg(at, *args, **how):
        flow.segment(*args, at=base + at, **how)

    seg(313638, "c", SYN, name="syn", sizes=(1460, 7))
    seg(327061, "s", SYN | ACK, name="synack", sizes=(1420, 9))
    seg(327108, "c", ACK, name="ack")
    seg(340129, "c", ACK | PSH, hello, name="hello")
    seg(376485, "s", ACK, name="ack2")
    cap.arp(base + 401200, "10.20.40.9", own)
    seg(505820, "s", ACK, pieces[0], name="serverhello")
    seg(505836, "c", ACK)
    seg(505851, "s", ACK, pieces[1])
    seg(505868, "s", ACK, pieces[2])
    seg(505881, "c", ACK)
    seg(505899, "s", ACK, pieces[3])
    seg(505914, "c", ACK)
    cap.arp(base + 505921, own, "10.20.40.1")
    seg(505932, "s", ACK | PSH, pieces[4], name="certificate")
    seg(505948, "c", ACK, name="ack3")
    seg(506878, "c", ACK | PSH, alert, name="alert")
    flow.at = base + 507100
    flow.close()
    chatter(cap, base + 900000, 60, [own, "10.20.40.9", "10.20.40.30"], DNS, 50)
    return cap


@case("exp-x14-3-1-interception")
def _(c):
    c.story = ("The seed's own capture rebuilt: 2 March 2024, packets 827 (SYN) to 843 (Unknown CA from the Expressway), leaf with Cisco's subject issued by a private organisation with OU Information Security, "
               "second certificate TLS Forward Proxy v2, certificates of 5601 bytes with 1025 and 1507 for the first two. The system runs X14.3.1, which has the new root: somebody replaces the certificate.")
    c.sources = [("packet numbers, times, ports, sizes, names of the certificates", "seeds S0, S1"), ("the leaf's issuer", "decoded from the bytes in the seed"), ("fixed releases", "seeds S0, S1")]
    c.made = "organisation, addresses, log; keys and bytes recorded with OpenSSL. The server's flight has 6054 bytes instead of 6217."
    exp = Expressway("exp-c-07", "X14.3.1", "0B7711D2", "10.20.40.27")
    d = Dice(c.name)
    now = when("2024-03-02 21:36:40")
    t = when("2024-03-02 21:33:59.508")
    cap = seed_capture(exp.address, RECEIVER[0])
    planted = refusals(exp, [t, t + timedelta(seconds=61)]) + [(t + timedelta(seconds=2), exp.alarm(t + timedelta(seconds=2), "30042"))]
    log = exp.log(d, when("2024-03-02 21:20:00"), now, 420, planted)
    status = smart_license(("Jun 12 2023 10:10:24 UTC", "SUCCEEDED on Dec 09 2023 10:10:30 UTC", "Jun 06 2024 10:10:30 UTC", "Dec 09 2024 10:05:11 UTC"), "AUTHORIZED on Jan 21 2024 06:31:02 UTC",
                           last=("FAILED on Mar 02 2024 21:33:59 UTC", "Mar 03 2024 20:33:59 UTC", "Apr 20 2024 06:25:40 UTC"), failure="SSL certificate problem: self signed certificate in certificate chain")
    bundle(c, exp, "2024-03-02_21:36:40", log, exp.xconf("Direct"), exp.xstat(now, d, status, [("30042", "")]), [cap.pcap()], [("ca", pem("corp-ca") + pem("identrust") + pem("digicert")), ("server", pem("expressway-server"))])
    file = "eth0_diagnostic_logging_tcpdump00_exp-c-07_2024-03-02_21_36_40.pcap"
    for mark, what in (("syn", "SYN"), ("hello", "Client Hello, SNI smartreceiver.cisco.com"), ("serverhello", "Server Hello"), ("certificate", "Certificate, Server Key Exchange, Certificate Request, Server Hello Done"),
                       ("ack3", "ACK"), ("alert", "fatal Unknown CA from the Expressway")):
        c.packet(file, cap.number(f"seed-{mark}"), what)
    c.expect("exp-c-07", top="exp-tls-interception", must=["exp-selfsigned-in-chain", "exp-smart-license-comm-error", "tls-unknown-ca-from-device"], must_not=["exp-root-ca-cscwe09378", "slp-tls-interception", "tls-unknown-ca-from-server"])
    c.at("exp-tls-interception", file, packet=cap.number("seed-certificate"))
    c.at("tls-unknown-ca-from-device", file, packet=cap.number("seed-alert"))


@case("exp-x14-2-5-interception-log-only")
def _(c):
    c.story = "X14.2.5 has the fix, and still the log says `self-signed certificate in certificate chain`: on a fixed release that points to a replaced certificate, although no capture proves it."
    c.sources = [("fixed release and the same text: interception", "seeds S0, S1"), ("OpenSSL 3 spelling", "public P19")]
    c.made = "all values."
    exp = Expressway("expressway-c1", "X14.2.5", "0C20A1B7", "10.30.40.5", offset="+09:00")
    d, now = Dice(c.name), when("2023-10-11 02:30:00")
    tries = [when("2023-10-11 01:45:12.410"), when("2023-10-11 02:00:13.002"), when("2023-10-11 02:15:13.518")]
    planted = refusals(exp, tries, "self-signed certificate in certificate chain") + [(tries[0] + timedelta(seconds=1), exp.alarm(tries[0] + timedelta(seconds=1), "30042"))]
    status = smart_license(("Jun 12 2023 10:10:24 UTC", "None", "Dec 09 2023 10:10:30 UTC", "Jun 12 2024 10:05:11 UTC"), "AUTHORIZED on Aug 30 2023 06:31:02 UTC",
                           last=("FAILED on Oct 11 2023 02:15:13 UTC", "Oct 12 2023 01:15:13 UTC", "Nov 28 2023 06:25:40 UTC"))
    bundle(c, exp, "2023-10-11_11:30:00", exp.log(d, when("2023-10-11 01:30:00"), now, 480, planted), exp.xconf("Direct"), exp.xstat(now, d, status, [("30042", "")]), separator="_")
    c.expect("expressway-c1", top="exp-tls-interception", must=["exp-selfsigned-in-chain", "exp-smart-license-comm-error"], must_not=["exp-root-ca-cscwe09378"])


@case("exp-x14-0-7-onprem", healthy=True)
def _(c):
    c.story = "An affected release (X14.0.7) that talks to SSM On-Prem: registered, authorized, its TLS exchange with On-Prem completes. The defect concerns the cloud only."
    c.sources = [("On-Prem works on every release", "seeds S0, S1"), ("URL form", "seeds S0, S1")]
    c.made = "all values; TLS recorded with OpenSSL on both ends."
    exp = Expressway("exp-c-11", "X14.0.7", "08D7B113", "10.20.41.11")
    d, now = Dice(c.name), when("2023-06-07 08:10:30")
    url = "https://ssm-onprem.voice.corp.example/SmartTransport"
    cap = talk(c.name, exp.address, micros(when("2023-06-07 07:50:00")), 1150, 100)
    licensing_flow(cap, micros(when("2023-06-07 07:58:11")), exp.address, "onprem-complete", "flow", 40112, "10.20.7.81", "ssm-onprem.voice.corp.example")
    status = smart_license(("Oct 02 2022 09:12:24 UTC", "SUCCEEDED on Mar 31 2023 09:12:30 UTC", "Sep 27 2023 09:12:30 UTC", "Mar 31 2024 09:07:11 UTC"), "AUTHORIZED on Jun 07 2023 07:58:12 UTC", transport=("Smart", url),
                           last=("SUCCEEDED on Jun 07 2023 07:58:12 UTC", "Jul 07 2023 07:58:11 UTC", "Sep 05 2023 07:52:40 UTC"))
    bundle(c, exp, "2023-06-07_08:10:30", exp.log(d, when("2023-06-07 07:48:00"), now, 350, [(when("2023-06-07 07:58:12.300"), exp.agent_ok(when("2023-06-07 07:58:12.300")))]), exp.xconf("Cssm", url),
           exp.xstat(now, d, status), [cap.pcap()])
    c.expect("exp-c-11", may=["tls-handshake-healthy"], must_not=["exp-root-ca-cscwe09378", "exp-tls-interception", "exp-onprem-url-suffix-missing", "exp-smart-license-comm-error", "exp-eval-mode"])


@case("exp-x14-0-6-onprem-url")
def _(c):
    c.story = "Alarm 30042 on an affected release, but the transport is On-Prem: the URL lacks /SmartTransport. The root store defect has no part in it."
    c.sources = [("URL must end in /SmartTransport", "seeds S0, S1, public P4"), ("On-Prem is not affected", "seeds S0, S1")]
    c.made = "all values."
    exp = Expressway("exp-c-12", "X14.0.6", "08D7B152", "10.20.41.12")
    d, now = Dice(c.name), when("2023-06-14 13:10:30")
    url = "https://ssm-onprem.voice.corp.example"
    t = when("2023-06-14 12:55:09.112")
    planted = [(t, x) for x in exp.curl_failed(t, "The requested URL returned error: 404", url)] + [(t + timedelta(seconds=1), exp.alarm(t + timedelta(seconds=1), "30042"))]
    status = smart_license(authorization="No Licenses in Use", transport=("Smart", url))
    bundle(c, exp, "2023-06-14_13:10:30", exp.log(d, when("2023-06-14 12:40:00"), now, 330, planted), exp.xconf("Cssm", url), exp.xstat(now, d, status, [("30042", "")]))
    c.expect("exp-c-12", top="exp-onprem-url-suffix-missing", must=["exp-smart-license-comm-error"], must_not=["exp-root-ca-cscwe09378", "exp-tls-interception", "exp-selfsigned-in-chain"])


@case("exp-x14-3-2-healthy", healthy=True)
def _(c):
    c.story = "A healthy Expressway-E on X14.3.2 with direct transport. Its log is full of SIP trust errors of a partner (self signed, unknown ca): they have nothing to do with licensing. The capture shows a complete licensing exchange."
    c.sources = [("states", "seed S0, public P4"), ("form of SIP TLS errors", "public P18")]
    c.made = "all values; TLS recorded with OpenSSL on both ends."
    exp = Expressway("exp-e-01", "X14.3.2", "0D1F0A66", "192.0.2.61", role="edge", offset="+01:00")
    d, now = Dice(c.name), when("2024-02-20 10:02:00")
    planted = []
    for n in range(24):
        t = when("2024-02-20 09:12:00") + timedelta(minutes=2 * n, seconds=n * 7)
        planted += [(t, x) for x in exp.sip_trust_error(d, t, d.pick([SELF_SIGNED, "unable to get local issuer certificate"]))]
    ok = when("2024-02-20 09:40:03.700")
    planted.append((ok, exp.agent_ok(ok)))
    cap = talk(c.name, exp.address, micros(when("2024-02-20 09:10:00")), 3000, 120)
    licensing_flow(cap, micros(ok) - 300000, exp.address, "receiver-2024-complete", "flow", 38220)
    status = smart_license(("Jun 12 2023 10:10:24 UTC", "SUCCEEDED on Dec 09 2023 10:10:30 UTC", "Jun 06 2024 10:10:30 UTC", "Dec 09 2024 10:05:11 UTC"), "AUTHORIZED on Feb 20 2024 09:40:03 UTC",
                           last=("SUCCEEDED on Feb 20 2024 09:40:03 UTC", "Mar 21 2024 09:40:02 UTC", "May 20 2024 09:34:40 UTC"))
    bundle(c, exp, "2024-02-20_11:02:00", exp.log(d, when("2024-02-20 09:10:00"), now, 480, planted), exp.xconf("Direct"), exp.xstat(now, d, status), [cap.pcap()], [("server", pem("expressway-server"))])
    file = "eth0_diagnostic_logging_tcpdump00_exp-e-01_2024-02-20_11_02_00.pcap"
    c.packet(file, cap.number("flow-c3"), "application data of the Expressway")
    c.expect("exp-e-01", must=["tls-handshake-healthy"], must_not=["exp-selfsigned-in-chain", "exp-root-ca-cscwe09378", "exp-tls-interception", "exp-smart-license-comm-error", "tls-unknown-ca-from-device"])


@case("exp-sip-trust-errors", healthy=True)
def _(c):
    c.story = "A legacy Expressway (X12.6.4) with option keys. The log shows SIP and MRA certificate errors only."
    c.sources = [("form of SIP TLS errors", "public P18")]
    c.made = "all values."
    exp = Expressway("vcs-edge", "X12.6.4", "04B7D230", "192.0.2.71", role="edge")
    d = Dice(c.name)
    planted = []
    for n in range(15):
        t = when("2023-04-01 10:00:00") + timedelta(minutes=3 * n)
        planted += [(t, x) for x in exp.sip_trust_error(d, t)]
    c.add("input/loggingsnapshot_vcs-edge_2023-04-01_11_00_00.txt", exp.log(d, when("2023-04-01 10:00:00"), when("2023-04-01 11:00:00"), 300, planted))
    c.expect("vcs-edge", must_not=["exp-selfsigned-in-chain", "exp-root-ca-cscwe09378", "exp-tls-interception", "exp-smart-license-comm-error"])


@case("exp-license-limit")
def _(c):
    c.story = "Text copied from the Event Log page, without host names: room systems are refused because all licences are in use (alarm 30028). The hardware alarm beside it is another matter."
    c.sources = [("both lines and alarm 10005", "seeds S0, S1")]
    c.made = "names, addresses, times."
    exp = Expressway("", "X14.2.7")
    d = Dice(c.name)
    lines = []
    for n in range(9):
        t = when("2023-10-02 07:31:05.204") + timedelta(minutes=6 * n, seconds=n * 13)
        peer, port = f"10.61.7.{d.between(20, 90)}", d.between(25000, 29999)
        if n in (0, 4):
            lines.append((t - timedelta(seconds=15), exp.alarm(t - timedelta(seconds=15), "10005", host=False, mark=".")))
        lines.append((t, exp.line(t, "tvcs", f'Event="Registration Rejected" Reason="License limit exceeded" Service="SIP" Src-ip="{peer}" Src-port="{port}" Protocol="TLS" AOR="roomkit-{d.between(2, 9)}f@voice.corp.example" '
                                             f'Contact="sip:roomkit@{peer}:{port};transport=tls" Duration="60" Level="INFO" UTCTime="{exp.utc(t, ".")}"', host=False)))
        lines.append((t + timedelta(milliseconds=1), exp.alarm(t + timedelta(milliseconds=1), "30028", 4, process="licensemanager", host=False, mark=".").replace('"WARN"', '"WARNING"')))
        u = t + timedelta(minutes=2)
        lines.append((u, exp.line(u, "tvcs", f'Event="Registration Accepted" Service="SIP" Src-ip="10.61.7.{d.between(91, 200)}" Src-port="{d.between(25000, 29999)}" Protocol="TLS" AOR="desk-{d.between(100, 900)}@voice.corp.example" Duration="60" Level="INFO" UTCTime="{exp.utc(u, ".")}"', host=False)))
    c.add("input/eventlog.txt", [x for _, x in sorted(lines, reverse=True)])
    c.expect("*", top="exp-license-limit-reached", may=["exp-unsuitable-hardware-alarm"], must_not=["exp-smart-license-comm-error", "exp-root-ca-cscwe09378", "exp-eval-mode"])
    c.at("exp-license-limit-reached", "eventlog.txt", "30028", last=True)


@case("exp-smartlicenseget-abort")
def _(c):
    c.story = "smartlicenseget aborts (CSCwh22349), twice in an hour. Licensing itself answers."
    c.sources = [("both texts and the bug id", "seeds S0, S1"), ("alarm 15019", "public P18")]
    c.made = "values; the frame of the line."
    exp = Expressway("exp-c-21", "X14.3.0", "0D9AC001", "10.20.42.21")
    d, now = Dice(c.name), when("2023-08-29 06:00:00")
    planted = []
    for t in (when("2023-08-29 05:11:40.510"), when("2023-08-29 05:44:19.007")):
        planted += [(t, exp.line(t, "crashreporter", f'UTCTime="{exp.utc(t)}" Module="developer.crash" Level="ERROR" Detail="Unexpected software error was detected in smartlicenseget" Signal="SIGABRT, Aborted"')),
                    (t + timedelta(milliseconds=40), exp.alarm(t + timedelta(milliseconds=40), "15019", "smartlicenseget", process="supervisor"))]
    ok = when("2023-08-29 05:30:00.120")
    planted.append((ok, exp.agent_ok(ok)))
    status = smart_license(("Jun 12 2023 10:10:24 UTC", "None", "Dec 09 2023 10:10:30 UTC", "Jun 12 2024 10:05:11 UTC"), "AUTHORIZED on Aug 29 2023 05:30:00 UTC",
                           last=("SUCCEEDED on Aug 29 2023 05:30:00 UTC", "Sep 28 2023 05:30:00 UTC", "Nov 27 2023 05:24:40 UTC"))
    bundle(c, exp, "2023-08-29_06:00:00", exp.log(d, when("2023-08-29 05:00:00"), now, 300, planted), exp.xconf("Direct"), exp.xstat(now, d, status, [("15019", "smartlicenseget")]))
    c.expect("exp-c-21", top="exp-smartlicenseget-sigabrt", must_not=["exp-root-ca-cscwe09378", "exp-smart-license-comm-error", "exp-eval-mode"])
    c.at("exp-smartlicenseget-sigabrt", "loggingsnapshot_exp-c-21_2023-08-29_06_00_00.txt", "smartlicenseget")


@case("exp-other-program-abort", healthy=True)
def _(c):
    c.story = "The same alarm 15019 for another program (the management connector): not a licensing fault."
    c.sources = [("alarm 15019 names the program", "public P18")]
    c.made = "values."
    exp = Expressway("exp-c-22", "X14.3.0", "0D9AC002", "10.20.42.22")
    d = Dice(c.name)
    t = when("2023-08-29 05:11:40.510")
    c.add("input/loggingsnapshot_exp-c-22_2023-08-29_06_00_00.txt", exp.log(d, when("2023-08-29 05:00:00"), when("2023-08-29 06:00:00"), 200, [(t, exp.alarm(t, "15019", "/opt/c_mgmt/bin/c_mgmt.sh", process="supervisor"))]))
    c.expect("exp-c-22", must_not=["exp-smartlicenseget-sigabrt"])


@case("exp-upgrade-eval-mode")
def _(c):
    c.story = "Upgraded from X14.0.3 with option keys to X14.2.6 a month ago; Smart Licensing switched itself on, nobody registered. 61 days of evaluation are left."
    c.sources = [("upgrade starts 90 days", "seeds S0, S1"), ("xstatus block EVAL MODE", "seeds S0, S1"), ("alarm 30035", "public P5")]
    c.made = "values and the lines around the upgrade."
    exp = Expressway("exp-c-31", "X14.2.6", "07D2E4B0", "10.20.43.31")
    d, now = Dice(c.name), when("2023-09-08 12:00:00")
    up = when("2023-08-10 20:03:11.204")
    planted = [(up, exp.line(up, "packaged", f'Event="System Upgrade" Detail="Installed s42700x14_2_6.tar.gz, previous version X14.0.3" Level="1" UTCTime="{exp.utc(up)}"')),
               (up + timedelta(minutes=6), exp.alarm(up + timedelta(minutes=6), "30035"))]
    bundle(c, exp, "2023-09-08_12:00:00", exp.log(d, when("2023-08-10 20:00:00"), now, 420, planted), exp.xconf("Direct"), exp.xstat(now, d, smart_license(eval_left="61 days, 8 hours, 12 minutes, 40 seconds"), [("30035", "")]))
    c.expect("exp-c-31", top="exp-eval-mode", may=["exp-upgrade-starts-evaluation"], must_not=["exp-root-ca-cscwe09378", "exp-tls-interception", "sl-evaluation", "exp-eval-expired"])
    c.at("exp-eval-mode", "xstat_dump_exp-c-31_2023-09-08_12_00_00.txt", "Evaluation Period Remaining")


@case("exp-cluster-one-registered", input="input.zip")
def _(c):
    c.story = "Both peers of a cluster, each with its own diagnostic archive, in one zip. exp-c-41 is registered, exp-c-42 never got a token and counts down."
    c.sources = [("every node needs its own token", "seeds S0, S1"), ("one archive per peer", "public P6")]
    c.made = "values."
    members = []
    for host, address, peer, left in (("exp-c-41", "10.20.44.41", "10.20.44.42", None), ("exp-c-42", "10.20.44.42", "10.20.44.41", "23 days, 1 hours, 50 minutes, 2 seconds")):
        exp = Expressway(host, "X14.3.3", "0E0" + host[-2:] + "AB7", address, peers=[address, peer])
        d, now = Dice(c.name + host), when("2024-01-30 09:00:00")
        ok = when("2024-01-30 08:20:02.118")
        if left:
            status = smart_license(eval_left=left)
            planted = [(ok, exp.alarm(ok, "30035"))]
        else:
            status = smart_license(("Jun 12 2023 10:10:24 UTC", "SUCCEEDED on Dec 09 2023 10:10:30 UTC", "Jun 06 2024 10:10:30 UTC", "Dec 09 2024 10:05:11 UTC"), "AUTHORIZED on Jan 30 2024 08:20:02 UTC",
                                   last=("SUCCEEDED on Jan 30 2024 08:20:02 UTC", "Feb 29 2024 08:20:02 UTC", "Apr 29 2024 08:14:40 UTC"))
            planted = [(ok, exp.agent_ok(ok))]
        name, inner = exp.archive(c, "2024-01-30_09:00:00", exp.log(d, when("2024-01-30 08:00:00"), now, 220, planted), exp.xconf("Direct"), exp.xstat(now, d, status, [("30035", "")] if left else []))
        members.append((name, tar_gz_of(inner)))
    c.add_zip("input.zip", members)
    c.expect("exp-c-41", must_not=["exp-eval-mode", "exp-root-ca-cscwe09378"], may=["exp-node-without-token"])
    c.expect("exp-c-42", top="exp-node-without-token", must=["exp-eval-mode"], must_not=["exp-root-ca-cscwe09378", "exp-smart-license-comm-error"])


@case("exp-dns-nxdomain")
def _(c):
    c.story = "Alarm 30042 on a fixed release (X14.3.2): the resolver says smartreceiver.cisco.com does not exist, and libcurl repeats it."
    c.sources = [("alarm 30042", "seeds S0, S1"), ("libcurl text", "public P19"), ("DNS picture", "catalogue, part E")]
    c.made = "values."
    exp = Expressway("exp-c-51", "X14.3.2", "0D1F0B01", "10.20.45.51")
    d, now = Dice(c.name), when("2024-03-12 14:20:00")
    tries = [when("2024-03-12 13:40:05.100"), when("2024-03-12 13:55:05.600"), when("2024-03-12 14:10:06.200")]
    planted = [(t, x) for t in tries for x in exp.curl_failed(t, "Could not resolve host: smartreceiver.cisco.com")] + [(tries[0] + timedelta(seconds=1), exp.alarm(tries[0] + timedelta(seconds=1), "30042"))]
    cap = talk(c.name, exp.address, micros(when("2024-03-12 13:35:00")), 2600, 90)
    for n, t in enumerate(tries):
        cap.lookup(micros(t) - 60000, exp.address, DNS, "smartreceiver.cisco.com", rcode=3, mark=f"nx{n}")
    status = smart_license(("Jun 12 2023 10:10:24 UTC", "SUCCEEDED on Dec 09 2023 10:10:30 UTC", "Jun 06 2024 10:10:30 UTC", "Dec 09 2024 10:05:11 UTC"), "AUTHORIZED on Feb 20 2024 09:40:03 UTC",
                           last=("FAILED on Mar 12 2024 14:10:06 UTC", "Mar 13 2024 13:10:06 UTC", "May 20 2024 09:34:40 UTC"))
    bundle(c, exp, "2024-03-12_14:20:00", exp.log(d, when("2024-03-12 13:35:00"), now, 330, planted), exp.xconf("Direct"), exp.xstat(now, d, status, [("30042", "")]), [cap.pcap()])
    file = "eth0_diagnostic_logging_tcpdump00_exp-c-51_2024-03-12_14_20_00.pcap"
    c.packet(file, cap.number("nx0"), "NXDOMAIN for smartreceiver.cisco.com")
    c.expect("exp-c-51", top="dns-no-such-name", must=["exp-smart-license-comm-error"], may=["exp-direct-no-path", "dns-name-unresolved"], must_not=["exp-root-ca-cscwe09378", "exp-tls-interception", "exp-selfsigned-in-chain"])
    c.at("dns-no-such-name", file, packet=cap.number("nx0"))


@case("exp-x14-0-9-capture-cut")
def _(c):
    c.story = ("X14.0.9, an affected release. The capture was taken with a snap length of 200 bytes, so the certificates are cut away; only the alert can be read. The release speaks for the defect, "
               "but a replaced certificate cannot be ruled out.")
    c.sources = [("what to say when no certificate is visible", "catalogue, part F"), ("releases", "seeds S0, S1")]
    c.made = "all values; TLS recorded with OpenSSL on both ends."
    exp = Expressway("exp-c-61", "X14.0.9", "0A42D111", "10.20.46.61")
    d, now = Dice(c.name), when("2023-02-28 09:00:00")
    t = when("2023-02-28 08:40:11.600")
    planted = [(t + timedelta(seconds=1), exp.alarm(t + timedelta(seconds=1), "30042"))]
    cap = talk(c.name, exp.address, micros(when("2023-02-28 08:30:00")), 1700, 90)
    licensing_flow(cap, micros(t) - 200000, exp.address, "receiver-2023-unknown-ca-client", "flow", 33801)
    status = smart_license(REGISTERED, "AUTHORIZED on Jan 11 2023 06:31:02 UTC", last=("FAILED on Feb 28 2023 08:40:11 UTC", "Mar 01 2023 07:40:11 UTC", "Apr 11 2023 06:25:40 UTC"))
    bundle(c, exp, "2023-02-28_09:00:00", exp.log(d, when("2023-02-28 08:30:00"), now, 260, planted), exp.xconf("Direct"), exp.xstat(now, d, status, [("30042", "")]), [cap.pcap(snap=200)])
    file = "eth0_diagnostic_logging_tcpdump00_exp-c-61_2023-02-28_09_00_00.pcap"
    c.packet(file, cap.number("flow-c2"), "Unknown CA from the Expressway")
    c.expect("exp-c-61", top="exp-root-ca-cscwe09378", must=["exp-smart-license-comm-error", "tls-unknown-ca-from-device"], may=["exp-tls-interception"], must_not=["tls-unknown-ca-from-server"])
    c.at("tls-unknown-ca-from-device", file, packet=cap.number("flow-c2"))
