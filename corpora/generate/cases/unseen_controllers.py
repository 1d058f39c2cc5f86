"""Catalyst 9800 and its neighbours, with and without captures: cases kept apart from tuning."""
from datetime import timedelta

from capture import Capture, Tcp, chatter, handshake, micros
from case import case
from cases.unseen_parts import DAY, HOUR, MINUTE, brief_version, no_reply, paged, prompt, spread, stats_only
from dice import Dice
from iosxe_license import License, history_request, history_response
from iosxe_log import CALL_HOME_HTTP, CSSM, Plant, SCH_FAILED, TRUST_DONE, UNRESOLVED, comm_failed, comm_restored, device_lines, mixed, show_logging, when, wrapped
from iosxe_show import Box, pki_block, trustpool

AIR = ("air-network-advantage", "air-dna-advantage")
RECEIVER = ["192.133.220.90", "72.163.15.144"]
NO_DETAIL = comm_failed("No detail given")


def wlc(c, host, version, zone="UTC", pid="C9800-40-K9", net="10.130", licences=AIR):
    d = Dice(c.name)
    sn = "9" + d.hexa(10).upper() if "CL" in pid else d.serial("TTM" if pid.startswith("C98") else "FCW")
    return d, Box(host, pid, sn, version, zone=zone, licences=licences), Plant(d, net, kind="wlc" if pid.startswith("C98") else "switch")


def logged(plant, now, box, planted=(), count=22, days=2):
    return show_logging(device_lines(mixed(plant, now - days * DAY, now, count, planted), zone=box.zone))


def silent(box, d, times):
    out = []
    for t in times:
        out += history_request(t, box.zone, "ID_TOKEN_TRUST", box.pid, box.sn, d) + history_response(t + timedelta(seconds=1), box.zone)
    return out


def one_client_line(c, host, pid, licences, lines):
    d, box, plant = wlc(c, host, "17.6.4", "CET", pid, licences=licences)
    now = when("2023-03-23 10:00:00.100")
    tries = [when("2023-03-22 09:00:10"), when("2023-03-23 09:00:10")]
    lic = License(box, deadline=when("2023-06-10 04:05:31"), next_push=when("2023-03-23 16:00:01"), rum=(8, 0, 0, 0, 8, 2))
    run = ["hostname " + host, "crypto pki trustpoint TP-self-signed-2893716640", " enrollment selfsigned", " revocation-check none", "ip name-server 10.130.0.53", "ip domain name corp.example", "interface Vlan130", " ip address 10.130.100.4 255.255.255.0"] + lines + \
        ["ip http server", "ip http secure-server", "ip route 0.0.0.0 0.0.0.0 10.130.100.1", "license smart url default", "license smart transport smart", "end"]
    out = prompt(host + "#", ("show clock", box.clock(now)), ("show version", box.show_version(now)[:50]), ("show running-config", ["Building configuration...", "", "Current configuration : 18221 bytes", "!", "version 17.6"] + run), ("show license status", lic.status()),
                 ("show license history message", ["Message History (oldest to newest):", ""] + silent(box, d, tries)), ("show logging", logged(plant, now, box, [(t + timedelta(seconds=2), NO_DETAIL) for t in tries])))
    c.add(f"input/{host}.txt", out)


@case("unseen-wlc-without-secure-trustpoint")
def _(c):
    c.story = "A 9800-40 with a source interface for its HTTP client, but without `ip http client secure-trustpoint`. Trust cannot be established; the answers are empty."
    c.sources = [("both commands are needed on the 9800", "S3"), ("empty RESPONSE", "S3"), ("counts on the 9800 only", "clarification 2")]
    c.made = "names, times."
    one_client_line(c, "wlc-namur", "C9800-40-K9", AIR, ["ip http client source-interface Vlan130"])
    c.expect("wlc-namur", top="slp-http-client-not-configured", must=["slp-history-empty-response", "slp-trust-not-established"], may=["slp-path-blocked", "tls-client-cert-rejected"], must_not=["iosxe-quovadis-fn72323", "dns-name-unresolved", "slp-instance-unknown-to-cssm"])
    c.at("slp-history-empty-response", "wlc-namur.txt", "RESPONSE: Mar 22")


