"""Which way the reports go, and whether the name is known: CSLU default, unresolved CSSM, offline, healthy."""
from datetime import timedelta

from case import case
from dice import Dice
from iosxe_license import License, classic_status
from iosxe_log import CSLU, Plant, TRUST_DONE, UNRESOLVED, comm_failed, comm_restored, device_lines, mixed, relay5424, show_logging, when, wrapped
from iosxe_show import Box
from showtech import show_tech

CSLU_DEFAULT = ("license smart transport cslu",)


def paged(lines, page=23):
    """As a terminal records it that stops after every page: the prompt, and the backspaces that wipe it away."""
    wipe = " --More-- " + "\b" * 9 + " " * 8 + "\b" * 9
    return [(wipe if n and n % page == 0 else "") + line for n, line in enumerate(lines)]


def every(start, hours, count, body):
    return [(when(start) + timedelta(hours=hours * n, minutes=n * 7 % 50), body) for n in range(count)]


@case("cat9300-cslu-default")
def _(c):
    c.story = ("A stack straight from the box: the transport is still the default, cslu, and no CSLU address was ever set. The device looks for the name cslu-local and complains once a day that it does not resolve.")
    c.sources = [("message with (CSLU), Transport block with `Cslu address: <empty>`", "seed S4"), ("decisive only together", "catalogue, clarification 1"), ("layout of the license sections", "public P14")]
    c.made = "names, serials, everyday log lines."
    d = Dice(c.name)
    box = Box("acc-nagoya-07", "C9300-48P", d.serial("FCW"), "17.6.3", zone="JST", members=[("C9300-48P", d.serial("FOC")), ("C9300-24P", d.serial("FOC"))])
    plant = Plant(d, "10.33", stack=3, ports=24)
    now = when("2023-05-22 15:10:03.600")
    log = device_lines(mixed(plant, when("2023-05-12"), now, 240, every("2023-05-12 06:41:10", 24, 10, comm_failed(UNRESOLVED, CSLU))), zone="JST")
    lic = License(box, "cslu", deadline=when("2023-07-30 09:12:44"), next_push=when("2023-05-22 18:41:02"), rum=(12, 0, 0, 0, 12, 4))
    hello = {"Hello Message": (42, 0, 42, 42, 42, "NO REPLY", when("2023-05-22 06:45:40"), "<none>", None, when("2023-05-22 06:45:40"))}
    c.add("input/acc-nagoya-07.txt", show_tech(box, plant, now, log, lic, kinds=hello, running=dict(smart=CSLU_DEFAULT, callhome=False)))
    c.expect("acc-nagoya-07", top="slp-cslu-default-not-configured", must_not=["dns-name-unresolved", "slp-path-blocked", "slp-cslu-unreachable", "slp-trust-not-established"])
    c.at("slp-cslu-default-not-configured", "acc-nagoya-07.txt", "Cslu address: <empty>")


@case("log-only-cslu-unresolved")
def _(c):
    c.story = "Only the device's log buffer, with sequence numbers and a clock that was never set (`*`). The name that does not resolve is that of a CSLU."
    c.sources = [("message with (CSLU)", "seed S4"), ("`*` before the time: clock never set", "public P14")]
    c.made = "the rest of the log."
    d = Dice(c.name)
    plant = Plant(d, "10.61", ports=24)
    log = device_lines(mixed(plant, when("2022-10-03"), when("2022-10-06 11:00:00"), 120, every("2022-10-03 01:12:00", 24, 4, comm_failed(UNRESOLVED, CSLU))), flag="*", seq=71)
    c.add("input/console.log", log)
    c.expect("*", top="slp-cslu-default-not-configured", may=["clock-skew"], must_not=["dns-name-unresolved"])


