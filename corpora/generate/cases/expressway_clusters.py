"""Expressway clusters: every peer is registered, reserved and judged by itself."""
from datetime import timedelta

from archive import tar_gz_of
from case import case
from dice import Dice
from expressway import Expressway, smart_license
from iosxe_log import when

TOKEN = ("Jun 12 2023 10:10:24 UTC", "SUCCEEDED on Dec 09 2023 10:10:30 UTC", "Jun 06 2024 10:10:30 UTC", "Dec 09 2024 10:05:11 UTC")


def token_status(now, last=None):
    ok = last or now - timedelta(hours=3)
    return smart_license(TOKEN, f"AUTHORIZED on {ok:%b %d %Y %H:%M:%S} UTC",
                         last=(f"SUCCEEDED on {ok:%b %d %Y %H:%M:%S} UTC", f"{ok + timedelta(days=30):%b %d %Y %H:%M:%S} UTC", f"{ok + timedelta(days=90):%b %d %Y %H:%M:%S} UTC"))


def reserved_status(since):
    return smart_license((f"{since:%b %d %Y %H:%M:%S} UTC",), f"AUTHORIZED - RESERVED on {since:%b %d %Y %H:%M:%S} UTC", reserved=True)


def peer(c, exp, now, planted, status, alarms=(), count=46, minutes=60, **xconf):
    """One peer's archive: its name and its bytes."""
    d = Dice(c.name + exp.host)
    name, inner = exp.archive(c, f"{now:%Y-%m-%d_%H:%M:%S}", exp.log(d, now - timedelta(minutes=minutes), now, count, planted), exp.xconf(**xconf), exp.xstat(now, d, status, alarms))
    return name, tar_gz_of(inner)


def peers(version, hosts, net="10.20.60", serial="0E51"):
    addresses = [f"{net}.{20 + n}" for n, _ in enumerate(hosts, 1)]
    return [Expressway(h, version, f"{serial}{n:04X}", a, peers=addresses) for n, (h, a) in enumerate(zip(hosts, addresses), 1)]


@case("exp-cluster-token-on-primary-only", input="input.zip", covers=[31, 32])
def _(c):
    c.story = "Three peers. The token was pasted on the primary only; the two others count down, one of them has nine days left. Differs from exp-cluster-all-registered in the registration of two nodes."
    c.sources = [("every node needs its token", "seeds S0, S1"), ("registration is per node", "public P4"), ("alarm 30035", "public P5")]
    c.made = "all values."
    now = when("2024-04-16 08:30:00")
    first, *others = peers("X14.3.4", ["exp-c-a1", "exp-c-a2", "exp-c-a3"])
    members = [peer(c, first, now, [(now - timedelta(minutes=31), first.agent_ok(now - timedelta(minutes=31)))], token_status(now))]
    for exp, left in zip(others, ("9 days, 4 hours, 11 minutes, 2 seconds", "40 days, 21 hours, 0 minutes, 7 seconds")):
        t = now - timedelta(minutes=22)
        members.append(peer(c, exp, now, [(t, exp.alarm(t, "30035"))], smart_license(eval_left=left), [("30035", "")]))
    c.add_zip("input.zip", members)
    c.expect("exp-c-a1", must_not=["exp-node-without-token", "exp-eval-mode"])
    for host in ("exp-c-a2", "exp-c-a3"):
        c.expect(host, top="exp-node-without-token", must=["exp-eval-mode"], must_not=["exp-root-ca-cscwe09378", "exp-slr-node-without-licences", "sl-evaluation"])
    c.at("exp-eval-mode", "xstat_dump_exp-c-a2_2024-04-16_08_30_00.txt", "Status: EVAL MODE")


@case("exp-cluster-all-registered", input="input.zip", healthy=True)
def _(c):
    c.story = "The same kind of cluster as exp-cluster-token-on-primary-only, with a token on every peer: healthy."
    c.sources = [("states", "seeds S0, S1")]
    c.made = "all values."
    now = when("2024-04-17 08:30:00")
    members = []
    for exp in peers("X14.3.4", ["exp-c-b1", "exp-c-b2"], net="10.20.61"):
        t = now - timedelta(minutes=17)
        members.append(peer(c, exp, now, [(t, exp.agent_ok(t))], token_status(now)))
        c.expect(exp.host, must_not=["exp-node-without-token", "exp-eval-mode", "exp-direct-no-path", "exp-smart-license-comm-error"])
    c.add_zip("input.zip", members)