@case("unseen-switch-without-secure-trustpoint")
def _(c):
    c.story = "The same lines on a Catalyst 9300: there the trustpoint is not asked for. What remains is that nothing comes back."
    c.sources = [("on other IOS-XE only the source interface counts", "clarification 2, S4"), ("empty RESPONSE", "S3")]
    c.made = "names, times."
    one_client_line(c, "acc-namur", "C9300-24T", ("network-advantage", "dna-advantage"), ["ip http client source-interface Vlan130"])
    c.expect("acc-namur", top="slp-path-blocked", must=["slp-history-empty-response", "slp-trust-not-established"], must_not=["slp-http-client-not-configured", "tls-client-cert-rejected", "iosxe-quovadis-fn72323"])
    c.at("slp-history-empty-response", "acc-namur.txt", "RESPONSE: Mar 22")


@case("unseen-wlc-eight-hours", healthy=True)
def _(c):
    c.story = "A new access point does not show in CSSM after five hours. The controller reports every eight hours whatever the interval says; ping to CSSM fails, telnet is open. Nothing is wrong."
    c.sources = [("labels and eight hours", "S3"), ("ping proves nothing", "S3, S4")]
    c.made = "times, addresses."
    d, box, plant = wlc(c, "wlc-ulm", "17.9.4", "CET")
    now = when("2024-01-30 12:40:00.100")
    lic = License(box, account=("corp.example", "WLAN", when("2024-01-30 07:38:20")), ack=when("2024-01-30 07:43:15"), deadline=when("2024-04-29 07:43:15"), pushed=when("2024-01-30 07:38:15"), next_push=when("2024-01-30 15:38:15"), trust=when("2023-08-02 10:11:12"), rum=(90, 0, 88, 0, 2, 2))
    air = ["Last license report time.....: 07:38:15.237 CET Tue Jan 30 2024", "Upcoming license report time.....: 15:38:15.972 CET Tue Jan 30 2024", "No. of APs active at last report.....: 23", "No. of APs newly added with last report.....: 0", "No. of APs deleted with last report.....: 0"]
    ping = ["Type escape sequence to abort.", "Sending 5, 100-byte ICMP Echos to 192.133.220.90, timeout is 2 seconds:", ".....", "Success rate is 0 percent (0/5)"]
    c.add("input/wlc-ulm.txt", prompt("wlc-ulm#", ("show clock", box.clock(now)), ("show version", brief_version(box, now)), ("show license air entities summary", air), ("ping smartreceiver.cisco.com", ping),
                                      ("telnet smartreceiver.cisco.com 443", ["Trying smartreceiver.cisco.com (192.133.220.90, 443)... Open", "", "[Connection to 192.133.220.90 closed by foreign host]"]), ("show license status", lic.status()), ("show logging", logged(plant, now, box))))
    c.expect("wlc-ulm", must=["wlc-8-hour-interval", "slp-ping-fails-expected", "slp-trust-established"], must_not=["slp-path-blocked", "dns-name-unresolved", "tcp-syn-no-answer", "slp-report-overdue"])
    c.at("wlc-8-hour-interval", "wlc-ulm.txt", "Upcoming license report time")
    c.at("slp-ping-fails-expected", "wlc-ulm.txt", "Success rate is 0 percent")


def cl(c, host, version):
    d, box, plant = wlc(c, host, version, "UTC", "C9800-CL-K9")
    now = when("2024-02-13 10:00:00.100")
    lic = License(box, "cslu", cslu="http://10.130.7.80:8182/cslu/v1/pi", deadline=when("2024-04-24 10:00:00"), pushed=when("2024-02-13 02:00:01"), next_push=when("2024-02-13 10:00:01"), rum=(4, 0, 0, 2, 2, 2))
    c.add(f"input/{host}.txt", prompt(host + "#", ("show clock", box.clock(now)), ("show version", box.show_version(now)), ("show license status", lic.status()), ("show license summary", lic.summary()), ("show ap summary", box.ap_summary(plant)[:14]), ("show logging", logged(plant, now, box, count=18))))


