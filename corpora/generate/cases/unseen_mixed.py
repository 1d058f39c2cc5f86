"""Several devices in one input: cases kept apart from tuning."""
from datetime import timedelta

from archive import gz_of, tar_gz_of, zip_of
from case import case
from cases.unseen_expressway import GOOD
from cases.unseen_parts import COMM, DAY, EVAL, HOUR, MINUTE, agent, alarm, brief_version, curl, curly, mail, no_reply, prompt, quoted, spread, stats_only, xstatus
from dice import Dice
from expressway import Expressway, smart_license
from iosxe_license import License
from iosxe_log import CALL_HOME_HTTP, CSLU, DDCE, Plant, UNRESOLVED, comm_failed, comm_restored, device_lines, mixed, relay3164, relay5424, show_logging, sl_message_failed, stamp, when, wrapped
from iosxe_show import Box, trustpool
from nxos import Nexus, licmgr_failed

NO_DETAIL = comm_failed("No detail given")
HTTP_FAILED = "Fail to send out Call Home HTTP message."


def switch(c, host, pid, version, zone="UTC", code="FCW", **more):
    d = Dice(c.name + host)
    box = Box(host, pid, d.serial(code), version, zone=zone, **more)
    return d, box, Plant(d, "10.170", kind="wlc" if pid.startswith("C98") else "router" if pid.startswith("ISR") else "switch")


def logged(plant, now, box, planted=(), count=24, days=3):
    return show_logging(device_lines(mixed(plant, now - days * DAY, now, count, planted), zone=box.zone))


def asa(n, body):
    return f"%ASA-3-444303: %SMART_LIC-{n}-{body}"


def xr(d):
    return d.pick([f"ifmgr[{d.between(200, 300)}]: %PKT_INFRA-LINK-3-UPDOWN : Interface TenGigE0/0/0/{d.below(20)}, changed state to {d.pick(['Up', 'Down'])}", f"bgp[1090]: %ROUTING-BGP-5-ADJCHANGE : neighbor 10.250.1.{d.between(1, 250)} Up (VRF: default) (AS: 65010) ",
                   f"SSHD_[{d.between(60000, 69000)}]: %SECURITY-SSHD-6-INFO_SUCCESS : Successfully authenticated user 'netops' from '10.250.0.9' on 'vty0'"])


def firewall(d):
    return d.pick([f"%ASA-6-302013: Built outbound TCP connection {d.between(10 ** 6, 9 * 10 ** 6)} for outside:203.0.113.{d.between(2, 250)}/443 to inside:10.170.{d.below(50)}.{d.between(2, 250)}/{d.between(20000, 60000)}", f"%ASA-4-106023: Deny udp src outside:198.51.100.{d.between(2, 250)}/5060 dst inside:10.170.1.9/5060 by access-group \"outside_in\" [0x0, 0x0]",
                   f"%ASA-5-111008: User 'netops' executed the 'show version' command."])


@case("unseen-mixed-four-dialects")
def _(c):
    c.story = "One collector, four ways to write the same agent's messages: a switch that cannot resolve CSSM, an IOS XR router whose Call Home cannot send, an ASA with six interruptions in four days, a Nexus that nests its lines and cannot resolve either."
    c.sources = [("coats of the message", "rule 5, clarification 12, P23, P27"), ("texts", "S4, P23"), ("repeated pairs", "S4")]
    c.made = "hosts, other lines."
    d, start, end = Dice(c.name), when("2024-03-04"), when("2024-03-08")
    lines = []
    for n, (t, b) in enumerate(mixed(Plant(Dice(c.name + "sw"), "10.170"), start, end, 40, spread("2024-03-04 02:00:00", 10 * HOUR, 8, comm_failed(UNRESOLVED)))):
        lines.append((t, f"<187>{t + timedelta(seconds=1):%b} {t.day:2d} {t:%H:%M:%S} acc-cadiz-7 {500 + n}: {stamp(t, 'CET')}: {b}"))
    events = [(start + timedelta(seconds=d.below(4 * 86400)), xr(d)) for _ in range(40)] + spread("2024-03-04 03:00:00", 12 * HOUR, 7, "smartlicserver[397]: %LICENSE-SMART_LIC-3-COMM_FAILED : Communications failure with the Cisco Smart Software Manager (CSSM) : Fail to send out Call Home HTTP message.")
    lines += [(t, f"<187>{t:%b} {t.day:2d} {t:%H:%M:%S} pe-cadiz-1 {700 + n}: RP/0/RP0/CPU0:{t:%b} {t.day:2d} {t:%H:%M:%S}.{n % 1000:03d} CET: {b}") for n, (t, b) in enumerate(sorted(events))]
    events = [(start + timedelta(seconds=d.below(4 * 86400)), firewall(d)) for _ in range(50)]
    for n in range(6):
        t = when("2024-03-04 05:00:00") + n * 14 * HOUR
        events += [(t, asa(3, "COMM_FAILED:Communications failure with the Cisco Smart Software Manager (CSSM) : Communication timeout")), (t + (9 + n) * MINUTE, asa(5, "COMM_RESTORED:Communications with Cisco licensing cloud restored"))]
    lines += [(t, f"<187>{t:%b} {t.day:2d} {t:%Y} {t:%H:%M:%S} fw-cadiz-1 : {b}") for t, b in sorted(events)]
    n9k = Nexus("leaf-cadiz-2", "C93180YC-FX", "FDO2412LEAF", "9.3(8)")
    body = f"%USER-3-SYSTEM_MSG: %SMART_LIC-3-COMM_FAILED:Communications failure with the Cisco Smart Software Manager (CSSM) : {UNRESOLVED} - SMART_AGENT[7411]"
    for k, text in enumerate(n9k.logfile(d, start, end, 40, spread("2024-03-04 06:00:00", 11 * HOUR, 7, body))):
        t = when(f"{text[:4]}-{['Jan', 'Feb', 'Mar'].index(text[5:8]) + 1:02d}-{int(text[9:11]):02d} {text[12:20]}")
        lines.append((t, f"<187>{t:%b} {t.day:2d} {t:%H:%M:%S} leaf-cadiz-2 : {text.replace(' leaf-cadiz-2 ', ' CET: ', 1)}"))
    c.add_gz("input/cadiz-20240308.log.gz", c.text("cadiz-20240308.log.gz", [x for _, x in sorted(lines)]))
    c.expect("acc-cadiz-7", top="dns-name-unresolved", must_not=["slp-cslu-default-not-configured", "slp-path-blocked"])
    c.expect("pe-cadiz-1", top="callhome-send-failed", must_not=["iosxe-quovadis-fn72323", "nxos-quovadis-fn72115", "dns-name-unresolved"])
    c.expect("fw-cadiz-1", top="comm-unstable-path", must=["comm-fail-restore-pairs"], may=["slp-path-blocked", "slp-comm-flapping-cscwa11048"], must_not=["dns-name-unresolved", "iosxe-quovadis-fn72323"])
    c.expect("leaf-cadiz-2", top="dns-name-unresolved", may=["nxos-comm-failed"], must_not=["nxos-quovadis-fn72115", "slp-cslu-default-not-configured"])
    c.at("callhome-send-failed", "cadiz-20240308.log.gz", "LICENSE-SMART_LIC-3-COMM_FAILED")


