"""Reports and their acknowledgements: the polling id, piled-up usage reports, processor and memory, the next deadline."""
from datetime import timedelta

from archive import tar_gz_of
from case import case
from cases.agent import HOT, pairs, pile
from cases.slp_paths import log_of, switch
from dice import Dice
from iosxe_license import License
from iosxe_log import SCH_FAILED, UNRESOLVED, comm_failed, comm_restored, relay5424, mixed, Plant, show_logging, when
from iosxe_session import refused, session, small_version

GOOD = ("corp.example", "Access")


def licence(box, now, ack=20, **more):
    """Trusted, acknowledged `ack` days ago unless told otherwise."""
    at = now - timedelta(days=ack)
    given = dict(account=GOOD + (at,), ack=at, deadline=at + timedelta(days=90), pushed=at - timedelta(minutes=5), next_push=at + timedelta(days=30), trust=now - timedelta(days=160))
    given.update(more)
    return License(box, **given)


def polling(ongoing, now, last, answer="INVALID STATUS CODE", reason="Invalid Polling Id 408113277 provided in the polling request", fail=211):
    return {"Usage Reporting": (88, 88, 0, 0, 0, "OK_POLL", now - timedelta(hours=9), "<none>", now - timedelta(hours=9), None),
            "Result Polling": (940, 940 - fail, fail, ongoing, 0, answer, last, reason, last - timedelta(hours=30), last)}


@case("polling-refused-now-and-once", input="input.tar.gz", covers=[247])
def _(c):
    c.story = ("Two switches on 17.6.1 with the same refusals of the polling id in their statistics. On the first it goes on (`Overall=3`), on the second it is over (`Overall=0`): there the high number of failures is history.")
    c.sources = [("Communication Statistics, affected releases", "seed S4"), ("Overall=0 means it is over", "catalogue, clarification 21")]
    c.made = "counters, polling id, times."
    now, members = when("2022-02-17 10:12:31.404"), []
    for host, stats in (("acc-pori-1", polling(3, now, when("2022-02-17 08:19:44"))), ("acc-pori-2", polling(0, now, when("2022-02-17 08:20:02"), "OK"))):
        box = switch(c, host, "C9300-48U", "17.6.1", "EET")
        out = session(box, ("show clock", box.clock(now)), ("show version", small_version(box, now)), ("show license tech support", licence(box, now).tech(now, stats)))
        members.append((f"{host}.txt", c.text(f"{host}.txt", out)))
    c.put("input.tar.gz", tar_gz_of(members))
    c.expect("acc-pori-1", top="slp-comm-flapping-cscwa11048", may=["slp-trust-established"], must_not=["slp-instance-unknown-to-cssm", "slp-path-blocked", "comm-unstable-path"])
    c.expect("acc-pori-2", may=["slp-trust-established"], must_not=["slp-comm-flapping-cscwa11048", "slp-instance-unknown-to-cssm", "slp-path-blocked"])
    c.at("slp-comm-flapping-cscwa11048", "acc-pori-1.txt", "Invalid Polling Id")


def flaps(c, host, version, reason, count=7, stats=None, refuse=False):
    box = switch(c, host, "C9300-24UX", version, "EET")
    now = when("2022-05-12 18:00:00.100")
    _, log = log_of(c, box, "10.54", now, 9, pairs("2022-05-04 01:00:00", count, reason, step=27), count=40)
    answers = [("show clock", box.clock(now)), ("show version", small_version(box, now)), ("show license status", licence(box, now).status())]
    answers += [refused("show license tech support")] if refuse else [("show license tech support", licence(box, now).tech(now, stats))] if stats else []
    return session(box, *answers, ("show logging", show_logging(log)))