@case("unseen-9800cl-17-9-no-ack")
def _(c):
    c.story = "A virtual controller on 17.9.3 that never received an acknowledgement. Since 17.7.1 it must. Its report went to CSLU this morning."
    c.sources = [("ACK mandatory on C9800-CL from 17.7.1", "S3")]
    c.made = "all values."
    cl(c, "vwlc-pisa-1", "17.9.3")
    c.expect("vwlc-pisa-1", top="c9800cl-ack-mandatory", may=["slp-cslu-not-synced-to-cssm"], must_not=["slp-cslu-default-not-configured", "slp-cslu-unreachable", "slp-trust-not-established", "slp-path-blocked", "slp-report-overdue"])
    c.at("c9800cl-ack-mandatory", "vwlc-pisa-1.txt", "Last ACK received: <none>")


@case("unseen-9800cl-17-6-no-ack", healthy=True)
def _(c):
    c.story = "The same controller on 17.6.5, before the rule: no acknowledgement yet, and none is required for months."
    c.sources = [("the rule begins with 17.7.1", "S3")]
    c.made = "all values."
    cl(c, "vwlc-pisa-2", "17.6.5")
    c.expect("vwlc-pisa-2", may=["slp-cslu-not-synced-to-cssm"], must_not=["c9800cl-ack-mandatory", "slp-cslu-default-not-configured", "slp-report-overdue", "slp-path-blocked", "slp-cslu-unreachable"])


def certificate(c, host, version, name, end, start, zone="CET", now="2023-11-06 10:00:00.100"):
    d, box, plant = wlc(c, host, version, zone)
    now = when(now)
    tries = [now - 26 * HOUR, now - 2 * HOUR]
    lic = License(box, deadline=now + 60 * DAY, next_push=now + 6 * HOUR, rum=(8, 0, 0, 0, 8, 2))
    kind = "Router Self-Signed Certificate" if name.startswith("TP-self") else "Certificate"
    subject = [f"cn=IOS-Self-Signed-Certificate-{name.rsplit('-', 1)[1]}"] if name.startswith("TP-self") else [f"cn={host}.corp.example", "o=Corp Example"]
    certs = pki_block("CA Certificate", "01", ["cn=Cisco Licensing Root CA", "o=Cisco"], ["cn=Cisco Licensing Root CA", "o=Cisco"], "19:48:47 UTC May 30 2013", "19:48:47 UTC May 30 2038", "SLA-TrustPoint")
    certs += pki_block(kind, "01" if kind.startswith("R") else "1F00000B11", subject if kind.startswith("R") else ["cn=corp-CA01-CA", "o=Corp Example"], subject, start, end, name)
    c.add(f"input/{host}.txt", prompt(host + "#", ("show clock", box.clock(now)), ("show version", box.show_version(now)[:50]), ("show run | inc ip http client|license smart", ["ip http client source-interface Vlan130", f"ip http client secure-trustpoint {name}", "license smart url default", "license smart transport smart"]),
                                      ("show crypto pki certificates", certs), ("show license status", lic.status()), ("show license history message", ["Message History (oldest to newest):", ""] + silent(box, d, tries)),
                                      ("show logging", logged(plant, now, box, [(t + timedelta(seconds=2), NO_DETAIL) for t in tries]))))