@case("unseen-mixed-only-noise", healthy=True)
def _(c):
    c.story = "A collector without a fault: an ASA with one interruption, an IOS XR router that looked for a CSLU once at its first boot, a switch that reminds of a report in 364 days."
    c.sources = [("one pair needs no action", "S4"), ("the CSLU message at first boot of IOS XR is normal", "P23"), ("a reminder is no fault", "clarification 20")]
    c.made = "hosts, other lines."
    d, start, end = Dice(c.name), when("2024-05-13"), when("2024-05-15")
    events = [(start + timedelta(seconds=d.below(2 * 86400)), firewall(d)) for _ in range(40)]
    events += [(when("2024-05-13 22:10:00"), asa(3, "COMM_FAILED:Communications failure with the Cisco Smart Software Manager (CSSM) : Communication timeout")), (when("2024-05-13 22:24:00"), asa(5, "COMM_RESTORED:Communications with Cisco licensing cloud restored"))]
    lines = [(t, f"{t:%Y-%m-%dT%H:%M:%S}+02:00 fw-gijon : {b}") for t, b in events]
    events = [(start + timedelta(hours=9, seconds=d.below(86400)), xr(d)) for _ in range(30)]
    boot = when("2024-05-13 08:58:01")
    events += [(boot, "smartlicserver[186]: SMART_LIC-6-AGENT_READY:Smart Agent for Licensing is initialized"), (boot + timedelta(seconds=1), "smartlicserver[186]: SMART_LIC-6-AGENT_ENABLED:Smart Agent for Licensing is enabled"),
               (boot + 2 * MINUTE, f"smartlicserver[186]: %LICENSE-SMART_LIC-3-COMM_FAILED : Communications failure with the Cisco Smart License Utility (CSLU) : {UNRESOLVED}")]
    lines += [(t, f"{t:%Y-%m-%dT%H:%M:%S}+02:00 pe-gijon : RP/0/RP0/CPU0:{t:%b} {t.day:2d} {t:%H:%M:%S}.104 UTC: {b}") for t, b in events]
    lines += [(t, f"{t:%Y-%m-%dT%H:%M:%S}+02:00 acc-gijon : {stamp(t, 'CEST')}: {b}") for t, b in mixed(Plant(Dice(c.name + "acc"), "10.171"), start, end, 40, [(when("2024-05-13 11:00:00"), "%SMART_LIC-6-REPORTING_REQUIRED: A Usage report acknowledgement will be required in 364 days.")])]
    c.add("input/collector.log", [x for _, x in sorted(lines)])
    c.expect("fw-gijon", may=["comm-fail-restore-pairs"], must_not=["comm-unstable-path", "slp-path-blocked"])
    c.expect("pe-gijon", must_not=["slp-cslu-default-not-configured", "dns-name-unresolved", "slp-cslu-unreachable"])
    c.expect("acc-gijon", must_not=["slp-report-overdue", "slp-path-blocked"])


