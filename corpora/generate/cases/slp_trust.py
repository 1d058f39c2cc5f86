"""Trust codes: tokens, stacks, clocks, certificates, and an instance that CSSM does not know."""
from datetime import timedelta

from case import case
from cases.controllers import AIR, NO_DETAIL, SECURE, controller, flow_capture, silence
from cases.slp_paths import log_of, switch
from cases.slp_reports import GOOD, licence
from dice import Dice
from iosxe_license import License
from iosxe_log import Plant, TRUST_DONE, comm_failed, device_lines, mixed, relay3164, show_logging, when, wrapped
from iosxe_session import refused, session, small_version
from iosxe_show import Box, pki_block

TOKEN = '{"token":["The token \'%s\' is not valid."]}'
FAILED = "%SMART_LIC-3-TRUST_CODE_INSTALL_FAILED: The install of a new licensing trust code has failed on P:{},S:{}: {}"


class PartlyTrusted(License):
    """Only the first `trusted` units hold a trust code."""

    trusted = 1

    def trust_block(self):
        out = ["Trust Code Installed:"]
        for role, (pid, sn) in self.units()[:self.trusted]:
            out += [f"  {role}: PID:{pid},SN:{sn}", f"    INSTALLED on {self.trust:%b} {self.trust.day:02d} {self.trust:%H:%M:%S} {self.trust.year} {self.box.zone}"]
        return out

    def tech(self, now, kinds=None, level=None, overall="<empty>", synced=True):
        out = super().tech(now, kinds, level, overall, synced)
        first = next(n for n, line in enumerate(out) if line.startswith("P:"))
        for n, (_, (pid, sn)) in enumerate(self.units()):
            who = f"P:{pid},S:{sn}"
            out[first + n] = f"{who}: {who}, state[2], Trust Data INSTALLED  TrustId:{318 + n}" if n < self.trusted else f"{who}: No Trust Data"
        return out


def trying(total, ok, comm, answer, at, reason="<none>"):
    """Trust Establishment, whose latest attempts failed."""
    bad = total - ok
    return {"Trust Establishment": (total, ok, bad, bad, bad if comm else 0, answer, at, reason, None, at)}


def stack(c, host, version="17.6.3", members=2, pid="C9300-24UX", zone="CET", code="FCW", **more):
    d = Dice(c.name + host)
    return Box(host, pid, d.serial(code), version, zone=zone, members=[(pid, d.serial(code)) for _ in range(members - 1)], **more)


@case("token-used-up-single-and-stack", input="input.zip", covers=[34, 252, 253])
def _(c):
    c.story = ("The same refusal of a token on two devices. The single switch got no trust code at all: the token ran out. On the stack of three the first member got one and the others were refused: the token had too few uses.")
    c.sources = [("text of the refusal; uses of a token", "seed S4"), ("trust data of each unit", "public P14")]
    c.made = "tokens, serial numbers, times."
    now, at = when("2023-12-18 11:20:44.100"), when("2023-12-18 11:00:12")
    single = switch(c, "acc-namur-1", "C9300-24UX", "17.6.3")
    lic = License(single, deadline=now + timedelta(days=60), next_push=now + timedelta(hours=3), rum=(4, 0, 0, 0, 4, 2))
    one = session(single, ("show clock", single.clock(now)), ("show version", small_version(single, now)), "license smart trust idtoken MjQxZjQw all force",
                  ("show license tech support", lic.tech(now, trying(1, 0, False, "INVALID STATUS CODE", at, TOKEN % "MjQxZjQw"), overall="Insufficient trust for direct communication")))
    three = stack(c, "acc-namur-2", members=3)
    part = PartlyTrusted(three, deadline=now + timedelta(days=60), next_push=now + timedelta(hours=3), rum=(4, 0, 0, 0, 4, 2), trust=when("2023-12-18 11:00:10"))
    many = session(three, ("show clock", three.clock(now)), ("show version", small_version(three, now)), "license smart trust idtoken OTljNDEx all force",
                   ("show license tech support", part.tech(now, trying(3, 1, False, "INVALID STATUS CODE", at, TOKEN % "OTljNDEx"))))
    c.add_zip("input.zip", [("acc-namur-1.log", c.text("acc-namur-1.log", one)), ("acc-namur-2.log", c.text("acc-namur-2.log", many))])
    c.expect("acc-namur-1", top="token-not-valid", must=["slp-trust-not-established"], must_not=["token-uses-too-few", "slp-path-blocked", "slp-trust-keyword-local-on-stack"])
    c.expect("acc-namur-2", top="token-uses-too-few", must=["token-not-valid"], must_not=["slp-trust-keyword-local-on-stack", "slp-trust-established", "slp-path-blocked", "slp-trust-not-established"])
    c.at("token-not-valid", "acc-namur-1.log", "is not valid")


