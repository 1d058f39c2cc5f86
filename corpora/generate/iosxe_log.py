"""IOS-XE log lines: the everyday messages of switches, controllers and routers, and the ways devices and relays print them."""
from datetime import datetime, timedelta

USERS = ["netops", "tanaka", "svc-dnac", "m.keller", "noc-l1", "jkim"]


def when(text):
    return datetime.fromisoformat(text)


class Plant:
    """Names and numbers that stay the same within one device's log."""

    def __init__(self, dice, net="10.20", stack=1, ports=24, kind="switch"):
        self.dice, self.net, self.kind = dice, net, kind
        self.ports = [f"GigabitEthernet{s}/0/{p}" for s in range(1, stack + 1) for p in range(1, ports + 1)]
        if kind == "wlc":
            self.ports = [f"TenGigabitEthernet0/0/{p}" for p in range(4)]
        if kind == "router":
            self.ports = [f"GigabitEthernet0/0/{p}" for p in range(3)]
        self.short = [p.replace("GigabitEthernet", "Gi") for p in self.ports]
        self.macs = [dice.mac() for _ in range(40)]
        self.aps = [f"AP-{dice.pick(['B1', 'B2', 'HQ', 'WH'])}-{dice.pick('1234')}F-{n:02d}" for n in range(1, 25)]
        self.uplinks = [f"TenGigabitEthernet{s}/1/{p}" for s in range(1, stack + 1) for p in (1, 2)]

    def host(self):
        return f"{self.net}.{self.dice.between(1, 60)}.{self.dice.between(2, 250)}"

    def body(self):
        d = self.dice
        port, mac, user = d.pick(self.ports), d.pick(self.macs), d.pick(USERS)
        sid = f"{d.hexa(8).upper()}{d.hexa(16).upper()}"
        switch = [
            (18, lambda: f"%LINK-3-UPDOWN: Interface {port}, changed state to {d.pick(['up', 'down'])}"),
            (18, lambda: f"%LINEPROTO-5-UPDOWN: Line protocol on Interface {port}, changed state to {d.pick(['up', 'down'])}"),
            (8, lambda: f"%ILPOWER-7-DETECT: Interface {d.pick(self.short)}: Power Device detected: IEEE PD"),
            (8, lambda: f"%ILPOWER-5-POWER_GRANTED: Interface {d.pick(self.short)}: Power granted"),
            (5, lambda: f"%ILPOWER-5-IEEE_DISCONNECT: Interface {d.pick(self.short)}: PD removed"),
            (10, lambda: f"%DOT1X-5-FAIL: Switch 1 R0/0: sessmgrd: Authentication failed for client ({mac}) with reason (No Response from Client) on Interface {d.pick(self.short)} AuditSessionID {sid}"),
            (9, lambda: f"%MAB-5-SUCCESS: Switch 1 R0/0: sessmgrd: Authentication successful for client ({mac}) on Interface {d.pick(self.short)} AuditSessionID {sid}"),
            (9, lambda: f"%SESSION_MGR-5-SUCCESS: Switch 1 R0/0: sessmgrd: Authorization succeeded for client ({mac}) on Interface {port} AuditSessionID {sid}"),
            (2, lambda: f"%CDP-4-NATIVE_VLAN_MISMATCH: Native VLAN mismatch discovered on {port} ({d.between(1, 90)}), with acc-{d.between(1, 9)}.corp.example {d.pick(self.ports)} (1)."),
            (3, lambda: f"%SISF-6-ENTRY_CREATED: Entry created A={self.host()} V={d.pick([20, 30, 110])} I={d.pick(self.short)} P=0005 M={mac}"),
            (2, lambda: f"%SW_MATM-4-MACFLAP_NOTIF: Host {mac} in vlan {d.pick([20, 30, 110])} is flapping between port {d.pick(self.short)} and port {d.pick(self.short)}"),
            (1, lambda: f"%PLATFORM_THERMAL-6-FRU_FAN_OIR: Switch 1: System fan {d.between(1, 3)} inserted."),
            (2, lambda: f"%SPANTREE-5-TOPOTRAP: Topology Change Trap for vlan {d.pick([20, 30, 110])}"),
            (1, lambda: f"%SFF8472-3-THRESHOLD_VIOLATION: {d.pick(self.uplinks).replace('TenGigabitEthernet', 'Te')}: Rx power low warning; Operating value: -{d.between(14, 18)}.{d.below(10)} dBm, Threshold value: -14.1 dBm."),
        ]
        wlc = [
            (14, lambda: f"%CLIENT_ORCH_LOG-6-CLIENT_ADDED_TO_RUN_STATE: Chassis 1 R0/0: wncd: Username entry ({user}) joined with ssid (corp) for device with MAC: {mac}"),
            (6, lambda: f"%CLIENT_EXCLUSION_SERVER-5-ADD_TO_EXCLUSIONLIST_REASON_DYNAMIC: Chassis 1 R0/0: wncmgrd: Client MAC: {mac} was added to exclusion list associated with AP Name:{d.pick(self.aps)}, BSSID:MAC: {d.mac()}, reason: 802.1X authentication failure"),
            (5, lambda: f"%APMGR_TRACE_MESSAGE-6-WLC_GEN_INFO: Chassis 1 R0/0: wncd: AP IP Address: {self.host()}, AP Name: {d.pick(self.aps)}, Ethernet link to WLC changed"),
            (4, lambda: f"%CAPWAPAC_SMGR_TRACE_MESSAGE-5-AP_JOIN_DISJOIN: Chassis 1 R0/0: wncd: AP Event: AP Name: {d.pick(self.aps)}, MAC: {mac} {d.pick(['Joined', 'Disjoined'])}"),
            (4, lambda: f"%RADIUS_AUDIT_MESSAGE-6-RADIUS_ALIVE: Chassis 1 R0/0: wncd: RADIUS server {self.net}.5.{d.pick([11, 12])}:1812,1813 is being marked alive"),
            (6, lambda: f"%AAA_AUDIT_MESSAGE-6-METHOD_LIST_STATE: Chassis 1 R0/0: wncd: mlist default of 8021X service is marked {d.pick(['UP', 'DOWN'])}"),
            (4, lambda: f"%RRM-6-CHANNEL_CHANGE: Chassis 1 R0/0: wncd: AP {d.pick(self.aps)} slot {d.pick([0, 1])} moved to channel {d.pick([36, 44, 52, 100, 149])}"),
        ]
        router = [
            (6, lambda: f"%BGP-5-ADJCHANGE: neighbor {self.host()} {d.pick(['Up', 'Down Peer closed the session'])} "),
            (6, lambda: f"%OSPF-5-ADJCHG: Process 1, Nbr {self.host()} on {d.pick(['GigabitEthernet0/0/1', 'Tunnel10'])} from {d.pick(['LOADING to FULL, Loading Done', 'FULL to DOWN, Neighbor Down: Dead timer expired'])}"),
            (4, lambda: f"%TRACK-6-STATE: {d.between(1, 4)} ip sla 10 reachability Up -> Down"),
            (4, lambda: f"%CRYPTO-4-RECVD_PKT_MAC_ERR: decrypt: mac verify failed for connection id={d.between(2000, 2100)} spi={d.hexa(8).upper()} seqno={d.hexa(8).upper()}"),
            (6, lambda: f"%LINEPROTO-5-UPDOWN: Line protocol on Interface Tunnel{d.between(10, 14)}, changed state to {d.pick(['up', 'down'])}"),
            (3, lambda: f"%IOSXE-6-PLATFORM: R0/0: audispd: node=rtr type=USER_LOGIN msg=audit({d.between(10 ** 9, 2 * 10 ** 9)}.{d.below(999):03d}:{d.below(99999)}): res=success"),
        ]
        everyone = [
            (4, lambda: f"%SYS-5-CONFIG_I: Configured from console by {user} on vty{d.below(4)} ({self.host()})"),
            (6, lambda: f"%SEC_LOGIN-5-LOGIN_SUCCESS: Login Success [user: {user}] [Source: {self.host()}] [localport: 22]"),
            (4, lambda: f"%SYS-6-LOGOUT: User {user} has exited tty session {d.between(1, 4)}({self.host()})"),
            (3, lambda: f"%SSH-5-SSH2_USERAUTH: User '{user}' authentication for SSH2 Session from {self.host()} (tty = {d.below(4)}) using crypto cipher 'aes256-gcm@openssh.com', hmac 'hmac-sha2-256-etm@openssh.com' Succeeded"),
            (2, lambda: f"%SSH-4-SSH2_UNEXPECTED_MSG: Unexpected message type has arrived. Terminating the connection from {self.host()}"),
            (2, lambda: f"%PARSER-5-CFGLOG_LOGGEDCMD: User:{user}  logged command:!exec: enable"),
            (1, lambda: f"%NDBMAN-5-ACTIVE: All users of NDB are ready"),
            (1, lambda: f"%SNMP-3-AUTHFAIL: Authentication failure for SNMP req from host {self.host()}"),
            (1, lambda: f"%TCP-6-BADAUTH: No MD5 digest from {self.host()}(179) to {self.host()}({d.between(11000, 60000)}) tableid - 0"),
        ]
        menu = {"switch": switch, "wlc": wlc, "router": router}[self.kind] + everyone
        roll = d.below(sum(w for w, _ in menu))
        for weight, make in menu:
            roll -= weight
            if roll < 0:
                return make()
        raise AssertionError


