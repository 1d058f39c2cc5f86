"""NX-OS again: cases in pairs that differ in one fact, and what only looks like a fault."""
from datetime import timedelta

from case import case
from cases.nexus import CONNECTED, HTTP_FAILED, REACHABLE, logging, session
from dice import Dice
from iosxe_log import UNRESOLVED, when
from nxos import Nexus, licmgr_failed

CALLHOME_CAUSES = ["nxos-callhome-plain-http", "nxos-callhome-not-enabled", "nxos-http-source-interface", "nxos-vrf-mismatch", "nxos-quovadis-fn72115", "nxos-onprem-url-wrong",
                   "nxos-proxy-incomplete", "nxos-callhome-mts-dns-cscvv67469", "nxos-n9k-c9348gc-fxp-registration"]
SYMPTOMS = ["callhome-send-failed", "nxos-comm-failed", "sl-registration-failed", "sl-evaluation", "sl-retry-in-progress"]
GATEWAY = "/Transportgateway/services/DeviceRequestHandler"
REFUSED = ["                 ^", "% Invalid command at '^' marker."]


def without(*ids):
    return [i for i in CALLHOME_CAUSES if i not in ids]


def clock(t):
    return ("show clock", [f"{t:%H:%M:%S}.104 UTC {t:%a %b} {t.day:2d} {t.year}", "Time source is NTP"])


def failed(n, t, reason=HTTP_FAILED, minutes=7):
    """Registration failed some minutes ago; the next attempt follows after a quarter of an hour."""
    last = t - timedelta(minutes=minutes)
    return n.license_status("UNREGISTERED - REGISTRATION FAILED", account=None, authorization=("EVAL MODE",), failed=(last, reason, last + timedelta(minutes=15, seconds=2)))


def good(n, t, days=12):
    """Registered and authorized some days ago."""
    at = t - timedelta(days=days, hours=2, minutes=11)
    return n.license_status(registered=at, renewal=None, next_renewal=at + timedelta(days=180), expires=at + timedelta(days=365) - timedelta(minutes=2), authorization=("AUTHORIZED", at + timedelta(seconds=4)),
                            last=("SUCCEEDED", at + timedelta(seconds=4)), next_try=at + timedelta(days=30), deadline=at + timedelta(days=90))


def callhome(n, t, *more, **how):
    """The Call Home part with further lines before its end."""
    lines = n.run_callhome(t, **how)
    at = next((i for i, x in enumerate(lines) if x.strip() == "enable"), len(lines) - 1)
    return lines[:at] + [f"  {x}" for x in more] + lines[at:]


def cut(lines, width=79):
    return [x[:width] for x in lines]


# --- the destination ---------------------------------------------------------------------------------------------------


@case("nexus-http-cut-session", covers=[135, 139, 141])
def _(c):
    c.story = ("A session pasted from a terminal 79 columns wide, with CRLF: no show version, every long line is cut, the destination ends in `DDCEServ`. It begins with http://. "
               "Twin of nexus-https-cut-session, which differs in that one letter.")
    c.sources = [("destination with http, cut at the page's edge", "seed S2, errors 1 and 2"), ("cause", "seed S2, error 2")]
    c.made = "all values."
    d = Dice(c.name)
    n = Nexus("leaf-kix-04", "C93180YC-EX", d.serial("FDO"), "9.3(5)")
    now = when("2021-06-08 14:20:31")
    c.add("input/putty.log", cut(session(n, ("show running-config callhome", callhome(n, now, scheme="http")), ("show license status", failed(n, now)))), eol="\r\n")
    c.expect("leaf-kix-04", top="nxos-callhome-plain-http", must=["sl-registration-failed"], may=SYMPTOMS, must_not=without("nxos-callhome-plain-http"))
    c.at("nxos-callhome-plain-http", "putty.log", "http http://tools.cisco.com")


@case("nexus-https-cut-session", covers=[135])
def _(c):
    c.story = "Twin of nexus-http-cut-session: the same session with https. The case does not say why sending fails; the symptoms are all there is."
    c.sources = [("configuration of the direct method", "seed S2"), ("texts of the failure", "seed S2, catalogue")]
    c.made = "all values."
    d = Dice(c.name)
    n = Nexus("leaf-kix-05", "C93180YC-EX", d.serial("FDO"), "9.3(5)")
    now = when("2021-06-08 14:41:05")
    c.add("input/putty.log", cut(session(n, ("show running-config callhome", callhome(n, now)), ("show license status", failed(n, now)))), eol="\r\n")
    c.expect("leaf-kix-05", top="callhome-send-failed", must=["sl-registration-failed"], may=["sl-retry-in-progress", "sl-evaluation"], must_not=CALLHOME_CAUSES)


