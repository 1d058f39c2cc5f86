"""Several devices and archives inside archives; the case for the project's README; the large collector."""
from datetime import timedelta

from archive import tar_gz_of
from case import case
from cases.controllers import NO_DETAIL, SECURE, controller, flow_capture, silence
from cases.expressways import out_of_touch, root_ca
from dice import Dice
from expressway import Expressway, smart_license
from iosxe_license import License
from iosxe_log import CSLU, Plant, UNRESOLVED, comm_failed, comm_restored, device_lines, mixed, stamp, when
from iosxe_show import Box, trustpool
from showtech import show_tech


@case("first-light", input="first-light.zip")
def _(c):
    c.story = ("One support case, two devices. The controller wlc-core-1 sits behind a proxy that decrypts TLS: the certificate it is shown was issued by TLS Forward Proxy v2, and it hangs up. "
               "The Expressway exp-c-01 in the DMZ sees Cisco's real certificate, but X14.0.8 does not know its root (CSCwe09378). Same alert, two causes.")
    c.sources = [("interception in front of a controller, empty RESPONSE", "seed S3"), ("names of the proxy's certificates", "seeds S0, S1"), ("CSCwe09378", "seeds S0, S1"), ("archive members", "public P6")]
    c.made = "all values; TLS recorded with OpenSSL on both ends."
    d = Dice(c.name)
    box = controller("wlc-core-1", c.name, "17.9.4", "UTC")
    plant, now = Plant(d, "10.20", kind="wlc"), when("2023-11-16 08:40:12.518")
    tries = [when("2023-11-14 00:12:39") + timedelta(hours=8 * n) for n in range(7)] + [when("2023-11-16 08:12:39")]
    log = device_lines(mixed(plant, when("2023-11-13 20:00:00"), now, 420, [(t + timedelta(seconds=2), NO_DETAIL) for t in tries]), zone="UTC")
    stats = {"Trust Establishment": (8, 0, 8, 8, 8, "NO REPLY", when("2023-11-16 08:12:40"), "<none>", None, when("2023-11-16 08:12:40"))}
    lic = License(box, next_push=when("2023-11-16 16:12:00"), deadline=when("2024-02-08 10:00:00"), rum=(38, 0, 0, 0, 38, 2))
    show = c.text("show-tech.txt", show_tech(box, plant, now, log, lic, kinds=stats, overall="Insufficient trust for direct communication", running=dict(address="10.20.100.10", **SECURE), trustpool=trustpool("Built-In"), history=silence(box, d, tries), interfaces=6))
    cap = flow_capture(c.name, "10.20.100.10", "10.20.5.11", when("2023-11-16 08:12:39.410"), "forward-proxy-unknown-ca-client", flows=3, noise=150)
    exp = Expressway("exp-c-01", "X14.0.8", "0A42C7D1", "10.20.40.21")
    parts, seen = root_ca(c, exp, when("2023-11-16 09:14:22"), smart_license(eval_left="52 days, 3 hours, 41 minutes, 9 seconds"), count=320)
    name, members = exp.archive(c, "2023-11-16_09:14:22", **parts)
    c.add_zip("first-light.zip", [("wlc-core-1/show-tech.txt", show), ("wlc-core-1/cap1.pcap", cap.pcap()), (f"exp-c-01/{name}", tar_gz_of(members))])
    pcap = next(n for n, _ in members if n.endswith(".pcap"))
    c.packet("cap1.pcap", cap.number("flow1-c1"), "Client Hello, SNI smartreceiver.cisco.com")
    c.packet("cap1.pcap", cap.number("flow1-s1"), "end of the server flight; the leaf's issuer is TLS Forward Proxy v2")
    c.packet("cap1.pcap", cap.number("flow1-c2"), "Unknown CA from wlc-core-1")
    c.packet(pcap, seen.number("try1-s1"), "end of the server flight; chain HydrantID, IdenTrust")
    c.packet(pcap, seen.number("try1-c2"), "Unknown CA from exp-c-01")
    c.expect("wlc-core-1", top="slp-tls-interception", must=["tls-unknown-ca-from-device", "slp-history-empty-response", "slp-trust-not-established"], may=["slp-path-blocked"],
             must_not=["iosxe-quovadis-fn72323", "exp-tls-interception", "tls-client-cert-rejected"])
    c.expect("exp-c-01", top="exp-root-ca-cscwe09378", must=["exp-selfsigned-in-chain", "exp-smart-license-comm-error", "tls-unknown-ca-from-device", "exp-eval-mode"],
             must_not=["exp-tls-interception", "slp-tls-interception", "sl-evaluation"])
    c.at("tls-unknown-ca-from-device", "cap1.pcap", packet=cap.number("flow1-c2"))
    c.at("slp-history-empty-response", "show-tech.txt", "RESPONSE: Nov 14 00:12:40 2023")
    c.at("tls-unknown-ca-from-device", pcap, packet=seen.number("try1-c2"))


