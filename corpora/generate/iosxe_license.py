"""The `show license` family of IOS-XE, for Smart Licensing Using Policy and for the classic agent."""
from datetime import datetime

KINDS = ["Trust Establishment", "Trust Acknowledgement", "Usage Reporting", "Result Polling", "Authorization Request", "Authorization Confirmation",
         "Authorization Return", "Trust Sync", "Hello Message"]
DETAIL = {"network-advantage": ("Network Advantage", "Perpetual"), "network-essentials": ("Network Essentials", "Perpetual"),
          "dna-advantage": ("DNA Advantage", "Subscription"), "dna-essentials": ("DNA Essentials", "Subscription"),
          "air-network-advantage": ("air-network-advantage", "Perpetual"), "air-dna-advantage": ("air-dna-advantage", "Subscription")}


def date(t, zone="UTC"):
    return f"{t:%b} {t.day:02d} {t:%H:%M:%S} {t.year} {zone}" if t else "<none>"


class License:
    """What the agent of one box would answer."""

    def __init__(self, box, transport="smart", cslu=None, url="https://smartreceiver.cisco.com/licservice/license", account=None, ack=None, deadline=None,
                 pushed=None, next_push=None, trust=None, agent=None, rum=(24, 0, 20, 0, 4, 2), policy=None, proxy=None, written=None):
        self.box, self.transport, self.cslu, self.url = box, transport, cslu, url
        self.account, self.ack, self.deadline, self.pushed, self.next_push = account, ack, deadline, pushed, next_push
        self.trust = trust
        train = tuple(int(x) for x in box.version.split(".")[:2])
        self.agent = agent or ("5.0.12_rel/53" if train < (17, 4) else "5.1.23_rel/104" if train < (17, 7) else "5.5.25_rel/12")
        self.rum, self.policy, self.proxy, self.written = rum, policy, proxy, written

    def transport_block(self):
        kind = {"smart": "Smart", "callhome": "Callhome", "cslu": "cslu", "off": "Transport Off"}[self.transport]
        out = ["Transport:", f"  Type: {kind}"]
        if self.transport == "smart":
            out.append(f"  URL: {self.url}")
        if self.transport == "cslu":
            out.append(f"  Cslu address: {self.cslu or '<empty>'}")
        if self.transport in ("smart", "cslu"):
            out += ["  Proxy:"] + ([f"    Address: {self.proxy[0]}", f"    Port: {self.proxy[1]}", "    Username: <empty>", "    Password: <empty>"] if self.proxy else ["    Not Configured"])
            if self.transport == "smart":
                out += ["  VRF: <empty>"]
        return out

    def policy_block(self):
        by = "Customer Policy" if self.policy else "CISCO default"
        out = ["Policy:", f"  Policy in use: {'Installed On ' + date(self.policy[1], self.box.zone) if self.policy else 'Merged from multiple sources.'}"]
        if self.policy:
            out.append(f"  Policy name: {self.policy[0]}")
        out.append(f"  Reporting ACK required: yes ({by})")
        for title, days in (("Unenforced/Non-Export Perpetual", (365, 0, 90)), ("Unenforced/Non-Export Subscription", (90, 90, 90)),
                            ("Enforced (Perpetual/Subscription) License", (0, 0, 0)), ("Export (Perpetual/Subscription) License", (0, 0, 0))):
            out += [f"  {title} Attributes:", f"    First report requirement (days): {days[0]} ({by})", f"    Reporting frequency (days): {days[1]} ({by})",
                    f"    Report on change (days): {days[2]} ({by})"]
        return out

    def usage_block(self):
        zone = self.box.zone
        interval = "0 (no reporting)" if self.transport == "off" else "30  days"
        return ["Usage Reporting:", f"  Last ACK received: {date(self.ack, zone)}", f"  Next ACK deadline: {date(self.deadline, zone)}",
                f"  Reporting push interval: {interval}", "  Next ACK push check: <none>", f"  Next report push: {date(self.next_push, zone)}",
                f"  Last report push: {date(self.pushed, zone)}", f"  Last report file write: {date(self.written, zone)}"]

    def units(self):
        b = self.box
        names = ["Active", "Standby"] + ["Member"] * 8
        return list(zip(names, [(b.pid, b.sn)] + b.members))

    def trust_block(self):
        if not self.trust:
            return ["Trust Code Installed: <none>"]
        out = ["Trust Code Installed:"]
        for role, (pid, sn) in self.units():
            out += [f"  {role}: PID:{pid},SN:{sn}", f"    INSTALLED on {date(self.trust, self.box.zone)}"]
        return out

    def status(self):
        """`show license status`"""
        account = [f"  Smart Account: {self.account[0]} As of {date(self.account[2], self.box.zone)}", f"  Virtual Account: {self.account[1]}"] if self.account else \
            ["  Smart Account: <none>", "  Virtual Account: <none>"]
        return (["Utility:", "  Status: DISABLED", "", "Smart Licensing Using Policy:", "  Status: ENABLED", "", "Account Information:"] + account +
                ["", "Data Privacy:", "  Sending Hostname: yes", "    Callhome hostname privacy: DISABLED", "    Smart Licensing hostname privacy: DISABLED", "  Version privacy: DISABLED", ""] +
                self.transport_block() + ["", "Miscellaneous:", "  Custom Id: <empty>", ""] + self.policy_block() + [""] + self.usage_block() + [""] + self.trust_block())

    def family(self):
        return self.box.pid.rsplit("-", 1)[0] if self.box.pid.startswith("C9") and "CL" not in self.box.pid else self.box.pid

    def usage(self):
        out = []
        for name in self.box.licences:
            text, kind = DETAIL[name]
            out += [f"{name} ({self.box.pid} {text}):", f"  Description: {self.box.pid} {text}", f"  Count: {1 + len(self.box.members)}", "  Version: 1.0", "  Status: IN USE",
                    "  Export status: NOT RESTRICTED", f"  Feature Name: {name}", f"  Feature Description: {self.box.pid} {text}", "  Enforcement type: NOT ENFORCED", f"  License type: {kind}", ""]
        return out

    def product(self):
        out = ["Product Information", "===================", f"UDI: {self.box.udi()}", ""]
        if self.box.members:
            out += ["HA UDI List:"] + [f"    {role}:PID:{pid},SN:{sn}" for role, (pid, sn) in self.units()] + [""]
        return out + ["Agent Version", "=============", f"Smart Agent for Licensing: {self.agent}", ""]

    def report_summary(self, wide=False):
        total, purged, acked, waiting, available, collecting = self.rum
        w = (f"{purged}({purged})", f"0({waiting})") if wide else (purged, waiting)
        out = ["Usage Report Summary:", "=====================", f"Total: {total},  Purged: {w[0]}", f"Total Acknowledged Received: {acked},  Waiting for Ack: {w[1]}",
               f"Available to Report: {available}  Collecting Data: {collecting}"]
        if wide:
            out += [f"Maximum Display: {total}  In Storage: {available + waiting},  MIA: 0(0)", "Report Module Status: Ready"]
        return out

    def all(self):
        """`show license all`"""
        auth = []
        for role, (pid, sn) in self.units():
            auth += [f"  {role}: PID:{pid},SN:{sn}", "      Status: NOT INSTALLED"]
        return (["Smart Licensing Status", "======================", "", "Smart Licensing is ENABLED", "", "Export Authorization Key:", "  Features Authorized:", "    <none>", ""] +
                self.status() + ["", "License Usage", "=============", ""] + self.usage() + self.product() +
                ["License Authorizations", "======================", "Overall status:"] + auth + ["", "Purchased Licenses:", "  No Purchase Information Available", ""] + self.report_summary())

    def summary(self):
        """`show license summary`"""
        out = ["License Usage:", "  License                 Entitlement Tag               Count Status", "  -----------------------------------------------------------------------------"]
        for name in self.box.licences:
            tag = f"({self.box.pid.split('-')[0]} {DETAIL[name][0]})"
            tag = tag if len(tag) < 29 else tag[:24] + "...)"
            out.append(f"  {name:<23} {tag:<29} {1 + len(self.box.members):4d} IN USE")
        return out

    def statistics(self, now, kinds=None, level=None, overall="<empty>"):
        """Communication Statistics. kinds: {kind: (total, ok, fail, overall, communication, last response, when, reason, last ok, last bad)}"""
        kinds = kinds or {}
        z = self.box.zone
        out = ["Communication Statistics:", "=======================", f"Communication Level Allowed: {level or ('DIRECT' if self.trust else 'INDIRECT')}", f"Overall State: {overall}"]
        for kind in KINDS:
            total, ok, fail, many, comm, answer, at, reason, good, bad = kinds.get(kind, (0, 0, 0, 0, 0, "<none>", None, "<none>", None, None))
            out += [f"{kind}:", f"  Attempts: Total={total}, Success={ok}, Fail={fail}  Ongoing Failure: Overall={many} Communication={comm}",
                    f"  Last Response: {answer}{' on ' + date(at, z) if at else ''}", f"    Failure Reason: {reason}", f"  Last Success Time: {date(good, z)}", f"  Last Failure Time: {date(bad, z)}"]
        return out

    def tech(self, now, kinds=None, level=None, overall="<empty>", synced=True):
        """`show license tech support`"""
        z = self.box.zone
        head = ["Smart Licensing Tech Support info", ""] + self.all()[:9] + self.status()
        trust = [f"P:{pid},S:{sn}: " + ("state[2], Trust Data INSTALLED  TrustId:" + str(211 + n) if self.trust else "No Trust Data") for n, (_, (pid, sn)) in enumerate(self.units())]
        url = ["  Default URL: https://smartreceiver.cisco.com/licservice/license"] if self.transport == "smart" else []
        return (head + ["", "License Usage", "============="] + [""] + self.usage() + self.product() +
                ["Upcoming Scheduled Jobs", "=======================", f"Current time: {date(now, z)}", f"Daily: {date(now.replace(hour=23, minute=41, second=9), z)} (in progress)",
                 "Init Flag Check: Expired Not Rescheduled", ""] + self.statistics(now, kinds, level, overall) +
                ["", "License Certificates", "====================", "Production Cert: True", "Not registered. No certificates installed", "", "HA Info", "==========", "RP Role: Active",
                 "Chassis Role: Active", "Behavior Role: Active", "RMF: True", "CF: True", "", "Reservation Info", "================", "License reservation: DISABLED", ""] +
                self.report_summary(wide=True) +
                ["", "Other Info", "==========", "Software ID: regid.2017-05.com.cisco.C9300,v1_727af1d9-6c39-4444-b301-863f81445b72", "Agent State: authorized", "TS enable: True",
                 f"Transport: {dict(smart='Smart', callhome='Callhome', cslu='cslu', off='Transport Off')[self.transport]}"] + url +
                ["Locale: en_US.UTF-8", "Debug flags: 0x7", "Write Erase Occurred: False", "Message Version: 1.3", "SmartTransportServerIdCheck: True"] + trust +
                [f"Overall Trust: {'INSTALLED (2)' if self.trust else 'No ID'}", f"Clock sync-ed with NTP: {synced}"])

    def rum_ids(self, dice, rows):
        """`show license rum id all`; rows: list of (state, flag, feature)"""
        start = 1600000000 + dice.below(90000000)
        return ["Smart Licensing Usage Report:", "====================================", "Report Id,          State,    Flag, Feature Name"] + \
            [f"{start + n:<20}{state:<10}{flag:<6}{feature}" for n, (state, flag, feature) in enumerate(rows)]

    def rum_ids_old(self, dice, states):
        """`test license smart rum id-list`"""
        start = 1600000000 + dice.below(90000000)
        return [f"report_id:{start + n} state:SmartAgentRumState{state}" for n, state in enumerate(states)]


