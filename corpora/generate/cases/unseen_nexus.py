"""Nexus and states of the classic agent: cases kept apart from tuning."""
from datetime import timedelta

from capture import Capture, Tcp, chatter, micros
from case import case
from cases.unseen_parts import DAY, HOUR, MINUTE, brief_version, mail, paged, prompt, quoted, spread
from dice import Dice
from iosxe_license import classic_status, date
from iosxe_log import CALL_HOME_HTTP, Plant, UNRESOLVED, auth_renew_failed, comm_failed, comm_restored, device_lines, mixed, show_logging, sl_message_failed, when, wrapped
from iosxe_show import Box, trustpool
from nxos import Nexus, licmgr_failed

HTTP_FAILED = "Fail to send out Call Home HTTP message."
REACHED = ["PING tools.cisco.com (72.163.4.38): 56 data bytes", "64 bytes from 72.163.4.38: icmp_seq=0 ttl=231 time=148.221 ms", "64 bytes from 72.163.4.38: icmp_seq=1 ttl=231 time=148.902 ms", "", "--- tools.cisco.com ping statistics ---", "2 packets transmitted, 2 packets received, 0.00% packet loss"]
OPEN = ["Trying 72.163.4.38...", "Connected to tools.cisco.com.", "Escape character is '^]'.", "^CConnection closed by foreign host."]


def nexus(c, host, model="C93180YC-FX", version="9.3(8)", **more):
    d = Dice(c.name)
    return d, Nexus(host, model, d.serial("FDO"), version, **more)


def failing(n, now, reason=HTTP_FAILED):
    return n.license_status("UNREGISTERED - REGISTRATION FAILED", account=None, authorization=("EVAL MODE",), failed=(now - 20 * MINUTE, reason, now - 5 * MINUTE))


@case("unseen-nexus-no-enable")
def _(c):
    c.story = "Call Home has everything but `enable`."
    c.sources = [("basic set of the direct method", "S2"), ("what is needed", "clarification 4")]
    c.made = "all values."
    d, n = nexus(c, "leaf-rio-1")
    now = when("2022-11-09 10:22:33")
    c.add("input/leaf-rio-1.log", prompt("leaf-rio-1# ", ("show version", n.show_version()), ("show running-config callhome", n.run_callhome(now, enable=False)), ("show license status", failing(n, now)), ("show logging logfile", n.logfile(d, now - 3 * DAY, now, 40, spread("2022-11-07 01:00:00", 9 * HOUR, 6, licmgr_failed(HTTP_FAILED))))))
    c.expect("leaf-rio-1", top="nxos-callhome-not-enabled", must=["callhome-send-failed", "sl-registration-failed"], may=["nxos-comm-failed"], must_not=["nxos-callhome-plain-http", "nxos-quovadis-fn72115", "nxos-http-source-interface", "dns-name-unresolved"])
    c.at("callhome-send-failed", "leaf-rio-1.log", HTTP_FAILED)


@case("unseen-nexus-source-interface")
def _(c):
    c.story = "The same switch model with `enable`: ping and telnet succeed in VRF management, but HTTP leaves by vlan 27."
    c.sources = [("error 1 and its cure", "S2")]
    c.made = "all values."
    d, n = nexus(c, "leaf-rio-2")
    now = when("2022-11-09 11:22:33")
    c.add("input/leaf-rio-2.log", prompt("leaf-rio-2# ", ("show version", n.show_version()), ("sh run callhome", n.run_callhome(now)), ("sh run | include http", ["ip http source-interface vlan 27", "  destination-profile CiscoTAC-1 transport-method http"]),
                                         ("ping tools.cisco.com vrf management", REACHED), ("telnet tools.cisco.com 443 vrf management", OPEN), ("show license status", failing(n, now)), ("show logging logfile", n.logfile(d, now - 3 * DAY, now, 35, spread("2022-11-07 01:00:00", 9 * HOUR, 6, licmgr_failed(HTTP_FAILED)), vdc=True))), eol="\r\n")
    c.expect("leaf-rio-2", top="nxos-http-source-interface", must=["callhome-send-failed", "sl-registration-failed"], may=["nxos-comm-failed"], must_not=["nxos-callhome-plain-http", "nxos-callhome-not-enabled", "nxos-quovadis-fn72115", "nxos-vrf-mismatch"])
    c.at("nxos-http-source-interface", "leaf-rio-2.log", "source-interface vlan 27")