@case("unseen-mixed-core-and-access", input="case_0312.zip")
def _(c):
    c.story = "A zip with a tar.gz with a zip: the archive of an Expressway on X12.6.2 that refuses the new chain, and a switch nobody configured for licensing."
    c.sources = [("X12.6 is affected and has no fix", "S0, S1"), ("CSLU default", "S4, clarification 1")]
    c.made = "all values."
    exp = Expressway("exp-hull", "X12.6.2", "04B7D9A1", "10.172.40.5")
    d, now = Dice(c.name), when("2023-03-12 10:00:00")
    t = when("2023-03-12 09:12:40.100")
    planted = [x for n in range(3) for x in [curl(exp, t + n * 15 * MINUTE, "SSL certificate problem: self signed certificate in certificate chain")]] + [alarm(exp, t + timedelta(seconds=1), *COMM)]
    for n in range(4):
        u = when("2023-03-12 09:05:00") + n * 11 * MINUTE
        planted += [(u, x) for x in exp.sip_trust_error(d, u)]
    name, members = exp.archive(c, "2023-03-12_10:00:00", exp.log(d, when("2023-03-12 09:00:00"), now, 90, planted), exp.xconf("Direct"), xstatus(exp, now, smart_license(("Mar 02 2022 09:12:24 UTC", "None", "Aug 29 2022 09:12:30 UTC", "Mar 29 2023 09:07:11 UTC")), [("30042", COMM[1], "error")]))
    d2, box, plant = switch(c, "acc-hull-3", "C9200L-48P-4X", "17.6.4")
    lic = License(box, "cslu", deadline=now + 60 * DAY, next_push=now + 6 * HOUR, rum=(6, 0, 0, 0, 6, 2))
    show = c.text("acc-hull-3.txt", prompt("acc-hull-3#", ("show clock", box.clock(now)), ("show version", box.show_version(now)), ("show license all", lic.all()), ("show logging", logged(plant, now, box, spread("2023-03-09 04:00:00", DAY, 3, comm_failed(UNRESOLVED, CSLU))))), eol="\r\n")
    c.add_zip("case_0312.zip", [("case_0312/all.tar.gz", tar_gz_of([(f"voice/{name}", tar_gz_of(members)), ("lan/switch.zip", zip_of([("acc-hull-3.txt", show)]))])), ("case_0312/README.txt", b"Voice and LAN of the Hull branch, 12 March 2023\r\n")])
    c.expect("exp-hull", top="exp-root-ca-cscwe09378", must=["exp-selfsigned-in-chain", "exp-smart-license-comm-error"], must_not=["exp-tls-interception", "slp-tls-interception", "exp-direct-no-path"])
    c.expect("acc-hull-3", top="slp-cslu-default-not-configured", must_not=["dns-name-unresolved", "exp-root-ca-cscwe09378", "slp-path-blocked"])
    c.at("slp-cslu-default-not-configured", "acc-hull-3.txt", "Cslu address: <empty>")


@case("unseen-mixed-neighbour-has-proxy", input="derby.zip")
def _(c):
    c.story = "Two switches of one branch. One reports through the proxy and is well; the other has no proxy and gets no reply."
    c.sources = [("no proxy where other devices of the case use one", "part B"), ("explains the blocked path", "clarification 9")]
    c.made = "all values."
    members, now = [], when("2024-02-08 10:00:00.100")
    for host, proxy in (("acc-derby-1", ("10.173.7.3", "8080")), ("acc-derby-2", None)):
        d, box, plant = switch(c, host, "C9300-24T", "17.9.4")
        well = dict(account=("corp.example", "UK", when("2024-01-30 04:00:00")), ack=when("2024-01-30 04:05:31"), pushed=when("2024-01-30 04:00:01"), trust=when("2023-03-02 10:11:12")) if proxy else {}
        lic = License(box, deadline=now + 70 * DAY, next_push=now + 6 * HOUR, proxy=proxy, rum=(20, 0, 18, 0, 2, 2) if proxy else (8, 0, 0, 0, 8, 2), **well)
        kinds = None if proxy else no_reply("Trust Establishment", 5, now - 40 * MINUTE)
        run = ["ip name-server 10.173.0.53", "ip http client source-interface Vlan173"] + (["license smart proxy address 10.173.7.3", "license smart proxy port 8080"] if proxy else []) + ["license smart url default", "license smart transport smart"]
        out = prompt(host + "#", ("show clock", box.clock(now)), ("show version", box.show_version(now)), ("show run | inc license smart|http client|name-server", run), ("show license tech support", lic.tech(now, kinds, overall="<empty>" if proxy else "Insufficient trust for direct communication")),
                     ("show logging", logged(plant, now, box, [] if proxy else spread("2024-02-06 04:00:00", 8 * HOUR, 6, NO_DETAIL))))
        members.append((f"derby/{host}.log", c.text(f"{host}.log", out)))
    c.add_zip("derby.zip", members)
    c.expect("acc-derby-1", must=["slp-trust-established"], must_not=["slp-proxy-not-configured", "slp-path-blocked", "slp-rum-accumulating"])
    c.expect("acc-derby-2", top="slp-proxy-not-configured", must=["slp-trust-not-established"], may=["slp-path-blocked"], must_not=["iosxe-quovadis-fn72323", "dns-name-unresolved", "slp-http-client-not-configured", "slp-tls-interception"])
    c.at("slp-proxy-not-configured", "acc-derby-2.log", "Not Configured")


