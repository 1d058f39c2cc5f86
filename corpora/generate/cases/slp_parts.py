"""What the cases on On-Prem, CSLU, proxies and deadlines share: a device, its session, its everyday log."""
from datetime import timedelta

from dice import Dice
from iosxe_license import License
from iosxe_log import Plant, device_lines, mixed, show_logging, when
from iosxe_show import Box

AIR = ("air-network-advantage", "air-dna-advantage")


class Site:
    """One device at one time, with what it logged in the last days."""

    def __init__(self, c, host, pid, version, now, zone="UTC", net="10.40", kind="switch", planted=(), noise=40, days=4, year=False, **box):
        self.d = Dice(c.name + host)
        licences = {"licences": AIR} if pid.startswith("C9800") else {}
        sn = "9" + self.d.hexa(10).upper() if pid == "C9800-CL-K9" else self.d.serial({"C98": "TTM", "ISR": "FOC"}.get(pid[:3], "FCW"))
        self.box = Box(host, pid, sn, version, zone=zone, **{**licences, **box})
        self.plant, self.now, self.host = Plant(self.d, net, kind=kind), when(now), host
        self.log = device_lines(mixed(self.plant, self.now - timedelta(days=days), self.now, noise, [(when(t), body) for t, body in planted]), zone=zone, year=year)

    def license(self, transport="smart", **how):
        for key in ("ack", "deadline", "pushed", "next_push", "trust", "written"):
            if isinstance(how.get(key), str):
                how[key] = when(how[key])
        self.lic = License(self.box, transport, **how)
        return self.lic

    def running(self, drop=(), **how):
        """The running configuration, without the lines that contain one of `drop`."""
        how.setdefault("ports", 3)
        return [x for x in self.box.running(self.now, self.plant, **how) if not any(word in x for word in drop)]

    def session(self, *commands, clock=True, version=True):
        """Commands and their answers behind the prompt; the clock and the release first."""
        out = []
        if clock:
            out += [f"{self.host}#show clock"] + self.box.clock(self.now)
        if version:
            out += [f"{self.host}#show version"] + self.box.show_version(self.now)
        for command, lines in commands:
            out += [f"{self.host}#{command}"] + list(lines)
        return out + [f"{self.host}#"]

    def logging(self):
        return ("show logging", show_logging(self.log))

    def status(self):
        return ("show license status", self.lic.status() + [""])

    def all(self):
        return ("show license all", self.lic.all() + [""])

    def tech(self, **how):
        return ("show license tech support", self.lic.tech(self.now, **how) + [""])


def every(start, hours, count, body):
    """The same message `count` times, that many hours apart."""
    return [(f"{when(start) + timedelta(hours=hours * n, minutes=n * 7 % 50)}", body) for n in range(count)]


def answered(t, total=9, kind="OK_POLL"):
    """Usage Reporting of a device whose reports are taken."""
    return {"Usage Reporting": (total, total, 0, 0, 0, kind, when(t), "<none>", when(t), None)}


def silent(t, since, total=14, fail=5, kind="Usage Reporting"):
    """A kind of message whose latest tries got no reply."""
    return {kind: (total, total - fail, fail, fail, fail, "NO REPLY", when(t), "<none>", when(since) if since else None, when(t))}