def half_trusted(c, host, keyword):
    box = stack(c, host, members=2)
    now = when("2023-12-18 11:20:44.100")
    lic = PartlyTrusted(box, deadline=now + timedelta(days=60), next_push=now + timedelta(hours=3), rum=(4, 0, 0, 0, 4, 2), trust=when("2023-12-18 11:00:10"))
    typed = [f"license smart trust idtoken MjQxZjQwZTQ {keyword} force"] if keyword else []
    return session(box, ("show version", small_version(box, now)), *typed, ("show license all", lic.all()), ("show clock", box.clock(now)))


@case("stack-local-all-unknown", input="input.zip", covers=[158, 219, 252])
def _(c):
    c.story = ("Three stacks of two with one picture: the active unit holds a trust code, the standby none. On the first the session shows `local`, which asks for one unit; on the second `all`, so the token had too few uses; "
               "on the third nobody knows what was typed, and both are possible.")
    c.sources = [("all and local", "seeds S3, S4"), ("the command decides; without it both", "catalogue, clarification 7")]
    c.made = "tokens, serial numbers, times."
    members = [(f"{host}.txt", c.text(f"{host}.txt", half_trusted(c, host, keyword))) for host, keyword in (("stk-liege-1", "local"), ("stk-liege-2", "all"), ("stk-liege-3", None))]
    c.add_zip("input.zip", members)
    c.expect("stk-liege-1", top="slp-trust-keyword-local-on-stack", must_not=["token-uses-too-few", "token-not-valid", "slp-trust-established"])
    c.expect("stk-liege-2", top="token-uses-too-few", must_not=["slp-trust-keyword-local-on-stack", "token-not-valid", "slp-trust-established"])
    c.expect("stk-liege-3", top="token-uses-too-few", may=["slp-trust-keyword-local-on-stack"], must_not=["token-not-valid", "slp-trust-established"])


@case("local-on-one-unit", healthy=True, covers=[219, 220])
def _(c):
    c.story = "`license smart trust idtoken … local force` on a switch that stands alone, which is right. The trust code is installed, the key pair was renewed on the way, the first acknowledgement has come."
    c.sources = [("local for a single unit; Last ACK received becomes a date", "seed S4"), ("log of the success", "seed S3")]
    c.made = "token, times."
    box = switch(c, "acc-mons-4", "C9407R", "17.9.4", "CET", "FXS")
    now = when("2023-12-18 11:20:44.100")
    at = when("2023-12-18 11:00:08.425")
    done = device_lines([(at + timedelta(milliseconds=ms), body.format(pid=box.pid, sn=box.sn)) for ms, body in zip((0, 527, 550, 3454), TRUST_DONE)], zone="CET")
    lic = License(box, account=GOOD + (at,), ack=when("2023-12-18 11:05:10"), deadline=now + timedelta(days=90), pushed=when("2023-12-18 11:01:10"), next_push=now + timedelta(days=30), trust=when("2023-12-18 11:00:11"))
    status = [line for line in lic.status() if not line.startswith(("  Active: PID", "    INSTALLED"))]
    status[status.index("Trust Code Installed:")] = "Trust Code Installed: Dec 18 11:00:11 2023 CET"
    c.add("input/acc-mons-4.log", session(box, ("show version", small_version(box, now)), ("license smart trust idtoken MjQxZjQwZTQ local force", done), ("show license status", status), ("show clock", box.clock(now))), eol="\r\n")
    c.expect("acc-mons-4", must=["slp-trust-established"], must_not=["slp-trust-keyword-local-on-stack", "token-uses-too-few", "slp-trust-not-established", "clock-skew"])


def install_failed(c, host, flag, text, synced, clock):
    box = switch(c, host, "C9300-24UX", "17.6.3", "UTC")
    t = when("2023-08-22 12:13:11.879")
    _, log = log_of(c, box, "10.57", t + timedelta(minutes=10), 1, [(t, FAILED.format(box.pid, box.sn, text))], count=18, flag=flag)
    lic = License(box, deadline=t + timedelta(days=60), next_push=t + timedelta(hours=3), rum=(4, 0, 0, 0, 4, 2), trust=None if flag else when("2023-01-10 10:00:00"))
    return session(box, ("show clock", clock(box)), ("show version", small_version(box, t)), ("show logging", show_logging(log)), ("show license tech support", lic.tech(t, synced=synced)))