@case("nexus-http-mended", healthy=True, covers=[141])
def _(c):
    c.story = "The cure of the second error, in one session: the old destination with http, its removal and the new one, then the configuration again and a registration that succeeds. Nothing is wrong any more."
    c.sources = [("commands of the cure", "seed S2, error 2"), ("states after success", "seed S2")]
    c.made = "all values."
    d = Dice(c.name)
    n = Nexus("leaf-itm-01", "C93240YC-FX2", d.serial("FDO"), "9.3(5)")
    now = when("2021-10-19 11:02:33")
    p = f"{n.host}(config-callhome)# "
    old = "http://tools.cisco.com/its/service/oddce/services/DDCEService"
    c.add("input/change.log", session(n, ("show running-config callhome", callhome(n, now - timedelta(minutes=12), scheme="http"))) [:-1] +
          [f"{n.host}# configure terminal", f"{n.host}(config)# callhome", p + "enable", p + "destination-profile CiscoTAC-1 transport-method http",
           p + f"no destination-profile CiscoTAC-1 index 1 http {old}", p + f"destination-profile CiscoTAC-1 http {old.replace('http:', 'https:')}", p + "end"] +
          session(n, ("show running-config callhome", callhome(n, now - timedelta(minutes=3))), ("license smart register idtoken XXXX force", ["Initiated device registration with backend. run show license status, for registration status"]),
                  clock(now), ("show license status", good(n, now + timedelta(days=12, hours=2, minutes=9)))))
    c.expect("leaf-itm-01", must=["sl-healthy"], must_not=CALLHOME_CAUSES + ["sl-registration-failed"])


@case("nexus-onprem-wrong-path", covers=[128])
def _(c):
    c.story = "SSM On-Prem is meant to be used, but only the host was changed in the destination: the path is still that of Cisco's own server. Twin of nexus-onprem-gateway."
    c.sources = [("method 3 and its path", "seed S2, public P21")]
    c.made = "all values."
    d = Dice(c.name)
    n = Nexus("leaf-cdg-07", "C93108TC-FX", d.serial("FDO"), "9.3(8)", zone="UTC")
    now = when("2022-11-03 08:15:44")
    log = n.logfile(d, when("2022-11-01"), now, 90, logging("2022-11-02 21:00:00", 4, 3, licmgr_failed(HTTP_FAILED)))
    c.add("input/leaf-cdg-07.txt", session(n, clock(now), ("show version", n.show_version()), ("show run callhome", callhome(n, now, url="https://10.106.41.27/its/service/oddce/services/DDCEService")),
                                          ("show license status", failed(n, now)), ("show logging logfile", log)))
    c.expect("leaf-cdg-07", top="nxos-onprem-url-wrong", must=["callhome-send-failed"], may=SYMPTOMS, must_not=without("nxos-onprem-url-wrong"))
    c.at("nxos-onprem-url-wrong", "leaf-cdg-07.txt", "https://10.106.41.27/its")


@case("nexus-onprem-gateway", healthy=True, covers=[128])
def _(c):
    c.story = "Twin of nexus-onprem-wrong-path: the transport gateway's path, cut to `DeviceRequ` as in the published sample. A cut URL is no wrong URL, and the switch is registered."
    c.sources = [("method 3, cut at the page's edge", "seed S2"), ("whole path", "public P21")]
    c.made = "all values."
    d = Dice(c.name)
    n = Nexus("leaf-cdg-08", "C93108TC-FX", d.serial("FDO"), "9.3(8)")
    now = when("2022-11-03 08:40:02")
    c.add("input/leaf-cdg-08.txt", session(n, clock(now), ("show version", n.show_version()), ("show run callhome", callhome(n, now, url="https://10.106.41.27" + GATEWAY[:36])), ("show license status", good(n, now))))
    c.expect("leaf-cdg-08", must=["sl-healthy"], must_not=CALLHOME_CAUSES)


# --- enable, contact, source interface, VRF ------------------------------------------------------------------------------


@case("nexus-not-enabled", covers=[124, 135])
def _(c):
    c.story = "Everything of the direct method is there but the last line: Call Home is not enabled. Twin of nexus-enabled-without-vrf."
    c.sources = [("lines of the direct method", "seed S2")]
    c.made = "all values."
    d = Dice(c.name)
    n = Nexus("spine-fra-1", "C9364C", d.serial("FDO"), "9.3(7a)")
    now = when("2022-04-27 06:11:20")
    log = n.logfile(d, when("2022-04-24"), now, 80, logging("2022-04-26 07:00:00", 5, 4, licmgr_failed(HTTP_FAILED)))
    c.add("input/spine-fra-1.log", session(n, clock(now), ("show version", n.show_version()), ("show run callhome", callhome(n, now, enable=False)), ("show license status", failed(n, now)), ("show logging logfile", log)))
    c.expect("spine-fra-1", top="nxos-callhome-not-enabled", must=["callhome-send-failed"], may=SYMPTOMS, must_not=without("nxos-callhome-not-enabled"))


@case("nexus-enabled-without-vrf", healthy=True, covers=[93, 124])
def _(c):
    c.story = "Twin of nexus-not-enabled: enabled, and without `transport http use-vrf`, because the way out is in the default VRF. It is registered and authorized."
    c.sources = [("the VRF line is optional", "catalogue, clarification 4"), ("states", "seed S2")]
    c.made = "all values."
    d = Dice(c.name)
    n = Nexus("spine-fra-2", "C9364C", d.serial("FDO"), "9.3(7a)")
    now = when("2022-04-27 06:31:48")
    c.add("input/spine-fra-2.log", session(n, clock(now), ("show version", n.show_version()), ("show run callhome", callhome(n, now, vrf=None)), ("telnet tools.cisco.com 443", CONNECTED), ("show license status", good(n, now))))
    c.expect("spine-fra-2", must=["sl-healthy"], must_not=CALLHOME_CAUSES)