def mixed(plant, start, end, count, planted=()):
    """Everyday messages between two times and the planted (time, body) among them, in time order."""
    d = plant.dice
    span = int((end - start).total_seconds() * 1000)
    events = [(start + timedelta(milliseconds=d.below(span)), None) for _ in range(count)]
    # Planted times are whole seconds in the case files; devices print milliseconds.
    events += [(t if t.microsecond else t + timedelta(milliseconds=d.between(1, 998)), body) for t, body in planted]
    events.sort(key=lambda e: e[0])
    return [(t, body or plant.body()) for t, body in events]


def stamp(t, zone="", flag="", millis=True, year=False):
    text = f"{flag}{t:%b} {t.day:2d} "
    if year:
        text += f"{t.year} "
    text += f"{t:%H:%M:%S}"
    if millis:
        text += f".{t.microsecond // 1000:03d}"
    return text + (f" {zone}" if zone else "")


def device_lines(events, zone="", flag="", seq=None, **style):
    out = []
    for n, (t, body) in enumerate(events):
        head = "" if seq is None else f"{seq + n:06d}: "
        out.append(f"{head}{stamp(t, zone, flag, **style)}: {body}")
    return out


def severity(body):
    return int(body.split(":")[0].split("-")[-2])


def relay3164(t, host, counter, body, zone="", delay=1, pri=True):
    """What a classic relay writes: receive time, host, counter, then the device's own line."""
    got = t + timedelta(seconds=delay)
    lead = f"<{23 * 8 + severity(body)}>" if pri else ""
    return f"{lead}{got:%b} {got.day:2d} {got:%H:%M:%S} {host} {counter}: {stamp(t, zone)}: {body}"