@case("unseen-nexus-vrf")
def _(c):
    c.story = "Call Home uses VRF management, which has no way out; ping and telnet succeed in VRF default only."
    c.sources = [("same VRF for transport, DNS and path", "inferred from S2")]
    c.made = "all values."
    d, n = nexus(c, "leaf-lagos-1", version="9.3(10)")
    now = when("2023-04-19 10:22:33")
    c.add("input/leaf-lagos-1.txt", prompt("leaf-lagos-1# ", ("show version", n.show_version()), ("show run callhome", n.run_callhome(now)), ("telnet tools.cisco.com 443 vrf management", ["telnet: tools.cisco.com: Name or service not known", "tools.cisco.com: Host name lookup failure"]), ("telnet tools.cisco.com 443 vrf default", OPEN), ("ping tools.cisco.com vrf default", REACHED),
                                           ("show run | include name-server", ["ip name-server 10.150.0.53"]), ("show license status", failing(n, now)), ("show logging logfile", n.logfile(d, now - 3 * DAY, now, 35, spread("2023-04-17 01:00:00", 9 * HOUR, 6, licmgr_failed(HTTP_FAILED))))))
    c.expect("leaf-lagos-1", top="nxos-vrf-mismatch", must=["callhome-send-failed", "sl-registration-failed"], may=["nxos-comm-failed", "dns-name-unresolved"], must_not=["nxos-callhome-plain-http", "nxos-callhome-not-enabled", "nxos-quovadis-fn72115", "nxos-http-source-interface"])
    c.at("nxos-vrf-mismatch", "leaf-lagos-1.txt", "use-vrf management")


@case("unseen-nexus-mts")
def _(c):
    c.story = "The name server is configured and silent; messages of callhome pile up in the MTS queue, more in the second look than in the first."
    c.sources = [("stuck messages without DNS answer", "S2"), ("growing queue", "inferred from S2")]
    c.made = "all values; layout of the queue list."
    d, n = nexus(c, "agg-oslo-2", "C9336C-FX2", "9.3(5)")
    now = when("2021-09-15 10:22:33")
    mts = lambda k: ["* -> exceeds limit", "node   sapno  recv_q  pers_q  npers_q log_q   app/sap_description", f"sup    192    0       {k}      0       0       callhome/Call home SAP", "sup    284    0       6       0       0       netstack/TCPUDP process client MTS queue", "sup    407    0       1       0       0       licmgr/Smart licensing SAP"]
    ping = ["PING 10.151.0.53 (10.151.0.53): 56 data bytes", "Request 0 timed out", "Request 1 timed out", "Request 2 timed out", "", "--- 10.151.0.53 ping statistics ---", "3 packets transmitted, 0 packets received, 100.00% packet loss"]
    c.add("input/agg-oslo-2.log", prompt("agg-oslo-2# ", ("show version", n.show_version()), ("show clock", ["10:02:33.104 UTC Wed Sep 15 2021"]), ("show system internal mts buffers summary", mts(118)), ("show run callhome", n.run_callhome(now)), ("show run | include name-server", ["  ip name-server 10.151.0.53 use-vrf management"]), ("ping 10.151.0.53 vrf management", ping),
                                         ("show clock", ["10:22:33.104 UTC Wed Sep 15 2021"]), ("show system internal mts buffers summary", mts(203)), ("show logging logfile", n.logfile(d, now - 3 * DAY, now, 30, spread("2021-09-13 01:00:00", 9 * HOUR, 6, licmgr_failed(HTTP_FAILED))))))
    c.expect("agg-oslo-2", top="nxos-callhome-mts-dns-cscvv67469", must=["callhome-send-failed"], may=["nxos-comm-failed", "dns-name-unresolved", "dns-no-answer"], must_not=["nxos-quovadis-fn72115", "nxos-callhome-plain-http", "nxos-callhome-not-enabled", "nxos-vrf-mismatch"])
    c.at("nxos-callhome-mts-dns-cscvv67469", "agg-oslo-2.log", "callhome/Call home SAP")