def source_case(c, host, interface, now):
    d = Dice(c.name)
    n = Nexus(host, "C93360YC-FX2", d.serial("FDO"), "9.3(5)")
    log = n.logfile(d, now - timedelta(days=3), now, 70, logging(f"{now - timedelta(hours=20):%Y-%m-%d %H:%M:%S}", 4, 5, licmgr_failed(HTTP_FAILED)))
    c.add(f"input/{host}.log", session(n, clock(now), ("show version", n.show_version()), ("show running-config callhome", callhome(n, now)), ("show running-config | include source-interface", [f"ip http source-interface {interface}"]),
                                      ("ping tools.cisco.com vrf management", REACHABLE), ("telnet tools.cisco.com 443 vrf management", CONNECTED), ("show license status", failed(n, now)), ("show logging logfile", log)))


@case("nexus-source-vlan", covers=[136, 137, 138])
def _(c):
    c.story = "The published error with its only cure: https, enabled, ping and telnet succeed in VRF management, and the HTTP source interface is a VLAN interface. Twin of nexus-source-mgmt."
    c.sources = [("reachability in the VRF, source interface vlan 27", "seed S2, error 1")]
    c.made = "names, addresses, times."
    source_case(c, "dmz-nrt-3", "vlan 27", when("2021-12-07 10:44:12"))
    c.expect("dmz-nrt-3", top="nxos-http-source-interface", must=["callhome-send-failed"], may=SYMPTOMS, must_not=without("nxos-http-source-interface"))
    c.at("nxos-http-source-interface", "dmz-nrt-3.log", "ip http source-interface vlan 27")


@case("nexus-source-mgmt", covers=[138])
def _(c):
    c.story = "Twin of nexus-source-vlan: the source interface is mgmt0 as it should be, all tests succeed and sending fails all the same. No cause is in the case."
    c.sources = [("the cure of the first error", "seed S2")]
    c.made = "names, addresses, times."
    source_case(c, "dmz-nrt-4", "mgmt0", when("2021-12-07 11:02:55"))
    c.expect("dmz-nrt-4", top="callhome-send-failed", must=["nxos-comm-failed", "sl-registration-failed"], may=["sl-retry-in-progress", "sl-evaluation"], must_not=CALLHOME_CAUSES)


@case("nexus-vrf-tested-elsewhere")
def _(c):
    c.story = "Call Home sends through VRF OUTSIDE; the engineer tested in management, where everything works. Twin of nexus-vrf-same."
    c.sources = [("VRF of the transport and of the tests", "seed S2; catalogue")]
    c.made = "all values."
    d = Dice(c.name)
    n = Nexus("edge-arn-1", "C93180YC-FX", d.serial("FDO"), "9.3(6)")
    now = when("2022-03-15 13:05:09")
    log = n.logfile(d, when("2022-03-13"), now, 60, logging("2022-03-14 20:00:00", 5, 3, licmgr_failed(HTTP_FAILED)))
    c.add("input/edge-arn-1.log", session(n, clock(now), ("show version", n.show_version()), ("show running-config callhome", callhome(n, now, vrf="OUTSIDE")), ("ping tools.cisco.com vrf management", REACHABLE),
                                         ("telnet tools.cisco.com 443 vrf management", CONNECTED), ("show license status", failed(n, now)), ("show logging logfile", log)))
    c.expect("edge-arn-1", top="nxos-vrf-mismatch", must=["callhome-send-failed"], may=SYMPTOMS, must_not=without("nxos-vrf-mismatch"))


@case("nexus-vrf-same")
def _(c):
    c.story = "Twin of nexus-vrf-tested-elsewhere: the test ran in the VRF that Call Home uses, and times out there. The VRF is right, the path is not."
    c.sources = [("VRF of the transport and of the tests", "seed S2; catalogue")]
    c.made = "all values."
    d = Dice(c.name)
    n = Nexus("edge-arn-2", "C93180YC-FX", d.serial("FDO"), "9.3(6)")
    now = when("2022-03-15 13:25:40")
    log = n.logfile(d, when("2022-03-13"), now, 60, logging("2022-03-14 20:00:00", 5, 3, licmgr_failed(HTTP_FAILED)))
    c.add("input/edge-arn-2.log", session(n, clock(now), ("show version", n.show_version()), ("show running-config callhome", callhome(n, now, vrf="OUTSIDE")),
                                         ("telnet tools.cisco.com 443 vrf OUTSIDE", ["Trying 72.163.4.38...", "telnet: Unable to connect to remote host: Connection timed out"]), ("show license status", failed(n, now)), ("show logging logfile", log)))
    c.expect("edge-arn-2", must=["callhome-send-failed"], may=SYMPTOMS + ["slp-path-blocked"], must_not=CALLHOME_CAUSES)