@case("unseen-wlc-own-certificate-ended")
def _(c):
    c.story = "The certificate of the trustpoint that the HTTP client uses ended six weeks ago. No capture; the answers are empty."
    c.sources = [("a certificate that is invalid or expired is refused", "S3"), ("labels", "P14")]
    c.made = "all values."
    certificate(c, "wlc-brno", "17.6.5", "corp-wireless", "08:00:00 UTC Sep 25 2023", "08:00:00 UTC Sep 25 2021")
    c.expect("wlc-brno", top="tls-client-cert-rejected", must=["slp-history-empty-response"], may=["slp-path-blocked"], must_not=["selfsigned-cert-2020-fn70489", "slp-http-client-not-configured", "iosxe-quovadis-fn72323", "slp-tls-interception"])
    c.at("tls-client-cert-rejected", "wlc-brno.txt", "end   date: 08:00:00 UTC Sep 25 2023")


@case("unseen-wlc-own-certificate-2020")
def _(c):
    c.story = "The same picture with a self-signed certificate that ended exactly on 1 January 2020: it survived the upgrades."
    c.sources = [("end date of FN70489", "P16, P14"), ("it is the cause, the refusal is folded beneath", "clarification 16")]
    c.made = "all values."
    certificate(c, "wlc-olomouc", "17.6.5", "TP-self-signed-3310449127", "00:00:00 UTC Jan 1 2020", "07:12:09 UTC Mar 4 2018")
    c.expect("wlc-olomouc", top="selfsigned-cert-2020-fn70489", must=["slp-history-empty-response"], may=["tls-client-cert-rejected", "slp-path-blocked"], must_not=["slp-http-client-not-configured", "iosxe-quovadis-fn72323", "slp-tls-interception"])
    c.at("selfsigned-cert-2020-fn70489", "wlc-olomouc.txt", "00:00:00 UTC Jan 1 2020")


def flapping(c, host, version, reason, stats=None):
    d, box, plant = wlc(c, host, version, "EET", "C9300-48T", licences=("network-advantage", "dna-advantage"))
    now = when("2023-02-17 10:00:00.100")
    bad = []
    for n in range(11):
        t = when("2023-02-10 03:00:00") + n * 15 * HOUR + n * 4 * MINUTE
        bad += [(t, reason), (t + (11 + n) * MINUTE, comm_restored())]
    lic = License(box, account=("corp.example", "Baltic", when("2023-01-20 08:00:00")), ack=when("2023-01-20 08:05:31"), deadline=when("2023-04-20 08:05:31"), pushed=when("2023-02-16 10:14:22"), next_push=when("2023-03-16 10:14:22"), trust=when("2022-06-11 12:30:05"), rum=(60, 0, 52, 4, 4, 2))
    more = [("show license tech support | begin Communication Statistics", stats_only(lic, now, stats)[:36])] if stats else []
    out = prompt(host + "#", ("show clock", box.clock(now)), ("show version", box.show_version(now)[:50]), ("show license status", lic.status()), *more, ("show logging", logged(plant, now, box, bad, 30, 8)))
    c.add_zip(f"input/{host}.zip", [(f"{host}.txt", c.text(f"{host}.txt", out))])


@case("unseen-flapping-17-6-2")
def _(c):
    c.story = "Eleven interruptions in a week on 17.6.2, each with the words `Smart Call Home failed to process the request`; polling is refused with an invalid id while the network is fine."
    c.sources = [("messages, statistics, releases of CSCwa11048", "S4"), ("Communication=0", "P14")]
    c.made = "counters, times."
    last = when("2023-02-17 08:41:09")
    flapping(c, "sw-tartu-2", "17.6.2", SCH_FAILED, {"Result Polling": (611, 422, 189, 3, 0, "INVALID STATUS CODE", last, "Invalid Polling Id 771204418 provided in the polling request", when("2023-02-16 22:10:00"), last)})
    c.expect("sw-tartu-2", top="slp-comm-flapping-cscwa11048", must=["comm-fail-restore-pairs"], must_not=["comm-unstable-path", "slp-instance-unknown-to-cssm", "iosxe-quovadis-fn72323", "slp-path-blocked"])
    c.at("slp-comm-flapping-cscwa11048", "sw-tartu-2.txt", "Invalid Polling Id")