@case("unseen-nexus-too-old", healthy=True)
def _(c):
    c.story = "An operator looks for Smart Licensing on a Nexus 9000 with 7.0(3)I7(9). That release has none; the commands are refused."
    c.sources = [("9.3(3) is the first", "S2")]
    c.made = "all values."
    d, n = nexus(c, "leaf-old-7", "C9372PX", "7.0(3)I7(9)", image="nxos.7.0.3.I7.9.bin")
    now = when("2022-02-15 10:22:33")
    c.add("input/leaf-old-7.txt", prompt("leaf-old-7# ", ("show version", n.show_version()), ("show license status", ["                  ^", "% Invalid command at '^' marker."]), ("license smart register idtoken ZTRkNWIy", ["            ^", "% Invalid command at '^' marker."]),
                                         ("show license usage", ["Feature                      Ins  Lic   Status Expiry Date Comments", "                                 Count", "--------------------------------------------------------------------------------", "LAN_ENTERPRISE_SERVICES_PKG   Yes   -   In use Never       -", "--------------------------------------------------------------------------------"]), ("show logging logfile", n.logfile(d, now - 2 * DAY, now, 30))))
    c.expect("leaf-old-7", must=["nxos-smart-licensing-unsupported"], must_not=["slp-legacy-register-command", "sl-registration-failed", "nxos-callhome-not-enabled", "sl-evaluation"])
    c.at("nxos-smart-licensing-unsupported", "leaf-old-7.txt", "Invalid command")


@case("unseen-nexus-proxy-half")
def _(c):
    c.story = "Method with a proxy: the proxy server is named, but never enabled."
    c.sources = [("proxy is method 2 of four", "S2"), ("command names", "unverified")]
    c.made = "all values."
    d, n = nexus(c, "leaf-lille-3", version="9.3(9)")
    now = when("2022-07-07 10:22:33")
    run = n.run_callhome(now)
    run.insert(run.index("  enable"), "  transport http proxy server proxy.corp.example port 8080")
    c.add("input/leaf-lille-3.txt", prompt("leaf-lille-3# ", ("show version", n.show_version()), ("show running-config callhome", run), ("show license status", failing(n, now)), ("show logging logfile", n.logfile(d, now - 3 * DAY, now, 30, spread("2022-07-05 01:00:00", 9 * HOUR, 6, licmgr_failed(HTTP_FAILED))))))
    c.expect("leaf-lille-3", top="nxos-proxy-incomplete", must=["callhome-send-failed", "sl-registration-failed"], may=["nxos-comm-failed"], must_not=["nxos-quovadis-fn72115", "nxos-callhome-plain-http", "nxos-callhome-not-enabled"])
    c.at("nxos-proxy-incomplete", "leaf-lille-3.txt", "proxy server")


@case("unseen-nexus-onprem-path")
def _(c):
    c.story = "Call Home to SSM On-Prem with the path of Cisco's own server instead of the transport gateway's."
    c.sources = [("full path of the transport gateway", "P21, S2")]
    c.made = "all values."
    d, n = nexus(c, "leaf-ghent-3", version="9.3(7)")
    now = when("2022-08-09 10:22:33")
    c.add("input/leaf-ghent-3.txt", prompt("leaf-ghent-3# ", ("show version", n.show_version()), ("show running-config callhome", n.run_callhome(now, url="https://ssm-onprem.corp.example/its/service/oddce/services/DDCEService")), ("show license status", failing(n, now)), ("show logging logfile", n.logfile(d, now - 3 * DAY, now, 30, spread("2022-08-07 01:00:00", 9 * HOUR, 6, licmgr_failed(HTTP_FAILED))))))
    c.expect("leaf-ghent-3", top="nxos-onprem-url-wrong", must=["callhome-send-failed", "sl-registration-failed"], may=["nxos-comm-failed"], must_not=["nxos-quovadis-fn72115", "nxos-callhome-plain-http", "nxos-callhome-not-enabled"])
    c.at("nxos-onprem-url-wrong", "leaf-ghent-3.txt", "ssm-onprem.corp.example")


