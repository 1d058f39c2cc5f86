"""NX-OS and IOS XR."""
from datetime import timedelta

from case import case
from dice import Dice
from iosxe_log import UNRESOLVED, when
from nxos import Nexus, licmgr_failed

HTTP_FAILED = "Fail to send out Call Home HTTP message."
REACHABLE = ["PING tools.cisco.com (72.163.4.38): 56 data bytes", "64 bytes from 72.163.4.38: icmp_seq=0 ttl=231 time=148.221 ms", "64 bytes from 72.163.4.38: icmp_seq=1 ttl=231 time=148.902 ms",
             "64 bytes from 72.163.4.38: icmp_seq=2 ttl=231 time=147.616 ms", "", "--- tools.cisco.com ping statistics ---", "3 packets transmitted, 3 packets received, 0.00% packet loss",
             "round-trip min/avg/max = 147.616/148.246/148.902 ms"]
CONNECTED = ["Trying 2001:420:1101:5::a...", "Trying 72.163.4.38...", "Connected to tools.cisco.com.", "Escape character is '^]'.", "^CConnection closed by foreign host."]


def session(n, *commands):
    out = []
    for command, lines in commands:
        out += [n.prompt(command)] + lines
    return out + [n.prompt("exit")]


def logging(start, hours, count, body):
    return [(when(start) + timedelta(hours=hours * k, seconds=k * 37 % 59), body) for k in range(count)]


@case("nexus-healthy", healthy=True)
def _(c):
    c.story = "A Nexus 9300 on 9.3(7) after its registration: REGISTERED and AUTHORIZED, Call Home by HTTPS in VRF management."
    c.sources = [("configuration of the direct method and both states", "seed S2")]
    c.made = "all values."
    d = Dice(c.name)
    n = Nexus("leaf-tyo-101", "C93180YC-FX", d.serial("FDO"), "9.3(7)")
    now = when("2022-06-22 16:16:28")
    status = n.license_status(registered=when("2022-06-20 16:15:41"), renewal=None, next_renewal=when("2022-12-17 16:15:41"), expires=when("2023-06-20 16:13:53"), authorization=("AUTHORIZED", when("2022-06-22 04:15:44")),
                              last=("SUCCEEDED", when("2022-06-22 04:15:44")), next_try=when("2022-07-22 04:15:43"), deadline=when("2022-09-20 04:12:55"))
    c.add("input/leaf-tyo-101.log", session(n, ("show version", n.show_version()), ("show run callhome", n.run_callhome(now)), ("show license status", status),
                                           ("show logging logfile", n.logfile(d, when("2022-06-12"), now, 150))))
    c.expect("leaf-tyo-101", must=["sl-healthy"], must_not=["nxos-callhome-plain-http", "nxos-quovadis-fn72115", "callhome-send-failed", "nxos-callhome-not-enabled"])


@case("nexus-plain-http")
def _(c):
    c.story = "The destination of the Call Home profile begins with http://. Cisco's backend serves HTTPS only; registration fails because the answer cannot be parsed."
    c.sources = [("configuration, cause and cure", "seed S2, error 2"), ("English wording of the failure", "catalogue, unverified")]
    c.made = "all values."
    d = Dice(c.name)
    n = Nexus("spine-osa-2", "C9364C", d.serial("FDO"), "9.3(5)")
    now = when("2021-10-19 10:22:33")
    status = n.license_status("UNREGISTERED - REGISTRATION FAILED", account=None, authorization=("EVAL MODE",), failed=(when("2021-10-19 10:05:12"), "Fail to parse response data from SCH server", when("2021-10-19 10:20:14")))
    log = n.logfile(d, when("2021-10-12"), now, 140, logging("2021-10-18 09:00:00", 4, 6, licmgr_failed("Fail to parse response data from SCH server")))
    c.add("input/spine-osa-2.log", session(n, ("show clock", ["10:22:30.104 UTC Tue Oct 19 2021", "Time source is NTP"]), ("show version", n.show_version()), ("show running-config callhome", n.run_callhome(now, scheme="http")),
                                          ("show license status", status), ("show logging logfile", log)))
    c.expect("spine-osa-2", top="nxos-callhome-plain-http", may=["callhome-send-failed", "nxos-comm-failed", "sl-registration-failed", "sl-evaluation"],
             must_not=["nxos-quovadis-fn72115", "nxos-callhome-not-enabled", "nxos-http-source-interface", "dns-name-unresolved"])
    c.at("nxos-callhome-plain-http", "spine-osa-2.log", "http http://tools.cisco.com")