@case("exp-core-registered-edge-not", input="input.zip")
def _(c):
    c.story = "A core and an edge, no cluster: the core is registered, the edge never was. The edge is in evaluation of its own; no peer was forgotten."
    c.sources = [("registration is per system", "public P4"), ("evaluation", "seeds S0, S1")]
    c.made = "all values."
    now = when("2024-05-02 13:00:00")
    core = Expressway("exp-c-c1", "X14.2.7", "0E520001", "10.20.62.21")
    edge = Expressway("exp-e-c1", "X14.2.7", "0E520002", "192.0.2.81", role="edge")
    members = [peer(c, core, now, [(now - timedelta(minutes=9), core.agent_ok(now - timedelta(minutes=9)))], token_status(now)),
               peer(c, edge, now, [], smart_license(eval_left="66 days, 2 hours, 40 minutes, 51 seconds"), [("30035", "")])]
    c.add_zip("input.zip", members)
    c.expect("exp-c-c1", must_not=["exp-eval-mode", "exp-node-without-token"])
    c.expect("exp-e-c1", top="exp-eval-mode", must_not=["exp-node-without-token", "exp-root-ca-cscwe09378"])


@case("exp-cluster-changed-after-evaluation", input="input.zip", covers=[77, 79, 80])
def _(c):
    c.story = "The evaluation of both peers ended in the night. In the morning somebody changed the peer list; the database is inconsistent since. Differs from exp-cluster-fault-before-evaluation-ended in the order of both."
    c.sources = [("no change to the cluster after evaluation", "seeds S0, S1"), ("alarms 30038, 20007, 20024", "public P5"), ("form of the change lines", "public P18")]
    c.made = "all values."
    now = when("2024-06-20 10:00:00")
    members = []
    for n, exp in enumerate(peers("X14.2.6", ["exp-c-d1", "exp-c-d2"], net="10.20.63")):
        over = when("2024-06-20 02:11:40") + timedelta(seconds=n * 40)
        t = when("2024-06-20 09:14:25")
        planted = [(over, exp.alarm(over, "30038"))]
        if n == 0:
            planted += [(t, exp.line(t, "httpd[15060]", f'web: Event="System Configuration Changed" Detail="configuration/cluster/peer_3 - changed from: \'\' to: \'10.20.63.23\'" Src-ip="10.20.63.90" Src-port="53155" User="admin" Level="1" UTCTime="{exp.utc(t)[:19]}"')),
                        (t + timedelta(seconds=1), exp.alarm(t + timedelta(seconds=1), "20007"))]
        planted.append((t + timedelta(minutes=4), exp.alarm(t + timedelta(minutes=4), "20024")))
        members.append(peer(c, exp, now, planted, smart_license(expired="Jun 20 2024 02:11:40 UTC"), [("30038", ""), ("20024", "")], minutes=500))
        c.expect(exp.host, top="exp-eval-expired-cluster-change", must=["exp-eval-expired"], must_not=["exp-eval-mode", "exp-root-ca-cscwe09378", "exp-node-without-token"])
    c.add_zip("input.zip", members)
    c.at("exp-eval-expired", "loggingsnapshot_exp-c-d1_2024-06-20_10_00_00.txt", 'Id="30038"')