@case("pairs-without-a-mark", covers=[237])
def _(c):
    c.story = ("Seven pairs in a week on 17.6.1, a release with CSCwa11048, but none of its three marks: no polling id refused, no 504, no word of Smart Call Home. `show license tech support` was refused to this user. "
               "The path first; the defect stays possible.")
    c.sources = [("repeated pairs", "seed S4"), ("which marks the defect needs", "catalogue, clarification 15")]
    c.made = "everything but the texts."
    c.add("input/acc-pori-5.log", flaps(c, "acc-pori-5", "17.6.1", comm_failed("No detail given"), refuse=True))
    c.expect("acc-pori-5", top="comm-unstable-path", must=["comm-fail-restore-pairs"], may=["slp-trust-established"], must_not=["slp-comm-flapping-cscwa11048", "slp-path-blocked"])


@case("call-home-process-17-6-2-and-17-6-3", input="input.zip", covers=[237, 248, 249])
def _(c):
    c.story = "Two switches with the same seven pairs of `Smart Call Home failed to process the request`. 17.6.2 has CSCwa11048, 17.6.3 has its fix: there the path is unstable."
    c.sources = [("message, fixed releases", "seed S4")]
    c.made = "everything but the texts and releases."
    members = [(f"{host}.log", c.text(f"{host}.log", flaps(c, host, version, SCH_FAILED))) for host, version in (("acc-pori-6", "17.6.2"), ("acc-pori-7", "17.6.3"))]
    c.add_zip("input.zip", members)
    c.expect("acc-pori-6", top="slp-comm-flapping-cscwa11048", must=["comm-fail-restore-pairs"], may=["comm-unstable-path", "slp-trust-established"], must_not=["slp-path-blocked"])
    c.expect("acc-pori-7", top="comm-unstable-path", must=["comm-fail-restore-pairs"], may=["slp-trust-established"], must_not=["slp-comm-flapping-cscwa11048", "slp-path-blocked"])


@case("one-pair-of-call-home", healthy=True, covers=[237])
def _(c):
    c.story = "One failure and one restoration of Call Home on 17.6.2, twelve minutes apart, nothing else in nine days. The release has CSCwa11048; one pair is no sign of it and needs no action."
    c.sources = [("a single pair needs no action", "seed S4")]
    c.made = "everything but the texts."
    c.add("input/acc-pori-8.log", flaps(c, "acc-pori-8", "17.6.2", SCH_FAILED, count=1))
    c.expect("acc-pori-8", must=["comm-fail-restore-pairs"], may=["slp-trust-established"], must_not=["slp-comm-flapping-cscwa11048", "comm-unstable-path", "slp-path-blocked"])


def hot_case(c, host, version, top=HOT, head="99%/7%; one minute: 98%; five minutes: 97%", rum=(870, 0, 140, 715, 13, 2), log_extra=(), ids=None, ack=None):
    box = switch(c, host, "C9300-48P", version, "KST")
    now = when("2023-04-12 16:21:41.007")
    _, log = log_of(c, box, "10.55", now, 6, list(log_extra))
    lic = licence(box, now, rum=rum, **({} if ack is None else {"ack": ack}))
    answers = [("show clock", box.clock(now)), ("show version", small_version(box, now)), ("show processes cpu sorted", box.processes_cpu(Dice(c.name + host), head, top)), ("show license all", lic.all())]
    if ids:
        answers.append(("show license rum id all", lic.rum_ids(Dice(c.name), pile(Dice(c.name), ids))))
    return session(box, *answers, ("show logging", show_logging(log)))


@case("busy-cpu-17-6-4-and-17-6-5", input="input.zip", covers=[243, 244])
def _(c):
    c.story = "Two switches whose agent takes nine tenths of the processor, with seven hundred reports that wait. 17.6.4 is affected by FN72578, 17.6.5 is the first fixed release: there only the pile remains."
    c.sources = [("process names, fixed releases", "seed S4, public P2"), ("Usage Report Summary", "public P14")]
    c.made = "all values."
    members = [(f"{host}/console.txt", c.text(f"{host}.txt", hot_case(c, host, version, rum=(870, 0, 0, 855, 13, 2)), eol="\r\n")) for host, version in (("acc-ulsan-1", "17.6.4"), ("acc-ulsan-2", "17.6.5"))]
    c.add_zip("input.zip", members)
    c.expect("acc-ulsan-1", top="rum-high-cpu-fn72578", must=["slp-rum-accumulating"], may=["slp-trust-established", "rum-memory-leak-fn72578"])
    c.expect("acc-ulsan-2", top="slp-rum-accumulating", may=["slp-trust-established"], must_not=["rum-high-cpu-fn72578", "rum-memory-leak-fn72578"])