@case("unseen-mixed-one-came-back")
def _(c):
    c.story = "Two switches in a relay file fail in the same night. One was restored after an hour, the other never; no release, no configuration in the case."
    c.sources = [("COMM_RESTORED ends COMM_FAILED", "rule 4"), ("COMM_FAILED with a reason other than names", "S3")]
    c.made = "hosts, other lines."
    lines, start, end = [], when("2023-11-16 18:00:00"), when("2023-11-18 08:00:00")
    for host, bad in (("acc-split-1", [(when("2023-11-17 01:10:00"), NO_DETAIL), (when("2023-11-17 02:14:00"), comm_restored())]), ("acc-split-2", spread("2023-11-17 01:12:00", 7 * HOUR, 5, NO_DETAIL))):
        lines += [(t, relay3164(t, host, 4100 + n, b, zone="CET")) for n, (t, b) in enumerate(mixed(Plant(Dice(c.name + host), "10.174"), start, end, 40, bad))]
    c.add_zip("input/relay.zip", [("relay.txt", c.text("relay.txt", [x for _, x in sorted(lines)], encoding="utf-16-le", bom=b"\xff\xfe", eol="\r\n"))])
    c.expect("acc-split-1", may=["comm-fail-restore-pairs"], must_not=["slp-path-blocked", "comm-unstable-path", "slp-comm-flapping-cscwa11048"])
    c.expect("acc-split-2", top="slp-path-blocked", may=["comm-unstable-path"], must_not=["dns-name-unresolved", "comm-fail-restore-pairs", "slp-comm-flapping-cscwa11048", "slp-cslu-unreachable"])


@case("unseen-mixed-nexus-mail")
def _(c):
    c.story = "A mail about two Nexus switches with quoted outputs: one has http:// in its destination, the other is the good example the writer compares with."
    c.sources = [("HTTPS only", "S2, error 2"), ("good state", "S2")]
    c.made = "mail, names, values."
    bad, good = Nexus("n9k-sofia-a", "C93180YC-EX", "FDO2233AAAA", "9.3(5)"), Nexus("n9k-sofia-b", "C93180YC-EX", "FDO2233BBBB", "9.3(5)")
    now = when("2022-10-18 11:02:09")
    a = prompt("n9k-sofia-a# ", ("show version | include NXOS|cisco|Device", ["  NXOS: version 9.3(5)", "  cisco Nexus9000 C93180YC-EX Chassis", "  Device name: n9k-sofia-a"]), ("show run callhome", bad.run_callhome(now, scheme="http")),
               ("show license status", bad.license_status("UNREGISTERED - REGISTRATION FAILED", account=None, authorization=("EVAL MODE",), failed=(now - 30 * MINUTE, "Fail to parse response data from SCH server", now - 15 * MINUTE))))
    b = prompt("n9k-sofia-b# ", ("show version | include NXOS|cisco|Device", ["  NXOS: version 9.3(5)", "  cisco Nexus9000 C93180YC-EX Chassis", "  Device name: n9k-sofia-b"]), ("show run callhome", good.run_callhome(now)),
               ("show license status", good.license_status(registered=when("2022-03-01 10:00:00"), renewal=("SUCCEEDED", when("2022-08-28 10:00:00")), next_renewal=when("2023-02-24 10:00:00"), expires=when("2023-08-28 10:00:00"), authorization=("AUTHORIZED", when("2022-10-02 04:15:44")), last=("SUCCEEDED", when("2022-10-02 04:15:44")), next_try=when("2022-11-01 04:15:44"), deadline=when("2022-12-31 04:12:55"))))
    c.add("input/sofia.eml.txt", mail("p.ivanov@corp.example", "Tue, 18 Oct 2022 14:10:00 +0300", "license on one of two leafs", ["Same model, same release. A does not register, B does. Output of A:", ""] + quoted(a) + ["", "and of B:", ""] + quoted(b) + ["", "Regards, Petar"]))
    c.expect("n9k-sofia-a", top="nxos-callhome-plain-http", may=["callhome-send-failed", "sl-registration-failed", "nxos-comm-failed"], must_not=["nxos-quovadis-fn72115", "nxos-callhome-not-enabled", "dns-name-unresolved"])
    c.expect("n9k-sofia-b", must=["sl-healthy"], must_not=["nxos-callhome-plain-http", "nxos-quovadis-fn72115", "callhome-send-failed"])
    c.at("nxos-callhome-plain-http", "sofia.eml.txt", "http http://tools.cisco.com")


@case("unseen-mixed-file-per-command", input="outputs.tgz.zip")
def _(c):
    c.story = "A script wrote one file per command and host. sw-mons-1 was refused a token; sw-mons-2 is well. Some commands were refused by the command authorization."
    c.sources = [("the token is not valid", "S4"), ("healthy state", "S4")]
    c.made = "all values."
    members, now = [], when("2024-06-04 10:00:00.100")
    for host in ("sw-mons-1", "sw-mons-2"):
        d, box, plant = switch(c, host, "C9300L-24T-4G", "17.12.3", code="FOC")
        well = host.endswith("2")
        lic = License(box, deadline=now + 80 * DAY, next_push=now + 6 * HOUR, rum=(6, 0, 4, 0, 2, 2) if well else (6, 0, 0, 0, 6, 2), **(dict(account=("corp.example", "BE", when("2024-06-01 10:00:00")), ack=when("2024-06-01 10:05:00"), pushed=when("2024-06-01 10:01:00"), trust=when("2024-06-01 10:00:00")) if well else {}))
        bad = now - 2 * HOUR
        kinds = None if well else {"Trust Establishment": (2, 0, 2, 2, 0, "INVALID STATUS CODE", bad, '{"token":["The token \'YWU3MGE0MTct\' is not valid."]}', None, bad)}
        for n, (command, out) in enumerate([("show clock", box.clock(now)), ("show version", box.show_version(now)), ("show running-config", ["Command authorization failed.", ""]), ("show license status", lic.status()), ("show license tech support", lic.tech(now, kinds)), ("show logging", logged(plant, now, box)), ("show tech-support", ["Command authorization failed.", ""])]):
            name = f"{host}_{n:02d}_{command.replace(' ', '_')}.txt"
            members.append((f"outputs/{host}/{name}", c.text(name, [f"{host}#{command}"] + out + [f"{host}#"])))
    c.add_zip("outputs.tgz.zip", [("outputs.tgz", tar_gz_of(members))])
    c.expect("sw-mons-1", top="token-not-valid", must=["slp-trust-not-established"], must_not=["slp-path-blocked", "token-uses-too-few", "slp-instance-unknown-to-cssm", "slp-http-client-not-configured"])
    c.expect("sw-mons-2", must=["slp-trust-established"], must_not=["token-not-valid", "slp-trust-not-established", "slp-http-client-not-configured"])
    c.at("token-not-valid", "sw-mons-1_04_show_license_tech_support.txt", "is not valid")


