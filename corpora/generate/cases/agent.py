"""Defects of the licensing agent and answers of CSSM: flapping, unknown instance, piled-up usage reports, CPU and memory."""
from datetime import timedelta

from case import case
from dice import Dice
from iosxe_license import License, classic_status, history_request, history_response
from iosxe_log import Plant, SCH_FAILED, comm_failed, comm_restored, device_lines, mixed, show_logging, when
from iosxe_show import Box
from showtech import show_tech


def pairs(start, count, reason=SCH_FAILED, step=11.0, gap=13):
    out = []
    for n in range(count):
        t = when(start) + timedelta(hours=step * n, minutes=n * 17 % 53)
        out += [(t, reason), (t + timedelta(minutes=gap + n % 5), comm_restored())]
    return out


@case("cat9300-flapping-invalid-polling-id")
def _(c):
    c.story = ("17.3.4 with Smart transport: fifteen failures and restorations in a week, and Result Polling refused with Invalid Polling Id while `Communication=0`: the network is fine, the agent polls with an id the server does not know.")
    c.sources = [("messages, Communication Statistics, fixed releases of CSCwa11048", "seed S4"), ("meaning of Communication=0", "inferred from public P14")]
    c.made = "counters, polling id, times."
    d = Dice(c.name)
    box = Box("acc-espoo-03", "C9300-48U", d.serial("FCW"), "17.3.4", zone="EET")
    plant = Plant(d, "10.14", ports=48)
    now = when("2021-11-16 14:02:19.480")
    log = device_lines(mixed(plant, when("2021-11-09"), now, 260, pairs("2021-11-09 03:10:00", 15)), zone="EET")
    lic = License(box, account=("corp.example", "FI-Access", when("2021-09-30 08:00:00")), ack=when("2021-09-30 08:05:31"), deadline=when("2021-12-29 08:05:31"), pushed=when("2021-11-16 10:14:22"),
                  next_push=when("2021-12-16 10:14:22"), trust=when("2021-06-11 12:30:05"), rum=(61, 0, 44, 11, 6, 2))
    last = when("2021-11-16 13:19:44")
    stats = {"Usage Reporting": (88, 88, 0, 0, 0, "OK_POLL", when("2021-11-16 10:14:22"), "<none>", when("2021-11-16 10:14:22"), None),
             "Result Polling": (1730, 1226, 504, 2, 0, "INVALID STATUS CODE", last, "Invalid Polling Id 408113277 provided in the polling request", when("2021-11-15 22:51:09"), last)}
    c.add("input/acc-espoo-03.txt", show_tech(box, plant, now, log, lic, kinds=stats))
    c.expect("acc-espoo-03", top="slp-comm-flapping-cscwa11048", must=["comm-fail-restore-pairs"], may=["slp-rum-accumulating"],
             must_not=["comm-unstable-path", "slp-instance-unknown-to-cssm", "slp-path-blocked", "iosxe-quovadis-fn72323"])
    c.at("slp-comm-flapping-cscwa11048", "acc-espoo-03.txt", "Invalid Polling Id")


@case("cat9500-504-gateway-timeout")
def _(c):
    c.story = "17.6.1, an affected release: pairs on many days, the reason given is HTTP Server Error 504."
    c.sources = [("504 Gateway Time-out as a mark of CSCwa11048", "seed S4"), ("rule that one of its three marks is needed", "catalogue, clarification 15")]
    c.made = "times and other lines."
    d = Dice(c.name)
    box = Box("dist-basel-1", "C9500-48Y4C", d.serial("CAT"), "17.6.1", zone="CEST")
    plant = Plant(d, "10.16", ports=24)
    now = when("2022-05-12 18:00:00.100")
    bad = pairs("2022-05-04 01:00:00", 12, comm_failed("HTTP Server Error 504:Gateway Time-out"), step=16)
    log = device_lines(mixed(plant, when("2022-05-03"), now, 240, bad), zone="CEST")
    lic = License(box, account=("corp.example", "Core", when("2022-04-20 08:00:00")), ack=when("2022-04-20 08:05:31"), deadline=when("2022-07-19 08:05:31"), pushed=when("2022-05-11 10:14:22"),
                  next_push=when("2022-06-10 10:14:22"), trust=when("2021-12-11 12:30:05"))
    c.add("input/dist-basel-1.txt", show_tech(box, plant, now, log, lic, tech=False))
    c.expect("dist-basel-1", top="slp-comm-flapping-cscwa11048", must=["comm-fail-restore-pairs"], may=["comm-unstable-path", "cssm-server-side-error"], must_not=["slp-instance-unknown-to-cssm", "slp-path-blocked"])