def dns_case(c, host, server, now):
    d = Dice(c.name)
    n = Nexus(host, "C93180YC-FX3", d.serial("FDO"), "9.3(9)")
    config = ["", "!Command: show running-config", f"!Time: {now:%a %b} {now.day:2d} {now:%H:%M:%S} {now.year}", "", f"version {n.version} Bios:version {n.bios} ", f"hostname {host}", "feature lldp", "feature license smart",
              f"username netops password 5 $5${d.hexa(8)}$KLk{d.hexa(30)} role network-admin", server, "ntp server 10.20.5.11 use-vrf management", "vrf context management", "  ip route 0.0.0.0/0 10.20.0.1", "callhome",
              "  email-contact sch-smart-licensing@cisco.com", "  destination-profile CiscoTAC-1 transport-method http", "  destination-profile CiscoTAC-1 index 1 http https://tools.cisco.com/its/service/oddce/services/DDCEService",
              "  transport http use-vrf management", "  enable"] + [x for p in range(1, 25) for x in ("", f"interface Ethernet1/{p}", "  switchport access vlan 30")] + ["", "interface mgmt0", "  vrf member management", "  ip address 10.20.0.17/24", "", "line vty", ""]
    log = n.logfile(d, now - timedelta(days=2), now, 70, logging(f"{now - timedelta(hours=18):%Y-%m-%d %H:%M:%S}", 4, 4, licmgr_failed(UNRESOLVED)))
    c.add(f"input/{host}.log", session(n, clock(now), ("show version", n.show_version()), ("show running-config", config), ("show license status", failed(n, now, UNRESOLVED)), ("show logging logfile", log)))


@case("nexus-dns-other-vrf")
def _(c):
    c.story = "The name does not resolve: the only name server is configured for the default VRF, Call Home asks in management. Twin of nexus-dns-same-vrf."
    c.sources = [("no name server for the VRF of the transport", "catalogue, from seed S2")]
    c.made = "all values."
    dns_case(c, "leaf-waw-1", "ip name-server 10.20.5.11 10.20.5.12", when("2022-09-06 09:40:10"))
    c.expect("leaf-waw-1", top="nxos-vrf-mismatch", must=["dns-name-unresolved"], may=SYMPTOMS, must_not=without("nxos-vrf-mismatch"))


@case("nexus-dns-same-vrf")
def _(c):
    c.story = "Twin of nexus-dns-other-vrf: the name server is configured for VRF management, and the name does not resolve for another reason."
    c.sources = [("reason text", "seed S4, inferred for NX-OS"), ("DNS per VRF", "catalogue, from seed S2")]
    c.made = "all values."
    dns_case(c, "leaf-waw-2", "ip name-server 10.20.5.11 10.20.5.12 use-vrf management", when("2022-09-06 10:12:31"))
    c.expect("leaf-waw-2", top="dns-name-unresolved", may=SYMPTOMS, must_not=CALLHOME_CAUSES)


@case("nexus-two-of-a-pair", input="vpc-pair.zip", covers=[135, 140])
def _(c):
    c.story = "Both switches of a vPC pair in one zip, same release, same log: one sends to http, the other to https and works."
    c.sources = [("plain http", "seed S2, error 2")]
    c.made = "all values."
    members = []
    now = when("2021-11-22 15:01:12")
    for host, bad in (("vpc-mad-a", True), ("vpc-mad-b", False)):
        d = Dice(c.name + host)
        n = Nexus(host, "C93180YC-FX", d.serial("FDO"), "9.3(5)")
        log = n.logfile(d, when("2021-11-20"), now, 70, logging("2021-11-21 16:00:00", 5, 4, licmgr_failed("Fail to parse response data from SCH server")) if bad else ())
        lines = session(n, clock(now), ("show version", n.show_version()), ("show run callhome", callhome(n, now, scheme="http" if bad else "https")), ("show license status", failed(n, now, "Fail to parse response data from SCH server") if bad else good(n, now)),
                        ("show logging logfile", log))
        members.append((f"{host}/{host}.log", c.text(f"{host}.log", lines)))
    c.add_zip("vpc-pair.zip", members)
    c.expect("vpc-mad-a", top="nxos-callhome-plain-http", may=SYMPTOMS, must_not=without("nxos-callhome-plain-http"))
    c.expect("vpc-mad-b", must=["sl-healthy"], must_not=CALLHOME_CAUSES + ["sl-registration-failed", "nxos-comm-failed"])
    c.at("nxos-callhome-plain-http", "vpc-mad-a.log", "http http://tools.cisco.com")


# --- proxy -----------------------------------------------------------------------------------------------------------------


@case("nexus-proxy-half", covers=[127])
def _(c):
    c.story = "The proxy method: the proxy is named, and nobody switched it on. Twin of nexus-proxy-whole."
    c.sources = [("method 2 of four", "seed S2"), ("command names", "catalogue, unverified")]
    c.made = "all values."
    d = Dice(c.name)
    n = Nexus("leaf-dub-11", "C93180YC-EX", d.serial("FDO"), "9.3(4)", bios="07.67")
    now = when("2022-01-18 12:00:41")
    log = n.logfile(d, when("2022-01-16"), now, 60, logging("2022-01-17 18:00:00", 5, 3, licmgr_failed(HTTP_FAILED)))
    c.add("input/leaf-dub-11.log", session(n, clock(now), ("show version", n.show_version()), ("show run callhome", callhome(n, now, "transport http proxy server 10.20.5.80 port 8080")), ("show license status", failed(n, now)),
                                          ("show logging logfile", log)))
    c.expect("leaf-dub-11", top="nxos-proxy-incomplete", must=["callhome-send-failed"], may=SYMPTOMS, must_not=without("nxos-proxy-incomplete"))