@case("unseen-mixed-17-3-6-and-17-3-7", input="cpu.zip")
def _(c):
    c.story = "Two switches side by side, one release apart, with the same busy processes and the same pile of reports. 17.3.6 has the defect; on 17.3.7 only the pile and the silent path behind it remain."
    c.sources = [("affected up to 17.3.6, fixed in 17.3.7", "S4, P2"), ("NO REPLY means the path", "P14, S3")]
    c.made = "all values."
    members, now = [], when("2023-07-20 10:00:00.100")
    for host, version in (("acc-vigo-6", "17.3.6"), ("acc-vigo-7", "17.3.7")):
        d, box, plant = switch(c, host, "C9300-48P", version)
        lic = License(box, account=("corp.example", "ES", when("2022-09-30 04:00:00")), ack=when("2022-09-30 04:05:31"), deadline=now + 60 * DAY, pushed=when("2022-10-30 04:00:01"), next_push=now + 6 * HOUR, trust=when("2022-05-02 10:11:12"), rum=(990, 0, 40, 902, 48, 2))
        top = [(725, 40427490, 3137197, 61.18, 60.40, 60.95, "SAGetRUMIds"), (154, 16479121, 2612122, 28.11, 29.37, 29.02, "SAUtilRepSave")]
        out = prompt(host + "#", ("show clock", box.clock(now)), ("show version", box.show_version(now)), ("show processes cpu sorted", box.processes_cpu(d, "95%/3%; one minute: 94%; five minutes: 94%", top, 15)), ("show license all", lic.all()),
                     ("show license tech support | begin Communication Statistics", stats_only(lic, now, no_reply("Usage Reporting", 88, now - 30 * MINUTE, when("2022-10-30 04:00:01"), 9))), ("show logging", logged(plant, now, box, spread("2023-07-17 12:00:00", 12 * HOUR, 5, comm_failed("Communications failure")))))
        members.append((f"{host}.txt", c.text(f"{host}.txt", out)))
    c.add_zip("cpu.zip", members)
    c.expect("acc-vigo-6", top="rum-high-cpu-fn72578", must=["slp-rum-accumulating"], may=["slp-path-blocked", "rum-memory-leak-fn72578"], must_not=["slp-comm-flapping-cscwa11048", "iosxe-quovadis-fn72323"])
    c.expect("acc-vigo-7", top="slp-path-blocked", must=["slp-rum-accumulating"], must_not=["rum-high-cpu-fn72578", "rum-memory-leak-fn72578", "iosxe-quovadis-fn72323"])
    c.at("rum-high-cpu-fn72578", "acc-vigo-6.txt", "SAGetRUMIds")


@case("unseen-mixed-two-half-configured", input="halves.zip")
def _(c):
    c.story = "Two Call Home switches, each with one line missing in the running configuration: acc-jaen-1 has no `ip http client source-interface` (ERR 207), acc-jaen-2 no name server (ERR 218)."
    c.sources = [("ERR 207 and the source interface", "S4, clarification 2"), ("ERR 218 and the name server", "S4")]
    c.made = "all values."
    members, now = [], when("2023-05-16 10:00:00.100")
    for host, code in (("acc-jaen-1", 207), ("acc-jaen-2", 218)):
        d, box, plant = switch(c, host, "C9300-24P", "17.6.5")
        lic = License(box, "callhome", deadline=now + 60 * DAY, next_push=now + 6 * HOUR, rum=(8, 0, 0, 0, 8, 2))
        run = box.running(now, plant, smart=("license smart transport callhome", "license smart url " + DDCE), ports=3, **(dict(http_source=None) if code == 207 else dict(name_servers=())))
        members.append((f"{host}/console.log", c.text(f"{host}.log", prompt(host + "#", ("show clock", box.clock(now)), ("show version", box.show_version(now)), ("show running-config", run), ("show license status", lic.status()), ("show logging", logged(plant, now, box, spread("2023-05-13 12:00:00", 9 * HOUR, 7, sl_message_failed(code), CALL_HOME_HTTP)))), eol="\r\n")))
    c.add_zip("halves.zip", members)
    c.expect("acc-jaen-1", top="slp-http-client-not-configured", must=["callhome-err-207-timeout", "callhome-send-failed"], may=["slp-path-blocked"], must_not=["iosxe-quovadis-fn72323", "dns-name-unresolved", "slp-cslu-default-not-configured"])
    c.expect("acc-jaen-2", top="dns-name-unresolved", must=["callhome-send-failed"], must_not=["iosxe-quovadis-fn72323", "callhome-err-207-timeout", "slp-http-client-not-configured"])