@case("trust-code-fails-clock-and-force", covers=[159, 212])
def _(c):
    c.story = ("Two switches on which the trust code could not be installed. The clock of the first was never set (a star before every line, and the agent says it is not synchronised): that is the cause. "
               "The second has the right time and a trust code already; the command lacked `force`.")
    c.sources = [("both reasons", "public P9, P10"), ("meaning of the star", "catalogue, formats"), ("force replaces existing trust", "seed S3")]
    c.made = "serial numbers, times; what stands behind the colon of the message."
    c.add("input/acc-arlon-1.txt", install_failed(c, "acc-arlon-1", "*", "Failed", False, lambda box: box.clock(when("2023-08-22 12:23:02.113"), "*")))
    c.add("input/acc-arlon-2.txt", install_failed(c, "acc-arlon-2", "", "Trust code already installed", True, lambda box: box.clock(when("2023-08-22 12:23:02.113"))))
    c.expect("acc-arlon-1", top="clock-skew", must=["slp-trust-install-failed"], may=["slp-trust-not-established"], must_not=["token-not-valid", "slp-path-blocked"])
    c.expect("acc-arlon-2", top="slp-trust-install-failed", may=["slp-trust-established"], must_not=["clock-skew", "token-not-valid", "slp-trust-not-established"])


@case("unset-clock-and-nothing-else", healthy=True)
def _(c):
    c.story = ("A laboratory switch without NTP: stars before all lines, `Clock sync-ed with NTP: False`. Its trust code is installed and a report was acknowledged yesterday. Healthy outputs look like that, too.")
    c.sources = [("`Clock sync-ed with NTP: False` stands in healthy outputs", "public P14, catalogue")]
    c.made = "everything but the labels."
    box = switch(c, "acc-arlon-9", "C9300-24T", "17.9.4", "UTC")
    now = when("2024-02-27 09:30:00.100")
    _, log = log_of(c, box, "10.57", now, 3, [(when("2024-02-25 00:01:10"), "%SMART_LIC-6-AGENT_ENABLED: Smart Agent for Licensing is enabled"),
                                              (when("2024-02-25 00:01:11"), "%SMART_LIC-6-EXPORT_CONTROLLED: Usage of export controlled features is not allowed")], count=30, flag="*")
    c.add("input/acc-arlon-9.txt", session(box, ("show clock", box.clock(now, "*")), ("show version", small_version(box, now)), ("show license tech support", licence(box, now, ack=1).tech(now, synced=False)), ("show logging", show_logging(log))))
    c.expect("acc-arlon-9", must=["slp-trust-established"], must_not=["clock-skew", "slp-trust-install-failed", "slp-path-blocked"])


def certificate_case(c, host, names, subject, end, trustpoint, version="17.6.5"):
    box = controller(host, c.name + host, version, "CEST")
    now = when("2023-06-20 15:40:31.113")
    tries = [when("2023-06-20 14:05:12"), when("2023-06-20 15:31:40")]
    plant, log = log_of(c, box, "10.58", now, 2, [(t + timedelta(seconds=2), NO_DETAIL) for t in tries], kind="wlc")
    lic = License(box, next_push=when("2023-06-20 22:00:00"), deadline=when("2023-09-10 10:00:00"), rum=(8, 0, 0, 0, 8, 2))
    certs = pki_block("Certificate", "1F0A", names, subject, "08:11:02 UTC Jun 11 2017", end, trustpoint)
    if "Self-Signed" in subject[0]:
        certs[0] = "Router Self-Signed Certificate"
    return session(box, ("show version", small_version(box, now)), ("show running-config", box.running(now, plant, ports=2, address="10.58.100.10", http_source="Vlan100", trustpoint=trustpoint)),
                   ("show crypto pki certificates", certs), ("show license status", lic.status()), ("show clock", box.clock(now)), ("show license history message", silence(box, Dice(c.name), tries)), ("show logging", show_logging(log)))


SELF = "cn=IOS-Self-Signed-Certificate-2893716640"