@case("nexus-proxy-whole", healthy=True, covers=[127])
def _(c):
    c.story = "Twin of nexus-proxy-half: named and switched on. Registered and authorized through the proxy."
    c.sources = [("method 2 of four", "seed S2"), ("command names", "catalogue, unverified")]
    c.made = "all values."
    d = Dice(c.name)
    n = Nexus("leaf-dub-12", "C93180YC-EX", d.serial("FDO"), "9.3(4)", bios="07.67")
    now = when("2022-01-18 12:21:17")
    c.add("input/leaf-dub-12.log", session(n, clock(now), ("show version", n.show_version()), ("show run callhome", callhome(n, now, "transport http proxy server 10.20.5.80 port 8080", "transport http proxy enable")), ("show license status", good(n, now))))
    c.expect("leaf-dub-12", must=["sl-healthy"], must_not=CALLHOME_CAUSES)


# --- defects -----------------------------------------------------------------------------------------------------------------


@case("nexus-ipc-before-change", covers=[142])
def _(c):
    c.story = "The wording of the root certificate defect in 2021, before tools.cisco.com changed its certificate: the root cannot be the reason. Twin of nexus-quovadis."
    c.sources = [("error 3", "seed S2"), ("tools.cisco.com changed on 2022-02-05", "public P1")]
    c.made = "all values."
    d = Dice(c.name)
    n = Nexus("core-hnd-2", "C9504", d.serial("FOX"), "9.3(3)")
    now = when("2021-08-17 11:05:42")
    log = n.logfile(d, when("2021-08-14"), now, 90, logging("2021-08-15 01:00:00", 9, 6, licmgr_failed(HTTP_FAILED)) + logging("2021-08-15 01:00:01", 9, 6, "%CALLHOME-3-EVENT: Failed to establish IPC connection with call-home"))
    c.add("input/core-hnd-2.log", session(n, clock(now), ("show version", n.show_version()), ("show run callhome", callhome(n, now)), ("show license status", failed(n, now)), ("show logging logfile", log)))
    c.expect("core-hnd-2", top="callhome-send-failed", must=["nxos-comm-failed"], may=["sl-registration-failed", "sl-evaluation", "sl-retry-in-progress"], must_not=CALLHOME_CAUSES)


def model_case(c, host, model, now):
    d = Dice(c.name)
    n = Nexus(host, model, d.serial("FDO"), "9.3(5)")
    c.add(f"input/{host}.log", session(n, clock(now), ("show version", n.show_version()), ("show run callhome", callhome(n, now)), ("telnet tools.cisco.com 443 vrf management", CONNECTED),
                                      ("show license status", failed(n, now, "Response error: registration request was not accepted")), ("show logging logfile", n.logfile(d, now - timedelta(days=2), now, 80))))


@case("n9k-c9348gc-fxp-not-registered", covers=[134])
def _(c):
    c.story = "An N9K-C9348GC-FXP whose registration fails although configuration and path are right: the model that the document lists as a known issue. Twin of n9k-c93180-not-registered."
    c.sources = [("known issue", "seed S2"), ("exclude other causes first", "catalogue")]
    c.made = "all values; the reason's text."
    model_case(c, "acc-vie-14", "C9348GC-FXP", when("2021-09-14 09:30:10"))
    c.expect("acc-vie-14", top="nxos-n9k-c9348gc-fxp-registration", must=["sl-registration-failed"], may=["sl-evaluation", "sl-retry-in-progress"], must_not=without("nxos-n9k-c9348gc-fxp-registration"))


@case("n9k-c93180-not-registered", covers=[134])
def _(c):
    c.story = "Twin of n9k-c9348gc-fxp-not-registered on another model: the symptom stays alone."
    c.sources = [("known issue of one model only", "seed S2")]
    c.made = "all values; the reason's text."
    model_case(c, "acc-vie-15", "C93180YC-FX", when("2021-09-14 09:44:52"))
    c.expect("acc-vie-15", top="sl-registration-failed", may=["sl-evaluation", "sl-retry-in-progress"], must_not=CALLHOME_CAUSES)


MTS = "node    sapno   app           recv_q  pers_q  npers_q log_q"