@case("nexus-three-faults")
def _(c):
    c.story = "The seed's first Nexus error with values of our own: plain http, no `enable`, and an HTTP source interface outside the VRF in which ping and telnet succeed."
    c.sources = [("all three faults in one sample, cure by the source interface", "seed S2, error 1"), ("report all, in this order", "catalogue, clarification 6")]
    c.made = "names, addresses, times."
    d = Dice(c.name)
    n = Nexus("dc-dmz-1", "C93360YC-FX2", d.serial("FDO"), "9.3(5)")
    now = when("2021-12-02 09:12:33")
    status = n.license_status("UNREGISTERED - REGISTRATION FAILED", account=None, authorization=("EVAL MODE",), failed=(when("2021-12-02 09:05:12"), HTTP_FAILED, when("2021-12-02 09:20:14")))
    log = n.logfile(d, when("2021-11-28"), now, 90, logging("2021-12-01 09:00:00", 6, 4, licmgr_failed(HTTP_FAILED)), vdc=True)
    c.add("input/dc-dmz-1.log", session(n, ("show version", n.show_version()), ("show running-config callhome", n.run_callhome(now, scheme="http", enable=False)),
                                       ("show running-config | include http", ["ip http source-interface vlan 27", "  destination-profile CiscoTAC-1 transport-method http"]),
                                       ("ping tools.cisco.com vrf management", REACHABLE), ("telnet tools.cisco.com 443 vrf management", CONNECTED), ("show license status", status), ("show logging logfile", log)))
    c.expect("dc-dmz-1", top="nxos-callhome-plain-http", must=["nxos-callhome-not-enabled", "nxos-http-source-interface", "callhome-send-failed"], may=["nxos-comm-failed", "sl-registration-failed", "sl-evaluation"],
             must_not=["nxos-quovadis-fn72115", "dns-name-unresolved"])


@case("nexus-quovadis")
def _(c):
    c.story = ("A Nexus whose Call Home configuration is right. Since the server's change of February 2022 sending fails, with the note that the IPC connection with call-home fails: the seed's third error, field notice FN72115. "
               "By August the authorization has run out.")
    c.sources = [("error 3 and the notice", "seed S2"), ("English wording of the IPC line", "catalogue, unverified"), ("date", "public P1"), ("AUTHORIZATION EXPIRED", "seed S2")]
    c.made = "all values."
    d = Dice(c.name)
    n = Nexus("core-nrt-1", "C9504", d.serial("FOX"), "9.3(3)")
    now = when("2022-08-16 11:05:42")
    status = n.license_status(registered=when("2021-09-14 16:15:41"), renewal=("FAILED", when("2022-03-14 16:15:41")), next_renewal=when("2022-08-16 12:01:41"), expires=when("2022-09-14 16:13:53"),
                              authorization=("AUTHORIZATION EXPIRED", when("2022-05-02 04:15:44")), last=("FAILED", when("2022-08-16 11:01:02")), next_try=when("2022-08-16 12:01:02"), deadline=when("2022-05-02 04:15:44"),
                              reason="Fail to send out Call Home HTTP message. Failed to establish IPC connection with call-home")
    log = n.logfile(d, when("2022-08-08"), now, 170, logging("2022-08-13 01:00:00", 9, 9, licmgr_failed(HTTP_FAILED)) + logging("2022-08-13 01:00:01", 9, 9, "%CALLHOME-3-EVENT: Failed to establish IPC connection with call-home"))
    c.add("input/core-nrt-1.log", session(n, ("show version", n.show_version()), ("show run callhome", n.run_callhome(now)), ("show license status", status), ("ping tools.cisco.com vrf management", REACHABLE),
                                         ("telnet tools.cisco.com 443 vrf management", CONNECTED), ("show logging logfile", log)))
    c.expect("core-nrt-1", top="nxos-quovadis-fn72115", must=["callhome-send-failed", "sl-authorization-expired"], may=["nxos-comm-failed"],
             must_not=["iosxe-quovadis-fn72323", "nxos-callhome-plain-http", "nxos-callhome-not-enabled", "nxos-http-source-interface"])
    c.at("nxos-quovadis-fn72115", "core-nrt-1.log", "IPC connection")


@case("nexus-logfile-dns")
def _(c):
    c.story = "Only the log file of a Nexus, year first and host in the line: the name of the licensing server does not resolve."
    c.sources = [("mnemonic of NX-OS", "public P27"), ("reason text", "seed S4, inferred for NX-OS")]
    c.made = "everything else."
    d = Dice(c.name)
    n = Nexus("leaf-fuk-12", "C93108TC-FX", d.serial("FDO"), "9.3(8)")
    c.add("input/messages", n.logfile(d, when("2023-01-09"), when("2023-01-16 07:00:00"), 210, logging("2023-01-10 02:00:00", 23, 6, licmgr_failed(UNRESOLVED))))
    c.expect("leaf-fuk-12", top="dns-name-unresolved", may=["nxos-comm-failed"], must_not=["nxos-quovadis-fn72115", "nxos-callhome-plain-http", "slp-cslu-default-not-configured"])