@case("busy-cpu-and-its-cause", covers=[243, 246])
def _(c):
    c.story = ("The agent's processes take the processor of a switch on 17.3.5, and the log tells why its reports are never acknowledged: the name of CSSM is not resolved. Both have to be cured, the defect and the communication.")
    c.sources = [("always look for the communication problem behind it", "public P2"), ("order of the two", "catalogue, part F"), ("messages", "seeds S3, S4")]
    c.made = "all values."
    bad = [(when("2023-04-07 03:00:00") + timedelta(hours=12 * n), comm_failed(UNRESOLVED)) for n in range(10)]
    c.add("input/acc-ulsan-4.txt", hot_case(c, "acc-ulsan-4", "17.3.5", rum=(1004, 0, 0, 855, 130, 2), log_extra=bad))
    c.expect("acc-ulsan-4", top="rum-high-cpu-fn72578", must=["slp-rum-accumulating", "dns-name-unresolved"], may=["slp-trust-established", "slp-report-overdue"], must_not=["slp-path-blocked", "slp-comm-flapping-cscwa11048"])


@case("busy-cpu-of-another-process")
def _(c):
    c.story = "Hundreds of reports wait on 17.3.4, and the processor is busy, but with SNMP: the agent's processes take next to nothing. The pile is real, the processor load is not its effect."
    c.sources = [("which processes belong to FN72578", "seed S4, public P2")]
    c.made = "all values."
    top = [(211, 4042749, 313719, 71.18, 72.40, 70.95, "SNMP ENGINE"), (305, 447912, 61212, 11.11, 10.37, 11.02, "IP SNMP"), (725, 10373, 79800, 0.07, 0.05, 0.05, "SAGetRUMIds"), (154, 1037, 7980, 0.0, 0.0, 0.0, "SAUtilRepSave")]
    c.add("input/acc-ulsan-5.txt", hot_case(c, "acc-ulsan-5", "17.3.4", top=top, rum=(703, 288, 0, 386, 312, 2)))
    c.expect("acc-ulsan-5", top="slp-rum-accumulating", may=["slp-trust-established"], must_not=["rum-high-cpu-fn72578", "rum-memory-leak-fn72578"])


@case("busy-cpu-alone")
def _(c):
    c.story = "Somebody pasted the top of `show processes cpu sorted` into a text file, nothing more. Two processes of the licensing agent take the processor; the release is not in the case."
    c.sources = [("process names and shape of the table", "seed S4, public P2")]
    c.made = "all values."
    box = switch(c, "unused", "C9300-48P", "17.3.4")
    c.add("input/cpu.txt", ["switch is very slow since this morning, ssh hangs", ""] + box.processes_cpu(Dice(c.name), "98%/4%; one minute: 97%; five minutes: 97%", HOT, rows=14))
    c.expect("*", top="rum-high-cpu-fn72578", may=["slp-rum-accumulating"])


def memory_case(c, host, version, rum, hold=1209827320):
    box = switch(c, host, "C9407R", version, "KST", "FXS")
    now = when("2023-03-08 09:04:51.121")
    lic = licence(box, now, rum=rum)
    return session(box, ("show clock", box.clock(now)), ("show version", small_version(box, now)),
                   ("show processes memory sorted", box.processes_memory(Dice(c.name + host), 1348707052, 1318020416, [(0, 0, 0, hold, "*MallocLite*"), (0, 335560736, 76485816, 238693656, "*Init*")])),
                   ("show license all", lic.all()))