@case("unseen-nexus-slp-by-address")
def _(c):
    c.story = "NX-OS 10.2(3)F reports to On-Prem by its IP address; the certificate names the host. The switch cannot validate it."
    c.sources = [("text; use exactly the URL that On-Prem shows", "P11"), ("SLP only from 10.2(1)F", "P12")]
    c.made = "all values."
    d, n = nexus(c, "leaf-bonn-3", "C93180YC-FX3", "10.2(3)", image="nxos64-cs.10.2.3.F.bin")
    now = when("2023-02-09 10:22:33")
    text = "Cannot establish secure connection because server TLS cert cannot be validated"
    status = ["Utility:", "  Status: DISABLED", "", "Smart Licensing using Policy:", "  Status: ENABLED", "", "Account Information:", "  Smart Account: <none>", "  Virtual Account: <none>", "", "Transport:", "  Type: CSLU", "  Cslu address: https://10.152.7.81/cslu/v1/pi/dc-bonn-1", "",
              "Usage reporting:", "  Last ACK received: <none>", "  Next ACK deadline: May 01 10:00:00 2023 UTC", "  Reporting push interval: 30 days", "  Last report push: <none>", "  Failure reason: " + text, "", "Trust Code installed: <none>", ""]
    c.add("input/leaf-bonn-3.txt", prompt("leaf-bonn-3# ", ("show version", [x.replace("NXOS: version 10.2(3)", "NXOS: version 10.2(3) [Feature Release]") for x in n.show_version()]), ("show run | include license", ["license smart transport cslu", "license smart url cslu https://10.152.7.81/cslu/v1/pi/dc-bonn-1", "license smart vrf management"]), ("show license status", status),
                                          ("show logging logfile", n.logfile(d, now - 3 * DAY, now, 30, spread("2023-02-07 01:00:00", 9 * HOUR, 6, "%LICMGR-3-LOG_SMART_LIC_COMM_FAILED:  Communications failure with the Cisco Smart License Utility (CSLU) : " + text)))))
    c.expect("leaf-bonn-3", top="exp-onprem-certificate-mismatch", must=["nxos-server-cert-not-validated"], may=["nxos-comm-failed", "slp-tls-interception", "slp-cslu-unreachable"], must_not=["slp-cslu-default-not-configured", "nxos-quovadis-fn72115", "sl-evaluation", "dns-name-unresolved"])
    c.at("nxos-server-cert-not-validated", "leaf-bonn-3.txt", text)


def ipc(c, host, stamp, start, status):
    d, n = nexus(c, host, "C9504", "9.3(4)")
    now = when(stamp)
    log = n.logfile(d, now - 4 * DAY, now, 30, spread(start, 9 * HOUR, 6, licmgr_failed(HTTP_FAILED), "%CALLHOME-3-EVENT: Failed to establish IPC connection with call-home"))
    c.add(f"input/{host}.txt", prompt(host + "# ", ("show version", n.show_version()), ("show run callhome", n.run_callhome(now)), ("telnet tools.cisco.com 443 vrf management", OPEN), ("show license status", status(n, now)), ("show logging logfile", log)))


@case("unseen-nexus-ipc-after-change")
def _(c):
    c.story = "Right configuration, reachable server, and since the spring of 2022 sending fails with the note about the IPC connection. The authorization ran out in May."
    c.sources = [("error 3, FN72115", "S2"), ("date of the server's change", "P1")]
    c.made = "all values; English wording unverified."
    ipc(c, "core-bergen-1", "2022-06-21 10:00:00", "2022-06-18 01:00:00", lambda n, now: n.license_status(registered=when("2021-09-14 16:15:41"), renewal=("FAILED", when("2022-03-14 16:15:41")), next_renewal=now + HOUR, expires=when("2022-09-14 16:13:53"), authorization=("AUTHORIZATION EXPIRED", when("2022-05-02 04:15:44")),
        last=("FAILED", now - 40 * MINUTE), next_try=now + 20 * MINUTE, deadline=when("2022-05-02 04:15:44"), reason=HTTP_FAILED))
    c.expect("core-bergen-1", top="nxos-quovadis-fn72115", must=["callhome-send-failed", "sl-authorization-expired"], may=["nxos-comm-failed"], must_not=["iosxe-quovadis-fn72323", "nxos-callhome-plain-http", "nxos-callhome-not-enabled"])
    c.at("nxos-quovadis-fn72115", "core-bergen-1.txt", "IPC connection")


