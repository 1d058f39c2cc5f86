"""Expressway: log lines, status and configuration dumps, and the diagnostic archive that holds them."""
from datetime import timedelta

ALARMS = {
    "30042": ("7e8d3f04-2c55-4a6b-9d27-5f0ce0b6a512", "error", "Smart license communication error: The system failed to communicate with cloud-based Cisco Smart Software Manager or Cisco Smart Software Manager On-Prem"),
    "30035": ("31c1b0de-93a2-47e5-8a6c-0b2f4c7de891", "warning", "Smart license in Eval: The system is operating in Evaluation Mode that will expire in 30 days"),
    "30044": ("d94b2a6e-51f7-4d39-b0d8-e1a7c36f0247", "warning", "Smart license renew auth failed: The attempt to renew the Smart Licensing authorization failed"),
    "30028": ("c1a7b0f2-d711-11e4-9a35-1b39e06f7c20", "warning", "Room system license limit reached. A TelePresence room system registration failed because there were no available room system licenses. You are licensed for {n} concurrent TelePresence room system registrations."),
    "10005": ("9f0c31d8-6b8e-4c0e-8b1c-2f1d4ab0c7e5", "warning", "Unsuitable hardware warning: Your current hardware does not meet supported VM configuration requirements for this version of Expressway"),
    "15019": ("1d7a2c5e-f711-11e0-a1d2-c41eb0a7e3d6", "error", "Application failed: An unexpected software error was detected in {n}: SIGABRT, Aborted"),
    "20004": ("3bca6888-f622-11df-93be-07cc953d7b99", "warning", "Cluster communication failure: The system is unable to communicate with one or more of the cluster peers"),
    "20006": ("0f96695e-d954-4f6f-85c1-2ef1eae6f764", "warning", "Cluster database communication failure: The database is unable to replicate with one or more of the cluster peers"),
    "20007": ("e2b8e3d1-b731-4d7d-b606-4682a8f0c2e6", "warning", "Restart required: Cluster configuration has been changed, however a restart is required for this to take effect"),
    "20024": ("5b0d1f9a-77c2-4e0e-a5f3-90b1c4d2e863", "error", "Cluster is in inconsistent state: The cluster database differs between the peers"),
    "25002": ("a03d5c11-20ef-4f8b-8c7e-1b6f90d24e55", "warning", "Date and time not validated: The system is unable to obtain the correct time and date from an NTP server"),
    "25019": ("c2f7e940-5a1b-4c8d-9e63-7d0b2a84f1c6", "warning", "Verbose log levels configured: One or more modules of the Support Log are set to a level of Debug or Trace"),
    "25021": ("e81b4f77-3d29-4a06-bb15-6c9f0e2d7a38", "warning", "NTP server not available: The system is unable to contact an NTP server"),
    "30036": ("0d9e2b63-84fa-4b17-9c50-f3a6e1d7428b", "warning", "Smart license in overage out of compliance: More licenses are in use than the virtual account holds"),
    "30038": ("6a5f0c82-1e94-4d73-a2b8-0c7d93e6f541", "critical", "Smart license no provision Eval expired: The evaluation period has expired, no licenses are provisioned"),
    "30039": ("92c4e7d1-6b08-4f5a-8e3d-a17f50b2c964", "warning", "Smart license in overage authorization expired: The authorization has expired"),
    "30040": ("b76d10f3-c529-48ea-9f64-2e8b07a5d3c1", "critical", "Smart license no provision authorization expired: The authorization has expired, no licenses are provisioned"),
    "30041": ("48e1a95c-0d36-4b7f-a8c2-f90e5d21b673", "error", "Smart license registration expired: The registration has expired. Check the connection and the system clock, then register again"),
    "30043": ("15c7f8a2-9e40-4d6b-b35e-8a0c12d7f496", "warning", "Smart license authorization expiring soon: The authorization will expire soon"),
    "30046": ("f35d82b9-4a07-4ce1-9d68-b7e4c05a1f32", "warning", "Smart license registration expiring soon: The registration will expire soon"),
    "30047": ("8c20d6e4-b5f1-43a9-a74c-5d1e90f7b286", "warning", "Capacity warning: The licensed limit of 2500 encrypted signaling sessions has been reached due to the Export Control Classification"),
    "40049": ("d4a98b10-3f7c-4e25-8b96-0e5c71f2a3d8", "warning", "Cluster TLS permissive: Cluster TLS verification mode permits invalid certificates"),
}