@case("malloclite-many-and-few-reports", covers=[243])
def _(c):
    c.story = ("One sample of the memory of two supervisors on 17.6.3: *MallocLite* holds nine tenths of the pool on both. On the first 720 reports wait; on the second there are a dozen, and *MallocLite* holds memory of many features.")
    c.sources = [("memory sample and its meaning", "seed S4, public P2"), ("few reports speak against it", "catalogue")]
    c.made = "all values."
    c.add("input/dist-jeju-1.txt", memory_case(c, "dist-jeju-1", "17.6.3", (870, 0, 0, 722, 140, 2)))
    c.add("input/dist-jeju-2.txt", memory_case(c, "dist-jeju-2", "17.6.3", (14, 0, 12, 0, 2, 2)))
    c.expect("dist-jeju-1", top="rum-memory-leak-fn72578", must=["slp-rum-accumulating"], may=["slp-trust-established", "rum-high-cpu-fn72578"])
    c.expect("dist-jeju-2", may=["slp-trust-established"], must_not=["rum-memory-leak-fn72578", "slp-rum-accumulating", "rum-high-cpu-fn72578"])


@case("reports-were-many-once", healthy=True, covers=[207])
def _(c):
    c.story = "A switch on 17.3.4 that once had hundreds of reports. Communication was cured: 690 are acknowledged, 640 of them purged, the rest waits a day. Its processor is quiet."
    c.sources = [("life of a report", "seed S4"), ("Usage Report Summary", "public P14")]
    c.made = "all values."
    c.add("input/acc-ulsan-8.txt", hot_case(c, "acc-ulsan-8", "17.3.4", top=(), head="4%/0%; one minute: 5%; five minutes: 5%", rum=(702, 640, 690, 8, 2, 2), ids=9))
    c.expect("acc-ulsan-8", may=["slp-trust-established"], must_not=["rum-high-cpu-fn72578", "rum-memory-leak-fn72578", "slp-rum-accumulating", "slp-report-overdue"])


@case("rum-ids-two-samples", covers=[204, 205, 206, 207])
def _(c):
    c.story = "`test license smart rum id-list` on 17.6.2, twice, a week apart: 64 unacknowledged reports, then 118. Nothing else but the release is known."
    c.sources = [("states and forms of the list", "seed S4")]
    c.made = "ids."
    box = switch(c, "acc-mokpo-3", "C9300-24T", "17.6.2", "KST")
    t1, t2 = when("2023-02-01 09:00:00.100"), when("2023-02-08 09:10:00.100")
    lic = licence(box, t2)
    first, second = ["Unacknowledged"] * 64 + ["Closed"] * 3 + ["Open"] * 2, ["Unacknowledged"] * 118 + ["Closed"] * 4 + ["Open"] * 2
    out = session(box, ("show version", small_version(box, t1)), ("show clock", box.clock(t1)), ("test license smart rum id-list", lic.rum_ids_old(Dice("a"), first)),
                  ("show clock", box.clock(t2)), ("test license smart rum id-list", lic.rum_ids_old(Dice("a"), second)))
    c.add("input/acc-mokpo-3.log", out)
    c.expect("acc-mokpo-3", top="slp-rum-accumulating", may=["rum-high-cpu-fn72578", "rum-memory-leak-fn72578"], must_not=["slp-path-blocked"])


def deadline_case(c, host, version, licences, ack="2023-09-02 08:05:31"):
    box = switch(c, host, "C9300-24T", version, "JST", licences=licences)
    now = when("2024-01-18 12:00:31.700")
    got = when(ack) if ack else None
    lic = License(box, account=GOOD + (got or now,), ack=got, deadline=when("2023-12-01 08:05:31"), pushed=got, next_push=when("2024-01-30 08:05:31"), trust=when("2023-09-02 07:58:00"), rum=(6, 0, 4, 0, 2, 2))
    return session(box, ("show clock", box.clock(now)), ("show version", small_version(box, now)), ("show license all", lic.all()))