@case("unseen-nexus-ipc-before-change")
def _(c):
    c.story = "The same lines in November 2021, when the server still had its old certificate. Why sending fails the case does not show."
    c.sources = [("date of the server's change", "P1, rule 1"), ("symptom texts", "S2")]
    c.made = "all values."
    ipc(c, "core-bergen-2", "2021-11-23 10:00:00", "2021-11-20 01:00:00", lambda n, now: n.license_status(registered=when("2021-09-14 16:15:41"), next_renewal=when("2022-03-14 16:15:41"), expires=when("2022-09-14 16:13:53"), authorization=("AUTHORIZED", when("2021-11-14 04:15:44")),
        last=("FAILED", now - 40 * MINUTE), next_try=now + 20 * HOUR, deadline=when("2022-02-12 04:15:44"), reason=HTTP_FAILED))
    c.expect("core-bergen-2", top="callhome-send-failed", may=["nxos-comm-failed"], must_not=["nxos-quovadis-fn72115", "iosxe-quovadis-fn72323", "sl-authorization-expired", "nxos-callhome-plain-http"])
    c.at("callhome-send-failed", "core-bergen-2.txt", HTTP_FAILED)


@case("unseen-nexus-nested-lines")
def _(c):
    c.story = "Messages nested in %USER lines, as some Nexus and Firepower write them; the name of the server is not resolved. Log only."
    c.sources = [("nested form", "clarification 12"), ("reason text", "S4")]
    c.made = "everything else."
    d, n = nexus(c, "leaf-sofia-1")
    body = lambda k: f"%USER-3-SYSTEM_MSG: %SMART_LIC-3-COMM_FAILED:Communications failure with the Cisco Smart Software Manager (CSSM) : {UNRESOLVED} - SMART_AGENT[{7000 + k}]"
    c.add("input/log.0", n.logfile(d, when("2022-04-01"), when("2022-04-08"), 60, [(when("2022-04-02 03:00:00") + k * 7 * HOUR, body(0)) for k in range(9)]))
    c.expect("leaf-sofia-1", top="dns-name-unresolved", may=["nxos-comm-failed"], must_not=["slp-cslu-default-not-configured", "nxos-quovadis-fn72115", "nxos-callhome-plain-http"])
    c.at("dns-name-unresolved", "log.0", "SMART_LIC-3-COMM_FAILED")


@case("unseen-nexus-eval-only")
def _(c):
    c.story = "A Nexus out of the box: unregistered, evaluation runs, nobody tried to register. Call Home is right."
    c.sources = [("state, and that it does not talk to Cisco meanwhile", "S2")]
    c.made = "all values."
    d, n = nexus(c, "leaf-kyiv-1")
    now = when("2022-05-10 10:22:33")
    c.add("input/leaf-kyiv-1.txt", prompt("leaf-kyiv-1# ", ("show version", paged(n.show_version())), ("show running-config callhome", n.run_callhome(now)), ("show license status", n.license_status("UNREGISTERED", account=None, authorization=("EVAL MODE",))), ("show logging logfile", n.logfile(d, now - 3 * DAY, now, 30))))
    c.expect("leaf-kyiv-1", top="sl-evaluation", must_not=["exp-eval-mode", "nxos-quovadis-fn72115", "nxos-callhome-not-enabled", "sl-registration-failed", "callhome-send-failed"])
    c.at("sl-evaluation", "leaf-kyiv-1.txt", "EVAL MODE")


@case("unseen-nexus-short-of-licences")
def _(c):
    c.story = "Out of compliance since a line card was added. The contact to CSSM works every day."
    c.sources = [("state and its meaning", "S2")]
    c.made = "all values."
    d, n = nexus(c, "core-porto-1", "C9508", "9.3(9)")
    now = when("2023-01-24 10:22:33")
    status = n.license_status(registered=when("2022-09-14 16:15:41"), next_renewal=when("2023-03-13 16:15:41"), expires=when("2023-09-14 16:13:53"), authorization=("OUT OF COMPLIANCE", when("2023-01-19 04:15:44")), last=("SUCCEEDED", now - 7 * HOUR), next_try=now + 5 * HOUR, deadline=when("2023-04-24 04:12:55"))
    c.add("input/core-porto-1.txt", prompt("core-porto-1# ", ("show version", n.show_version()), ("show run callhome", n.run_callhome(now)), ("show license status", status), ("show license usage", ["License                        Ent. Tag                   Count    Status", "LAN license for Nexus 9500     (LAN_ENTERPRISE_SER...)        2    OUT OF COMPLIANCE"]), ("show logging logfile", n.logfile(d, now - 3 * DAY, now, 30))))
    c.expect("core-porto-1", top="sl-out-of-compliance", must_not=["nxos-quovadis-fn72115", "callhome-send-failed", "sl-authorization-expired", "nxos-callhome-not-enabled", "sl-evaluation"])
    c.at("sl-out-of-compliance", "core-porto-1.txt", "OUT OF COMPLIANCE on")