@case("cat9300-pairs-on-fixed-release")
def _(c):
    c.story = "The same picture of pairs on 17.9.4, where CSCwa11048 is fixed, and no word of a polling id: the path to CSSM is unstable."
    c.sources = [("repeated pairs without the defect: look at the path", "seed S4")]
    c.made = "times and other lines."
    d = Dice(c.name)
    box = Box("acc-tampere-11", "C9300X-24Y", d.serial("FOC"), "17.9.4", zone="EEST")
    plant = Plant(d, "10.14", ports=24)
    now = when("2023-10-19 06:44:00.900")
    log = device_lines(mixed(plant, when("2023-10-11"), now, 240, pairs("2023-10-11 02:00:00", 14, comm_failed("No detail given"), step=13)), zone="EEST")
    lic = License(box, account=("corp.example", "FI-Access", when("2023-10-01 08:00:00")), ack=when("2023-10-01 08:05:31"), deadline=when("2023-12-30 08:05:31"), pushed=when("2023-10-01 08:00:22"),
                  next_push=when("2023-10-31 08:00:22"), trust=when("2023-03-11 12:30:05"))
    c.add("input/acc-tampere-11.txt", show_tech(box, plant, now, log, lic, tech=False))
    c.expect("acc-tampere-11", top="comm-unstable-path", must=["comm-fail-restore-pairs"], must_not=["slp-comm-flapping-cscwa11048", "iosxe-quovadis-fn72323"])


@case("wlc-polling-unknown-instance")
def _(c):
    c.story = ("`show license history message` of a 9800-CL on 17.3.3. The answer to POLL_REQ is FAILURE: CSSM does not know the product instance. An answer with an error proves the path; "
               "and it is not the Invalid Polling Id of CSCwa11048, although the release has that defect.")
    c.sources = [("request, response and the text Invalid ProductInstanceIdentifier", "seed S3"), ("someone removed the instance", "inferred")]
    c.made = "identifiers, keys, times."
    d = Dice(c.name)
    box = Box("wlc-ghent-1", "C9800-CL-K9", "9" + d.hexa(10).upper(), "17.3.3", zone="CEST", licences=("air-network-advantage", "air-dna-advantage"))
    now = when("2021-08-24 10:40:31.900")
    piid = d.uuid()
    history = []
    for day in (20, 21, 22, 23, 24):
        t = when(f"2021-08-{day} 10:18:08")
        history += history_request(t, "CEST", "POLL_REQ", box.pid, box.sn, d, f',\\"original_request_type\\":\\"LICENSE_USAGE\\",\\"original_piid\\":\\"{piid}\\"')
        history += history_response(t + timedelta(seconds=2), "CEST", "POLL_REQ", box.pid, box.sn, d, "FAILURE", f"Invalid ProductInstanceIdentifier: {piid} provided in the polling request. 262236")
    lic = License(box, account=("corp.example", "Wireless", when("2021-06-01 10:00:00")), ack=when("2021-06-01 10:05:00"), deadline=when("2021-11-30 10:05:00"), pushed=when("2021-08-19 10:13:08"),
                  next_push=when("2021-08-24 18:13:08"), trust=when("2021-05-21 21:30:11"), rum=(31, 0, 18, 9, 4, 2))
    out = ["wlc-ghent-1#show clock"] + box.clock(now) + ["wlc-ghent-1#show version"] + box.show_version(now) + ["wlc-ghent-1#show license status"] + lic.status()
    out += ["", "wlc-ghent-1#show license history message", "Message History (oldest to newest):", ""] + history + ["wlc-ghent-1#"]
    c.add("input/wlc-ghent-1.log", out)
    c.expect("wlc-ghent-1", top="slp-instance-unknown-to-cssm", may=["slp-rum-accumulating"], must_not=["slp-comm-flapping-cscwa11048", "slp-path-blocked", "slp-history-empty-response"])
    c.at("slp-instance-unknown-to-cssm", "wlc-ghent-1.log", "RESPONSE: ")


@case("cat9300-reregister-the-instance")
def _(c):
    c.story = "`show license tech support` on 17.6.4: usage reports are answered with the advice to register the instance again."
    c.sources = [("Failure Reason with product_instance_identifier", "public P14")]
    c.made = "identifier, counters, times."
    d = Dice(c.name)
    box = Box("acc-turku-01", "C9300-24T", d.serial("FCW"), "17.6.4", zone="EET")
    plant = Plant(d, "10.14")
    now = when("2023-01-12 09:09:09.090")
    last = when("2023-01-12 04:20:19")
    lic = License(box, account=("corp.example", "FI-Access", when("2022-10-02 08:00:00")), ack=when("2022-10-02 08:05:31"), deadline=when("2023-02-27 08:05:31"), pushed=last, next_push=when("2023-01-13 04:20:11"),
                  trust=when("2022-06-11 12:30:05"), rum=(29, 0, 20, 0, 9, 2))
    stats = {"Usage Reporting": (41, 23, 18, 18, 0, "INVALID STATUS CODE", last, '{"product_instance_identifier":["The identity for the instance %s is not valid.Please re-register the instance."]}' % d.uuid(),
                                 when("2022-10-02 08:00:20"), last)}
    c.add("input/acc-turku-01.txt", show_tech(box, plant, now, device_lines(mixed(plant, when("2023-01-10"), now, 90), zone="EET"), lic, kinds=stats))
    c.expect("acc-turku-01", top="slp-instance-unknown-to-cssm", may=["slp-rum-accumulating"], must_not=["slp-comm-flapping-cscwa11048", "slp-path-blocked"])