@case("exp-cluster-fault-before-evaluation-ended", input="input.zip")
def _(c):
    c.story = "The evaluation of both peers is over. The only cluster alarm is older, and it was lowered before: nothing was touched since, so nothing is damaged. A warning is in order, no more."
    c.sources = [("warning on a cluster peer without damage", "seeds S0, S1")]
    c.made = "all values."
    now = when("2024-06-21 10:00:00")
    members = []
    for exp in peers("X14.2.6", ["exp-c-e1", "exp-c-e2"], net="10.20.64"):
        t, over = when("2024-06-20 21:00:10"), when("2024-06-21 02:11:40")
        planted = [(t, exp.alarm(t, "20006")), (t + timedelta(minutes=6), exp.alarm(t + timedelta(minutes=6), "20006", event="Lowered")), (over, exp.alarm(over, "30038"))]
        members.append(peer(c, exp, now, planted, smart_license(expired="Jun 21 2024 02:11:40 UTC"), [("30038", "")], minutes=800))
        c.expect(exp.host, top="exp-eval-expired", must_not=["exp-eval-expired-cluster-change", "exp-eval-mode"])
    c.add_zip("input.zip", members)


@case("exp-cluster-reservation-on-one-node", input="input.zip", covers=[43, 49])
def _(c):
    c.story = "All reserved licences were put on the first peer. The second has none: it counts down and refuses rooms. Differs from exp-cluster-reservation-on-all-nodes in the second peer's reservation."
    c.sources = [("reservation on every node, some licences on each", "seeds S0, S1"), ("alarm 30028 and the refusal", "seeds S0, S1")]
    c.made = "all values; the wording of the reserved status follows the classic agent."
    now = when("2024-03-19 12:00:00")
    first, second = peers("X14.2.7", ["exp-c-f1", "exp-c-f2"], net="10.20.65")
    t = when("2024-03-19 11:21:07")
    refused = second.line(t, "tvcs", f'Event="Registration Rejected" Reason="License limit exceeded" Service="SIP" Src-ip="10.20.65.140" Src-port="27733" Protocol="TLS" AOR="roomkit-5f@{second.domain}" Contact="sip:roomkit-5f@10.20.65.140:27733;transport=tls" Duration="60" Level="INFO" UTCTime="{second.utc(t)}"')
    members = [peer(c, first, now, [], reserved_status(when("2024-02-26 09:10:00")), reservation="On"),
               peer(c, second, now, [(t, refused), (t + timedelta(milliseconds=1), second.alarm(t + timedelta(milliseconds=1), "30028", 1, process="licensemanager"))],
                    smart_license(eval_left="31 days, 9 hours, 0 minutes, 12 seconds"), [("30028", 1), ("30035", "")])]
    c.add_zip("input.zip", members)
    c.expect("exp-c-f1", must_not=["exp-slr-node-without-licences", "exp-eval-mode", "exp-direct-no-path"])
    c.expect("exp-c-f2", top="exp-slr-node-without-licences", must=["exp-eval-mode", "exp-license-limit-reached"], must_not=["exp-node-without-token", "exp-smart-license-comm-error"])
    c.at("exp-license-limit-reached", "loggingsnapshot_exp-c-f2_2024-03-19_12_00_00.txt", "License limit exceeded")


@case("exp-cluster-reservation-on-all-nodes", input="input.zip", healthy=True)
def _(c):
    c.story = "Both peers have a reservation of their own and never call: no contact is expected, and none is missed."
    c.sources = [("reservation on every node", "seeds S0, S1")]
    c.made = "all values."
    now = when("2024-03-20 12:00:00")
    members = []
    for exp in peers("X14.2.7", ["exp-c-g1", "exp-c-g2"], net="10.20.66"):
        members.append(peer(c, exp, now, [], reserved_status(when("2023-11-26 09:10:00")), reservation="On"))
        c.expect(exp.host, must_not=["exp-slr-node-without-licences", "exp-auth-expired", "exp-direct-no-path", "exp-slr-unsupported-release"])
    c.add_zip("input.zip", members)


SLR = ["xconfiguration license Smart reservationEnable: on", "OK", "xcommand license Smart reservation request", "Enter this request code in the Cisco Smart Software Manager portal:",
       "CD-ZExpressway:0E530001-AfPXeaLk5-8F", "OK"]