@case("unseen-mixed-all-well", healthy=True, input="audit.zip")
def _(c):
    c.story = "A yearly audit: a Nexus, a stack and an Expressway, all registered, reported and acknowledged. Old failures in the counters are over."
    c.sources = [("good states", "S2, S4, S0"), ("Ongoing Failure zero: history", "clarification 21"), ("last attempt succeeded", "part F")]
    c.made = "all values."
    now = when("2024-01-23 10:00:00.100")
    n = Nexus("core-audit-1", "C9336C-FX2", "FDO2401CORE", "9.3(10)")
    status = n.license_status(registered=when("2023-06-20 16:15:41"), renewal=("SUCCEEDED", when("2023-12-17 16:15:41")), next_renewal=when("2024-06-14 16:15:41"), expires=when("2024-12-17 16:13:53"), authorization=("AUTHORIZED", when("2024-01-12 04:15:44")), last=("SUCCEEDED", when("2024-01-12 04:15:44")), next_try=when("2024-02-11 04:15:43"), deadline=when("2024-04-11 04:12:55"))
    d = Dice(c.name)
    text1 = c.text("core-audit-1.txt", prompt("core-audit-1# ", ("show version", n.show_version()), ("show run callhome", n.run_callhome(now)), ("show license status", status), ("show logging logfile", n.logfile(d, now - 3 * DAY, now, 40))))
    d2, box, plant = switch(c, "stk-audit-2", "C9300-48P", "17.6.1", members=[("C9300-48P", "FCW2511M2AA")])
    lic = License(box, account=("corp.example", "Audit", when("2024-01-15 04:00:12")), ack=when("2024-01-15 04:05:19"), deadline=when("2024-04-14 05:05:19"), pushed=when("2024-01-15 04:00:11"), next_push=when("2024-02-14 04:00:11"), trust=when("2023-10-02 08:31:55"), rum=(64, 0, 62, 0, 2, 2))
    kinds = {"Usage Reporting": (40, 31, 9, 0, 0, "OK_POLL", when("2024-01-15 04:00:11"), "<none>", when("2024-01-15 04:00:11"), when("2023-11-02 04:00:11")), "Result Polling": (300, 180, 120, 0, 0, "OK", when("2024-01-15 04:05:19"), "<none>", when("2024-01-15 04:05:19"), when("2023-11-02 04:00:11"))}
    text2 = c.text("stk-audit-2.txt", prompt("stk-audit-2#", ("show clock", box.clock(now)), ("show version", box.show_version(now)), ("show license tech support", lic.tech(now, kinds)), ("show logging", logged(plant, now, box, [(when("2024-01-21 03:00:00"), NO_DETAIL), (when("2024-01-21 03:12:00"), comm_restored())]))))
    exp = Expressway("exp-audit-3", "X14.3.4", "0E77AAAA", "10.175.40.5")
    u = when("2024-01-23 09:10:00.300")
    planted = [agent(exp, u, "INFO", "usage report acknowledged")] + [(u + k * 3 * MINUTE, x) for k in range(5) for x in exp.sip_trust_error(d, u + k * 3 * MINUTE)]
    name, members = exp.archive(c, "2024-01-23_10:00:00", exp.log(d, when("2024-01-23 09:00:00"), now, 70, planted), exp.xconf("Direct"), xstatus(exp, now, smart_license(GOOD, "AUTHORIZED on Jan 10 2024 08:20:02 UTC", last=("SUCCEEDED on Jan 10 2024 08:20:02 UTC", "Feb 09 2024 08:20:02 UTC", "Apr 09 2024 08:14:40 UTC"))))
    c.add_zip("audit.zip", [("nexus/core-audit-1.txt", text1), ("switch/stk-audit-2.txt", text2), (f"expressway/{name}", tar_gz_of(members))])
    c.expect("core-audit-1", must=["sl-healthy"], must_not=["nxos-quovadis-fn72115", "callhome-send-failed", "nxos-callhome-not-enabled"])
    c.expect("stk-audit-2", must=["slp-trust-established"], may=["comm-fail-restore-pairs"], must_not=["slp-comm-flapping-cscwa11048", "token-uses-too-few", "slp-path-blocked", "slp-rum-accumulating"])
    c.expect("exp-audit-3", must_not=["exp-selfsigned-in-chain", "exp-tls-interception", "exp-root-ca-cscwe09378", "exp-smart-license-comm-error", "exp-eval-mode"])