def mts_case(c, host, first, second, fails, now):
    d = Dice(c.name)
    n = Nexus(host, "C9336C-FX2", d.serial("FDO"), "9.3(4)")
    row = lambda q: [MTS, "sup     28      mfdm          0       0       0       0", f"sup     66      callhome      {q:<7} 0       0       0", "sup     284     netstack      2       0       0       0"]
    log = n.logfile(d, now - timedelta(days=2), now, 60, logging(f"{now - timedelta(hours=22):%Y-%m-%d %H:%M:%S}", 4, 5, licmgr_failed(HTTP_FAILED)) if fails else ())
    at = now - timedelta(days=33)
    bad = n.license_status(registered=at - timedelta(days=60), renewal=None, next_renewal=at + timedelta(days=120), expires=at + timedelta(days=300), authorization=("AUTHORIZED", at), last=("FAILED", now - timedelta(hours=3)),
                           next_try=now + timedelta(hours=20), deadline=at + timedelta(days=90), reason=HTTP_FAILED)
    c.add(f"input/{host}.log", session(n, clock(now), ("show version", n.show_version()), ("show run callhome", callhome(n, now)), ("show system internal mts buffers summary", row(first)), ("show license status", bad if fails else good(n, now)),
                                      ("show system internal mts buffers summary", row(second)), ("show logging logfile", log)))


@case("nexus-mts-grows", covers=[143])
def _(c):
    c.story = "Messages for Call Home pile up in the MTS queue, 214 and some minutes later 391, and nothing is sent: CSCvv67469. Twin of nexus-mts-moves."
    c.sources = [("error 4 and its bug", "seed S2"), ("layout of the queue list", "inferred")]
    c.made = "all values."
    mts_case(c, "leaf-lis-3", 214, 391, True, when("2021-05-20 07:31:44"))
    c.expect("leaf-lis-3", top="nxos-callhome-mts-dns-cscvv67469", must=["callhome-send-failed", "nxos-comm-failed"], may=["sl-healthy", "sl-retry-in-progress"], must_not=without("nxos-callhome-mts-dns-cscvv67469"))


@case("nexus-mts-moves", healthy=True, covers=[143])
def _(c):
    c.story = "Twin of nexus-mts-grows: three messages, then none; the queue moves and licensing works."
    c.sources = [("error 4 and its bug", "seed S2"), ("layout of the queue list", "inferred")]
    c.made = "all values."
    mts_case(c, "leaf-lis-4", 3, 0, False, when("2021-05-20 07:50:03"))
    c.expect("leaf-lis-4", must=["sl-healthy"], must_not=CALLHOME_CAUSES)


# --- no Smart Licensing, or only its policy form ---------------------------------------------------------------------------


@case("n9k-9-2-without-smart-licensing", healthy=True, covers=[90])
def _(c):
    c.story = "A Nexus 9300 on 9.2(4): the commands of Smart Licensing are refused, as they should be before 9.3(3). Twin of n9k-9-3-3-evaluation."
    c.sources = [("from 9.3(3)", "seed S2")]
    c.made = "all values."
    d = Dice(c.name)
    n = Nexus("acc-oslo-21", "C93180YC-EX", d.serial("FDO"), "9.2(4)", bios="07.65")
    usage = ["Feature                      Ins  Lic   Status Expiry Date Comments", "                                 Count", "-" * 80, "LAN_ENTERPRISE_SERVICES_PKG   Yes   -   In use Never       -", "-" * 80]
    c.add("input/acc-oslo-21.log", session(n, ("show version", n.show_version()), ("show license status", REFUSED), ("license smart register idtoken XXXX", REFUSED), ("show license usage", usage),
                                          ("show logging logfile", n.logfile(d, when("2021-02-01"), when("2021-02-03"), 70))))
    c.expect("acc-oslo-21", must=["nxos-smart-licensing-unsupported"], must_not=CALLHOME_CAUSES + ["sl-evaluation", "sl-registration-failed"])


@case("n9k-9-3-3-evaluation", healthy=True, covers=[90, 108, 110])
def _(c):
    c.story = "Twin of n9k-9-2-without-smart-licensing on 9.3(3): Smart Licensing is there, nobody registered yet, the evaluation runs. A state, no fault."
    c.sources = [("from 9.3(3)", "seed S2"), ("evaluation is the state of the first boot", "seed S2")]
    c.made = "all values."
    d = Dice(c.name)
    n = Nexus("acc-oslo-22", "C93180YC-EX", d.serial("FDO"), "9.3(3)", bios="07.66")
    c.add("input/acc-oslo-22.log", session(n, ("show version", n.show_version()), ("show license status", n.license_status("UNREGISTERED", account=None, authorization=("EVAL MODE",))),
                                          ("show logging logfile", n.logfile(d, when("2021-02-01"), when("2021-02-03"), 70))))
    c.expect("acc-oslo-22", must=["sl-evaluation"], must_not=CALLHOME_CAUSES + ["nxos-smart-licensing-unsupported", "sl-registration-failed"])


@case("n3k-3064-without-smart-licensing", healthy=True, covers=[91])
def _(c):
    c.story = "A Nexus 3064 on 9.3(5). Other models have Smart Licensing on that release, this one never."
    c.sources = [("3016 and 3064 are excluded", "seed S2")]
    c.made = "all values."
    d = Dice(c.name)
    n = Nexus("tor-bgo-9", "3064", d.serial("FOC"), "9.3(5)", bios="5.3.1")
    version = [x.replace("cisco Nexus9000 3064 Chassis", "cisco Nexus 3064 Chassis") for x in n.show_version()]
    c.add("input/tor-bgo-9.log", session(n, ("show version", version), ("show license all", REFUSED), ("show license usage", ["Feature                      Ins  Lic   Status Expiry Date Comments", "-" * 80, "LAN_BASE_SERVICES_PKG         Yes   -   In use Never       -"])))
    c.expect("tor-bgo-9", must=["nxos-smart-licensing-unsupported"], must_not=["sl-evaluation", "sl-registration-failed"])