@case("unseen-flapping-17-6-3")
def _(c):
    c.story = "The same eleven interruptions with the same words on 17.6.3, which has the fix; no polling id is refused. The path is unstable."
    c.sources = [("17.6.3 is fixed", "S4"), ("repeated pairs otherwise", "S4")]
    c.made = "times."
    flapping(c, "sw-tartu-3", "17.6.3", SCH_FAILED)
    c.expect("sw-tartu-3", top="comm-unstable-path", must=["comm-fail-restore-pairs"], may=["callhome-send-failed"], must_not=["slp-comm-flapping-cscwa11048", "iosxe-quovadis-fn72323"])


@case("unseen-flapping-17-5-1-plain")
def _(c):
    c.story = "Eleven interruptions on 17.5.1, an affected train, but none of the three marks of the defect: the path comes first, the defect stays possible."
    c.sources = [("one of three marks is needed", "clarification 15")]
    c.made = "times."
    flapping(c, "sw-tartu-4", "17.5.1", comm_failed("No detail given"))
    c.expect("sw-tartu-4", top="comm-unstable-path", must=["comm-fail-restore-pairs"], may=["slp-comm-flapping-cscwa11048"], must_not=["iosxe-quovadis-fn72323", "slp-instance-unknown-to-cssm"])


def alert_seen(c, host, version, label, snap=262144, now="2023-06-15 12:00:00.100"):
    d, box, plant = wlc(c, host, version)
    now = when(now)
    tries = [now - 9 * HOUR, now - 70 * MINUTE]
    lic = License(box, deadline=now + 60 * DAY, next_push=now + 6 * HOUR, rum=(8, 0, 0, 0, 8, 2))
    own = "10.130.100.4"
    c.add(f"input/{host}.txt", prompt(host + "#", ("show clock", box.clock(now)), ("show version", box.show_version(now)[:50]), ("show run | inc ip http client|license smart", ["ip http client source-interface Vlan130", "ip http client secure-trustpoint TP-self-signed-2893716640", "license smart url default", "license smart transport smart"]),
                                      ("show ip interface brief | include Vlan130", [f"Vlan130                {own}    YES NVRAM  up                    up"]), ("show license status", lic.status()), ("show license history message", ["Message History (oldest to newest):", ""] + silent(box, d, tries)),
                                      ("show logging", logged(plant, now, box, [(t + timedelta(seconds=2), NO_DETAIL) for t in tries], 14))))
    cap = Capture(c.name)
    at = micros(tries[1])
    chatter(cap, at - 20000000, 60, [own, "10.130.100.9", "10.130.100.11"], "10.130.0.53", 40)
    cap.lookup(at - 40000, own, "10.130.0.53", "smartreceiver.cisco.com", RECEIVER)
    Tcp(cap, at, own, 40211, RECEIVER[0], 443, mss=1390, label="flow").open().play(label).close()
    c.put(f"input/{host}.pcap", cap.pcap(snap=snap))
    c.packet(f"{host}.pcap", cap.number("flow-c2"), "fatal Unknown CA from the controller")
    c.at("tls-unknown-ca-from-device", f"{host}.pcap", packet=cap.number("flow-c2"))


@case("unseen-wlc-17-3-3-cut-capture")
def _(c):
    c.story = "17.3.3 in June 2023. The capture was cut at 180 bytes per packet: the alert of the controller is there, the server's certificate is not. The release speaks for the old root."
    c.sources = [("no certificate visible: the defect if the release is affected", "part F"), ("date of the server's change", "P1")]
    c.made = "all values; TLS recorded with OpenSSL on both ends."
    alert_seen(c, "wlc-arras", "17.3.3", "receiver-2023-unknown-ca-client", 180)
    c.expect("wlc-arras", top="iosxe-quovadis-fn72323", must=["tls-unknown-ca-from-device", "slp-history-empty-response"], may=["slp-tls-interception", "slp-path-blocked"], must_not=["tls-client-cert-rejected", "tls-unknown-ca-from-server", "slp-http-client-not-configured"])