@case("utf16-putty-log")
def _(c):
    c.story = ("A PuTTY log stored as UTF-16 by the editor it passed through. The switch talks to CSSM directly (transport smart); its name server does not know smartreceiver.cisco.com. "
               "Same words as the CSLU message, another peer, another diagnosis.")
    c.sources = [("message with (CSSM), reason text in the CSLU form", "seeds S3, S4"), ("telnet as the test", "seeds S3, S4")]
    c.made = "session and log."
    d = Dice(c.name)
    box = Box("sw-fukuoka-01", "C9200-24T", d.serial("JAE"), "17.9.3", zone="JST")
    plant = Plant(d, "10.36")
    now = when("2023-11-08 17:44:09.015")
    log = device_lines(mixed(plant, when("2023-11-07"), now, 60, every("2023-11-07 03:20:00", 8, 5, comm_failed(UNRESOLVED))), zone="JST")
    lic = License(box, deadline=when("2024-01-20 10:00:00"), next_push=when("2023-11-08 18:00:00"), rum=(6, 0, 0, 0, 6, 2))
    out = ["=~=~=~=~=~=~=~=~=~=~=~= PuTTY log 2023.11.08 17:43:51 =~=~=~=~=~=~=~=~=~=~=~=", "", "sw-fukuoka-01#show clock"] + box.clock(now) + ["sw-fukuoka-01#show version"] + box.show_version(now)
    out += ["sw-fukuoka-01#show license status"] + lic.status() + ["", "sw-fukuoka-01#show run | include name-server|http client", "ip name-server 10.36.0.53", "ip http client source-interface Vlan100"]
    out += ["sw-fukuoka-01#show logging"] + show_logging(log) + ["sw-fukuoka-01#telnet smartreceiver.cisco.com 443 /ipv4", "Translating \"smartreceiver.cisco.com\"...domain server (10.36.0.53)",
                                                                 "% Unknown command or computer name, or unable to find computer address", "sw-fukuoka-01#"]
    c.add("input/putty.log", out, encoding="utf-16-le", eol="\r\n", bom=b"\xff\xfe")
    c.expect("sw-fukuoka-01", top="dns-name-unresolved", may=["slp-trust-not-established"], must_not=["slp-cslu-default-not-configured", "slp-path-blocked"])
    c.at("dns-name-unresolved", "putty.log", "COMM_FAILED")


@case("wlc-dns-cssm")
def _(c):
    c.story = "A Catalyst 9800 whose DNS server does not answer: trust establishment was tried from a session with terminal monitor on, the log says the name does not resolve."
    c.sources = [("log of a controller without a working DNS server", "seed S3"), ("the reason text, which the seed's page cuts off", "seed S4, inferred")]
    c.made = "session, 132 columns wide, and everyday messages."
    d = Dice(c.name)
    box = Box("wlc-nagoya-1", "C9800-L-F-K9", d.serial("FCL"), "17.3.5", zone="JST", licences=("air-network-advantage", "air-dna-advantage"))
    plant = Plant(d, "10.33", kind="wlc")
    now = when("2022-08-23 09:25:10.100")
    lic = License(box, next_push=when("2022-08-23 10:00:00"), deadline=when("2022-11-20 00:00:00"), rum=(4, 0, 0, 0, 4, 2))
    said = [comm_failed(UNRESOLVED)]
    log = device_lines(mixed(plant, when("2022-08-23 06:00:00"), now, 70, [(when("2022-08-23 09:19:43"), said[0]), (when("2022-08-23 09:20:44"), said[0])]))
    out = ["wlc-nagoya-1#show clock"] + box.clock(now) + ["wlc-nagoya-1#terminal monitor", "wlc-nagoya-1#license smart trust idtoken OTljNDExYWItZjM5 all force", "wlc-nagoya-1#"]
    out += wrapped(log[-6:], 132) + ["wlc-nagoya-1#show version | include IOS XE|uptime|processor"]
    out += [x for x in box.show_version(now) if "IOS XE" in x or "uptime is" in x or "processor" in x] + ["wlc-nagoya-1#sh license status"] + lic.status()
    out += ["", "wlc-nagoya-1#show run | include name-server|ip http client|license smart", "ip name-server 10.33.0.53", "ip http client source-interface Vlan100", "ip http client secure-trustpoint TP-self-signed-2893716640",
            "license smart transport smart", "license smart url default", "wlc-nagoya-1#show logging"] + show_logging(log) + ["wlc-nagoya-1#"]
    c.add("input/wlc-nagoya-1.log", out)
    c.expect("wlc-nagoya-1", top="dns-name-unresolved", may=["slp-trust-not-established"], must_not=["slp-path-blocked", "iosxe-quovadis-fn72323", "slp-http-client-not-configured"])


