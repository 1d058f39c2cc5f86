"""What IOS-XE prints for `show version`, the running configuration and the sections that fill a `show tech`."""
from datetime import date, timedelta

RULE = "-" * 18
TRAINS = {"16": "Gibraltar", "17.1": "Amsterdam", "17.2": "Amsterdam", "17.3": "Amsterdam", "17.4": "Bengaluru", "17.5": "Bengaluru",
          "17.6": "Bengaluru", "17.7": "Cupertino", "17.8": "Cupertino", "17.9": "Cupertino", "17.10": "Dublin", "17.11": "Dublin", "17.12": "Dublin"}
SOFTWARE = {"C93": ("Catalyst L3 Switch Software (CAT9K_IOSXE)", "X86", "flash:packages.conf"),
            "C95": ("Catalyst L3 Switch Software (CAT9K_IOSXE)", "X86", "flash:packages.conf"),
            "C94": ("Catalyst L3 Switch Software (CAT9K_IOSXE)", "X86", "flash:packages.conf"),
            "C92": ("Catalyst L3 Switch Software (CAT9K_LITE_IOSXE)", "ARM64", "flash:packages.conf"),
            "C9800-CL": ("C9800-CL Software (C9800-CL-K9_IOSXE)", "VXE", "bootflash:packages.conf"),
            "C9800-L": ("C9800 Software (C9800_IOSXE-K9)", "1RU", "bootflash:packages.conf"),
            "C9800-4": ("C9800 Software (C9800_IOSXE-K9)", "1GL", "bootflash:packages.conf"),
            "IE-": ("IE-3x00 Switch Software (IE3x00-UNIVERSALK9-M)", "ARM64", "sdflash:packages.conf"),
            "ISR": ("ISR Software (X86_64_LINUX_IOSD-UNIVERSALK9-M)", "1RU", "bootflash:packages.conf")}


def section(name, *bodies):
    out = ["", f"{RULE} {name} {RULE}", ""]
    for b in bodies:
        out += b
    return out + [""]


def padded(version):
    """17.3.4a as `show version` writes it first: 17.03.04a."""
    major, minor, rest = version.split(".", 2)
    digits = rest.rstrip("abcdefghijklmnopqrstuvwxyz")
    return f"{major}.{int(minor):02d}.{int(digits):02d}{rest[len(digits):]}"


