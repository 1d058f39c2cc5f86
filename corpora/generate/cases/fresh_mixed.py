"""Several devices in one input: a second set of cases kept apart from tuning."""
from datetime import timedelta

from archive import gz_of, tar_gz_of, zip_of
from case import case
from cases.fresh_iosxe import NO_DETAIL, REFUSED, box, logged, told
from cases.fresh_nexus import HTTP_FAILED, failing, nexus, well
from cases.unseen_parts import COMM, DAY, EVAL, HOUR, MINUTE, agent, alarm, brief_version, curl, mail, no_reply, prompt, quoted, spread, stats_only, xstatus
from dice import Dice
from expressway import Expressway, smart_license
from iosxe_license import License, classic_status
from iosxe_log import CALL_HOME_HTTP, CSLU, SCH_FAILED, UNRESOLVED, Plant, comm_failed, comm_restored, mixed, relay3164, relay5424, show_logging, sl_message_failed, stamp, when
from iosxe_show import section
from nxos import licmgr_failed


@case("fresh-mix-three-on-one-relay", split="held-out")
def _(c):
    c.story = "One relay, three switches, no version: the first cannot resolve tools.cisco.com, the second loses and regains CSSM again and again, the third only reminds of a report in 30 days."
    c.sources = [("ERR 218", "S4"), ("repeated pairs", "S4"), ("a reminder is no fault", "clarification 20")]
    c.made = "hosts, other lines."
    start, end, lines = when("2024-09-02"), when("2024-09-06"), []
    plans = {"sw-kelp-1": spread("2024-09-02 03:00:00", 11 * HOUR, 8, sl_message_failed(218), CALL_HOME_HTTP),
             "sw-kelp-2": [e for n in range(7) for e in ((start + n * 13 * HOUR + 2 * HOUR, comm_failed("Communication timeout")), (start + n * 13 * HOUR + 2 * HOUR + (7 + n) * MINUTE, comm_restored()))],
             "sw-kelp-3": spread("2024-09-02 04:00:00", DAY, 4, "%SMART_LIC-6-REPORTING_REQUIRED: A Usage report acknowledgement will be required in 30 days.")}
    for host, planted in plans.items():
        p = Plant(Dice(c.name + host), "10.101")
        lines += [(t, relay3164(t, host, 7000 + n, b, "UTC")) for n, (t, b) in enumerate(mixed(p, start, end, 14, planted))]
    c.add("input/relay/2024-09.log", [x for _, x in sorted(lines)])
    c.expect("sw-kelp-1", top="dns-name-unresolved", must=["callhome-send-failed"], must_not=["iosxe-quovadis-fn72323", "comm-unstable-path", "callhome-err-207-timeout"])
    c.expect("sw-kelp-2", top="comm-unstable-path", must=["comm-fail-restore-pairs"], may=["slp-comm-flapping-cscwa11048", "slp-path-blocked"], must_not=["dns-name-unresolved", "iosxe-quovadis-fn72323"])
    c.expect("sw-kelp-3", must_not=["slp-report-overdue", "dns-name-unresolved", "comm-unstable-path"])
    c.at("dns-name-unresolved", "2024-09.log", "ERR 218")
    c.at("comm-fail-restore-pairs", "2024-09.log", "COMM_RESTORED")