@case("air-gap-offline", healthy=True)
def _(c):
    c.story = ("A plant without internet, set to offline reporting: `license smart transport off`. The COMM_FAILED lines in the buffer are older than that configuration. Reports go out by file; the last one was acknowledged.")
    c.sources = [("offline steps", "seed S4"), ("`Type: Transport Off`", "public P14"), ("messages from before count as past", "catalogue, part F")]
    c.made = "names, times, log."
    d = Dice(c.name)
    box = Box("sw-turbine-2", "C9300-24T", d.serial("FCW"), "17.6.5", zone="UTC")
    plant = Plant(d, "10.90")
    now = when("2023-08-30 08:12:45.222")
    planted = every("2023-08-01 02:00:00", 24, 6, comm_failed(UNRESOLVED, CSLU)) + [
        (when("2023-08-07 09:30:12"), "%SYS-5-CONFIG_I: Configured from console by netops on vty0 (10.90.4.17)"),
        (when("2023-08-07 10:02:40"), "%SMART_LIC-6-POLICY_INSTALL_SUCCESS: A new licensing policy was successfully installed")]
    log = device_lines(mixed(plant, when("2023-08-01"), now, 220, planted), zone="UTC")
    lic = License(box, "off", account=("corp.example", "Plant", when("2023-08-07 10:02:40")), ack=when("2023-08-07 10:02:40"), deadline=when("2023-11-05 10:02:40"), written=when("2023-08-07 09:41:03"),
                  policy=("SLE Policy", when("2023-08-07 10:02:40")), rum=(10, 0, 8, 0, 2, 2))
    c.add("input/sw-turbine-2.txt", show_tech(box, plant, now, log, lic, overall="Device configured for Offline transport", level="INDIRECT",
                                            running=dict(smart=("license smart transport off",), http_source=None, name_servers=(), callhome=False)))
    c.expect("sw-turbine-2", must=["slp-transport-off"], must_not=["slp-cslu-default-not-configured", "dns-name-unresolved", "slp-path-blocked", "slp-http-client-not-configured", "slp-trust-not-established"])
    c.at("slp-transport-off", "sw-turbine-2.txt", "license smart transport off")


@case("cat9300-slp-healthy", healthy=True)
def _(c):
    c.story = "A healthy stack on 17.9.4: trust code on both units, the last report was acknowledged, nothing waits. The log has one old interruption that ended by itself."
    c.sources = [("what a good state looks like", "seed S4"), ("layout", "public P14")]
    c.made = "all values."
    d = Dice(c.name)
    box = Box("acc-zurich-21", "C9300-48UXM", d.serial("FJC"), "17.9.4", zone="CET", members=[("C9300-48UXM", d.serial("FJC"))])
    plant = Plant(d, "10.15", stack=2)
    now = when("2024-01-18 12:00:31.700")
    log = device_lines(mixed(plant, when("2024-01-08"), now, 320, [(when("2024-01-12 22:10:00"), comm_failed("No detail given")), (when("2024-01-12 22:25:03"), comm_restored())]), zone="CET")
    lic = License(box, account=("corp.example", "EU-Access", when("2024-01-15 04:00:12")), ack=when("2024-01-15 04:05:19"), deadline=when("2024-04-14 05:05:19"), pushed=when("2024-01-15 04:00:11"),
                  next_push=when("2024-02-14 04:00:11"), trust=when("2023-10-02 08:31:55"), policy=("SLE Policy", when("2023-10-02 08:36:02")), rum=(64, 0, 62, 0, 2, 2))
    ok = {"Usage Reporting": (9, 9, 0, 0, 0, "OK_POLL", when("2024-01-15 04:00:11"), "<none>", when("2024-01-15 04:00:11"), None),
          "Result Polling": (11, 10, 1, 0, 0, "OK", when("2024-01-15 04:05:19"), "<none>", when("2024-01-15 04:05:19"), when("2024-01-12 22:09:40")),
          "Trust Establishment": (1, 1, 0, 0, 0, "OK", when("2023-10-02 08:31:54"), "<none>", when("2023-10-02 08:31:54"), None)}
    c.add("input/acc-zurich-21.txt", show_tech(box, plant, now, log, lic, kinds=ok))
    c.expect("acc-zurich-21", must=["slp-trust-established"], may=["comm-fail-restore-pairs"], must_not=["slp-path-blocked", "slp-rum-accumulating", "slp-report-overdue"])