@case("exp-cluster-reservation-amid-alarms", input="input.zip", covers=[44])
def _(c):
    c.story = "A reservation was begun on a peer although the cluster database does not replicate (20006, 20004 up on both peers). Differs from exp-cluster-reservation-after-alarms in that the alarms were never lowered."
    c.sources = [("a cluster must be free of alarms before SLR", "seeds S0, S1"), ("cluster alarms", "public P18")]
    c.made = "all values."
    now = when("2024-03-21 15:00:00")
    both = peers("X14.2.7", ["exp-c-h1", "exp-c-h2"], net="10.20.67", serial="0E53")
    members = []
    for exp in both:
        t = now - timedelta(minutes=41)
        planted = [(t, exp.alarm(t, "20006")), (t + timedelta(seconds=1), exp.alarm(t + timedelta(seconds=1), "20004"))]
        members.append(peer(c, exp, now, planted, smart_license(eval_left="80 days, 0 hours, 2 minutes, 9 seconds"), [("20006", ""), ("20004", "")], reservation="On" if exp is both[0] else "Off"))
    members.append(("exp-c-h1_session.log", c.text("exp-c-h1_session.log", SLR)))
    c.add_zip("input.zip", members)
    c.expect("exp-c-h1", top="exp-slr-cluster-alarms-first", must=["exp-eval-mode"], must_not=["exp-slr-unsupported-release", "exp-eval-expired-cluster-change", "exp-node-without-token"])
    c.expect("exp-c-h2", top="exp-eval-mode", must_not=["exp-node-without-token"])


@case("exp-cluster-reservation-after-alarms", input="input.zip", healthy=True)
def _(c):
    c.story = "The replication alarms of the cluster were lowered half an hour before the reservation was begun: the order is right. The nodes still count down until the codes are installed."
    c.sources = [("a cluster must be free of alarms before SLR", "seeds S0, S1")]
    c.made = "all values."
    now = when("2024-03-22 15:00:00")
    both = peers("X14.2.7", ["exp-c-i1", "exp-c-i2"], net="10.20.68", serial="0E54")
    members = []
    for exp in both:
        t = now - timedelta(minutes=51)
        planted = [(t, exp.alarm(t, "20006")), (t + timedelta(minutes=11), exp.alarm(t + timedelta(minutes=11), "20006", event="Lowered"))]
        members.append(peer(c, exp, now, planted, smart_license(eval_left="79 days, 0 hours, 2 minutes, 9 seconds"), reservation="On"))
        c.expect(exp.host, must=["exp-eval-mode"], must_not=["exp-slr-cluster-alarms-first", "exp-eval-expired-cluster-change"])
    c.add_zip("input.zip", members)


@case("exp-cluster-peer-behind-firewall", input="input.zip")
def _(c):
    c.story = "One peer is registered, the other is not, as in exp-cluster-token-on-primary-only; but here the second tried, and its firewall lets nothing out: the token is not what is missing."
    c.sources = [("HTTPS needed with Direct", "seeds S0, S1"), ("libcurl text", "public P19")]
    c.made = "all values."
    now = when("2024-04-18 08:30:00")
    first, second = peers("X14.3.4", ["exp-c-j1", "exp-c-j2"], net="10.20.69")
    tries = [now - timedelta(minutes=m) for m in (44, 29, 14)]
    planted = [(t, x) for t in tries for x in second.curl_failed(t, "Failed to connect to smartreceiver.cisco.com port 443: Connection timed out")]
    planted.append((tries[0] + timedelta(seconds=1), second.alarm(tries[0] + timedelta(seconds=1), "30042")))
    members = [peer(c, first, now, [(now - timedelta(minutes=31), first.agent_ok(now - timedelta(minutes=31)))], token_status(now)),
               peer(c, second, now, planted, smart_license(eval_left="88 days, 4 hours, 11 minutes, 2 seconds"), [("30042", "")])]
    c.add_zip("input.zip", members)
    c.expect("exp-c-j1", must_not=["exp-node-without-token", "exp-direct-no-path"])
    c.expect("exp-c-j2", top="exp-direct-no-path", must=["exp-smart-license-comm-error", "exp-eval-mode"], may=["exp-node-without-token"], must_not=["exp-root-ca-cscwe09378", "exp-tls-interception"])
