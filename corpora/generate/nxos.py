"""NX-OS: log lines, `show version`, Call Home configuration and classic Smart Licensing states."""
from iosxe_license import date


class Nexus:
    def __init__(self, host, model, sn, version, image=None, bios="07.68", zone="UTC"):
        self.host, self.model, self.sn, self.version, self.bios, self.zone = host, model, sn, version, bios, zone
        self.image = image or f"nxos.{version.replace('(', '.').replace(')', '')}.bin"

    def prompt(self, command):
        return f"{self.host}# {command}"

    def show_version(self, uptime="214 day(s), 3 hour(s), 51 minute(s), 8 second(s)"):
        return f"""Cisco Nexus Operating System (NX-OS) Software
TAC support: http://www.cisco.com/tac
Copyright (C) 2002-2022, Cisco and/or its affiliates.
All rights reserved.

Software
  BIOS: version {self.bios}
  NXOS: version {self.version}
  BIOS compile time:  03/06/2021
  NXOS image file is: bootflash:///{self.image}
  NXOS compile time:  11/9/2021 12:00:00 [11/09/2021 20:28:04]

Hardware
  cisco Nexus9000 {self.model} Chassis
  Intel(R) Xeon(R) CPU D-1528 @ 1.90GHz with 24568132 kB of memory.
  Processor Board ID {self.sn}
  Device name: {self.host}
  bootflash:   53298520 kB

Kernel uptime is {uptime}

Last reset at 481203 usecs after Tue Nov 16 09:12:40 2021
  Reason: Reset Requested by CLI command reload
  System version: 9.3(3)
  Service:

plugin
  Core Plugin, Ethernet Plugin

Active Package(s):
""".split("\n")

    def run_callhome(self, t, scheme="https", vrf="management", enable=True, contact="sch-smart-licensing@cisco.com", url=None, bios_only=False):
        ago = t.replace(minute=max(0, t.minute - 3))
        out = ["", "!Command: show running-config callhome", f"!Running configuration last done at: {ago:%a %b} {ago.day:2d} {ago:%H:%M:%S} {ago.year}",
               f"!Time: {t:%a %b} {t.day:2d} {t:%H:%M:%S} {t.year}", "", f"version {self.version} Bios:version {self.bios} ", "callhome"]
        if contact:
            out.append(f"  email-contact {contact}")
        out += ["  phone-contact +81-3-5555-0144", "  streetaddress 2-11-4 Shibaura, Minato, Tokyo", "  destination-profile CiscoTAC-1 transport-method http",
                f"  destination-profile CiscoTAC-1 index 1 http {url or scheme + '://tools.cisco.com/its/service/oddce/services/DDCEService'}"]
        if vrf:
            out.append(f"  transport http use-vrf {vrf}")
        if enable:
            out.append("  enable")
        return out + [""]

    def body(self, d):
        port = f"Ethernet1/{d.between(1, 48)}"
        vlan = d.between(10, 400)
        return d.pick([
            f"%ETHPORT-5-IF_DOWN_LINK_FAILURE: Interface {port} is down (Link failure)",
            f"%ETHPORT-5-IF_UP: Interface {port} is up in mode access",
            f"%ETHPORT-5-SPEED: Interface {port}, operational speed changed to 10 Gbps",
            f"%ETH_PORT_CHANNEL-5-PORT_UP: port-channel{d.between(1, 40)}: {port} is up",
            f"%VSHD-5-VSHD_SYSLOG_CONFIG_I: Configured from vty by netops on 10.20.{d.between(1, 9)}.{d.between(2, 250)}@pts/{d.below(4)}",
            f"%AUTHPRIV-6-SYSTEM_MSG: pam_unix(sshd:session): session opened for user netops by (uid=0) - sshd[{d.between(2000, 30000)}]",
            f"%AUTHPRIV-5-SYSTEM_MSG: netops : TTY=pts/0 ; PWD=/bootflash ; USER=root ; COMMAND=/bin/true - sudo[{d.between(2000, 30000)}]",
            f"%STP-6-PORT_ROLE: Port port-channel{d.between(1, 40)} instance VLAN{vlan:04d} role changed to designated",
            f"%L2FM-4-L2FM_MAC_MOVE2: Mac {d.mac()} in vlan {vlan} has moved between Po{d.between(1, 20)} to Eth1/{d.between(1, 48)}",
            f"%BGP-5-ADJCHANGE:  bgp-65010 [{d.between(8000, 30000)}] (default) neighbor 10.20.{d.between(1, 60)}.{d.between(2, 250)} Up ",
            f"%NTP-6-NTP_SYSLOG_LOGGING: : Peer 10.20.5.11 with stratum 3 selected - ntpd[{d.between(8000, 30000)}]",
            f"%SYSMGR-STANDBY-5-HEARTBEAT_LOSS: Sysmgr heartbeat ok (vdc 1)",
            f"%ACLLOG-5-ACLLOG_NEW_FLOW: VdcID: 1, VdcName: {self.host}, Src IP: 10.20.{d.between(1, 60)}.{d.between(2, 250)}, Src Intf: {port}, Protocol: \"TCP\"(6)",
        ])

    def logfile(self, d, start, end, count, planted=(), vdc=False):
        from datetime import timedelta
        span = int((end - start).total_seconds())
        events = [(start + timedelta(seconds=d.below(span)), self.body(d)) for _ in range(count)] + list(planted)
        events.sort(key=lambda e: e[0])
        mid = " %$ VDC-1 %$" if vdc else ""
        return [f"{t:%Y %b} {t.day:2d} {t:%H:%M:%S} {self.host}{mid} {b}" for t, b in events]

    def license_status(self, registration="REGISTERED", account=("corp.example", "DC-Tokyo"), registered=None, renewal=None, next_renewal=None, expires=None,
                       authorization=None, last=None, next_try=None, deadline=None, reason=None, failed=None):
        z = self.zone
        out = ["Smart Licensing is ENABLED", "", "Registration:", f"  Status: {registration}"]
        if account:
            out += [f"  Smart Account: {account[0]}", f"  Virtual Account: {account[1]}"]
        out.append("  Export-Controlled Functionality: Allowed")
        if registered:
            out += [f"  Initial Registration: SUCCEEDED on {date(registered, z)}", "  Last Renewal Attempt: " + (f"{renewal[0]} on {date(renewal[1], z)}" if renewal else "None"),
                    f"  Next Renewal Attempt: {date(next_renewal, z)}", f"  Registration Expires: {date(expires, z)}"]
        if failed:
            out += [f"  Initial Registration: FAILED on {date(failed[0], z)}", f"    Failure reason: {failed[1]}", f"  Next Registration Attempt: {date(failed[2], z)}"]
        out += ["", "License Authorization:"]
        if len(authorization) == 1:
            out += [f"  Status: {authorization[0]}", "  Evaluation Period Remaining: 41 days, 6 hours, 12 minutes, 9 seconds"]
        else:
            out += [f"  Status: {authorization[0]} on {date(authorization[1], z)}", f"  Last Communication Attempt: {last[0]} on {date(last[1], z)}"]
            if reason:
                out.append(f"    Failure reason: {reason}")
            out += [f"  Next Communication Attempt: {date(next_try, z)}", f"  Communication Deadline: {date(deadline, z)}"]
        return out + ["", "Smart License Conversion:", "  Automatic Conversion Enabled: False", "  Status: Not started", ""]


def licmgr_failed(reason):
    return f"%LICMGR-3-LOG_SMART_LIC_COMM_FAILED:  Communications failure with the Cisco Smart Software Manager (CSSM) : {reason}"