@case("unseen-wlc-17-9-4-cut-capture")
def _(c):
    c.story = "The same cut capture on 17.9.4, which knows the root: then somebody replaces the certificate."
    c.sources = [("no certificate visible: interception on a fixed release", "part F")]
    c.made = "all values; TLS recorded with OpenSSL on both ends."
    alert_seen(c, "wlc-lens", "17.9.4", "ssl-decrypt-unknown-ca-client", 180)
    c.expect("wlc-lens", top="slp-tls-interception", must=["tls-unknown-ca-from-device", "slp-history-empty-response"], may=["slp-path-blocked"], must_not=["iosxe-quovadis-fn72323", "tls-client-cert-rejected", "tls-unknown-ca-from-server"])


@case("unseen-wlc-17-3-3-foreign-issuer")
def _(c):
    c.story = "17.3.3 again, but the whole certificate can be read: it was made by a decrypting firewall. That comes first, the old root would be next."
    c.sources = [("affected release and foreign issuer", "part F"), ("judge by issuer", "S0, S1, S3")]
    c.made = "all values; TLS recorded with OpenSSL on both ends."
    alert_seen(c, "wlc-douai", "17.3.3", "forward-proxy-unknown-ca-client")
    c.expect("wlc-douai", top="slp-tls-interception", must=["tls-unknown-ca-from-device", "slp-history-empty-response"], may=["iosxe-quovadis-fn72323", "slp-path-blocked"], must_not=["tls-client-cert-rejected", "tls-unknown-ca-from-server", "exp-tls-interception"])