@case("one-pair-only", healthy=True)
def _(c):
    c.story = "One failure and one restoration, fourteen minutes apart, in ten days of log. The seed says that a single pair needs no action."
    c.sources = [("both messages and the advice", "seed S4")]
    c.made = "the rest of the log and `show version`."
    d = Dice(c.name)
    box = Box("acc-bern-02", "C9300-24P", d.serial("FCW"), "17.6.4", zone="CEST")
    plant = Plant(d, "10.16")
    now = when("2023-07-20 09:00:00.410")
    log = device_lines(mixed(plant, when("2023-07-10"), now, 300, [(when("2023-07-14 02:11:32"), comm_failed("No detail given")), (when("2023-07-14 02:25:10"), comm_restored())]), zone="CEST")
    c.add("input/show_version.txt", ["acc-bern-02#show version"] + box.show_version(now) + ["acc-bern-02#"])
    c.add("input/show_logging.txt", ["acc-bern-02#show clock"] + box.clock(now) + ["acc-bern-02#show logging"] + show_logging(log) + ["acc-bern-02#"])
    c.expect("acc-bern-02", must=["comm-fail-restore-pairs"], must_not=["slp-comm-flapping-cscwa11048", "comm-unstable-path", "slp-path-blocked"])


@case("wlc-trust-session", healthy=True)
def _(c):
    c.story = ("A session on a controller: ping to smartreceiver.cisco.com fails (it proves nothing), telnet to port 443 says Open, trust is established. KEY_DELETED belongs to the normal sequence.")
    c.sources = [("trust messages in their order", "seed S3"), ("ping is no test, telnet is", "seeds S3, S4")]
    c.made = "addresses, times, other lines."
    d = Dice(c.name)
    box = Box("wlc-lab-1", "C9800-CL-K9", "9" + d.hexa(10).upper(), "17.6.3", zone="UTC", licences=("air-network-advantage", "air-dna-advantage"))
    plant = Plant(d, "10.70", kind="wlc")
    now = when("2023-08-22 12:20:00.810")
    t = when("2023-08-22 12:13:08.425")
    done = [(t + timedelta(milliseconds=ms), body.format(pid=box.pid, sn=box.sn)) for ms, body in zip((0, 527, 550, 3454), TRUST_DONE)]
    lic = License(box, account=("corp.example", "Wireless", when("2023-08-22 12:13:11")), ack=when("2023-08-22 12:18:30"), deadline=when("2023-11-20 12:18:30"), pushed=when("2023-08-22 12:13:20"),
                  next_push=when("2023-08-22 20:13:20"), trust=when("2023-08-22 12:13:11"), rum=(4, 0, 2, 0, 2, 2))
    out = ["wlc-lab-1#show clock"] + box.clock(when("2023-08-22 12:10:55.301")) + ["wlc-lab-1#ping smartreceiver.cisco.com", "Type escape sequence to abort.",
           "Sending 5, 100-byte ICMP Echos to 192.133.220.90, timeout is 2 seconds:", ".....", "Success rate is 0 percent (0/5)",
           "wlc-lab-1#telnet smartreceiver.cisco.com 443", "Trying smartreceiver.cisco.com (192.133.220.90, 443)... Open", "", "[Connection to 192.133.220.90 closed by foreign host]", "wlc-lab-1#terminal monitor",
           "wlc-lab-1#license smart trust idtoken NjQ0ZGVhZTktMmU4 all force"] + device_lines(done)
    out += ["wlc-lab-1#show version"] + box.show_version(now) + ["wlc-lab-1#sh lic status"] + lic.status() + ["", "wlc-lab-1#show logging"]
    out += show_logging(device_lines(mixed(plant, when("2023-08-22 08:00:00"), now, 90, done))) + ["wlc-lab-1#"]
    c.add("input/wlc-lab-1.log", out)
    c.expect("wlc-lab-1", must=["slp-trust-established", "slp-ping-fails-expected"], must_not=["slp-path-blocked", "tcp-syn-no-answer", "dns-name-unresolved", "slp-trust-not-established"])
    c.at("slp-trust-established", "wlc-lab-1.log", "TRUST_INSTALL_SUCCESS")