@case("nested-two-devices", input="input.zip")
def _(c):
    c.story = ("A zip that holds a tar.gz that holds everything: the log of an Expressway on X14.1.4 (no fix in that train), a capture, and the show tech of a Catalyst 9300 with the CSLU default.")
    c.sources = [("X14.1 is affected", "seeds S0, S1"), ("CSLU default", "seed S4")]
    c.made = "all values; TLS recorded with OpenSSL on both ends."
    d = Dice(c.name)
    box = Box("acc-porto-04", "C9300L-24P-4G", d.serial("FOC"), "17.6.2", zone="WET")
    plant, now = Plant(d, "10.18"), when("2023-03-09 10:01:00.800")
    bad = [(when("2023-03-03 04:11:00") + timedelta(days=n), comm_failed(UNRESOLVED, CSLU)) for n in range(7)]
    lic = License(box, "cslu", deadline=when("2023-05-30 09:12:44"), next_push=when("2023-03-09 18:41:02"), rum=(10, 0, 0, 0, 10, 2))
    hello = {"Hello Message": (28, 0, 28, 28, 28, "NO REPLY", when("2023-03-09 04:15:40"), "<none>", None, when("2023-03-09 04:15:40"))}
    show = c.text("show_tech.txt", show_tech(box, plant, now, device_lines(mixed(plant, when("2023-03-03"), now, 200, bad), zone="WET"), lic, kinds=hello, interfaces=6, running=dict(smart=("license smart transport cslu",), callhome=False)))
    exp = Expressway("exp-e-09", "X14.1.4", "0A42C7F0", "192.0.2.29", role="edge")
    parts, cap = root_ca(c, exp, when("2023-03-09 10:14:22"), out_of_touch(when("2023-03-09 10:14:22")), count=260)
    _, members = exp.archive(c, "2023-03-09_10:14:22", **parts)
    inner = [(f"case/expressway/{n}", data) for n, data in members if "pem" not in n] + [("case/switch/show_tech.txt", show)]
    c.add_zip("input.zip", [("upload/readme.txt", b"Collected 2023-03-09, Expressway edge and the access switch behind it.\r\n"), ("upload/logs.tar.gz", tar_gz_of(inner))])
    pcap = next(n for n, _ in members if n.endswith(".pcap"))
    c.packet(pcap, cap.number("try1-c2"), "Unknown CA from exp-e-09")
    c.expect("acc-porto-04", top="slp-cslu-default-not-configured", must_not=["dns-name-unresolved", "exp-root-ca-cscwe09378"])
    c.expect("exp-e-09", top="exp-root-ca-cscwe09378", must=["exp-selfsigned-in-chain", "exp-smart-license-comm-error", "tls-unknown-ca-from-device"], may=["exp-auth-renew-failed"],
             must_not=["exp-tls-interception", "slp-tls-interception"])
    c.at("tls-unknown-ca-from-device", pcap, packet=cap.number("try1-c2"))


@case("gz-rotated-collector")
def _(c):
    c.story = ("Twenty thousand lines of an rsyslog collector: today's file, and yesterday's as a gz of two members that logrotate appended to each other. Fourteen devices; one waits for a CSLU that nobody set up (the lines are in all three parts), "
               "one had a single interruption across the rotation, the rest is silent about licensing.")
    c.sources = [("licensing texts", "seed S4"), ("ISO time in front", "public practice, catalogue 1.2")]
    c.made = "everything else."
    d = Dice(c.name)
    start, end = when("2024-06-10"), when("2024-06-12 18:00:00")
    planted = {"acc-lille-06": [(start + timedelta(hours=4 * n, minutes=n % 50), comm_failed(UNRESOLVED, CSLU)) for n in range(16)],
               "acc-lille-02": [(when("2024-06-11 23:52:10"), comm_failed("No detail given")), (when("2024-06-12 00:09:31"), comm_restored())]}
    hosts = [f"acc-lille-{n:02d}" for n in range(1, 12)] + ["dist-lille-1", "dist-lille-2", "wlc-lille-1"]
    lines = []
    for host in hosts:
        plant = Plant(Dice(c.name + host), "10.71", ports=48, kind="wlc" if host.startswith("wlc") else "switch")
        for t, body in mixed(plant, start, end, 1430, planted.get(host, [])):
            lines.append((t, f"{t:%Y-%m-%dT%H:%M:%S}+02:00 {host} : {stamp(t, 'CEST')}: {body}"))
    lines.sort()
    parts = [[x for t, x in lines if low <= t < high] for low, high in ((start, when("2024-06-11")), (when("2024-06-11"), when("2024-06-12")), (when("2024-06-12"), end))]
    c.add_gz("input/messages-20240611.gz", *[("\n".join(p) + "\n").encode() for p in parts[:2]])
    c.add_gz("input/messages.gz", ("\n".join(parts[2]) + "\n").encode())
    c.texts["messages-20240611.gz"] = parts[0] + parts[1]
    c.expect("acc-lille-06", top="slp-cslu-default-not-configured", must_not=["dns-name-unresolved"])
    c.expect("acc-lille-02", must=["comm-fail-restore-pairs"], must_not=["slp-path-blocked", "comm-unstable-path"])
    for host in hosts:
        if host not in planted:
            c.expect(host)
    c.at("slp-cslu-default-not-configured", "messages-20240611.gz", "COMM_FAILED")