def classic_status(zone="UTC", registration="REGISTERED", account=("corp.example", "Default"), registered=None, renewal=None, next_renewal=None, expires=None,
                   authorization=None, last=None, next_try=None, deadline=None, export="ALLOWED", reason=None, renewal_reason=None):
    """Registration and authorization as the agent before Smart Licensing Using Policy prints them.
    authorization and last: (text, time)."""
    out = ["Smart Licensing is ENABLED", "", "Utility:", "  Status: DISABLED", "", "Data Privacy:", "  Sending Hostname: yes", "    Callhome hostname privacy: DISABLED",
           "    Smart Licensing hostname privacy: DISABLED", "  Version privacy: DISABLED", "", "Transport:", "  Type: Callhome", "", "Registration:", f"  Status: {registration}"]
    if account:
        out += [f"  Smart Account: {account[0]}", f"  Virtual Account: {account[1]}"]
    out.append(f"  Export-Controlled Functionality: {export}")
    if registered:
        out.append(f"  Initial Registration: SUCCEEDED on {date(registered, zone)}")
        out.append("  Last Renewal Attempt: " + (f"{renewal[0]} on {date(renewal[1], zone)}" if renewal else "None"))
        if renewal_reason:
            out.append(f"    Failure reason: {renewal_reason}")
        out += [f"  Next Renewal Attempt: {date(next_renewal, zone)}", f"  Registration Expires: {date(expires, zone)}"]
    out += ["", "License Authorization: ", f"  Status: {authorization[0]} on {date(authorization[1], zone)}", f"  Last Communication Attempt: {last[0]} on {date(last[1], zone)}"]
    if reason:
        out.append(f"    Failure reason: {reason}")
    return out + [f"  Next Communication Attempt: {date(next_try, zone)}", f"  Communication Deadline: {date(deadline, zone)}", ""]


