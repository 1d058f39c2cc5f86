"""What stands around the device: proxies, host entries, VRFs; and what a session shows of the work that was done."""
from datetime import timedelta

from capture import Capture, Tcp, chatter, micros
from case import case
from cases.slp_parts import Site, answered, every, silent
from iosxe_license import classic_status
from iosxe_log import TRUST_DONE, comm_failed, device_lines, when

NO_DETAIL = comm_failed("No detail given")
PROXY = ("proxy.corp.example", "8080")
BEHIND_PROXY = ("license smart transport smart", "license smart url default", "license smart proxy address proxy.corp.example", "license smart proxy port 8080")


def acknowledged(s, transport="smart", **how):
    """A device in good order, acknowledged a week ago."""
    t = (s.now - timedelta(days=7)).replace(hour=4, minute=0, second=10, microsecond=0)
    how.setdefault("trust", t - timedelta(days=200) if transport == "smart" else None)
    return s.license(transport, account=("corp.example", "Access", t), ack=t + timedelta(minutes=5), deadline=t + timedelta(days=90), pushed=t, next_push=t + timedelta(days=30), **how)


def waiting(s, transport="smart", days=80, **how):
    """A device that has not reported yet; its deadline is `days` ahead."""
    return s.license(transport, deadline=s.now + timedelta(days=days), next_push=s.now + timedelta(hours=5), rum=(8, 0, 0, 0, 8, 2), **how)


@case("proxy-log-denies-407", covers=[171])
def _(c):
    c.story = "A controller on 17.6.3 behind a proxy with user and password. The proxy's log refuses every tunnel to smartreceiver.cisco.com for want of authentication."
    c.sources = [("authenticated proxies are not supported up to 17.9.2", "S3"), ("fields of the Proxy block", "P14")]
    c.made = "the proxy's log, names, times."
    s = Site(c, "wlc-essen-1", "C9800-40-K9", "17.6.3", "2022-10-04 09:12:41.500", "CEST", kind="wlc", planted=every("2022-10-02 04:00:00", 12, 4, NO_DETAIL))
    lic = waiting(s, proxy=PROXY)
    status = [x.replace("Username: <empty>", "Username: svc-lic").replace("Password: <empty>", "Password: ****") for x in lic.status()]
    c.add("input/wlc-essen-1.log", s.session(("show license status", status + [""]), s.logging()))
    c.add("input/proxy_access.log", [f"{int(1664769600 + 43200 * n)}.{331 + n}      2 10.40.9.7 TCP_DENIED/407 4071 CONNECT smartreceiver.cisco.com:443 - HIER_NONE/- text/html" for n in range(4)])
    c.expect("wlc-essen-1", top="slp-proxy-auth-unsupported", may=["slp-path-blocked", "slp-trust-not-established"], must_not=["slp-proxy-not-configured", "dns-name-unresolved", "slp-tls-interception"])


@case("proxy-without-user-works", healthy=True, covers=[172])
def _(c):
    c.story = "The neighbour behind a proxy that asks for nothing: trust and acknowledgement are there."
    c.sources = [("proxy commands", "S3")]
    c.made = "names, times."
    s = Site(c, "wlc-essen-2", "C9800-40-K9", "17.6.3", "2022-10-04 09:22:41.500", "CEST", kind="wlc")
    acknowledged(s, proxy=PROXY)
    c.add("input/wlc-essen-2.log", s.session(("show running-config", s.running(smart=BEHIND_PROXY)), s.status(), s.logging()))
    c.expect("wlc-essen-2", must=["slp-trust-established"], must_not=["slp-proxy-auth-unsupported", "slp-proxy-not-configured", "slp-path-blocked"])