RELEASED = {"X12.6": "2020-06-23", "X12.7": "2020-12-18", "X14.0": "2022-06-10", "X14.1": "2022-05-30", "X14.2": "2023-02-03", "X14.3": "2023-06-20", "X15.0": "2023-12-12", "X15.2": "2024-09-18"}


class Expressway:
    def __init__(self, host, version, serial="0A42C7E9", address="10.20.40.21", role="core", offset="+00:00", peers=(), domain="voice.corp.example"):
        self.host, self.version, self.serial, self.address, self.role = host, version, serial, address, role
        self.offset, self.peers, self.domain = offset, list(peers), domain

    def shift(self):
        sign = 1 if self.offset[0] == "+" else -1
        return timedelta(hours=sign * int(self.offset[1:3]), minutes=sign * int(self.offset[4:]))

    def line(self, t, process, rest, host=True):
        """t is UTC; the line shows local time with its offset."""
        local = t + self.shift()
        who = f" {self.host}" if host else ""
        return f"{local:%Y-%m-%dT%H:%M:%S}.{local.microsecond // 1000:03d}{self.offset}{who} {process}: {rest}"

    @staticmethod
    def utc(t, mark=","):
        return f'{t:%Y-%m-%d %H:%M:%S}{mark}{t.microsecond // 1000:03d}'

    def module(self, t, process, module, level, rest):
        return self.line(t, process, f'UTCTime="{self.utc(t)}" Module="{module}" Level="{level}" {rest}')

    def alarm(self, t, number, n="", event="Raised", process="alarm", host=True, mark=","):
        uuid, severity, detail = ALARMS[number]
        level = {"critical": "ERROR", "error": "ERROR", "warning": "WARN"}[severity] if event == "Raised" else "INFO"
        return self.line(t, process, f'Level="{level}" Event="Alarm {event}" Id="{number}" UUID="{uuid}" Severity="{severity}" Detail="{detail.replace("{n}", str(n))}" UTCTime="{self.utc(t, mark)}"', host)

    def ssl_failed(self, t, text, url="https://smartreceiver.cisco.com/licservice/license"):
        """What the licensing agent logs when its HTTP client refuses the server."""
        return [self.module(t, "smartlicenseagent", "developer.smartlicense.curl", "ERROR", f'CodeLocation="smartlicensecurl(214)" Detail="Smartlicenseagent request failed" Url="{url}" Reason="SSL certificate problem: {text}"'),
                self.module(t + timedelta(milliseconds=3), "smartlicenseagent", "developer.smartlicense.agent", "WARN", 'CodeLocation="smartlicenseagent(871)" Detail="Smartlicenseagent communication attempt failed, will retry"')]

    def curl_failed(self, t, text, url="https://smartreceiver.cisco.com/licservice/license"):
        return [self.module(t, "smartlicenseagent", "developer.smartlicense.curl", "ERROR", f'CodeLocation="smartlicensecurl(214)" Detail="Smartlicenseagent request failed" Url="{url}" Reason="{text}"')]

    def agent_ok(self, t):
        return self.module(t, "smartlicenseagent", "developer.smartlicense.agent", "INFO", 'CodeLocation="smartlicenseagent(640)" Detail="Smartlicenseagent usage report acknowledged"')

    def noise(self, d, t):
        peer = f"10.20.{d.between(41, 60)}.{d.between(2, 250)}"
        port = d.between(25000, 29999)
        user = d.pick(["roomkit-3f", "boardroom-hq", "mx800-osaka", "desk-0412", "desk-0771", "webex-room-7"])
        call = f"{d.hexa(8)}{d.hexa(8)}@{peer}"
        kinds = [
            lambda: self.module(t, "tvcs", "network.sip", "INFO", f' Action="Received" Local-ip="{self.address}" Local-port="5061" Src-ip="{peer}" Src-port="{port}" Detail="Receive Request Method=REGISTER, CSeq={d.between(100, 9000)}, Request-URI=sip:{self.domain}, Call-ID={call}, From-Tag={d.hexa(16)}, To-Tag=, Msg-Hash={d.between(10 ** 17, 10 ** 18)}"'),
            lambda: self.module(t, "tvcs", "network.sip", "INFO", f' Action="Sent" Local-ip="{self.address}" Local-port="5061" Dst-ip="{peer}" Dst-port="{port}" Detail="Sending Response Code=200, Method=OPTIONS, CSeq={d.between(100, 9000)}, To=sip:{self.address}:5061, Call-ID={call}, Msg-Hash={d.between(10 ** 17, 10 ** 18)}"'),
            lambda: self.line(t, "tvcs", f'Event="Registration Accepted" Service="SIP" Src-ip="{peer}" Src-port="{port}" Protocol="TLS" AOR="{user}@{self.domain}" Contact="sip:{user}@{peer}:{port};transport=tls" Duration="60" Level="1" UTCTime="{self.utc(t)}"'),
            lambda: self.module(t, "tvcs", "network.dns", "DEBUG", f' Detail="Sending DNS query" Name="_sips._tcp.{d.pick(["example.org", "partner.example.net", self.domain])}" Type="SRV (IPv4 and IPv6)"'),
            lambda: self.module(t, "tvcs", "network.tcp", "DEBUG", f' Src-ip="{self.address}" Src-port="{port}" Dst-ip="{peer}" Dst-port="5061" Detail="TCP Connecting"'),
            lambda: self.module(t, "tvcs", "network.tcp", "DEBUG", f' Src-ip="{self.address}" Src-port="{port}" Dst-ip="{peer}" Dst-port="5061" Detail="TCP Connection Closed" Reason="Got EOF on socket"'),
            lambda: self.line(t, f"httpd[{d.between(2000, 32000)}]", f'web: Event="System Configuration Changed" Detail="configuration/zones/zone/{d.between(2, 9)}/name - changed from: \'\' to: \'{d.pick(["CUCM-A", "Traversal", "DMZ"])}\'" Src-ip="{peer}" Src-port="{port}" User="admin" Level="1" UTCTime="{self.utc(t)[:19]}"') if d.chance(0.1) else
            self.module(t, "management", "developer.management.databasemanager", "INFO", 'CodeLocation="databasemanager(312)" Detail="Cluster configuration unchanged"'),
            lambda: self.module(t, "replication", "developer.replication", "INFO", 'CodeLocation="clusterconfigurationsynchroniser(270)" Detail="Starting synchronisation"'),
            lambda: self.module(t, "replication", "developer.replication", "INFO", 'CodeLocation="clusterconfigurationsynchroniser(336)" Detail="Synchronisation completed successfully"'),
            lambda: self.line(t, f"traffic_server[{d.between(2000, 32000)}]", f'UTCTime="{self.utc(t)}" Module="network.http.trafficserver" Level="INFO": Detail="Sending Request" Txn-id="{d.between(1000, 99999)}" Dst-ip="{peer}" Dst-port="8443" Msg="GET https://cucm-pub.{self.domain}:8443/cucm-uds/user/{user}/devices HTTP/1.1"'),
            lambda: self.module(t, "tvcs", "developer.ssl", "INFO", f'CodeLocation="ppcmains/ssl/ttssl/ttssl_openssl.cpp(1974)" Method="::ttssl_continueHandshake" Thread="0x7f{d.hexa(10)}":  Detail=" Handshake in progress " Reason="want read/write"'),
            lambda: self.line(t, "b2bua_calls", f'UTCTime="{self.utc(t)}" Module="network.sip.b2bua" Level="INFO" Detail="Call leg connected" Call-ID="{call}"'),
        ]
        return d.pick(kinds)()

    def log(self, d, start, end, count, planted=()):
        """planted: finished lines with their UTC times."""
        span = int((end - start).total_seconds() * 1000)
        lines = []
        for _ in range(count):
            t = start + timedelta(milliseconds=d.below(span))
            lines.append((t, self.noise(d, t)))
        lines += planted
        return [text for _, text in sorted(lines, key=lambda x: x[0])]

    def sip_trust_error(self, d, t, reason="self signed certificate in certificate chain"):
        peer = f"198.51.100.{d.between(3, 90)}"
        return [self.module(t, "tvcs", "developer.ssl", "ERROR", f'CodeLocation="ppcmains/ssl/ttssl/ttssl_openssl.cpp(68)" Method="::TTSSLErrorOutput" Thread="0x7f{d.hexa(10)}":  TTSSL_continueHandshake: Failed to establish SSL connection iResult="0" error="1" bServer="false" localAddress="[\'IPv4\'\'TCP\'\'{self.address}:{d.between(25000, 29999)}\']" remoteAddress="[\'IPv4\'\'TCP\'\'{peer}:5061\']"'),
                self.line(t + timedelta(milliseconds=1), "tvcs", f'Event="Outbound TLS Negotiation Error" Service="SIP" Src-ip="{self.address}" Src-port="{d.between(25000, 29999)}" Dst-ip="{peer}" Dst-port="5061" Detail="{reason}" Protocol="TLS" Common-name="sip.partner.example.net" Level="1" UTCTime="{self.utc(t)}"'),
                self.module(t + timedelta(milliseconds=2), "tvcs", "network.tcp", "ERROR", f' Src-ip="{self.address}" Src-port="{d.between(25000, 29999)}" Dst-ip="{peer}" Dst-port="5061" Detail="TCP Connection Closed" Reason="tlsv1 alert unknown ca"')]

    # dumps

    def xstat(self, t, d, license, alarms=()):
        """license: the lines of the licensing block."""
        up = d.between(300000, 9000000)
        out = ["*s SystemUnit: /", f'  Product: "TANDBERG VCS"', f"  Uptime: {up}", f'  SystemTime: "{t:%Y-%m-%d %H:%M:%S}"', '  TimeZone: "GMT"', f'  LocalTime: "{t:%Y-%m-%d %H:%M:%S}"',
               "  Software:", f'    Version: "{self.version}"', '    Build: "oak_v%s_rc_2"' % self.version[1:], '    Name: "s42700"', f'    ReleaseDate: "{RELEASED[self.version[:5].rstrip(".")]}"',
               f"  Hardware:", '    Version: "VMware"', f'    SerialNumber: "{self.serial}"', "*s/end", ""]
        out += [f"*s Ethernet 1: /", f'  MacAddress: "00:50:56:{d.hexa(2)}:{d.hexa(2)}:{d.hexa(2)}"', '  Speed: "10000full"', f'  IPv4: {{ Address: "{self.address}" SubnetMask: "255.255.255.0" }}', "*s/end", ""]
        out += ["*s Resourceusage: /", f'  Calls: {{ Traversal: {{ Current: "{d.below(6)}" Max: "{d.between(6, 30)}" }} }}', f'  Registrations: {{ Current: "{d.between(0, 80)}" Max: "{d.between(80, 200)}" }}', "*s/end", ""]
        out += ["*s License: /", "License:", "All: "] + license + ["*s/end", ""]
        out += ["*s Alarm: /"]
        for n, (number, extra) in enumerate(alarms, 1):
            uuid, severity, detail = ALARMS[number]
            out += [f"  Alarm {n}:", f'    ID: "{number}"', f'    UUID: "{uuid}"', f'    Severity: "{severity}"', '    Status: "Raised"', f'    Description: "{detail.replace("{n}", str(extra))}"']
        out += ["*s/end", ""]
        out += ["*s Zones: /"]
        for n, name in enumerate(["DefaultZone", "CEtcp-cucm-pub", "Traversal-E"], 1):
            out += [f'  Zone {n}: {{ Name: "{name}" Status: "Active" Calls: "{d.below(4)}" Bandwidth: "{d.below(9000)}" }}']
        return out + ["*s/end", ""]

    def xconf(self, transport="Direct", url="", mode="On", proxy=("", ""), dns=("10.20.5.11",), reservation="Off", privacy="Off", options=()):
        out = [f'*c xConfiguration SystemUnit Name: "{self.host}"', f'*c xConfiguration Ethernet 1 IP V4 Address: "{self.address}"', '*c xConfiguration IP V4 Gateway: "%s.1"' % self.address.rsplit(".", 1)[0],
               f'*c xConfiguration IP DNS Domain Name: "{self.domain}"', f'*c xConfiguration IP DNS Hostname: "{self.host}"']
        out += [f'*c xConfiguration IP DNS Server {n} Address: "{a}"' for n, a in enumerate(dns, 1)]
        out += ['*c xConfiguration NTP Server 1 Address: "10.20.5.11"', '*c xConfiguration TimeZone Name: "GMT"', f'*c xConfiguration License Smart LicensingEnable: {mode}',
                f'*c xConfiguration License Smart TransportType: {transport}', f'*c xConfiguration License Smart Url: "{url}"', f'*c xConfiguration License Smart HttpProxyAddress: "{proxy[0]}"',
                f'*c xConfiguration License Smart HttpProxyPort: "{proxy[1]}"', '*c xConfiguration License Smart Privacy: %s' % privacy, '*c xConfiguration License Smart ReservationEnable: %s' % reservation,
                '*c xConfiguration SIP Mode: On', '*c xConfiguration SIP TLS Port: 5061', '*c xConfiguration H323 Mode: Off', '*c xConfiguration Zones DefaultZone SIP TLS Verify Mode: Off',
                '*c xConfiguration Administration SSH Mode: On', '*c xConfiguration Logger Network 1 Level: INFO', '*c xConfiguration Log Level: 1']
        out += [f'*c xConfiguration Alternates Peer {n} Address: "{p}"' for n, p in enumerate(self.peers, 1)]
        out += [f'*c xConfiguration Option {n} Key: "{key}"' for n, key in enumerate(options, 1)]
        return out

    def archive(self, c, stamp, log, xconf=None, xstat=None, captures=(), pems=(), separator="_"):
        """Name of the archive and its members. stamp: yyyy-mm-dd_hh:mm:ss, of which : may have become something else."""
        stamp = stamp.replace(":", separator)
        members = [(f"loggingsnapshot_{self.host}_{stamp}.txt", c.text(f"loggingsnapshot_{self.host}_{stamp}.txt", log))]
        if xconf:
            members.append((f"xconf_dump_{self.host}_{stamp}.txt", c.text(f"xconf_dump_{self.host}_{stamp}.txt", xconf)))
            members.append((f"xconf_dump_{self.host}_{stamp}.xml", xml_of(xconf).encode()))
        if xstat:
            members.append((f"xstat_dump_{self.host}_{stamp}.txt", c.text(f"xstat_dump_{self.host}_{stamp}.txt", xstat)))
        for n, data in enumerate(captures):
            members.append((f"eth0_diagnostic_logging_tcpdump{n:02d}_{self.host}_{stamp}.pcap", data))
        for kind, data in pems:
            members.append((f"{kind}_{self.host}_{stamp}.pem", data))
        return f"diagnostic_log_{self.host}_{stamp}.tar.gz", members