@case("fresh-mix-one-affected-one-fixed", split="held-out")
def _(c):
    c.story = "Two show techs in a zip, the second cut off in its log: 17.3.2a and 17.6.1 print the same ERR 205 in the summer of 2022."
    c.sources = [("releases", "S4, P1"), ("the same messages on a fixed release", "part F"), ("ERR 205 alone", "clarification 17")]
    c.made = "hosts, other lines."
    members = []
    for host, version in (("edge-loon-1", "17.3.2a"), ("edge-loon-2", "17.6.1")):
        d, b, p = box(c, host, "C9300-24U", version, net="10.102")
        now = when("2022-07-21 09:00:00")
        lines = section("show clock", b.clock(now)) + section("show version", b.show_version(now)) + section("show running-config", b.running(now, p, smart=("license smart transport callhome",), ports=2)) + section("show logging", show_logging(logged(b, p, now, spread("2022-07-19 01:00:00", 9 * HOUR, 6, sl_message_failed(205), CALL_HOME_HTTP), 16)))
        if host.endswith("2"):
            lines = lines[:-6]
            lines[-1] = lines[-1][:44]
        members.append((f"{host}/show_tech.txt", c.text(f"{host}.txt", lines)))
    c.add_zip("input/sr-loon.zip", members)
    c.expect("edge-loon-1", top="iosxe-quovadis-fn72323", must=["callhome-err-205-aborted", "callhome-send-failed"], may=["slp-tls-interception"], must_not=["dns-name-unresolved", "slp-http-client-not-configured", "callhome-err-207-timeout"])
    c.expect("edge-loon-2", top="callhome-err-205-aborted", must=["callhome-send-failed"], may=["slp-tls-interception"], must_not=["iosxe-quovadis-fn72323", "dns-name-unresolved", "slp-http-client-not-configured"])


@case("fresh-mix-core-onprem-edge-direct", split="held-out")
def _(c):
    c.story = "Core and Edge of one site, both X14.0.10: the Core speaks with On-Prem and is registered, the Edge goes straight to the cloud and refuses the certificate."
    c.sources = [("On-Prem always worked", "S0, S1"), ("X14.0.10 is affected", "S0, S1, versions.md")]
    c.made = "names, times, everyday lines."
    d, now = Dice(c.name), when("2023-08-15 08:00:00")
    core, edge = Expressway("expc-sion", "X14.0.10", "0A119001", "10.103.2.10"), Expressway("expe-sion", "X14.0.10", "0A119002", "172.23.2.10", role="edge")
    good = ("Jan 20 2023 09:31:02 UTC", "SUCCEEDED on Jul 19 2023 09:31:10 UTC", "Jan 15 2024 09:31:10 UTC", "Jul 19 2024 09:26:01 UTC")
    url = "https://ssm.sion.example/SmartTransport"
    n1, m1 = core.archive(c, "2023-08-15_08:00:00", core.log(d, when("2023-08-15 07:00:00"), now, 30, [agent(core, when("2023-08-15 07:20:00.100"), "INFO", "usage report acknowledged")]), core.xconf("OnPrem", url),
                          xstatus(core, now, smart_license(good, "AUTHORIZED on Aug 10 2023 09:31:10 UTC", last=("SUCCEEDED on Aug 10 2023 09:31:10 UTC", "Sep 09 2023 09:31:10 UTC", "Nov 08 2023 09:26:01 UTC"), transport=("Smart", url))))
    t = when("2023-08-15 07:14:00.200")
    n2, m2 = edge.archive(c, "2023-08-15_08:02:00", edge.log(d, when("2023-08-15 07:00:00"), now, 30, [curl(edge, t + k * 15 * MINUTE, "SSL certificate problem: self signed certificate in certificate chain") for k in range(3)] + [alarm(edge, t + MINUTE, *COMM)]), edge.xconf("Direct"),
                          xstatus(edge, now, smart_license(eval_left="40 days, 2 hours, 2 minutes, 2 seconds"), [("30042", COMM[1], "error")]))
    c.add_zip("input/sion both.zip", [(n1, tar_gz_of(m1)), (n2, tar_gz_of(m2))])
    c.expect("expc-sion", must_not=["exp-root-ca-cscwe09378", "exp-tls-interception", "exp-smart-license-comm-error", "exp-eval-mode", "exp-onprem-url-suffix-missing"])
    c.expect("expe-sion", top="exp-root-ca-cscwe09378", must=["exp-selfsigned-in-chain", "exp-smart-license-comm-error", "exp-eval-mode"], may=["exp-node-without-token"], must_not=["exp-tls-interception", "exp-direct-no-path", "sl-evaluation"])
    c.at("exp-selfsigned-in-chain", "loggingsnapshot_expe-sion_2023-08-15_08_02_00.txt", "self signed")