def policy_status(address, kind="CSLU", reason=None, at="Mar 04 10:11:12 2024 UTC", ack="<none>"):
    out = ["Smart Licensing Status", "======================", "", "Smart Licensing is ENABLED", "", "Smart Licensing Using Policy:", "  Status: ENABLED", "", "Account Information:", "  Smart Account: <none>", "  Virtual Account: <none>", "",
           "Transport:", f"  Type: {kind}"] + ([f"  Cslu address: {address}"] if address else []) + ["", "Usage Reporting:", f"  Last ACK received: {ack}", "  Next ACK deadline: Jun 01 09:00:00 2024 UTC", "  Reporting push interval: 30  days", "",
           "Trust Code Installed: <none>", ""]
    if reason:
        out += ["Communication Statistics:", "=======================", "Communication Level Allowed: INDIRECT", "Overall State: <empty>", "Usage Reporting:", "  Attempts: Total=6, Success=0, Fail=6  Ongoing Failure: Overall=6 Communication=6",
                f"  Last Response: NO REPLY on {at}", f"    Failure Reason: {reason}", "  Last Success Time: <none>", f"  Last Failure Time: {at}", ""]
    return out


@case("nexus-policy-cert-not-validated")
def _(c):
    c.story = "10.2(5)M with Smart Licensing Using Policy towards On-Prem by its address: the certificate carries a name, so it cannot be validated. Twin of nexus-policy-cert-of-cssm."
    c.sources = [("text and its reasons", "public P11")]
    c.made = "all values."
    d = Dice(c.name)
    n = Nexus("leaf-hel-6", "C93180YC-FX3", d.serial("FDO"), "10.2(5)", image="nxos64-cs.10.2.5.M.bin")
    now = when("2024-03-04 10:20:00")
    text = "Cannot establish secure connection because server TLS cert cannot be validated"
    log = n.logfile(d, when("2024-03-02"), now, 80, logging("2024-03-03 10:11:12", 8, 4, licmgr_failed(text).replace("Cisco Smart Software Manager (CSSM)", "Cisco Smart License Utility (CSLU)")))
    c.add("input/leaf-hel-6.log", session(n, clock(now), ("show version", n.show_version()), ("show license all", policy_status("https://10.106.41.27/cslu/v1/pi/dc-helsinki-1", reason=text)), ("show logging logfile", log)))
    c.expect("leaf-hel-6", top="exp-onprem-certificate-mismatch", must=["nxos-server-cert-not-validated"], may=["nxos-comm-failed", "slp-no-evaluation-mode", "slp-cslu-unreachable"], must_not=CALLHOME_CAUSES + ["sl-evaluation", "iosxe-quovadis-fn72323", "dns-name-unresolved"])
    c.at("nxos-server-cert-not-validated", "leaf-hel-6.log", text)


@case("nexus-policy-cert-of-cssm")
def _(c):
    c.story = "Twin of nexus-policy-cert-not-validated: transport smart, straight to CSSM by its right name, and the same text. A firewall that decrypts is possible and has to be shown by a capture; no name is wrong."
    c.sources = [("text and its reasons", "public P11")]
    c.made = "all values."
    d = Dice(c.name)
    n = Nexus("leaf-hel-7", "C93180YC-FX3", d.serial("FDO"), "10.2(5)", image="nxos64-cs.10.2.5.M.bin")
    now = when("2024-03-04 10:50:00")
    text = "Cannot establish secure connection because server TLS cert cannot be validated"
    status = [x.replace("  Cslu address: ", "  URL: ") for x in policy_status("https://smartreceiver.cisco.com/licservice/license", "Smart", reason=text)]
    c.add("input/leaf-hel-7.log", session(n, clock(now), ("show version", n.show_version()), ("show license all", status), ("show logging logfile", n.logfile(d, when("2024-03-02"), now, 80, logging("2024-03-03 10:11:12", 8, 4, licmgr_failed(text))))))
    c.expect("leaf-hel-7", top="nxos-server-cert-not-validated", must=["nxos-comm-failed"], may=["slp-no-evaluation-mode", "slp-trust-not-established"], must_not=CALLHOME_CAUSES + ["exp-onprem-certificate-mismatch", "iosxe-quovadis-fn72323", "slp-tls-interception"])