@case("classic-isr-healthy", healthy=True)
def _(c):
    c.story = "A router with the classic agent (16.12.8): registered, authorized, last contact three days ago."
    c.sources = [("states and their meaning", "seed S2"), ("classic block", "public P14")]
    c.made = "all values."
    d = Dice(c.name)
    box = Box("rtr-geneva-1", "ISR4451-X/K9", d.serial("FOC"), "16.12.8", zone="CET", slp=False)
    plant = Plant(d, "10.17", ports=4, kind="router")
    now = when("2022-11-29 07:10:10.010")
    status = classic_status("CET", registered=when("2022-03-01 09:00:11"), renewal=("SUCCEEDED", when("2022-08-28 09:00:19")), next_renewal=when("2023-02-24 09:00:19"), expires=when("2023-08-28 08:55:12"),
                            authorization=("AUTHORIZED", when("2022-11-26 09:10:02")), last=("SUCCEEDED", when("2022-11-26 09:10:02")), next_try=when("2022-12-26 09:10:02"), deadline=when("2023-02-24 09:05:40"))
    c.add("input/rtr-geneva-1.txt", show_tech(box, plant, now, device_lines(mixed(plant, when("2022-11-25"), now, 120), zone="CET"), classic=status, interfaces=3, macs=4,
                                            running=dict(smart=("license smart enable",), http_source="GigabitEthernet0/0/0", ports=2)))
    c.expect("rtr-geneva-1", must=["sl-healthy"], must_not=["sl-evaluation", "sl-authorization-expired", "slp-trust-not-established", "iosxe-quovadis-fn72323"])


@case("isr-authorization-expired")
def _(c):
    c.story = ("Only `show license status` and `show version` of a router on 16.12.8, a release with the new root. The authorization ran out; nothing in the case says why, so the state itself is all that can be said. The session was paged: --More-- and backspaces are in it.")
    c.sources = [("AUTHORIZATION EXPIRED after 90 days", "seed S2"), ("16.12.6 and later carry the new root", "seed S4, public P1")]
    c.made = "all values."
    d = Dice(c.name)
    box = Box("rtr-oslo-4", "ISR4321/K9", d.serial("FDO"), "16.12.8", zone="CEST", slp=False)
    now = when("2023-09-05 10:31:20.664")
    status = classic_status("CEST", registered=when("2022-11-02 11:20:31"), renewal=("SUCCEEDED", when("2023-05-01 11:20:40")), next_renewal=when("2023-10-28 11:20:40"), expires=when("2024-05-01 11:15:12"),
                            authorization=("AUTHORIZATION EXPIRED", when("2023-08-29 08:11:30")), last=("FAILED", when("2023-09-05 10:11:31")), next_try=when("2023-09-05 11:11:31"),
                            deadline=when("2023-08-29 08:11:30"))
    out = ["rtr-oslo-4#show clock"] + box.clock(now) + ["rtr-oslo-4#show version"] + box.show_version(now, status="REGISTERED/AUTHORIZATION EXPIRED") + ["rtr-oslo-4#show license status"] + status + ["rtr-oslo-4#exit"]
    c.add("input/rtr-oslo-4.log", paged(out))
    c.expect("rtr-oslo-4", top="sl-authorization-expired", must_not=["iosxe-quovadis-fn72323", "sl-registration-expired", "sl-evaluation"])


@case("collector-rfc5424")
def _(c):
    c.story = ("A collector that writes RFC 5424: a controller that cannot resolve CSSM, a router with seven interruptions in a week whose release is not in the case, and a switch without any licensing line.")
    c.sources = [("texts", "seed S4"), ("header", "public P14, RFC 5424")]
    c.made = "hosts and noise."
    d = Dice(c.name)
    start, end = when("2024-02-05"), when("2024-02-11 22:00:00")
    flaps = []
    for n in range(7):
        t = when("2024-02-05 04:00:00") + timedelta(days=n * 0.9, minutes=n * 11)
        flaps += [(t, comm_failed("No detail given")), (t + timedelta(minutes=9 + n), comm_restored())]
    lines = []
    for host, bad, kind in (("wlc-porto-1", every("2024-02-05 05:00:00", 24, 7, comm_failed(UNRESOLVED)), "wlc"), ("rtr-porto-2", flaps, "router"), ("acc-porto-8", [], "switch")):
        plant, counter = Plant(Dice(c.name + host), "10.18", kind=kind), d.between(200, 9000)
        lines += [(t, relay5424(t, host, counter + n, body, zone="UTC")) for n, (t, body) in enumerate(mixed(plant, start, end, 140, bad))]
    c.add("input/all-devices.log", [x for _, x in sorted(lines)])
    c.expect("wlc-porto-1", top="dns-name-unresolved")
    c.expect("rtr-porto-2", must=["comm-fail-restore-pairs"], may=["comm-unstable-path", "slp-path-blocked", "slp-comm-flapping-cscwa11048"], must_not=["dns-name-unresolved"])
    c.expect("acc-porto-8")