@case("fresh-mix-nexus-and-access", split="held-out")
def _(c):
    c.story = "One console file of a jump host: a Nexus whose Call Home was never enabled, then a switch in good order."
    c.sources = [("enable is needed", "S2, clarification 4"), ("trust established", "S4")]
    c.made = "hosts, other lines."
    d, n = nexus(c, "dc-lynx-1", "C93108TC-FX", "9.3(8)")
    d2, b, p = box(c, "acc-lynx-7", "C9300-24P", "17.9.4", net="10.104")
    now = when("2023-11-14 10:22:33")
    lic = License(b, "smart", trust=when("2023-06-01 10:00:00"), ack=when("2023-11-01 10:00:00"), deadline=when("2024-01-30 10:00:00"), pushed=when("2023-11-01 09:58:00"), next_push=when("2023-12-01 09:58:00"), rum=(40, 20, 36, 0, 2, 2), account=("lynx.example", "Default", when("2023-11-01 10:00:00")))
    c.add("input/jumphost-typescript", ["Script started on 2023-11-14 11:20:07+01:00", "ops@jump2:~$ ssh dc-lynx-1"] + prompt("dc-lynx-1# ", ("show version", n.show_version()), ("show run callhome", n.run_callhome(now, enable=False)), ("show license status", failing(n, now)), ("exit", [])) [:-1] +
          ["Connection to dc-lynx-1 closed.", "ops@jump2:~$ ssh acc-lynx-7"] + prompt("acc-lynx-7#", ("show clock", b.clock(now)), ("show version", brief_version(b, now)), ("show license all", lic.all()), ("exit", []))[:-1] + ["Connection to acc-lynx-7 closed by remote host.", "ops@jump2:~$ exit", "Script done on 2023-11-14 11:31:44+01:00"], eol="\r\n")
    c.expect("dc-lynx-1", top="nxos-callhome-not-enabled", must=["sl-registration-failed", "callhome-send-failed"], may=["sl-evaluation", "nxos-comm-failed"], must_not=["nxos-callhome-plain-http", "nxos-quovadis-fn72115", "dns-name-unresolved", "slp-trust-not-established"])
    c.expect("acc-lynx-7", must=["slp-trust-established"], must_not=["sl-registration-failed", "callhome-send-failed", "slp-report-overdue", "sl-evaluation"])
    c.at("sl-registration-failed", "jumphost-typescript", "REGISTRATION FAILED")