@case("unseen-mixed-ie-and-catalyst", input="plant.zip")
def _(c):
    c.story = "A plant network after the change of the server: ERR 205 on an IE-3300 with 17.3.3 and on a Catalyst 9300 with 17.3.4. Only the first has the old root alone."
    c.sources = [("row of IE3x00", "P17"), ("17.3.4 is fixed on Catalyst", "S4, P1"), ("ERR 205 on a fixed release", "clarification 17")]
    c.made = "all values."
    members, now = [], when("2022-09-06 10:00:00.100")
    for host, pid, version in (("ie-mill-1", "IE-3300-8T2S", "17.3.3"), ("cat-mill-1", "C9300-24T", "17.3.4")):
        d, box, plant = switch(c, host, pid, version, code="FOC")
        plant.ports = plant.ports[:8]
        lic = License(box, "callhome", account=("corp.example", "Mill", when("2022-01-20 08:00:19")), ack=when("2022-01-20 08:05:02"), deadline=now + 40 * DAY, pushed=when("2022-01-20 08:00:01"), next_push=now + 6 * HOUR, trust=when("2021-12-02 10:22:51"))
        out = prompt(host + "#", ("show clock", box.clock(now)), ("show version", box.show_version(now)), ("show run | inc http client|license smart|name-server", ["ip name-server 10.170.0.53", "ip http client source-interface Vlan170", "license smart url " + DDCE, "license smart transport callhome"]), ("show license status", lic.status()),
                     ("show logging", logged(plant, now, box, spread("2022-09-03 12:00:00", 8 * HOUR, 8, sl_message_failed(205), CALL_HOME_HTTP))))
        members.append((f"{host}/{host}.log", c.text(f"{host}.log", out)))
    c.add_zip("plant.zip", members)
    c.expect("ie-mill-1", top="iosxe-quovadis-fn72323", must=["callhome-send-failed", "callhome-err-205-aborted"], may=["slp-path-blocked"], must_not=["callhome-err-207-timeout", "dns-name-unresolved"])
    c.expect("cat-mill-1", top="callhome-err-205-aborted", must=["callhome-send-failed"], may=["slp-tls-interception", "slp-path-blocked"], must_not=["iosxe-quovadis-fn72323", "callhome-err-207-timeout"])


@case("unseen-mixed-reservation-on-one-peer", input="cluster.zip")
def _(c):
    c.story = "A cluster with reservation: all licences were reserved on the first peer, the second has none of its own and refuses rooms."
    c.sources = [("every node needs a reservation", "S0, S1"), ("both lines of the refusal", "S0, S1")]
    c.made = "all values; labels of the reservation are unverified."
    members = []
    for host, address, own in (("room-a", "10.176.40.5", True), ("room-b", "10.176.40.6", False)):
        exp = Expressway(host, "X14.2.7", "0B1CA" + host[-1].upper() + "01", address, peers=["10.176.40.5", "10.176.40.6"])
        d, now = Dice(c.name + host), when("2023-12-12 10:00:00")
        planted = []
        for n in range(0 if own else 4):
            t = when("2023-12-12 09:10:05.204") + n * 9 * MINUTE
            planted += [alarm(exp, t, "30028", "Room system license limit reached. A TelePresence room system registration failed because there were no available room system licenses. You are licensed for 0 concurrent TelePresence room system registrations.", process="licensemanager"),
                        (t + timedelta(milliseconds=2), exp.line(t + timedelta(milliseconds=2), "tvcs", f'Event="Registration Rejected" Reason="License limit exceeded" Service="SIP" Src-ip="10.176.7.{20 + n}" Src-port="25{100 + n}" Protocol="TLS" AOR="room-{n}@voice.corp.example" Contact="sip:room-{n}@10.176.7.{20 + n}" Duration="60" Level="INFO" UTCTime="{exp.utc(t)}"'))]
        status = ["", "Smart Licensing is ENABLED", "License Reservation is ENABLED", "", "Registration:", "Status: " + ("REGISTERED - SPECIFIC LICENSE RESERVATION" if own else "UNREGISTERED"), "", "License Authorization: ", "Status: " + ("AUTHORIZED - RESERVED on Nov 02 2023 09:11:40 UTC" if own else "No Licenses in Use"), "", "Reservation status: " + ("SPECIFIC INSTALLED on Nov 02 2023 09:11:40 UTC" if own else "NOT INSTALLED"), ""]
        conf = [x.replace("ReservationEnable: Off", "ReservationEnable: On") for x in exp.xconf("Direct")]
        name, inner = exp.archive(c, "2023-12-12_10:00:00", exp.log(d, when("2023-12-12 09:00:00"), now, 60, planted), conf, xstatus(exp, now, status, [] if own else [("30028", "Room system registrations limit reached", "warning")]))
        members.append((name, tar_gz_of(inner)))
    c.add_zip("cluster.zip", members)
    c.expect("room-a", may=["exp-slr-node-without-licences"], must_not=["exp-license-limit-reached", "exp-root-ca-cscwe09378", "exp-node-without-token"])
    c.expect("room-b", top="exp-slr-node-without-licences", must=["exp-license-limit-reached"], may=["exp-node-without-token"], must_not=["exp-root-ca-cscwe09378", "exp-smart-license-comm-error", "exp-slr-unsupported-release"])
    c.at("exp-license-limit-reached", "loggingsnapshot_room-b_2023-12-12_10_00_00.txt", "License limit exceeded")