class Box:
    """One IOS-XE device."""

    def __init__(self, host, pid, sn, version, zone="UTC", members=(), slp=True, licences=("network-advantage", "dna-advantage"), year=2023):
        self.host, self.pid, self.sn, self.version, self.zone = host, pid, sn, version, zone
        self.members = list(members)  # (pid, sn) of the other units
        self.slp, self.licences, self.year = slp, licences, year
        train = ".".join(version.split(".")[:2])
        self.train = TRAINS.get(train) or TRAINS[version.split(".")[0]]
        self.software, self.cpu, self.image = next(v for k, v in SOFTWARE.items() if pid.startswith(k))

    def udi(self):
        return f"PID:{self.pid},SN:{self.sn}"

    def clock(self, t, flag=""):
        return [f"{flag}{t:%H:%M:%S}.{t.microsecond // 1000:03d} {self.zone} {t:%a %b} {t.day} {t.year}"]

    def dated(self, t, load="3%/0%; one minute: 4%; five minutes: 4%"):
        return [f"Load for five secs: {load}", f"Time source is NTP, {t:%H:%M:%S}.{t.microsecond // 1000:03d} {self.zone} {t:%a %b} {t.day} {t.year}", ""]

    def show_version(self, t, uptime=timedelta(days=74, hours=5, minutes=12), status=None):
        boot = t - uptime
        weeks, days = divmod(uptime.days, 7)
        up = f"{weeks} weeks, {days} day{'s' * (days != 1)}, {uptime.seconds // 3600} hours, {uptime.seconds // 60 % 60} minutes"
        numbers = tuple(int(x) for x in self.version.split(".")[:2])
        release = 2020 if numbers < (17, 3) else 2021 if numbers < (17, 6) else 2022 if numbers < (17, 9) else 2023
        compiled = date(release, 1 + sum(map(ord, self.version)) % 12, 1 + sum(map(ord, self.version)) % 27)
        if status is None:
            status = "Smart Licensing Using Policy" if self.slp else "REGISTERED/AUTHORIZED"
        out = f"""Cisco IOS XE Software, Version {padded(self.version)}
Cisco IOS Software [{self.train}], {self.software}, Version {self.version}, RELEASE SOFTWARE (fc3)
Technical Support: http://www.cisco.com/techsupport
Copyright (c) 1986-{release} by Cisco Systems, Inc.
Compiled {compiled:%a %d-%b-%y} 14:32 by mcpre


Cisco IOS-XE software, Copyright (c) 2005-{release} by cisco Systems, Inc.
All rights reserved.  Certain components of Cisco IOS-XE software are
licensed under the GNU General Public License ("GPL") Version 2.0.


ROM: IOS-XE ROMMON
BOOTLDR: System Bootstrap, Version 17.5.2r, RELEASE SOFTWARE (P)

{self.host} uptime is {up}
Uptime for this control processor is {up}
System returned to ROM by Reload Command at {boot:%H:%M:%S} {self.zone} {boot:%a %b} {boot.day} {boot.year}
System restarted at {boot:%H:%M:%S} {self.zone} {boot:%a %b} {boot.day} {boot.year}
System image file is "{self.image}"
Last reload reason: Reload Command


Technology Package License Information:

------------------------------------------------------------------------------
Technology-package                                     Technology-package
Current                        Type                       Next reboot
------------------------------------------------------------------------------
network-advantage       Smart License                    network-advantage
dna-advantage           Subscription Smart License       dna-advantage

Smart Licensing Status: {status}

cisco {self.pid} ({self.cpu}) processor with 1331521K/6147K bytes of memory.
Processor board ID {self.sn}
4 Virtual Ethernet interfaces
2048K bytes of non-volatile configuration memory.
8388608K bytes of physical memory.
1638400K bytes of Crash Files at crashinfo:.
11264000K bytes of Flash at flash:.

Base Ethernet MAC Address          : 70:d3:79:{self.sn[-2:].lower().encode().hex()[:2]}:a1:00
Motherboard Assembly Number        : 73-18699-3
Motherboard Serial Number          : {self.sn[:7]}0{self.sn[-3:]}
Model Revision Number              : V02
Motherboard Revision Number        : A0
Model Number                       : {self.pid}
System Serial Number               : {self.sn}
""".split("\n")
        if self.members:
            out += ["", "Switch Ports Model              SW Version        SW Image              Mode   ", "------ ----- -----              ----------        ----------            ----   ",
                    f"*    1 41    {self.pid:<18} {self.version:<17} CAT9K_IOSXE           INSTALL"]
            for n, (pid, sn) in enumerate(self.members, 2):
                out += [f"     {n} 41    {pid:<18} {self.version:<17} CAT9K_IOSXE           INSTALL"]
            for n, (pid, sn) in enumerate(self.members, 2):
                out += ["", f"Switch {n:02d}", "---------", f"Switch uptime                      : {up} ", "", f"Model Number                       : {pid}", f"System Serial Number               : {sn}"]
        return out + ["", "Configuration register is 0x102", ""]

    def inventory(self):
        out = [f'NAME: "c93xx Stack", DESCR: "c93xx Stack"' if self.members else 'NAME: "Chassis", DESCR: "Cisco Chassis"',
               f"PID: {self.pid:<18}, VID: V02  , SN: {self.sn}", ""]
        for n, (pid, sn) in enumerate(self.members, 2):
            out += [f'NAME: "Switch {n}", DESCR: "{pid}"', f"PID: {pid:<18}, VID: V02  , SN: {sn}", ""]
        return out + ['NAME: "Switch 1 - Power Supply A", DESCR: "Switch 1 - Power Supply A"', "PID: PWR-C1-715WAC-P   , VID: V01  , SN: DCC2231D0FK", ""]

    def running(self, t, plant, extra=(), http_source="Vlan100", trustpoint=None, name_servers=("10.20.5.11", "10.20.5.12"),
                smart=("license smart transport smart", "license smart url default"), callhome=True, ports=12, address=None):
        d = plant.dice
        boot = t - timedelta(days=3, hours=2)
        out = f"""Building configuration...

Current configuration : {d.between(18000, 60000)} bytes
!
! Last configuration change at {boot:%H:%M:%S} {self.zone} {boot:%a %b} {boot.day} {boot.year} by netops
!
version {'.'.join(self.version.split('.')[:2])}
service timestamps debug datetime msec
service timestamps log datetime msec
{'service call-home' if callhome else 'no service call-home'}
platform punt-keepalive disable-kernel-core
!
hostname {self.host}
!
!
vrf definition Mgmt-vrf
 !
 address-family ipv4
 exit-address-family
!
logging buffered 102400
enable secret 9 $9$nb0Q{d.hexa(10)}$u{d.hexa(30)}
!
aaa new-model
!
aaa authentication login default group tacacs+ local
aaa authorization exec default group tacacs+ local
!
!""".split("\n")
        if plant.kind == "switch":
            out += [f"switch 1 provision {self.pid.lower()}", "!"]
        if plant.kind == "wlc":
            out += ["wireless management interface Vlan100", "wireless country JP", "wireless profile policy default-policy-profile", " description \"default policy profile\"", " no shutdown", "!",
                    "wlan corp 1 corp", " security dot1x authentication-list default", " no shutdown", "!", "ap profile default-ap-profile", " description \"default ap profile\"", "!"]
        if name_servers:
            out += [f"ip name-server {' '.join(name_servers)}"]
        out += ["ip domain name corp.example", "!"]
        out += list(smart)
        if callhome:
            out += """call-home
 ! If contact email address in call-home is configured as sch-smart-licensing@cisco.com
 ! the email address configured in Cisco Smart License Portal will be used as contact email address to send SCH notifications.
 contact-email-addr sch-smart-licensing@cisco.com
 profile "CiscoTAC-1"
  active
  destination transport-method http""".split("\n")
        out += """!
crypto pki trustpoint SLA-TrustPoint
 enrollment pkcs12
 revocation-check crl
!
crypto pki trustpoint TP-self-signed-2893716640
 enrollment selfsigned
 subject-name cn=IOS-Self-Signed-Certificate-2893716640
 revocation-check none
 rsakeypair TP-self-signed-2893716640
!
crypto pki certificate chain SLA-TrustPoint
 certificate ca 01""".split("\n")
        out += ["  " + " ".join(d.hexa(8).upper() for _ in range(8)) for _ in range(6)] + ["  \tquit", "!"]
        for name in plant.ports[:ports]:
            out += [f"interface {name}", f" description {d.pick(['user', 'phone', 'printer', 'AP', 'spare'])} {d.between(100, 499)}-{d.pick('ABCD')}",
                    f" switchport access vlan {d.pick([20, 30, 110])}", " switchport mode access", " spanning-tree portfast", "!"] if plant.kind == "switch" else \
                [f"interface {name}", f" description to {d.pick(['core-a', 'core-b', 'isp'])}", " switchport trunk allowed vlan 20,30,100,110", " switchport mode trunk", "!"] if plant.kind == "wlc" else \
                [f"interface {name}", f" description to {d.pick(['core-a', 'core-b', 'isp'])}", " no ip address", " negotiation auto", "!"]
        out += [f"interface {http_source or 'Vlan100'}", f" ip address {address or plant.net + '.100.' + str(d.between(2, 20))} 255.255.255.0", "!", f"ip default-gateway {plant.net}.100.1"]
        if http_source:
            out.append(f"ip http client source-interface {http_source}")
        if trustpoint:
            out.append(f"ip http client secure-trustpoint {trustpoint}")
        out += ["ip http server", "ip http secure-server", "!", f"ip route 0.0.0.0 0.0.0.0 {plant.net}.100.1", "!"]
        out += list(extra)
        return out + """line con 0
 stopbits 1
line vty 0 15
 transport input ssh
!
ntp server 10.20.5.11
!
end
""".split("\n")

    def interfaces(self, plant, count=10):
        d, out = plant.dice, []
        for name in plant.ports[:count]:
            up = d.chance(0.7)
            out += f"""{name} is {'up' if up else 'down'}, line protocol is {'up (connected)' if up else 'down (notconnect)'}
  Hardware is Gigabit Ethernet, address is {d.mac()} (bia {d.mac()})
  MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec,
     reliability 255/255, txload {d.between(1, 9)}/255, rxload {d.between(1, 9)}/255
  Encapsulation ARPA, loopback not set
  Keepalive set (10 sec)
  {'Full' if up else 'Auto'}-duplex, {'1000Mb/s' if up else 'Auto-speed'}, media type is 10/100/1000BaseTX
  input flow-control is on, output flow-control is unsupported
  ARP type: ARPA, ARP Timeout 04:00:00
  Last input {'00:00:0' + str(d.below(9)) if up else 'never'}, output 00:00:0{d.below(9)}, output hang never
  Last clearing of "show interface" counters never
  Input queue: 0/2000/0/0 (size/max/drops/flushes); Total output drops: {d.below(900) if up else 0}
  Queueing strategy: fifo
  5 minute input rate {d.below(900000) if up else 0} bits/sec, {d.below(300) if up else 0} packets/sec
  5 minute output rate {d.below(900000) if up else 0} bits/sec, {d.below(300) if up else 0} packets/sec
     {d.below(10 ** 9)} packets input, {d.below(10 ** 12)} bytes, 0 no buffer
     Received {d.below(10 ** 6)} broadcasts ({d.below(10 ** 6)} multicasts)
     0 runts, 0 giants, 0 throttles
     {d.below(4)} input errors, {d.below(3)} CRC, 0 frame, 0 overrun, 0 ignored
     {d.below(10 ** 9)} packets output, {d.below(10 ** 12)} bytes, 0 underruns
     0 output errors, 0 collisions, {d.below(4)} interface resets""".split("\n")
        return out

    def processes_cpu(self, d, head="4%/0%; one minute: 5%; five minutes: 5%", top=(), rows=25):
        out = [f"CPU utilization for five seconds: {head}", " PID Runtime(ms)     Invoked      uSecs   5Sec   1Min   5Min TTY Process "]
        for pid, run, inv, five, one, fives, name in top:
            out.append(f"{pid:4d} {run:11d} {inv:11d} {run * 1000 // inv:10d} {five:5.2f}% {one:5.2f}% {fives:5.2f}%   0 {name:<16}")
        names = ["Chunk Manager", "Load Meter", "Check heaps", "Pool Manager", "Timers", "IPC Apps Task", "ARP Input", "CDP Protocol", "IP Input", "TCP Timer",
                 "Net Background", "SSH Process", "Spanning Tree", "Syslog", "HTTP CORE", "PKI Dispatcher", "CEF: IPv4 proces", "EEM Server", "NTP", "DHCPD Receive",
                 "SAMsgThread", "Crypto CA", "SISF Main Thread", "SNMP ENGINE", "TTY Background", "Per-Second Jobs", "IOSXE-RP Punt Se", "LLDP Protocol"]
        for n in range(rows):
            inv = d.between(1000, 10 ** 8)
            run = inv * d.between(1, 300) // 1000 + 1
            x = d.below(40) if n < 8 else 0
            out.append(f"{d.between(1, 700):4d} {run:11d} {inv:11d} {run * 1000 // inv:10d}  {x // 100}.{x % 100:02d}%  {x // 120}.{x % 90:02d}%  {x // 120}.{x % 90:02d}%   0 {names[n % len(names)]:<16}")
        return out

    def processes_memory(self, d, total, used, top=(), rows=18):
        out = [f"Processor Pool Total: {total:10d} Used: {used:10d} Free: {total - used:10d}", " lsmpi_io Pool Total:    6295128 Used:    6294296 Free:        832", "",
               " PID TTY  Allocated      Freed    Holding    Getbufs    Retbufs Process"]
        for pid, alloc, freed, hold, name in top:
            out.append(f"{pid:4d}   0 {alloc:10d} {freed:10d} {hold:10d}          0          0 {name:<16}")
        names = ["IOSD ipc task", "*Dead*", "Chunk Manager", "EEM Server", "SAMsgThread", "SNMP ENGINE", "IP RIB Update", "Crypto CA", "EEM ED Syslog", "RF Slave Main Th",
                 "XDR receive", "SISF Main Thread", "TTY Background", "CDP Protocol", "Exec", "VTEMPLATE Backgr", "DHCPD Receive", "SSH Process"]
        hold = 30000000
        for n in range(rows):
            hold = hold * 7 // 10
            a = d.between(hold, hold * 9)
            out.append(f"{d.between(1, 700):4d}   0 {a:10d} {a - hold:10d} {hold:10d}          0          0 {names[n % len(names)]:<16}")
        return out

    def ap_summary(self, plant):
        d = plant.dice
        out = [f"Number of APs: {len(plant.aps)}", "", "AP Name                            Slots    AP Model  Ethernet MAC    Radio MAC       Location                          Country     IP Address       State",
               "-" * 160]
        return out + [f"{ap:<35}{2:<9}{d.pick(['9120AXI-Q', '9130AXI-Q', '2802I-Q']):<10}{d.mac():<16}{d.mac():<16}{'default location':<34}{'JP':<12}{plant.host():<17}Registered" for ap in plant.aps]

    def mac_table(self, plant, rows=40):
        d = plant.dice
        out = ["          Mac Address Table", "-------------------------------------------", "", "Vlan    Mac Address       Type        Ports", "----    -----------       --------    -----"]
        out += [f"{d.pick([20, 30, 110]):4d}    {d.mac()}    DYNAMIC     {d.pick(plant.short)}" for _ in range(rows)]
        return out + [f"Total Mac Addresses for this criterion: {rows}"]

    def routes(self, plant, rows=20):
        d = plant.dice
        out = ["Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP", "       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area", "",
               f"Gateway of last resort is {plant.net}.100.1 to network 0.0.0.0", "", f"S*    0.0.0.0/0 [1/0] via {plant.net}.100.1"]
        return out + [f"O E2     {plant.net}.{d.between(101, 250)}.0/24 [110/{d.between(2, 40)}] via {plant.net}.100.{d.between(1, 3)}, {d.between(1, 9)}w{d.below(7)}d, Vlan100" for _ in range(rows)]