@case("fresh-mix-nothing-wrong", split="held-out", healthy=True)
def _(c):
    c.story = "A customer sends three devices `for checking`: a classic router in compliance, a switch with a reminder and one interruption, a Nexus in order."
    c.sources = [("states", "S2, S4"), ("one pair needs no action; a reminder is none either", "S4, clarification 20")]
    c.made = "hosts, other lines."
    d1, r, p1 = box(c, "wan-ibis-1", "ISR4331/K9", "16.12.7", code="FDO", slp=False, net="10.105")
    d2, s, p2 = box(c, "acc-ibis-2", "C9200L-48T-4X", "17.6.6", net="10.105")
    d3, n = nexus(c, "core-ibis-3", "C9336C-FX2", "9.3(11)")
    now = when("2023-12-12 10:00:00")
    st = classic_status(registered=when("2023-02-02 09:00:00"), renewal=("SUCCEEDED", when("2023-08-01 09:00:00")), next_renewal=when("2024-01-28 09:00:00"), expires=when("2024-08-01 08:55:00"), authorization=("AUTHORIZED", when("2023-12-01 09:00:00")), last=("SUCCEEDED", when("2023-12-01 09:00:00")), next_try=when("2023-12-31 09:00:00"), deadline=when("2024-02-29 08:55:00"))
    lic = License(s, "smart", trust=when("2023-06-01 10:00:00"), ack=when("2023-11-21 10:00:00"), deadline=when("2024-02-19 10:00:00"), pushed=when("2023-11-21 09:58:00"), next_push=when("2023-12-21 09:58:00"), rum=(40, 20, 36, 0, 2, 2))
    ev = [(when("2023-12-10 02:00:00"), NO_DETAIL), (when("2023-12-10 02:24:00"), comm_restored()), (when("2023-12-11 10:00:00"), "%SMART_LIC-6-REPORTING_REQUIRED: A Usage report acknowledgement will be required in 70 days.")]
    inner = tar_gz_of([("acc-ibis-2.txt", c.text("acc-ibis-2.txt", prompt("acc-ibis-2#", ("show clock", s.clock(now)), ("show version", brief_version(s, now)), ("show license all", lic.all()), ("show logging", show_logging(logged(s, p2, now, ev, 16)))))),
                       ("core-ibis-3.txt", c.text("core-ibis-3.txt", prompt("core-ibis-3# ", ("show version", n.show_version()), ("show run callhome", n.run_callhome(now)), ("show license status", well(n, now)))))])
    c.add_zip("input/check.zip", [("wan-ibis-1.txt", c.text("wan-ibis-1.txt", prompt("wan-ibis-1#", ("show clock", r.clock(now)), ("show version", brief_version(r, now)), ("show license status", st)), eol="\r\n")), ("rest.tar.gz", inner)])
    c.expect("wan-ibis-1", must=["sl-healthy"], must_not=["iosxe-quovadis-fn72323", "sl-evaluation", "slp-trust-not-established", "sl-authorization-expired"])
    c.expect("acc-ibis-2", must=["slp-trust-established"], may=["comm-fail-restore-pairs"], must_not=["slp-report-overdue", "slp-path-blocked", "comm-unstable-path", "iosxe-quovadis-fn72323"])
    c.expect("core-ibis-3", must=["sl-healthy"], must_not=["nxos-callhome-not-enabled", "nxos-quovadis-fn72115", "sl-registration-failed"])


@case("fresh-mix-vrf-and-host-line", split="held-out")
def _(c):
    c.story = "Two switches of one site, each silent for its own reason: one asks a name server in Mgmt-vrf while its HTTP client and its only route are outside it, the other has an `ip host` line for the receiver. A file per command."
    c.sources = [("related commands need the VRF too", "S4"), ("static entries are risky", "S4"), ("they explain the silent path", "clarification 9")]
    c.made = "hosts, other lines."
    now = when("2024-05-28 15:00:00")
    for host, conf, extra in (("acc-stoat-1", (), ["interface GigabitEthernet0/0", " vrf forwarding Mgmt-vrf", " ip address 10.106.250.9 255.255.255.0", "!", "ip name-server vrf Mgmt-vrf 10.106.250.53", "!"]), ("acc-stoat-2", ("10.106.0.53",), ["ip host smartreceiver.cisco.com 192.133.220.90", "!"])):
        d, b, p = box(c, host, "C9300-48T", "17.9.5", net="10.106")
        lic = License(b, "smart", deadline=when("2024-08-01 10:00:00"), next_push=now, rum=(8, 0, 0, 0, 6, 2))
        run = b.running(now, p, name_servers=conf, extra=extra, ports=2)
        reason = comm_failed(UNRESOLVED) if host.endswith("1") else NO_DETAIL
        c.add(f"input/{host}/{host}_show_version.txt", [f"{host}#show version"] + brief_version(b, now))
        c.add(f"input/{host}/{host}_show_running-config.txt", [f"{host}#show running-config"] + run)
        c.add(f"input/{host}/{host}_show_logging.txt", [f"{host}#show logging"] + show_logging(logged(b, p, now, spread("2024-05-26 09:00:00", 9 * HOUR, 6, reason), 14)))
        kinds = None if host.endswith("1") else no_reply("Trust Establishment", 11, now - HOUR)
        c.add(f"input/{host}/{host}_show_license_tech_support.txt", [f"{host}#show license tech support"] + lic.tech(now, kinds, overall="Insufficient trust for direct communication"))
    c.expect("acc-stoat-1", must=["slp-vrf-mismatch", "dns-name-unresolved", "slp-trust-not-established"], must_not=["iosxe-quovadis-fn72323", "slp-static-host-entry", "slp-cslu-default-not-configured"])
    c.expect("acc-stoat-2", top="slp-static-host-entry", must=["slp-trust-not-established"], may=["slp-path-blocked"], must_not=["dns-name-unresolved", "slp-vrf-mismatch", "iosxe-quovadis-fn72323", "slp-http-client-not-configured"])
    c.at("dns-name-unresolved", "acc-stoat-1_show_logging.txt", "COMM_FAILED")
    c.at("slp-static-host-entry", "acc-stoat-2_show_running-config.txt", "ip host smartreceiver.cisco.com")