def pile(d, unack, features=("network-advantage", "dna-advantage")):
    return [("ACK", "N", d.pick(features)) for _ in range(4)] + [("UNACK", "N" if d.chance(0.9) else "E", d.pick(features)) for _ in range(unack)] + [("OPEN", "N", f) for f in features]


HOT = [(725, 4042749, 313719, 71.18, 72.40, 70.95, "SAGetRUMIds"), (154, 1647912, 261212, 20.11, 20.37, 21.02, "SAUtilRepSave"), (61, 220113, 1209930, 1.03, 1.11, 1.08, "IOSXE-RP Punt Se")]


@case("cat9300-rum-cpu-17-3-4", input="input.zip")
def _(c):
    c.story = ("A large show tech (20 000 lines) of a stack on 17.3.4. More than eight hundred usage reports were never acknowledged; the agent's processes take nine tenths of the CPU. The failures to reach CSSM behind it are in the log.")
    c.sources = [("process names and shape of the CPU table, affected releases", "seed S4, public P2"), ("Usage Report Summary, rum id-list", "seed S4, public P14")]
    c.made = "all values and the ordinary nine tenths of the file."
    d = Dice(c.name)
    box = Box("acc-incheon-09", "C9300-48P", d.serial("FCW"), "17.3.4", zone="KST", members=[("C9300-48P", d.serial("FCW")), ("C9300-48P", d.serial("FCW"))])
    plant = Plant(d, "10.82", stack=3, ports=48)
    now = when("2022-09-15 16:21:41.007")
    bad = [(when("2022-09-01 00:40:00") + timedelta(hours=12 * n, minutes=n * 3 % 40), comm_failed("Communications failure")) for n in range(29)]
    log = device_lines(mixed(plant, when("2022-09-01"), now, 13500, bad), zone="KST", seq=104551)
    lic = License(box, account=("corp.example", "KR-Access", when("2021-12-20 08:00:00")), ack=when("2021-12-20 08:05:31"), deadline=when("2022-03-20 08:05:31"), pushed=when("2022-09-15 04:43:00"),
                  next_push=when("2022-10-15 04:43:00"), trust=when("2021-11-30 12:30:05"), rum=(1034, 0, 164, 855, 13, 2))
    cpu = box.processes_cpu(d, "99%/7%; one minute: 98%; five minutes: 97%", HOT, rows=260)
    states = ["Unacknowledged"] * 340 + ["Closed"] * 6 + ["Open"] * 2
    text = c.text("show_tech.txt", show_tech(box, plant, now, log, lic, tech=False, cpu=cpu, interfaces=144, macs=1400, routes=220,
                                           extra=[("test license smart rum id-list", lic.rum_ids_old(d, states))]))
    c.add_zip("input.zip", [("show_tech.txt", text)])
    c.expect("acc-incheon-09", top="rum-high-cpu-fn72578", must=["slp-rum-accumulating"], may=["slp-path-blocked", "slp-report-overdue", "rum-memory-leak-fn72578"], must_not=["slp-comm-flapping-cscwa11048"])
    c.at("rum-high-cpu-fn72578", "show_tech.txt", "SAGetRUMIds")


@case("cat9300-rum-pile-17-9-4")
def _(c):
    c.story = "The same pile and the same busy processes on 17.9.4, which has the fix: FN72578 is ruled out. What remains is that nobody acknowledges the reports."
    c.sources = [("fixed from 17.9.1", "seed S4, public P2"), ("`show license rum id all`", "seed S4, public P14")]
    c.made = "all values."
    d = Dice(c.name)
    box = Box("acc-busan-02", "C9300-48P", d.serial("FCW"), "17.9.4", zone="KST")
    plant = Plant(d, "10.83", ports=48)
    now = when("2023-12-04 11:51:09.340")
    lic = License(box, account=("corp.example", "KR-Access", when("2023-01-20 08:00:00")), ack=None, deadline=when("2024-01-20 08:05:31"), pushed=when("2023-12-01 04:43:00"),
                  next_push=when("2023-12-31 04:43:00"), trust=when("2023-01-20 07:58:05"), rum=(412, 0, 0, 396, 12, 2))
    log = device_lines(mixed(plant, when("2023-11-30"), now, 160), zone="KST")
    c.add("input/acc-busan-02.txt", show_tech(box, plant, now, log, lic, tech=False, cpu=box.processes_cpu(d, "96%/5%; one minute: 95%; five minutes: 95%", HOT), rum=lic.rum_ids(d, pile(d, 396))))
    c.expect("acc-busan-02", top="slp-rum-accumulating", may=["slp-path-blocked"], must_not=["rum-high-cpu-fn72578", "rum-memory-leak-fn72578"])


