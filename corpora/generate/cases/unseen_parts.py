"""Small pieces that the unseen cases share; no case by itself."""
from datetime import timedelta

from dice import Dice
from iosxe_log import when

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def alarm(exp, t, number, title, text="", severity="warning", event="Raised", process="alarm", host=True):
    level = {"warning": "WARN", "error": "ERROR", "critical": "ERROR", "alert": "ERROR"}[severity]
    d = Dice("alarm" + number)
    detail = title + (": " + text if text else "")
    return (t, exp.line(t, process, f'Level="{level}" Event="Alarm {event}" Id="{number}" UUID="{d.uuid()}" Severity="{severity}" Detail="{detail}" UTCTime="{exp.utc(t)}"', host))


COMM = ("30042", "Smart license communication error", "The system failed to communicate with cloud-based Cisco Smart Software Manager or Cisco Smart Software Manager On-Prem", "error")
EVAL = ("30035", "Smart license in Eval", "The system is operating in Evaluation Mode that will expire in 30 days", "warning")


def agent(exp, t, level, text, module="agent", extra=""):
    return (t, exp.module(t, "smartlicenseagent", f"developer.smartlicense.{module}", level, f'CodeLocation="smartlicense{module}({200 + len(text)})" Detail="Smartlicenseagent {text}"{extra}'))


def curl(exp, t, reason, url="https://smartreceiver.cisco.com/licservice/license"):
    return agent(exp, t, "ERROR", "request failed", "curl", f' Url="{url}" Reason="{reason}"')


def xstatus(exp, t, licence=(), alarms=(), uptime=901274, keys=(), product="TANDBERG VCS"):
    """What `xstatus` prints, in the order of the product. alarms: (number, title, severity)."""
    out = ["*s SystemUnit: /", f'  Product: "{product}"', f"  Uptime: {uptime}", f'  SystemTime: "{t:%Y-%m-%d %H:%M:%S}"', '  TimeZone: "GMT"', "  Software:", f'    Version: "{exp.version}"',
           f'    Build: "oak_v{exp.version[1:]}"', '    Name: "s42700"']
    if keys:
        out.append("    Options:")
        for n, (key, text) in enumerate(keys, 1):
            out += [f"      Option {n}:", f'        Key: "{key}"', f'        Description: "{text}"']
    out += ["  Hardware:", '    Version: "VMware"', f'    SerialNumber: "{exp.serial}"', "*s/end", ""]
    if licence:
        out += ["*s Show: /", "License:", "All: "] + list(licence) + ["*s/end", ""]
    out.append("*s Alarms: /")
    for n, (number, title, severity) in enumerate(alarms, 1):
        out += [f"  Alarm {n}:", f'    ID: "{number}"', f'    UUID: "{Dice("alarm" + number).uuid()}"', f'    Severity: "{severity}"', '    State: "raised"', f'    Title: "{title}"']
    return out + ["*s/end", ""]


def curly(text):
    """Quotes as word processors and mail programs turn them."""
    out, open_ = "", True
    for ch in text:
        if ch == '"':
            out += "\u201c" if open_ else "\u201d"
            open_ = not open_
        else:
            out += "\u2019" if ch == "'" else ch
    return out


def mail(sender, date, subject, body):
    return [f"From: {sender}", "To: licensing-help@corp.example", f"Date: {date}", f"Subject: {subject}", ""] + body


def quoted(lines):
    return ["> " + x if x else ">" for x in lines]


def paged(lines, page=22):
    wipe = " --More-- " + "\b" * 9 + " " * 9 + "\b" * 9
    return [(wipe if n and n % page == 0 else "") + line for n, line in enumerate(lines)]


def spread(start, step, count, *bodies):
    """(time, body) at regular but not exact intervals; bodies of one attempt follow each other by a second."""
    out = []
    for n in range(count):
        t = when(start) + step * n + timedelta(seconds=(n * 37) % 53)
        out += [(t + timedelta(seconds=k), b) for k, b in enumerate(bodies)]
    return out


def no_reply(kind, count, last, good=None, ok=0):
    return {kind: (count + ok, ok, count, count, count, "NO REPLY", last, "<none>", good, last)}


def prompt(host, *commands):
    """A console log: (command, lines) pairs with the prompt before each and after the last."""
    out = []
    for command, lines in commands:
        out += [f"{host}{command}"] + list(lines)
    return out + [f"{host}"]


def brief_version(box, now):
    """`show version` as people cut it with include."""
    return [x for x in box.show_version(now) if "IOS XE Software" in x or "Version " + box.version in x or "uptime is" in x or "processor" in x and "uptime" not in x or "board ID" in x or "Licensing Status" in x]


def stats_only(lic, now, kinds, level=None, overall="<empty>"):
    return lic.statistics(now, kinds, level, overall)


def usage_only(lic):
    """`show license all | section Usage Reporting` and the summary at its end."""
    return lic.usage_block() + [""] + lic.report_summary()