@case("fresh-mix-one-healed-one-not")
def _(c):
    c.story = "After a firewall change two switches were cut off (ERR 207); on the evening of the second day one comes back, the other does not. RFC 5424 collector, rotated: an old .gz and a current file."
    c.sources = [("COMM_RESTORED ends ERR n too", "clarification 14"), ("ERR 207", "S4"), ("no version: nothing may be said of FN72323", "versions.md 2.4")]
    c.made = "hosts, other lines."
    start, turn, end = when("2022-11-08"), when("2022-11-10"), when("2022-11-11")
    old, new = [], []
    for host, back in (("acc-vole-1", True), ("acc-vole-2", False)):
        p = Plant(Dice(c.name + host), "10.107")
        planted = spread("2022-11-08 05:00:00", 8 * HOUR, 5 if back else 8, sl_message_failed(207), CALL_HOME_HTTP)
        if back:
            planted.append((when("2022-11-09 19:10:10"), comm_restored()))
        for n, (t, b) in enumerate(mixed(p, start, end, 24, planted)):
            (old if t < turn else new).append((t, relay5424(t, host, 300 + n, b)))
    c.add_gz("input/collector/network.log-20221110.gz", c.text("network.log-20221110.gz", [x for _, x in sorted(old)]))
    c.add("input/collector/network.log", [x for _, x in sorted(new)])
    c.expect("acc-vole-1", may=["comm-fail-restore-pairs"], must_not=["callhome-err-207-timeout", "callhome-send-failed", "iosxe-quovadis-fn72323", "comm-unstable-path", "dns-name-unresolved"])
    c.expect("acc-vole-2", top="callhome-err-207-timeout", must=["callhome-send-failed"], may=["slp-path-blocked", "iosxe-quovadis-fn72323"], must_not=["dns-name-unresolved", "slp-http-client-not-configured", "comm-unstable-path", "slp-comm-flapping-cscwa11048"])
    c.at("callhome-err-207-timeout", "network.log", "ERR 207", last=True)