def classic(c, host, version, status, log=(), now="2022-09-13 10:00:00.100", pid="ISR4321/K9", state="UNREGISTERED/EVAL MODE", pool=False, net="10.153"):
    d = Dice(c.name)
    box = Box(host, pid, d.serial("FDO"), version, zone="CET", slp=False)
    plant, now = Plant(d, net, kind="router"), when(now)
    run = ["license smart enable", "service call-home", "ip http client source-interface GigabitEthernet0/0/0", "ip name-server 10.153.0.53"]
    c.add(f"input/{host}.txt", prompt(host + "#", ("show clock", box.clock(now)), ("show version", [x for x in box.show_version(now, status=state) if not x.startswith(("dna-", "network-"))][:48]), ("show run | inc license|call-home|http client|name-server", run), ("show license all", ["Smart Licensing Status", "======================", ""] + status),
                                      *([("show crypto pki trustpool", trustpool(None))] if pool else []), ("show logging", show_logging(device_lines(mixed(plant, now - 4 * DAY, now, 25, log), zone="CET", seq=310)))))


def registered(now, authorization, last, deadline, **more):
    return classic_status("CET", registered=when("2021-08-02 11:20:31"), renewal=("SUCCEEDED", when("2022-01-29 11:20:40")), next_renewal=now + HOUR, expires=when("2023-01-29 11:15:12"), authorization=authorization, last=last, next_try=now + HOUR, deadline=deadline, **more)


@case("unseen-router-17-2-after-change")
def _(c):
    c.story = "A router on 17.2.3 with the classic agent: ERR 207 in September 2022. The source interface is set; the release has only the old root. By now the authorization has expired."
    c.sources = [("ERR 207 on an affected release after the change", "part F, P1"), ("all 17.2 affected", "S4, P1")]
    c.made = "all values."
    now = when("2022-09-13 10:00:00.100")
    classic(c, "rt-pau-1", "17.2.3", registered(now, ("AUTHORIZATION EXPIRED", when("2022-05-04 08:11:30")), ("FAILED", now - 30 * MINUTE), when("2022-05-04 08:11:30"), reason=HTTP_FAILED),
            spread("2022-09-10 01:00:00", 9 * HOUR, 8, sl_message_failed(207), CALL_HOME_HTTP), state="REGISTERED/AUTHORIZATION EXPIRED", pool=True)
    c.expect("rt-pau-1", top="iosxe-quovadis-fn72323", must=["sl-authorization-expired", "callhome-send-failed"], may=["callhome-err-207-timeout", "slp-path-blocked"], must_not=["dns-name-unresolved", "slp-http-client-not-configured", "callhome-err-205-aborted"])
    c.at("iosxe-quovadis-fn72323", "rt-pau-1.txt", "ERR 207")


@case("unseen-router-17-2-before-change")
def _(c):
    c.story = "The same router model, release and message in December 2021: the server had its old root, so this is the path."
    c.sources = [("date of the server's change", "P1, rule 1"), ("ERR 207", "S4")]
    c.made = "all values."
    now = when("2021-12-14 10:00:00.100")
    status = classic_status("CET", registered=when("2021-08-02 11:20:31"), next_renewal=when("2022-01-29 11:20:40"), expires=when("2022-08-02 11:15:12"), authorization=("AUTHORIZED", when("2021-11-30 08:11:30")), last=("FAILED", now - 30 * MINUTE), next_try=now + 22 * HOUR, deadline=when("2022-02-28 08:11:30"), reason=HTTP_FAILED)
    classic(c, "rt-pau-2", "17.2.3", status, spread("2021-12-11 01:00:00", 9 * HOUR, 8, sl_message_failed(207), CALL_HOME_HTTP), now="2021-12-14 10:00:00.100", state="REGISTERED/AUTHORIZED", pool=True)
    c.expect("rt-pau-2", top="callhome-err-207-timeout", must=["callhome-send-failed"], may=["slp-path-blocked"], must_not=["iosxe-quovadis-fn72323", "sl-authorization-expired", "slp-http-client-not-configured", "dns-name-unresolved"])
    c.at("callhome-err-207-timeout", "rt-pau-2.txt", "ERR 207")