@case("unseen-wlc-proxy-wants-password")
def _(c):
    c.story = "A controller on 17.6.4 with a proxy that asks for a user: every CONNECT is answered with 407. This release cannot answer."
    c.sources = [("authenticated proxies are not supported up to 17.9.2", "S3"), ("407 to CONNECT", "capture pictures")]
    c.made = "all values."
    d, box, plant = wlc(c, "wlc-metz", "17.6.4", "CEST")
    now = when("2023-05-30 12:00:00.100")
    lic = License(box, deadline=when("2023-08-10 04:05:31"), next_push=when("2023-05-30 20:00:01"), rum=(8, 0, 0, 0, 8, 2), proxy=("10.130.7.3", "3128"))
    tries = [now - 3 * HOUR, now - 2 * HOUR]
    c.add("input/wlc-metz.txt", prompt("wlc-metz#", ("show clock", box.clock(now)), ("show version", box.show_version(now)[:50]), ("show run | inc ip http client|license smart", ["ip http client source-interface Vlan130", "ip http client secure-trustpoint TP-self-signed-2893716640", "license smart proxy address 10.130.7.3", "license smart proxy port 3128", "license smart url default", "license smart transport smart"]),
                                       ("show license status", lic.status()), ("show logging", logged(plant, now, box, [(t, NO_DETAIL) for t in tries], 18))))
    cap, own = Capture(c.name), "10.130.100.4"
    chatter(cap, micros(now - 5 * HOUR), 60, [own, "10.130.100.9", "10.130.100.11"], "10.130.0.53", 40)
    for n, t in enumerate(tries):
        flow = Tcp(cap, micros(t - 2 * HOUR), own, 51000 + n, "10.130.7.3", 3128, rtt=800, stamps=False, label=f"try{n}").open()
        flow.send("c", b"CONNECT smartreceiver.cisco.com:443 HTTP/1.1\r\nHost: smartreceiver.cisco.com:443\r\nUser-Agent: Cisco-licensing\r\n\r\n", "connect").acked("s")
        body = b"<html><head><title>Access denied</title></head><body>Authentication required.</body></html>"
        flow.send("s", b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"corp\"\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body, "no").acked("c")
        flow.close("s")
    c.put("input/mgmt.pcapng", cap.pcapng())
    c.packet("mgmt.pcapng", cap.number("try0-no"), "407 of the proxy")
    c.expect("wlc-metz", must=["slp-proxy-auth-unsupported", "proxy-connect-refused"], may=["slp-path-blocked", "exp-proxy-authentication-failed"], must_not=["slp-proxy-not-configured", "iosxe-quovadis-fn72323", "tcp-syn-no-answer", "dns-name-unresolved"])
    c.at("proxy-connect-refused", "mgmt.pcapng", packet=cap.number("try0-no"))


@case("unseen-wlc-trust-just-done", healthy=True)
def _(c):
    c.story = "The log of a controller from the minute of trust establishment: a key is removed and made anew, then the trust code is in. A screen width of 100 cuts the lines."
    c.sources = [("normal order of the messages", "S3"), ("KEY_DELETED is no fault", "part B")]
    c.made = "times, other lines."
    d, box, plant = wlc(c, "wlc-spa", "17.3.5")
    now, t = when("2022-04-05 09:30:00.100"), when("2022-04-05 09:13:08.425")
    done = [(t + timedelta(milliseconds=ms), body.format(pid=box.pid, sn=box.sn)) for ms, body in zip((0, 527, 550, 3454), TRUST_DONE)]
    early = [(t - 5 * HOUR, comm_failed(UNRESOLVED)), (t + timedelta(seconds=6), comm_restored())]
    lic = License(box, account=("corp.example", "WLAN", t), ack=t + 6 * MINUTE, deadline=t + 90 * DAY, pushed=t + MINUTE, next_push=t + 8 * HOUR, trust=t, rum=(4, 0, 2, 0, 2, 2))
    c.add("input/wlc-spa.log", wrapped(prompt("wlc-spa#", ("show clock", box.clock(now)), ("show version", brief_version(box, now)), ("show license status", lic.status()), ("show logging", logged(plant, now, box, early + done, 30, 1))), 100))
    c.expect("wlc-spa", must=["slp-trust-established"], may=["comm-fail-restore-pairs", "dns-name-unresolved"], must_not=["slp-trust-not-established", "slp-path-blocked", "slp-http-client-not-configured", "tls-client-cert-rejected"])


@case("unseen-wlc-new-default-nxdomain")
def _(c):
    c.story = "A fresh controller with the default transport: the capture shows that cslu-local and cslu-local.corp.example do not exist. Nobody set up anything; the resolver is right."
    c.sources = [("NXDOMAIN for cslu-local with transport cslu", "part E"), ("Transport block", "S4")]
    c.made = "all values."
    d, box, plant = wlc(c, "wlc-gent-2", "17.12.2")
    now = when("2024-04-11 12:00:00.100")
    lic = License(box, "cslu", deadline=when("2024-07-01 04:05:31"), next_push=when("2024-04-11 20:00:01"), rum=(4, 0, 0, 0, 4, 2))
    kinds = no_reply("Hello Message", 12, when("2024-04-11 11:40:00"))
    c.add("input/wlc-gent-2.txt", prompt("wlc-gent-2#", ("show clock", box.clock(now)), ("show version", brief_version(box, now)), ("show license tech support", lic.tech(now, kinds))))
    cap, own = Capture(c.name), "10.130.100.4"
    at = micros(when("2024-04-11 11:40:00"))
    chatter(cap, at - 5000000, 40, [own, "10.130.100.9", "10.130.100.11"], "10.130.0.53", 40)
    for n in range(4):
        cap.lookup(at + n * 2000000, own, "10.130.0.53", "cslu-local" + (".corp.example" if n % 2 else ""), rcode=3, delay=3000, mark=f"nx{n}")
    c.put("input/wlc-gent-2.pcap", cap.pcap(nanoseconds=True))
    c.packet("wlc-gent-2.pcap", cap.number("nx0"), "NXDOMAIN for cslu-local")
    c.expect("wlc-gent-2", top="slp-cslu-default-not-configured", may=["dns-no-such-name"], must_not=["dns-name-unresolved", "slp-cslu-unreachable", "slp-path-blocked", "dns-no-answer"])
    c.at("slp-cslu-default-not-configured", "wlc-gent-2.txt", "Cslu address: <empty>")