def history_request(t, zone, kind, pid, sn, dice, extra=""):
    stamp = int((t - datetime(1970, 1, 1)).total_seconds()) * 1000
    return [f"REQUEST: {date(t, zone)}",
            '{"request":{"header":{"request_type":"%s","sudi":{"udi_pid":"%s","udi_serial_number":"%s"},"version":"1.3","locale":"en_US.UTF-8","signing_cert_serial_number":"3",'
            '"id_cert_serial_number":"","product_instance_identifier":"","connect_info":{"name":"C_agent","version":"5.0.9_release","production":true,"additional_info":"",'
            '"capabilities":["UTILITY","DLC","AppHA","MULTITIER","EXPORT_2","OK_TRY_AGAIN","POLICY_USAGE"]}},"request_data":"{\\"sudi\\":{\\"udi_pid\\":\\"%s\\",\\"udi_serial_number\\":\\"%s\\"},'
            '\\"timestamp\\":%d,\\"nonce\\":\\"%d\\"%s}"},"signature":{"type":"SHA256","key":"%d","value":"%s=="}}'
            % (kind, pid, sn, pid, sn, stamp, dice.below(10 ** 18), extra, dice.below(10 ** 8), "".join(dice.pick("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789+/") for _ in range(120)))]


def history_response(t, zone, kind=None, pid="", sn="", dice=None, status="COMPLETE", message=""):
    """Without kind: a RESPONSE line with nothing behind it."""
    if kind is None:
        return [f"RESPONSE: {date(t, zone)}", ""]
    stamp = int((t - datetime(1970, 1, 1)).total_seconds()) * 1000
    return [f"RESPONSE: {date(t, zone)}",
            '{"signature":{"type":"SHA256","value":"%s==","piid":null,"cert_sn":null},"response":{"header":{"version":"1.3","locale":"en_US.UTF-8","timestamp":%d,"nonce":null,"request_type":"%s",'
            '"sudi":{"udi_pid":"%s","udi_serial_number":"%s"},"agent_actions":null,"connect_info":{"name":"SSM","version":"1.3","production":true,"capabilities":["DLC","AppHA","EXPORT_2","POLICY_USAGE","UTILITY"],'
            '"additional_info":""},"signing_cert_serial_number":"59152896","id_cert_serial_number":"","product_instance_identifier":""},"status_code":"%s","status_message":"%s","retry_time_seconds":0,'
            '"response_data":"","sch_response":null}}'
            % ("".join(dice.pick("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789+/") for _ in range(120)), stamp + dice.below(1000), kind, pid, sn, status, message), ""]