@case("self-signed-ended-2020", covers=[156, 196, 197, 198])
def _(c):
    c.story = ("A controller that was upgraded to 17.6.5 and kept the self-signed certificate of an old release: it ended with the year 2019. The HTTP client presents it, and in the capture the server answers Unknown CA. "
               "The same picture as with any expired certificate; the day tells the reason.")
    c.sources = [("certificates that end on 2020-01-01", "public P16, P14"), ("Unknown CA from CSSM", "seed S3"), ("which goes first", "catalogue, clarification 16")]
    c.made = "all values; TLS recorded with OpenSSL on both ends."
    c.add("input/wlc-celle-1.txt", certificate_case(c, "wlc-celle-1", [SELF], [SELF], "00:00:00 UTC Jan 1 2020", "TP-self-signed-2893716640"))
    cap = flow_capture(c.name, "10.58.100.10", "10.58.5.11", when("2023-06-20 13:31:40.611"), "receiver-2023-unknown-ca-server", noise=40)
    c.put("input/wlc-celle-1.pcap", cap.pcap())
    c.packet("wlc-celle-1.pcap", cap.number("flow1-s2"), "fatal Unknown CA from the server")
    c.expect("wlc-celle-1", top="selfsigned-cert-2020-fn70489", must=["tls-client-cert-rejected", "tls-unknown-ca-from-server", "slp-history-empty-response"], may=["slp-path-blocked", "slp-trust-not-established"],
             must_not=["iosxe-quovadis-fn72323", "slp-tls-interception", "tls-unknown-ca-from-device", "slp-http-client-not-configured"])
    c.at("tls-unknown-ca-from-server", "wlc-celle-1.pcap", packet=cap.number("flow1-s2"))


@case("self-signed-still-valid")
def _(c):
    c.story = "The twin of self-signed-ended-2020 without a capture: the self-signed certificate runs until 2030, which is good enough. The requests get no answer, and nothing speaks against the certificate."
    c.sources = [("self-signed is fine, expired is not", "seed S3")]
    c.made = "all values."
    c.add("input/wlc-celle-2.txt", certificate_case(c, "wlc-celle-2", [SELF], [SELF], "08:11:02 UTC Jun 11 2030", "TP-self-signed-2893716640"))
    c.expect("wlc-celle-2", top="slp-path-blocked", must=["slp-history-empty-response"], may=["slp-trust-not-established"], must_not=["selfsigned-cert-2020-fn70489", "tls-client-cert-rejected", "slp-http-client-not-configured", "iosxe-quovadis-fn72323"])


@case("certificates-only-of-old-ios", covers=[197])
def _(c):
    c.story = "One pasted output, `show crypto pki certificates` of a router on classic IOS, whose self-signed certificate ended with the year 2019."
    c.sources = [("an output of this kind", "public P14"), ("IOS 12.x to 15.x are listed", "public P16")]
    c.made = "names and numbers."
    certs = pki_block("Certificate", "01", [SELF], [SELF], "21:37:27 UTC Apr 23 2018", "00:00:00 UTC Jan 1 2020", "TP-self-signed-2893716640")
    certs[0] = "Router Self-Signed Certificate"
    c.add("input/certs.txt", ["rtr-old-7#show crypto pki certificates"] + certs + ["rtr-old-7#"])
    c.expect("rtr-old-7", top="selfsigned-cert-2020-fn70489", must_not=["tls-client-cert-rejected"])


@case("instance-removed-then-new-trust", healthy=True, covers=[181])
def _(c):
    c.story = ("A session in two halves. First CSSM refuses the instance, because somebody removed it there; then a new token is installed, and trust and report succeed. What the first half shows is over.")
    c.sources = [("refusal of the instance", "public P14"), ("remedy", "catalogue"), ("log of the success", "seed S3")]
    c.made = "identifiers, token, times."
    box = switch(c, "acc-turku-5", "C9300-24T", "17.6.4", "EET")
    t1, t2 = when("2023-01-12 09:09:09.090"), when("2023-01-12 09:40:09.090")
    reason = '{"product_instance_identifier":["The identity for the instance %s is not valid.Please re-register the instance."]}' % Dice(c.name).uuid()
    bad = {"Usage Reporting": (41, 23, 18, 18, 0, "INVALID STATUS CODE", when("2023-01-12 04:20:19"), reason, when("2022-10-02 08:00:20"), when("2023-01-12 04:20:19"))}
    good = {"Usage Reporting": (42, 24, 18, 0, 0, "OK_POLL", when("2023-01-12 09:35:19"), "<none>", when("2023-01-12 09:35:19"), when("2023-01-12 04:20:19"))}
    done = device_lines([(when("2023-01-12 09:30:08.425") + timedelta(milliseconds=ms), body.format(pid=box.pid, sn=box.sn)) for ms, body in zip((0, 527, 550, 3454), TRUST_DONE)], zone="EET", year=True)
    c.add("input/acc-turku-5.log", session(box, ("show clock", box.clock(t1)), ("show version", small_version(box, t1)), ("show license tech support", licence(box, t1, ack=100, deadline=t1 + timedelta(days=40)).tech(t1, bad)),
                                          ("license smart trust idtoken MjQxZjQwZTQ all force", done), ("show clock", box.clock(t2)), ("show license tech support", licence(box, t2, ack=0).tech(t2, good))))
    c.expect("acc-turku-5", must=["slp-trust-established"], must_not=["slp-path-blocked", "slp-comm-flapping-cscwa11048", "slp-trust-not-established"])