def xml_of(xconf):
    """The same configuration as the XML dump carries it."""
    root = {}
    for line in xconf:
        path, value = line[len("*c xConfiguration "):].split(": ", 1)
        node = root
        words = path.split()
        for w in words[:-1]:
            node = node.setdefault(w, {})
        node[words[-1]] = value.strip('"')

    def write(node, depth):
        out, pad = [], "  " * depth
        items = list(node.items()) if isinstance(node, dict) else []
        for tag, v in items:
            if not isinstance(v, dict):
                out.append(f'{pad}<{tag} item="1">{v}</{tag}>')
                continue
            # `Server 1 Address` is element Server with item 1.
            for n, inner in ([(n, x) for n, x in v.items() if n.isdigit()] or [("1", v)]):
                out += [f'{pad}<{tag} item="{n}">'] + write(inner, depth + 1) + [f"{pad}</{tag}>"]
        return out

    return "\n".join(['<?xml version="1.0"?>', '<Configuration item="1">'] + write(root, 1) + ["</Configuration>"]) + "\n"


def smart_license(registration=None, authorization=None, eval_left=None, account=("corp.example", "Collab-Prod"), transport=("Smart", "https://smartreceiver.cisco.com/licservice/license"),
                  last=None, failure=None, unregistered="UNREGISTERED", expired=None, reserved=False, hostname="yes"):
    """The licensing part of xstatus, unindented as the product prints it. Times: ready text."""
    out = ["Smart Licensing Status", "======================", "", "Smart Licensing is ENABLED", "", "Registration:"]
    if reserved:
        out[4:4] = ["License Reservation is ENABLED"]
        out += ["Status: REGISTERED - SPECIFIC LICENSE RESERVATION", "Export-Controlled Functionality: ALLOWED", f"Initial Registration: SUCCEEDED on {registration[0]}"]
    elif registration:
        out += ["Status: REGISTERED", f"Smart Account: {account[0]}", f"Virtual Account: {account[1]}", "Export-Controlled Functionality: ALLOWED", f"Initial Registration: SUCCEEDED on {registration[0]}",
                f"Last Renewal Attempt: {registration[1]}", f"Next Renewal Attempt: {registration[2]}", f"Registration Expires: {registration[3]}"]
    else:
        out += [f"Status: {unregistered}", "Export-Controlled Functionality: NOT ALLOWED"]
    out += ["", "License Authorization: "]
    if eval_left:
        out += ["Status: EVAL MODE", f"Evaluation Period Remaining: {eval_left}"]
    elif expired:
        out += [f"Status: EVAL EXPIRED on {expired}"]
    elif authorization:
        out += [f"Status: {authorization}"]
        if last:
            out += [f"Last Communication Attempt: {last[0]}"] + ([f"Failure reason: {failure}"] if failure else []) + [f"Next Communication Attempt: {last[1]}", f"Communication Deadline: {last[2]}"]
    return out + ["", "Data Privacy:", f"Sending Hostname: {hostname}", "Callhome hostname privacy: DISABLED", "Smart Licensing hostname privacy: DISABLED", "Version privacy: DISABLED", "",
                  "Transport:", f"Type: {transport[0]}", f"URL: {transport[1]}", "Proxy:", "Not Configured", ""]