@case("unseen-exp-restored-elsewhere", healthy=True, input="two-bundles.zip")
def _(c):
    c.story = "Two bundles of one name: in May the system had serial 0A42D001 and was registered, in June its backup runs on a new machine (0E77D001), unregistered and counting down. A new token is all it needs."
    c.sources = [("another system needs a new token", "P4")]
    c.made = "all values."
    members = []
    for serial, stampt, status, raised in (("0A42D001", "2024-05-28 10:00:00", smart_license(("Jun 12 2023 10:10:24 UTC", "SUCCEEDED on Dec 09 2023 10:10:30 UTC", "Jun 06 2024 10:10:30 UTC", "Dec 09 2024 10:05:11 UTC"), "AUTHORIZED on May 10 2024 08:20:02 UTC", last=("SUCCEEDED on May 10 2024 08:20:02 UTC", "Jun 09 2024 08:20:02 UTC", "Aug 08 2024 08:14:40 UTC")), []),
                                           ("0E77D001", "2024-06-11 10:00:00", smart_license(eval_left="86 days, 2 hours, 1 minutes, 8 seconds"), [("30035", EVAL[1], "warning")])):
        exp = Expressway("exp-aosta", "X14.3.3", serial, "10.177.40.5")
        now = when(stampt)
        planted = [alarm(exp, now - 30 * MINUTE, *EVAL)] if raised else []
        if raised:
            planted.append((now - 4 * DAY, exp.line(now - 4 * DAY, "restore", f'Event="System Restore Completed" Detail="Backup of 2024-05-28 restored" Level="1" UTCTime="{exp.utc(now - 4 * DAY)}"')))
        name, inner = exp.archive(c, stampt.replace(" ", "_"), exp.log(Dice(c.name + serial), now - (4 * DAY + HOUR if raised else HOUR), now, 60, planted), exp.xconf("Direct"), xstatus(exp, now, status, raised))
        members.append((name, tar_gz_of(inner)))
    c.add_zip("two-bundles.zip", members)
    c.expect("exp-aosta", must=["exp-eval-mode"], may=["exp-restored-on-other-system"], must_not=["exp-root-ca-cscwe09378", "exp-smart-license-comm-error", "exp-node-without-token", "exp-token-invalid-or-expired"])
    c.at("exp-eval-mode", "xstat_dump_exp-aosta_2024-06-11_10_00_00.txt", "EVAL MODE")


@case("unseen-onprem-sync-page")
def _(c):
    c.story = "Text of the synchronisation page of SSM On-Prem and of CSSM's alert; no device output at all."
    c.sources = [("Synchronization Due, Synchronization Overdue", "S2, P24"), ("due 30 days after the last one", "S2")]
    c.made = "names, dates, the rest of the page."
    out = ["Smart Software Manager On-Prem   Version: 8-202108", "Synchronization", "Page saved: 2024-04-22 09:10", "", "Name\tSatellite Name\tLast Synchronization\tSynchronization Due\tAlerts\tActions",
           "corp-dc\tssm-hq\t2024-Feb-11 02:00:12\t2024-Mar-12 02:00:12\tSynchronization Overdue\tActions", "corp-lab\tssm-lab\t2024-Apr-20 02:00:09\t2024-May-20 02:00:09\t-\tActions", "", "Copied from CSSM, On-Prem Accounts:", "ssm-hq   corp.example   Last Contact 2024-Feb-11   Alert: Synchronization Overdue. The local account has not synchronized within 30 days."]
    c.add("input/onprem.txt", out + [""] + [f"Scheduled synchronization {n:02d}: not configured" for n in range(1, 60)])
    c.expect("*", top="onprem-sync-overdue", may=["slp-cslu-not-synced-to-cssm"], must_not=["slp-onprem-too-old", "slp-report-overdue", "slp-path-blocked"])
    c.at("onprem-sync-overdue", "onprem.txt", "Synchronization Overdue")


@case("unseen-exp-nothing-to-use")
def _(c):
    c.story = "Registered since this morning, but out of compliance at once: the PAKs were never converted, the virtual account shows no SKU."
    c.sources = [("registered but out of compliance right after migration", "S0, S1"), ("conversion of PAKs", "S0, S1")]
    c.made = "mail, values."
    exp = Expressway("exp-terni", "X14.2.6", "0C90AB77", "10.178.40.5")
    now = when("2023-11-14 12:00:00")
    status = smart_license(("Nov 14 2023 09:10:24 UTC", "None", "May 12 2024 09:10:30 UTC", "Nov 13 2024 09:05:11 UTC"), "OUT OF COMPLIANCE on Nov 14 2023 09:10:44 UTC", last=("SUCCEEDED on Nov 14 2023 09:10:44 UTC", "Nov 14 2023 21:10:44 UTC", "Feb 12 2024 09:05:40 UTC"))
    body = ["we migrated exp-terni from option keys to Smart Licensing today. Registration worked at once, authorization says Out-of-compliance.", "In CSSM the virtual account has no A-FLEX-EXP-ROOM or A-FLEX-EXP-RMS line at all; our PAKs are still listed in the old registration portal.", ""]
    body += quoted(["xConfiguration SystemUnit Name", '*c xConfiguration SystemUnit Name: "exp-terni"', ""] + xstatus(exp, now, status, [("30036", "Smart license in overage out of compliance", "alert")]) + exp.xconf("Direct"))
    c.add("input/mail.txt", mail("g.rossi@corp.example", "Tue, 14 Nov 2023 13:05:00 +0100", "out of compliance after migration", body))
    c.expect("exp-terni", top="exp-pak-not-in-smart-account", must=["exp-out-of-compliance"], must_not=["exp-smart-license-comm-error", "exp-root-ca-cscwe09378", "exp-license-limit-reached", "exp-token-invalid-or-expired"])
    c.at("exp-out-of-compliance", "mail.txt", "30036")