def relay5424(t, host, counter, body, zone="", offset="Z", delay=1):
    got = t + timedelta(seconds=delay)
    return (f"<{23 * 8 + severity(body)}>1 {got:%Y-%m-%dT%H:%M:%S}.{got.microsecond // 1000:03d}{offset} {host} - - - - "
            f"{counter}: {stamp(t, zone)}: {body}")


def show_logging(lines, host_log="10.20.5.60", size=102400, total=None):
    n = total or len(lines) + 214
    return f"""Syslog logging: enabled (0 messages dropped, 7 messages rate-limited, 0 flushes, 0 overruns, xml disabled, filtering disabled)

No Active Message Discriminator.



No Inactive Message Discriminator.


    Console logging: level critical, 12 messages logged, xml disabled,
                     filtering disabled
    Monitor logging: level debugging, 0 messages logged, xml disabled,
                     filtering disabled
    Buffer logging:  level debugging, {n} messages logged, xml disabled,
                    filtering disabled
    Exception Logging: size (4096 bytes)
    Count and timestamp logging messages: disabled
    File logging: disabled
    Persistent logging: disabled

No active filter modules.

    Trap logging: level informational, {n - 31} message lines logged
        Logging to {host_log}  (udp port 514, audit disabled,
              link up),
              {n - 31} message lines logged,
              0 message lines rate-limited,
              0 message lines dropped-by-MD,
              xml disabled, sequence number disabled
              filtering disabled
        Logging Source-Interface:       VRF Name:

Log Buffer ({size} bytes):

""".split("\n")[:-1] + lines


def wrapped(lines, width=80):
    """As a terminal of that width cuts them: in the middle of words."""
    out = []
    for line in lines:
        while len(line) > width:
            out.append(line[:width])
            line = line[width:]
        out.append(line)
    return out


# Licensing messages, as the catalogue words them

CSSM = "the Cisco Smart Software Manager (CSSM)"
CSLU = "the Cisco Smart License Utility (CSLU)"
DDCE = "https://tools.cisco.com/its/service/oddce/services/DDCEService"


def comm_failed(reason, peer=CSSM):
    return f"%SMART_LIC-3-COMM_FAILED: Communications failure with {peer} : {reason}"


def comm_restored(peer=CSSM):
    return f"%SMART_LIC-5-COMM_RESTORED: Communications with {peer} restored"


CALL_HOME_HTTP = comm_failed("Fail to send out Call Home HTTP message.")
SCH_FAILED = comm_failed("Smart Call Home failed to process the request.")
UNRESOLVED = "Unable to resolve server hostname/domain name"
ERRORS = {205: "Request Aborted", 207: "Connection time out", 218: "Host name resolution failed"}


def sl_message_failed(code, url=DDCE):
    return f"%CALL_HOME-5-SL_MESSAGE_FAILED: Fail to send out Smart Licensing message to: {url} (ERR {code} : {ERRORS[code]})"


def auth_renew_failed(udi):
    return f"%SMART_LIC-3-AUTH_RENEW_FAILED: Authorization renewal with {CSSM} : Communication message send error for udi {udi}"


TRUST_DONE = [
    "%CRYPTO_ENGINE-5-KEY_DELETED: A key named SLA-KeyPair has been removed from key storage",
    "%CRYPTO_ENGINE-5-KEY_ADDITION: A key named SLA-KeyPair has been generated or imported",
    "%PKI-6-CONFIGAUTOSAVE: Running configuration saved to NVRAM",
    "%SMART_LIC-6-TRUST_INSTALL_SUCCESS: A new licensing trust code was successfully installed on P:{pid},S:{sn}.",
]