@case("onprem-without-a-token", healthy=True, covers=[168])
def _(c):
    c.story = "A switch that reports to an On-Prem server by transport cslu: no trust code is installed, and none is needed. Reports are acknowledged."
    c.sources = [("no token with On-Prem", "seed S3")]
    c.made = "names, times."
    box = switch(c, "acc-kotka-1", "C9300-24T", "17.6.4", "EET")
    now = when("2023-01-12 09:09:09.090")
    lic = licence(box, now, transport="cslu", cslu="https://ssm.corp.example/cslu/v1/pi/Access-1", trust=None)
    ok = {"Usage Reporting": (9, 9, 0, 0, 0, "OK_POLL", when("2023-01-11 04:00:11"), "<none>", when("2023-01-11 04:00:11"), None)}
    c.add("input/acc-kotka-1.txt", session(box, ("show clock", box.clock(now)), ("show version", small_version(box, now)), ("show license tech support", lic.tech(now, ok))))
    c.expect("acc-kotka-1", must_not=["slp-trust-not-established", "slp-cslu-default-not-configured", "slp-onprem-wrong-transport", "slp-cslu-unreachable", "token-not-valid"])


@case("trust-failed-log-only")
def _(c):
    c.story = "Forty lines of a collector for one switch: the installation of the trust code failed at noon and at one. The licence output was refused to the account. Whether the clock or an existing trust code is the reason is open."
    c.sources = [("beginning of the message", "public P10"), ("both reasons", "public P9")]
    c.made = "host, times; what stands behind the colon is cut."
    plant = Plant(Dice(c.name), "10.57")
    body = FAILED.format("C9300-24UX", "FCW2134L00C", "")[:-2]
    events = mixed(plant, when("2023-09-12 09:00:00"), when("2023-09-12 15:00:00"), 30, [(when("2023-09-12 12:00:11"), body), (when("2023-09-12 13:00:40"), body)])
    c.add("input/acc-diest-1.log", [relay3164(t, "acc-diest-1", 4100 + n, text, zone="CEST") for n, (t, text) in enumerate(events)])
    c.add("input/acc-diest-1.txt", ["acc-diest-1#show license tech support", "Command authorization failed.", "", "acc-diest-1#"])
    c.expect("acc-diest-1", top="slp-trust-install-failed", may=["clock-skew"], must_not=["token-not-valid", "slp-path-blocked", "slp-trust-not-established"])


@case("two-tokens-narrow-terminal", covers=[253])
def _(c):
    c.story = "A session recorded 60 columns wide, so that the refusal of the token is cut inside words. After a token made the year before, a new one was tried and refused as well: it was copied without its last characters."
    c.sources = [("text of the refusal", "seed S4"), ("terminals cut inside words", "catalogue, clarification 10")]
    c.made = "tokens, times."
    box = switch(c, "acc-huy-2", "C9200-24T", "17.6.3", "CET", "JAE")
    now, at = when("2023-12-18 11:20:44.100"), when("2023-12-18 11:00:12")
    lic = License(box, deadline=now + timedelta(days=60), next_push=now + timedelta(hours=3), rum=(4, 0, 0, 0, 4, 2))
    tech = lic.tech(now, trying(2, 0, False, "INVALID STATUS CODE", at, TOKEN % "NjQ0ZGVhZTktMmU4NC00ZjQwLTk5NDEtMTdhYjM0ZGQ5OTk5LTE3MDI5MDA4MTIyMTV8"), overall="Insufficient trust for direct communication")
    out = session(box, ("show version", small_version(box, now)), "license smart trust idtoken NjQ0ZGVhZTktMmU4NC00ZjQwLTk5NDEt local force", ("show license tech support", tech), ("show clock", box.clock(now)))
    c.add("input/acc-huy-2.log", wrapped(out, 60))
    c.expect("acc-huy-2", top="token-not-valid", must=["slp-trust-not-established"], must_not=["token-uses-too-few", "slp-path-blocked", "slp-trust-keyword-local-on-stack"])