@case("cat9400-malloclite-17-6-3")
def _(c):
    c.story = "Two samples of `show processes memory sorted`, a day apart, from a session on 17.6.3: *MallocLite* grows from 1.05 to 1.21 GB of a 1.35 GB pool while 730 reports wait."
    c.sources = [("memory sample and its meaning", "seed S4, public P2"), ("affected 17.6.1 to 17.6.4", "public P2")]
    c.made = "all other values."
    d = Dice(c.name)
    box = Box("dist-daegu-1", "C9407R", d.serial("FXS"), "17.6.3", zone="KST")
    t1, t2 = when("2023-03-07 09:00:14.550"), when("2023-03-08 09:04:51.121")
    lic = License(box, account=("corp.example", "KR-Dist", when("2022-08-20 08:00:00")), ack=when("2022-08-20 08:05:31"), deadline=when("2023-05-18 08:05:31"), pushed=when("2023-03-01 04:43:00"),
                  next_push=when("2023-03-31 04:43:00"), trust=when("2022-05-30 12:30:05"), rum=(870, 0, 140, 722, 8, 2))
    total = 1348707052
    out = ["dist-daegu-1#terminal exec prompt timestamp", "dist-daegu-1#show version"] + box.dated(t1) + box.show_version(t1)
    out += ["dist-daegu-1#show processes memory sorted"] + box.dated(t1) + box.processes_memory(d, total, 1181204400, [(0, 0, 0, 1052316608, "*MallocLite*"), (0, 335560736, 76485816, 238693656, "*Init*")])
    out += ["dist-daegu-1#show license all"] + box.dated(t1) + lic.all() + ["", "dist-daegu-1#show processes memory sorted"] + box.dated(t2)
    out += box.processes_memory(d, total, 1318020416, [(0, 0, 0, 1209827320, "*MallocLite*"), (0, 335560736, 76485816, 238693656, "*Init*")]) + ["dist-daegu-1#exit"]
    c.add("input/dist-daegu-1-session.log", out)
    c.expect("dist-daegu-1", top="rum-memory-leak-fn72578", must=["slp-rum-accumulating"], may=["rum-high-cpu-fn72578", "slp-path-blocked"])
    c.at("rum-memory-leak-fn72578", "dist-daegu-1-session.log", "*MallocLite*", last=True)


@case("malloclite-without-reports", healthy=True)
def _(c):
    c.story = "*MallocLite* holds most of the memory of a router with the classic agent, which has no usage reports at all. It holds memory of many features; without reports it says nothing about licensing."
    c.sources = [("against: no SLP or few reports", "catalogue, from seed S4 and public P2"), ("classic block", "public P14")]
    c.made = "all values."
    d = Dice(c.name)
    box = Box("rtr-malmo-2", "ISR4431/K9", d.serial("FOC"), "16.12.8", zone="CET", slp=False)
    plant = Plant(d, "10.19", ports=4, kind="router")
    now = when("2023-02-14 07:10:10.010")
    status = classic_status("CET", registered=when("2022-09-01 09:00:11"), renewal=None, next_renewal=when("2023-02-28 09:00:19"), expires=when("2023-09-01 08:55:12"),
                            authorization=("AUTHORIZED", when("2023-01-30 09:10:02")), last=("SUCCEEDED", when("2023-01-30 09:10:02")), next_try=when("2023-03-01 09:10:02"), deadline=when("2023-04-30 09:05:40"))
    memory = box.processes_memory(d, 1459822876, 1204411812, [(0, 0, 0, 981337600, "*MallocLite*"), (0, 335560736, 76485816, 178693656, "*Init*")])
    c.add("input/rtr-malmo-2.txt", show_tech(box, plant, now, device_lines(mixed(plant, when("2023-02-12"), now, 80), zone="CET"), classic=status, memory=memory, interfaces=3, macs=4,
                                           running=dict(smart=("license smart enable",), http_source="GigabitEthernet0/0/0", ports=2)))
    c.expect("rtr-malmo-2", must=["sl-healthy"], must_not=["rum-memory-leak-fn72578", "rum-high-cpu-fn72578", "slp-rum-accumulating"])