@case("ios-xr-call-home")
def _(c):
    c.story = "An NCS 5500 with the smart agent: Call Home cannot send. IOS XR writes the facility with LICENSE- in front and a blank before the colon."
    c.sources = [("form of IOS XR lines", "public P23"), ("text of the failure", "seed S4, public P23")]
    c.made = "everything else."
    d = Dice(c.name)
    pid = {name: d.between(low, low + 180) for name, low in (("ifmgr", 200), ("ospf", 900), ("bgp", 1090))}
    kinds = [lambda: f"ifmgr[{pid['ifmgr']}]: %PKT_INFRA-LINK-3-UPDOWN : Interface TenGigE0/0/0/{d.below(36)}, changed state to {d.pick(['Up', 'Down'])}",
             lambda: f"ospf[{pid['ospf']}]: %ROUTING-OSPF-5-ADJCHG : Process 1, Nbr 10.250.{d.below(9)}.{d.between(1, 250)} on TenGigE0/0/0/{d.below(36)} in area 0 from LOADING to FULL, Loading Done, vrf default vrfid 0x60000000",
             lambda: f"bgp[{pid['bgp']}]: %ROUTING-BGP-5-ADJCHANGE : neighbor 10.250.{d.below(9)}.{d.between(1, 250)} Up (VRF: default) (AS: 65010) ",
             lambda: f"SSHD_[{d.between(60000, 69000)}]: %SECURITY-SSHD-6-INFO_SUCCESS : Successfully authenticated user 'netops' from '10.250.0.{d.between(2, 250)}' on 'vty{d.below(4)}'",
             lambda: f"config[{d.between(60000, 69000)}]: %MGBL-SYS-5-CONFIG_I : Configured from console by netops on vty0 (10.250.0.17)"]
    start = when("2023-04-03 00:00:00")
    events = [(start + timedelta(seconds=d.below(86400 * 4)), d.pick(kinds)()) for _ in range(180)]
    events.append((start + timedelta(minutes=4), "smartlicserver[397]: %LICENSE-SMART_LIC-6-AGENT_READY : Smart Agent for Licensing is initialized"))
    for n in range(6):
        t = start + timedelta(hours=9 + 14 * n, minutes=n * 5)
        events += [(t, "smartlicserver[397]: %LICENSE-SMART_LIC-3-AGENT_REG_FAILED : Smart Agent for Licensing Registration with the Cisco Smart Software Manager (CSSM) failed: Fail to send out Call Home HTTP message."),
                   (t + timedelta(seconds=1), "smartlicserver[397]: %LICENSE-SMART_LIC-3-COMM_FAILED : Communications failure with the Cisco Smart Software Manager (CSSM) : Fail to send out Call Home HTTP message.")]
    lines = [f"RP/0/RP0/CPU0:{t:%b} {t.day:2d} {t:%H:%M:%S}.{d.below(1000):03d} UTC: {b}" for t, b in sorted(events)]
    out = ["RP/0/RP0/CPU0:pe-milan-3#show version", "Fri Apr  7 08:20:41.220 UTC", "Cisco IOS XR Software, Version 7.3.2", "Copyright (c) 2013-2021 by Cisco Systems, Inc.", "", "Build Information:", " Built By     : ingunawa",
           " Built On     : Wed Oct 13 20:00:36 PDT 2021", " Version      : 7.3.2", " Location     : /opt/cisco/XR/packages/", "", "cisco NCS-5500 () processor", "System uptime is 3 days 8 hours 20 minutes", "",
           "RP/0/RP0/CPU0:pe-milan-3#show logging", "Fri Apr  7 08:20:55.008 UTC", "Syslog logging: enabled (0 messages dropped, 0 flushes, 0 overruns)", "    Console logging: Disabled", "    Monitor logging: level debugging, 0 messages logged",
           "    Trap logging: level informational, 0 messages logged", f"    Buffer logging: level debugging, {len(lines)} messages logged", "", "Log Buffer (2097152 bytes):", ""] + lines + ["RP/0/RP0/CPU0:pe-milan-3#"]
    c.add("input/pe-milan-3.log", out)
    c.expect("pe-milan-3", top="callhome-send-failed", may=["sl-registration-failed"], must_not=["iosxe-quovadis-fn72323", "slp-cslu-default-not-configured", "nxos-quovadis-fn72115"])