@case("fresh-mix-old-onprem", split="held-out")
def _(c):
    c.story = "A mail thread: a 9800 and a switch that were upgraded to SLP releases, both served by an On-Prem `8-202010`; the controller prints that it is down rev, the switch only waits in peace."
    c.sources = [("text and release of On-Prem", "P13, S3")]
    c.made = "mail, hosts."
    body = told("""
Hi all,

after the upgrade wlc-tern-1 prints this twice a day:

wlc-tern-1#show logging | include SMART_LIC
Feb 14 04:00:12.331 UTC: %SMART_LIC-4-REPORTING_NOT_SUPPORTED: Smart Agent for Licensing CSSM OnPrem is down rev and does not support the enhanced policy and usage reporting mode.
Feb 14 16:00:12.904 UTC: %SMART_LIC-4-REPORTING_NOT_SUPPORTED: Smart Agent for Licensing CSSM OnPrem is down rev and does not support the enhanced policy and usage reporting mode.
wlc-tern-1#show version | include IOS XE
Cisco IOS XE Software, Version 17.03.05
wlc-tern-1#show license status | begin Transport
Transport:
  Type: cslu
  Cslu address: https://ssm-tern.example/cslu/v1/pi/tern-1
  Proxy:
    Not Configured

The On-Prem login page says: Cisco Smart Software Manager On-Prem, Version 8-202010.

The switch next to it says nothing of the kind:

acc-tern-4#show logging | include SMART_LIC
Feb 12 09:10:41.201 UTC: %SMART_LIC-6-REPORTING_REQUIRED: A Usage report acknowledgement will be required in 364 days.
acc-tern-4#show version | include IOS XE
Cisco IOS XE Software, Version 17.03.05

Who upgrades On-Prem?

Piet
""")
    c.add("input/thread.eml.txt", mail("Piet de Boer <pdb@tern.example>", "Mon, 14 Feb 2022 18:20:00 +0100", "Fwd: down rev?", ["Please see below.", ""] + quoted(body)))
    c.expect("wlc-tern-1", top="slp-onprem-too-old", must_not=["slp-onprem-wrong-transport", "slp-cslu-unreachable", "slp-trust-not-established", "slp-path-blocked", "iosxe-quovadis-fn72323"])
    c.expect("acc-tern-4", must_not=["slp-report-overdue", "slp-trust-not-established", "slp-cslu-default-not-configured", "slp-path-blocked"])
    c.at("slp-onprem-too-old", "thread.eml.txt", "down rev and does not")


@case("fresh-mix-pile-and-refusals")
def _(c):
    c.story = "Two switches: one (17.6.3) with 88 percent of its pool in *MallocLite* and 1100 reports, no CPU output; on the other an operator without rights got every licensing command refused."
    c.sources = [("one large sample with piled-up reports", "P2"), ("17.6.3 is in the list", "P2, S4"), ("refused commands say nothing", "formats.md 2")]
    c.made = "hosts, numbers."
    d, b, p = box(c, "acc-heron-1", "C9300-48UN", "17.6.3", net="10.108")
    now = when("2023-03-28 06:00:00")
    lic = License(b, "cslu", "http://10.108.5.80:8182/cslu/v1/pi", ack=None, deadline=when("2022-11-02 10:00:00"), pushed=when("2022-08-01 10:00:00"), rum=(1112, 0, 0, 712, 396, 4))
    mem = b.processes_memory(d, 1348707052, 1281004112, [(0, 0, 0, 1190045608, "*MallocLite*"), (0, 335560736, 76485816, 61044120, "*Init*")], rows=8)
    c.add("input/acc-heron-1.txt", prompt("acc-heron-1#", ("show clock", b.clock(now)), ("show version", brief_version(b, now)), ("show processes memory sorted", mem), ("show license all", lic.all())))
    c.add("input/acc-heron-2.txt", prompt("acc-heron-2>", ("show clock", ["06:10:02.115 UTC Tue Mar 28 2023"]), ("show license all", REFUSED), ("show license tech support", REFUSED), ("show running-config", REFUSED), ("show version | include IOS XE", ["Cisco IOS XE Software, Version 17.06.03"]), ("show processes memory sorted", REFUSED)))
    c.expect("acc-heron-1", top="rum-memory-leak-fn72578", must=["slp-rum-accumulating"], may=["slp-report-overdue", "rum-high-cpu-fn72578", "slp-cslu-unreachable", "slp-cslu-not-synced-to-cssm"], must_not=["slp-next-ack-deadline-cscvy20345", "slp-comm-flapping-cscwa11048", "slp-cslu-default-not-configured", "slp-trust-not-established"])
    c.expect("acc-heron-2", must_not=["rum-memory-leak-fn72578", "rum-high-cpu-fn72578", "slp-rum-accumulating", "slp-trust-not-established", "slp-cslu-default-not-configured", "slp-http-client-not-configured"])
    c.at("rum-memory-leak-fn72578", "acc-heron-1.txt", "*MallocLite*")
    c.at("slp-rum-accumulating", "acc-heron-1.txt", "Waiting for Ack: 712")
