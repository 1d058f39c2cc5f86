"""A `show tech-support` of an IOS-XE device: the sections in their usual order, with as much ordinary content as asked for."""
from iosxe_log import show_logging
from iosxe_show import section


def show_tech(box, plant, t, log, license=None, classic=None, kinds=None, tech=True, running=None, trustpool=None, certificates=None, cpu=None, memory=None,
              interfaces=8, macs=30, routes=15, history=None, rum=None, extra=(), version_status=None, level=None, overall="<empty>", clock_flag=""):
    d = plant.dice
    out = section("show clock", box.clock(t, clock_flag)) + section("show version", box.show_version(t, status=version_status)) + section("show inventory", box.inventory())
    out += section("show running-config", box.running(t, plant, **(running or {})))
    out += section("show interfaces", box.interfaces(plant, interfaces))
    out += section("show logging", show_logging(log))
    out += section("show processes cpu sorted", cpu or box.processes_cpu(d))
    out += section("show processes memory sorted", memory or box.processes_memory(d, 1459822876, 411723580, [(0, 0, 0, 128339872, "*MallocLite*"), (0, 335560736, 76485816, 238693656, "*Init*")]))
    if plant.kind == "switch":
        out += section("show mac address-table", box.mac_table(plant, macs))
    if plant.kind == "wlc":
        out += section("show ap summary", box.ap_summary(plant))
    out += section("show ip route", box.routes(plant, routes))
    if certificates:
        out += section("show crypto pki certificates", certificates)
    if trustpool:
        out += section("show crypto pki trustpool", trustpool)
    if license:
        out += section("show license all", license.all()) + section("show license summary", license.summary())
        if tech:
            out += section("show license tech support", license.tech(t, kinds, level, overall))
    if classic:
        out += section("show license all", ["Smart Licensing Status", "======================", ""] + classic)
    if history:
        out += section("show license history message", ["Message History (oldest to newest):", ""] + history)
    if rum:
        out += section("show license rum id all", rum)
    for name, lines in extra:
        out += section(name, lines)
    return out