@case("unseen-router-218-classic")
def _(c):
    c.story = "Classic agent on 16.12.8: ERR 218 next to the Call Home failure says why, and renewal fails. The file is cut in the middle of the log."
    c.sources = [("ERR 218", "S4"), ("explains the send failure", "S3, S4")]
    c.made = "all values."
    now = when("2022-09-13 10:00:00.100")
    classic(c, "rt-pau-3", "16.12.8", registered(now, ("AUTHORIZED", when("2022-08-30 08:11:30")), ("FAILED", now - 30 * MINUTE), when("2022-11-28 08:11:30"), reason=HTTP_FAILED),
            spread("2022-09-10 01:00:00", 9 * HOUR, 8, sl_message_failed(218), CALL_HOME_HTTP, auth_renew_failed("<>")), state="REGISTERED/AUTHORIZED")
    text = c.files["input/rt-pau-3.txt"]
    c.files["input/rt-pau-3.txt"] = text[:-700]
    c.expect("rt-pau-3", top="dns-name-unresolved", must=["callhome-send-failed"], must_not=["iosxe-quovadis-fn72323", "callhome-err-207-timeout", "sl-authorization-expired", "slp-cslu-default-not-configured"])
    c.at("dns-name-unresolved", "rt-pau-3.txt", "ERR 218")


@case("unseen-router-year-alone")
def _(c):
    c.story = "A router that sat in a depot for more than a year: its identity certificate ran out, it is unregistered. Nothing tells of a present fault."
    c.sources = [("one year without contact", "S2"), ("state only: the state comes first", "part F")]
    c.made = "all values."
    status = ["Smart Licensing is ENABLED", "", "Registration:", "  Status: UNREGISTERED - REGISTRATION EXPIRED", "  Export-Controlled Functionality: NOT ALLOWED", "  Initial Registration: SUCCEEDED on Jun 02 2021 11:20:31 CET", "  Registration Expires: Jun 02 2022 11:15:12 CET", "", "License Authorization: ", "  Status: EVAL MODE", "  Evaluation Period Remaining: 88 days, 3 hours, 10 minutes, 9 seconds", ""]
    classic(c, "rt-depot-9", "16.12.8", status, state="UNREGISTERED - REGISTRATION EXPIRED/EVAL MODE")
    c.expect("rt-depot-9", top="sl-registration-expired", may=["sl-evaluation"], must_not=["iosxe-quovadis-fn72323", "callhome-send-failed", "exp-registration-expired", "dns-name-unresolved"])
    c.at("sl-registration-expired", "rt-depot-9.txt", "REGISTRATION EXPIRED")


@case("unseen-router-eval-used-up")
def _(c):
    c.story = "Evaluation used up on a router that was never registered."
    c.sources = [("texts", "P14, P27"), ("no effect on function at the time of writing", "S2")]
    c.made = "all values."
    status = ["Smart Licensing is ENABLED", "", "Registration:", "  Status: UNREGISTERED", "  Export-Controlled Functionality: NOT ALLOWED", "", "License Authorization: ", "  Status: EVAL EXPIRED", "", "Export Authorization Key:", "  Features Authorized:", "    <none>", ""]
    classic(c, "rt-shop-12", "16.9.5", status, [(when("2022-09-11 03:10:00"), "%SMART_LIC-3-EVAL_EXPIRED: Evaluation period expired on Sep 11 03:10:00 2022 CET")], state="UNREGISTERED/EVAL EXPIRED")
    c.expect("rt-shop-12", top="sl-evaluation-expired", must_not=["exp-eval-expired", "iosxe-quovadis-fn72323", "callhome-send-failed", "sl-registration-expired"])
    c.at("sl-evaluation-expired", "rt-shop-12.txt", "SMART_LIC-3-EVAL_EXPIRED")