@case("nexus-policy-offline", healthy=True)
def _(c):
    c.story = "10.2(3)F, air gap: transport off, usage goes by file. Failures of a year ago, when somebody had tried CSLU, stand in the log."
    c.sources = [("transport off rules connectivity diagnoses out", "catalogue, part F"), ("policy only from 10.2(1)F", "public P12")]
    c.made = "all values."
    d = Dice(c.name)
    n = Nexus("vault-1", "C9336C-FX2", d.serial("FDO"), "10.2(3)", image="nxos64-cs.10.2.3.F.bin")
    now = when("2024-05-14 10:20:00")
    log = n.logfile(d, when("2023-05-02"), when("2023-05-05"), 80, logging("2023-05-03 10:11:12", 8, 4, licmgr_failed(UNRESOLVED).replace("Cisco Smart Software Manager (CSSM)", "Cisco Smart License Utility (CSLU)")))
    c.add("input/vault-1.log", session(n, ("show logging logfile", log), clock(now), ("show version", n.show_version()), ("show license status", policy_status(None, "Transport Off", ack="Apr 30 09:00:00 2024 UTC"))))
    c.expect("vault-1", may=["slp-no-evaluation-mode", "slp-transport-off"], must_not=CALLHOME_CAUSES + ["nxos-comm-failed", "sl-evaluation", "slp-cslu-default-not-configured"])


# --- little to go by -------------------------------------------------------------------------------------------------------


@case("nexus-token-refused")
def _(c):
    c.story = "Only the status: registration failed because the token is not valid. The path works, so nothing about it may be said."
    c.sources = [("token text", "seed S4"), ("an answer is not a success, and no path problem", "catalogue, rule 3")]
    c.made = "all values."
    d = Dice(c.name)
    n = Nexus("leaf-bud-2", "C93108TC-EX", d.serial("FDO"), "9.3(7)")
    now = when("2022-05-30 16:02:10")
    c.add("input/status.txt", [n.prompt("show license status")] + failed(n, now, '{"token":["The token \'MDk2Y2I0ZjctOWE0\' is not valid."]}') + [n.prompt("")])
    c.expect("leaf-bud-2", top="token-not-valid", must=["sl-registration-failed"], may=["sl-evaluation", "sl-retry-in-progress"], must_not=CALLHOME_CAUSES + ["callhome-send-failed", "dns-name-unresolved"])


@case("nexus-relay-without-year")
def _(c):
    c.story = "What a classic relay kept of a Nexus: month and day only, the host in front, the licence manager's lines without the rest of their text, cut at 100 characters. UTF-16 from a Windows collector."
    c.sources = [("mnemonic of NX-OS", "public P27"), ("relay form", "catalogue 1.2")]
    c.made = "all values."
    d = Dice(c.name)
    n = Nexus("leaf-prg-8", "C93180YC-FX", d.serial("FDO"), "9.3(8)")
    start = when("2022-07-11 00:00:00")
    events = sorted([(start + timedelta(seconds=d.below(86400)), n.body(d)) for _ in range(120)] + [(start + timedelta(hours=h, minutes=3), licmgr_failed("Fail to send out Call Home HTTP message.")) for h in (2, 9, 16)])
    c.add("input/collector.txt", [f"{t:%b} {t.day:2d} {t:%H:%M:%S} leaf-prg-8 : {b}"[:128] for t, b in events], encoding="utf-16-le", bom=b"\xff\xfe", eol="\r\n")
    c.expect("leaf-prg-8", must=["nxos-comm-failed"], may=["callhome-send-failed"], must_not=CALLHOME_CAUSES + ["slp-path-blocked", "iosxe-quovadis-fn72323"])


@case("nexus-refused-commands")
def _(c):
    c.story = "An account without rights: `show license status` and `show running-config callhome` are refused, only the log file came out. It names the failure and no cause."
    c.sources = [("mnemonic", "public P27"), ("absent only where a section was seen whole", "catalogue, formats 2")]
    c.made = "all values."
    d = Dice(c.name)
    n = Nexus("leaf-ath-5", "C93180YC-FX", d.serial("FDO"), "9.3(7)")
    now = when("2022-10-05 12:00:00")
    log = n.logfile(d, when("2022-10-03"), now, 90, logging("2022-10-04 12:00:00", 6, 4, licmgr_failed("No detail given")))
    c.add("input/leaf-ath-5.log", session(n, ("show version", n.show_version()), ("show license status", ["% Permission denied for the role"]), ("show running-config callhome", ["% Permission denied for the role"]), ("show logging logfile", log)))
    c.expect("leaf-ath-5", top="nxos-comm-failed", may=["sl-retry-in-progress", "slp-path-blocked"], must_not=CALLHOME_CAUSES + ["nxos-smart-licensing-unsupported", "dns-name-unresolved"])


@case("nexus-two-in-one-collector")
def _(c):
    c.story = "Two switches in one collector file: one cannot resolve the server's name, the other is silent about licensing."
    c.sources = [("reason text", "seed S4, inferred for NX-OS"), ("form of NX-OS lines", "catalogue 1.3")]
    c.made = "all values."
    d = Dice(c.name)
    lines = []
    for host, bad in (("leaf-ber-1", True), ("leaf-ber-2", False)):
        n = Nexus(host, "C93180YC-FX", d.serial("FDO"), "9.3(7)")
        lines += n.logfile(d, when("2022-08-08"), when("2022-08-09"), 90, logging("2022-08-08 02:00:00", 5, 4, licmgr_failed(UNRESOLVED)) if bad else ())
    c.add("input/nexus.log", sorted(lines, key=lambda x: x[:20]))
    c.expect("leaf-ber-1", top="dns-name-unresolved", must=["nxos-comm-failed"], must_not=CALLHOME_CAUSES)
    c.expect("leaf-ber-2")