def pki_block(kind, serial, issuer, subject, start, end, trustpoints, status="Available", pool=None, crl=None):
    out = [kind, f"  Status: {status}", f"  Certificate Serial Number (hex): {serial}", "  Certificate Usage: General Purpose" if kind == "Certificate" else "  Certificate Usage: Signature"]
    out += ["  Issuer: "] + [f"    {x}" for x in issuer] + (["  Subject:", f"    Name: {subject[0].split('=')[1]}"] if kind == "Certificate" else ["  Subject: "]) + [f"    {x}" for x in subject]
    if crl:
        out += ["  CRL Distribution Points: ", f"    {crl}"]
    out += ["  Validity Date: ", f"    start date: {start}", f"    end   date: {end}", f"  Associated Trustpoints: {trustpoints} "]
    if pool:
        out.append(f"  Trustpool: {pool}")
    return out + [""]


def trustpool(identrust):
    out = pki_block("CA Certificate", "01", ["cn=Cisco Licensing Root CA", "o=Cisco"], ["cn=Cisco Licensing Root CA", "o=Cisco"],
                    "19:48:47 UTC May 30 2013", "19:48:47 UTC May 30 2038", "Trustpool SLA-TrustPoint", pool="Built-In")
    out += pki_block("CA Certificate", "0509", ["cn=QuoVadis Root CA 2", "o=QuoVadis Limited", "c=BM"], ["cn=QuoVadis Root CA 2", "o=QuoVadis Limited", "c=BM"],
                     "18:27:00 UTC Nov 24 2006", "18:23:33 UTC Nov 24 2031", "Trustpool", pool="Built-In")
    out += pki_block("CA Certificate", "5FF87B282B54DC8D42A315B568C9ADFF", ["cn=Cisco Root CA 2048", "o=Cisco Systems"], ["cn=Cisco Root CA 2048", "o=Cisco Systems"],
                     "20:17:12 UTC May 14 2004", "20:25:42 UTC May 14 2029", "Trustpool", pool="Built-In")
    if identrust:
        out += pki_block("CA Certificate", "0A0142800000014523C844B500000002", ["cn=IdenTrust Commercial Root CA 1", "o=IdenTrust", "c=US"],
                         ["cn=IdenTrust Commercial Root CA 1", "o=IdenTrust", "c=US"], "18:12:23 UTC Jan 16 2014", "18:12:23 UTC Jan 16 2034", "Trustpool", pool=identrust)
    return out