@case("deadline-perpetual-and-subscription", input="input.zip", covers=[209, 250])
def _(c):
    c.story = ("Three switches, one date: the next acknowledgement was due on 1 December, and it is January. The first uses network-advantage alone on 17.6.4: one report was enough, the date has no meaning (CSCvy20345). "
               "The second uses dna-advantage as well: it really is late. The third is the first on 17.12.2, a train without the fix.")
    c.sources = [("one report is enough for perpetual licences; fixed releases", "seed S4"), ("rule for trains that are not named", "catalogue, versions")]
    c.made = "all values."
    members = [(f"{host}.txt", c.text(f"{host}.txt", deadline_case(c, host, version, names))) for host, version, names in
               (("acc-chiba-1", "17.6.4", ("network-advantage",)), ("acc-chiba-2", "17.6.4", ("network-advantage", "dna-advantage")), ("acc-chiba-3", "17.12.2", ("network-essentials",)))]
    c.add_zip("input.zip", members)
    c.expect("acc-chiba-1", top="slp-next-ack-deadline-cscvy20345", may=["slp-report-overdue", "slp-trust-established"], must_not=["slp-path-blocked"])
    c.expect("acc-chiba-2", top="slp-report-overdue", may=["slp-trust-established"], must_not=["slp-next-ack-deadline-cscvy20345"])
    c.expect("acc-chiba-3", top="slp-next-ack-deadline-cscvy20345", may=["slp-report-overdue", "slp-trust-established"])


@case("deadline-without-a-release")
def _(c):
    c.story = "Only `show license all` of a switch that uses network-advantage alone and has one acknowledgement. Whether the date in `Next ACK deadline` is the defect depends on the release, which is not in the case."
    c.sources = [("fixed releases", "seed S4")]
    c.made = "all values."
    box = switch(c, "acc-chiba-8", "C9300-24T", "17.6.4", "JST", licences=("network-advantage",))
    lic = License(box, account=GOOD + (when("2024-01-02 08:05:31"),), ack=when("2024-01-02 08:05:31"), deadline=when("2024-04-01 08:05:31"), pushed=when("2024-01-02 08:00:31"), next_push=when("2024-02-01 08:05:31"),
                  trust=when("2023-09-02 07:58:00"), rum=(6, 0, 4, 0, 2, 2))
    c.add("input/licence.txt", session(box, ("show license all", lic.all())))
    c.expect("acc-chiba-8", may=["slp-next-ack-deadline-cscvy20345", "slp-trust-established"], must_not=["slp-report-overdue", "slp-path-blocked"])


@case("collector-who-flaps", covers=[237, 248])
def _(c):
    c.story = ("A collector in RFC 5424 form, four hosts without a release: one loses CSSM again and again with 504 Gateway Time-out, one without a reason, one lost it once, one never.")
    c.sources = [("messages and the 504", "seed S4")]
    c.made = "hosts and noise."
    start, end, lines = when("2023-02-06"), when("2023-02-12 22:00:00"), []
    for host, bad in (("sw-aomori-1", pairs("2023-02-06 03:00:00", 6, comm_failed("HTTP Server Error 504:Gateway Time-out"), step=25)), ("sw-aomori-2", pairs("2023-02-06 05:00:00", 6, comm_failed("No detail given"), step=23)),
                      ("sw-aomori-3", [(when("2023-02-08 03:12:09"), comm_failed("No detail given")), (when("2023-02-08 03:27:44"), comm_restored())]), ("sw-aomori-4", [])):
        plant, counter = Plant(Dice(c.name + host), "10.56"), Dice(host).between(200, 9000)
        lines += [(t, relay5424(t, host, counter + n, body, zone="JST", offset="+09:00")) for n, (t, body) in enumerate(mixed(plant, start, end, 26, bad))]
    c.add("input/syslog", [x for _, x in sorted(lines)])
    c.expect("sw-aomori-1", top="slp-comm-flapping-cscwa11048", must=["comm-fail-restore-pairs"], may=["comm-unstable-path", "cssm-server-side-error"], must_not=["slp-path-blocked"])
    c.expect("sw-aomori-2", top="comm-unstable-path", must=["comm-fail-restore-pairs"], may=["slp-comm-flapping-cscwa11048"], must_not=["slp-path-blocked"])
    c.expect("sw-aomori-3", must=["comm-fail-restore-pairs"], must_not=["slp-path-blocked", "comm-unstable-path", "slp-comm-flapping-cscwa11048"])
    c.expect("sw-aomori-4")