@case("proxy-407-in-capture", covers=[171])
def _(c):
    c.story = "A capture between controller and proxy: the CONNECT for smartreceiver.cisco.com is answered with 407, three times."
    c.sources = [("407 to the device's CONNECT", "catalogue"), ("no authenticated proxies up to 17.9.2", "S3")]
    c.made = "all values."
    s = Site(c, "wlc-essen-3", "C9800-40-K9", "17.6.3", "2022-10-04 09:32:41.500", "UTC", kind="wlc", planted=every("2022-10-02 04:00:00", 12, 4, NO_DETAIL))
    waiting(s, proxy=PROXY)
    c.add("input/wlc-essen-3.log", s.session(("show running-config", s.running(smart=BEHIND_PROXY, address="10.40.9.7", trustpoint="TP-self-signed-2893716640")), s.status(), s.logging()))
    cap = Capture(c.name)
    start = micros(when("2022-10-04 09:30:03.700"))
    chatter(cap, start - 5000000, 60, ["10.40.9.7", "10.40.9.21"], "10.40.5.11", 50)
    for n in range(3):
        flow = Tcp(cap, start + 11000000 * n, "10.40.9.7", 40110 + n, "10.40.5.80", 8080, label=f"try{n + 1}").open()
        flow.send("c", b"CONNECT smartreceiver.cisco.com:443 HTTP/1.1\r\nHost: smartreceiver.cisco.com:443\r\n\r\n", "connect")
        flow.at += 9000
        flow.send("s", b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"corp\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "refusal")
        flow.close("s")
    c.put("input/to_proxy.pcap", cap.pcap())
    c.packet("to_proxy.pcap", cap.number("try1-refusal"), "407 from the proxy")
    c.expect("wlc-essen-3", top="proxy-connect-refused", must=["slp-proxy-auth-unsupported"], may=["slp-path-blocked", "slp-trust-not-established", "exp-proxy-authentication-failed"], must_not=["slp-proxy-not-configured", "tcp-syn-no-answer", "slp-tls-interception"])
    c.at("slp-proxy-auth-unsupported", "to_proxy.pcap", packet=cap.number("try1-refusal"))


def pair_of_switches(c, first, second, proxies):
    """Two switches of one site. The first gets no reply; the second is in order."""
    a = Site(c, first, "C9300-48P", "17.9.3", "2023-09-05 13:00:12.300", "CEST", planted=every("2023-09-02 04:00:00", 8, 8, NO_DETAIL))
    waiting(a)
    b = Site(c, second, "C9300-48P", "17.9.3", "2023-09-05 13:10:12.300", "CEST")
    acknowledged(b, proxy=PROXY if proxies else None)
    for s, more in ((a, a.tech(kinds=silent("2023-09-05 12:40:10", None, 9, 9, "Trust Establishment"))), (b, b.tech(kinds=answered("2023-08-29 04:00:10")))):
        c.add(f"input/{s.host}/console.log", s.session(s.status(), more, s.logging()))


@case("two-switches-one-proxy", covers=[172, 216])
def _(c):
    c.story = "Two switches of one site. The second reports through a proxy; the first has none configured and gets no reply."
    c.sources = [("proxy commands", "S3, S4"), ("Communication Statistics", "P14")]
    c.made = "names, times, everyday messages."
    pair_of_switches(c, "acc-mons-1", "acc-mons-2", True)
    c.expect("acc-mons-1", top="slp-proxy-not-configured", may=["slp-path-blocked", "slp-trust-not-established"], must_not=["slp-proxy-auth-unsupported", "dns-name-unresolved"])
    c.expect("acc-mons-2", must=["slp-trust-established"], must_not=["slp-proxy-not-configured", "slp-path-blocked"])


@case("two-switches-no-proxy")
def _(c):
    c.story = "The same two switches in a site without a proxy: the second reports straight to CSSM, so the first one's path is blocked somewhere."
    c.sources = [("resolved and no reply", "S3"), ("Communication Statistics", "P14")]
    c.made = "names, times, everyday messages."
    pair_of_switches(c, "acc-mons-3", "acc-mons-4", False)
    c.expect("acc-mons-3", top="slp-path-blocked", may=["slp-trust-not-established"], must_not=["slp-proxy-not-configured", "slp-proxy-auth-unsupported"])
    c.expect("acc-mons-4", must=["slp-trust-established"], must_not=["slp-proxy-not-configured", "slp-path-blocked"])


@case("proxy-address-without-port", covers=[216])
def _(c):
    c.story = "The address of the proxy is configured, the port is not. No reply comes."
    c.sources = [("both commands", "S3, S4")]
    c.made = "names, times, everyday messages."
    s = Site(c, "acc-mons-5", "C9300-48P", "17.9.3", "2023-09-05 13:20:12.300", "CEST", planted=every("2023-09-02 04:00:00", 12, 6, NO_DETAIL))
    waiting(s)
    c.add("input/acc-mons-5.log", s.session(("show running-config", s.running(smart=BEHIND_PROXY[:3])), s.logging()), eol="\r\n")
    c.expect("acc-mons-5", top="slp-proxy-not-configured", may=["slp-path-blocked"], must_not=["slp-proxy-auth-unsupported", "dns-name-unresolved", "slp-static-host-entry"])


@case("static-host-entry-silent", covers=[214])
def _(c):
    c.story = "Somebody wrote the address of smartreceiver.cisco.com into the configuration years ago. It does not answer any more: four SYNs in the capture, no answer."
    c.sources = [("addresses change from time to time", "S4"), ("SYN pattern", "catalogue, capture pictures")]
    c.made = "all values."
    s = Site(c, "rtr-kiel-1", "ISR4331/K9", "17.6.5", "2023-05-10 10:15:40.500", "UTC", kind="router", planted=every("2023-05-07 04:00:00", 12, 6, NO_DETAIL))
    waiting(s)
    c.add("input/rtr-kiel-1.log", s.session(("show running-config", s.running(extra=("ip host smartreceiver.cisco.com 192.133.220.90", "!"), http_source="GigabitEthernet0/0/0", address="10.40.100.7")), s.status(), s.logging()))
    cap = Capture(c.name)
    start = micros(when("2023-05-10 10:10:03.700"))
    chatter(cap, start - 5000000, 60, ["10.40.100.7", "10.40.100.21"], "10.40.5.11", 50)
    Tcp(cap, start, "10.40.100.7", 31544, "192.133.220.90", 443, mss=536, stamps=False, label="first").unanswered()
    chatter(cap, start + 16000000, 20, ["10.40.100.7", "10.40.100.21"], "10.40.5.11", 20)
    c.put("input/rtr-kiel-1.pcap", cap.pcap())
    c.packet("rtr-kiel-1.pcap", cap.number("first-syn"), "first SYN to 192.133.220.90, no lookup before it")
    c.expect("rtr-kiel-1", top="slp-static-host-entry", may=["tcp-syn-no-answer", "slp-path-blocked", "slp-trust-not-established"], must_not=["dns-name-unresolved", "slp-proxy-not-configured"])


@case("static-host-entry-for-others", healthy=True)
def _(c):
    c.story = "Host entries for the customer's own servers, and cslu-local among them. Reports are acknowledged."
    c.sources = [("only Cisco's addresses change", "S4")]
    c.made = "names, times."
    s = Site(c, "acc-kiel-2", "C9300-24T", "17.6.5", "2023-05-10 10:25:40.500")
    acknowledged(s, "cslu")
    c.add("input/acc-kiel-2.log", s.session(("show running-config", s.running(smart=("license smart transport cslu",), extra=("ip host ise-1.corp.example 10.40.5.31", "ip host cslu-local 10.40.9.22", "!"))), s.status()))
    c.expect("acc-kiel-2", must_not=["slp-static-host-entry", "slp-cslu-default-not-configured"])


@case("http-client-in-management-vrf", covers=[213])
def _(c):
    c.story = "The HTTP client sends from the management port, which is in Mgmt-vrf. The only default route is in the global table, and no reply comes."
    c.sources = [("commands need the VRF too", "S4")]
    c.made = "names, times, everyday messages."
    s = Site(c, "acc-turku-4", "C9300-48U", "17.6.4", "2022-11-14 07:45:10.200", "EET", planted=every("2022-11-11 04:00:00", 12, 6, NO_DETAIL))
    waiting(s)
    run = [y for x in s.running(http_source="GigabitEthernet0/0") for y in ([x, " vrf forwarding Mgmt-vrf"] if x == "interface GigabitEthernet0/0" else [x])]
    c.add("input/acc-turku-4.log", s.session(("show running-config", run), s.status(), s.logging()))
    c.expect("acc-turku-4", top="slp-vrf-mismatch", may=["slp-path-blocked", "slp-trust-not-established"], must_not=["slp-http-client-not-configured", "dns-name-unresolved", "slp-proxy-not-configured"])


@case("all-in-management-vrf", healthy=True, covers=[213])
def _(c):
    c.story = "The same switch model with name server, HTTP client and default route all in Mgmt-vrf; reports are acknowledged."
    c.sources = [("commands need the VRF too", "S4")]
    c.made = "names, times."
    s = Site(c, "acc-turku-5", "C9300-48U", "17.6.4", "2022-11-14 07:55:10.200", "EET")
    acknowledged(s)
    run = [y.replace("ip route 0.0.0.0 0.0.0.0 ", "ip route vrf Mgmt-vrf 0.0.0.0 0.0.0.0 ").replace("ip name-server ", "ip name-server vrf Mgmt-vrf ") for x in s.running(http_source="GigabitEthernet0/0")
           for y in ([x, " vrf forwarding Mgmt-vrf"] if x == "interface GigabitEthernet0/0" else [x])]
    c.add("input/acc-turku-5.log", s.session(("show running-config", run), s.status()))
    c.expect("acc-turku-5", must=["slp-trust-established"], must_not=["slp-vrf-mismatch", "slp-http-client-not-configured"])


@case("register-on-17-6", covers=[149, 150])
def _(c):
    c.story = "A session on a switch with 17.6.3: somebody enters the registration command of classic licensing. There is no trust code."
    c.sources = [("trust instead of registration", "S3"), ("the command is deprecated", "P15")]
    c.made = "names, times."
    s = Site(c, "acc-brno-1", "C9300-24P", "17.6.3", "2022-06-01 15:00:12.100", "CEST")
    waiting(s)
    c.add("input/acc-brno-1.log", s.session(("license smart register idtoken NjQ0ZGVhZTktMmU4LTQ5 force", ["% Invalid input detected at '^' marker.", ""]), s.status()))
    c.expect("acc-brno-1", top="slp-legacy-register-command", may=["slp-trust-not-established", "slp-no-evaluation-mode"], must_not=["sl-registration-failed", "sl-evaluation"])
    c.at("slp-legacy-register-command", "acc-brno-1.log", "license smart register")


@case("register-on-16-12", healthy=True)
def _(c):
    c.story = "The same command on a router with 16.12.8, where it is the right one: registered and authorized a minute later."
    c.sources = [("classic registration", "S2")]
    c.made = "names, times."
    s = Site(c, "rtr-brno-2", "ISR4331/K9", "16.12.8", "2022-06-01 15:10:12.100", "CEST", kind="router", slp=False)
    t = when("2022-06-01 15:08:40")
    status = classic_status("CEST", registered=t, next_renewal=t + timedelta(days=180), expires=t + timedelta(days=365), authorization=("AUTHORIZED", t), last=("SUCCEEDED", t), next_try=t + timedelta(days=30), deadline=t + timedelta(days=90))
    c.add("input/rtr-brno-2.log", s.session(("license smart register idtoken NjQ0ZGVhZTktMmU4LTQ5", ["Registration process is in progress. Use the 'show license status' command to check the progress and result"]), ("show license status", status)))
    c.expect("rtr-brno-2", must=["sl-healthy"], must_not=["slp-legacy-register-command", "slp-no-evaluation-mode"])


@case("factory-reset-without-reload", covers=[175, 255])
def _(c):
    c.story = "A session on a controller: license smart factory reset, its warning, and then the colleague looked at the status instead of reloading."
    c.sources = [("warning text", "S3"), ("reload is needed", "S3, S4")]
    c.made = "names, times."
    s = Site(c, "wlc-riga-1", "C9800-L-F-K9", "17.3.5", "2022-03-15 11:00:12.100", "EET", kind="wlc")
    waiting(s)
    c.add("input/wlc-riga-1.log", s.session(("license smart factory reset", ['%Warning: reload required after "license smart factory reset" command', ""]), s.status()))
    c.expect("wlc-riga-1", top="slp-factory-reset-needs-reload", may=["slp-trust-not-established"], must_not=["slp-path-blocked"])
    c.at("slp-factory-reset-needs-reload", "wlc-riga-1.log", "%Warning")


@case("factory-reset-and-reload", healthy=True, covers=[175])
def _(c):
    c.story = "The same steps with the reload after them, and trust set up again."
    c.sources = [("reset, reload, set up again", "S3, S4"), ("trust messages", "S3")]
    c.made = "names, times."
    s = Site(c, "wlc-riga-2", "C9800-L-F-K9", "17.3.5", "2022-03-15 12:30:12.100", "EET", kind="wlc")
    acknowledged(s)
    done = device_lines([(when("2022-03-15 12:20:08.425"), body.format(pid=s.box.pid, sn=s.box.sn)) for body in TRUST_DONE])
    out = [f"{s.host}#license smart factory reset", '%Warning: reload required after "license smart factory reset" command', "", f"{s.host}#reload", "Proceed with reload? [confirm]", "",
           "[Connection to wlc-riga-2 closed by foreign host]", f"{s.host}#terminal monitor", f"{s.host}#license smart trust idtoken NjQ0ZGVhZTktMmU4 all force"] + done
    c.add("input/wlc-riga-2.log", out + s.session(s.status()))
    c.expect("wlc-riga-2", must=["slp-trust-established"], must_not=["slp-factory-reset-needs-reload", "slp-trust-not-established"])


@case("write-erase-and-no-ack", healthy=True, covers=[254])
def _(c):
    c.story = "A switch that was erased and set up again; Last ACK received says none, and the agent remembers the erasure. As it should be."
    c.sources = [("write erase clears the date", "S4"), ("field of the output", "P14")]
    c.made = "names, times."
    s = Site(c, "acc-baku-9", "C9300-24T", "17.6.5", "2023-06-06 09:00:11.700", "AZT")
    s.license("smart", trust="2023-06-05 12:00:00", deadline="2023-09-03 12:00:00", next_push="2023-07-05 12:00:00", rum=(4, 0, 0, 0, 4, 2))
    name, lines = s.tech()
    c.add("input/acc-baku-9.log", s.session(s.status(), (name, [x.replace("Write Erase Occurred: False", "Write Erase Occurred: True") for x in lines])))
    c.expect("acc-baku-9", must=["slp-write-erase-clears-ack", "slp-trust-established"], must_not=["slp-report-overdue", "slp-trust-not-established"])


@case("call-home-takes-stock", healthy=True, covers=[251])
def _(c):
    c.story = "Every night three show commands without a user stand in the log of a switch with Call Home on and configuration traps enabled."
    c.sources = [("Call Home runs show commands", "S4")]
    c.made = "form of the log lines, names, times."
    night = [(f"2023-02-0{day} 02:11:{12 + n}", f"%PARSER-5-CFGLOG_LOGGEDCMD: User:unknown user  logged command:!exec: show {what}") for day in (2, 3, 4) for n, what in enumerate(("version", "running-config all", "processes memory sorted"))]
    s = Site(c, "acc-oita-2", "C9300-24T", "17.6.5", "2023-02-05 09:00:11.700", "JST", planted=night)
    acknowledged(s)
    c.add("input/acc-oita-2.log", s.session(("show running-config", s.running(extra=("snmp-server enable traps config", "!"))), s.status(), s.logging()))
    c.expect("acc-oita-2", must=["callhome-runs-show-commands", "slp-trust-established"], must_not=["slp-path-blocked"])
    c.at("callhome-runs-show-commands", "acc-oita-2.log", "User:unknown user")
