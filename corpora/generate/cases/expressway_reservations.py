"""Expressway: licence reservation (SLR) on the command line, and what CSSM shows of it."""
from case import case
from dice import Dice
from expressway import Expressway, smart_license
from iosxe_log import when

from cases.expressway_clusters import reserved_status

CODE = "<specificPLR><authorizationCode><flag>A</flag><version>C</version><piid>5f1d0c7e-6a43-4b8f-90d2-3c17e8a4b6f5</piid><timestamp>1710846000000</timestamp><entitlements></entitlements></authorizationCode><signature>MEUCIQDk</signature></specificPLR>"


def login(exp, host="10.20.70.21"):
    return ["login as: admin", f"admin@{host}'s password:", f"Welcome to {exp.host}", "", "OK", "xstatus SystemUnit", "*s SystemUnit: /", '  Product: "TANDBERG VCS"', "  Software:", f'    Version: "{exp.version}"',
            "  Hardware:", f'    SerialNumber: "{exp.serial}"', "*s/end", "", "OK"]


REQUEST = ["xconfiguration license Smart reservationEnable: on", "OK", "xcommand license Smart reservation request"]


@case("exp-reservation-on-x14-0-11", covers=[5, 27, 28])
def _(c):
    c.story = "A session of the command line on X14.0.11: reservation is asked for, which came with X14.2 only. Differs from exp-reservation-first-installation in the release."
    c.sources = [("SLR came with X14.2", "seeds S0, S1, public P8"), ("commands", "seeds S0, S1")]
    c.made = "values and the error of the command line."
    exp = Expressway("exp-c-k1", "X14.0.11", "0E600001")
    c.add("input/exp-c-k1.log", login(exp) + ["xconfiguration license Smart reservationEnable: on", 'ERROR: "Invalid parameter"', "xcommand license Smart reservation request", 'ERROR: "Command not recognized"', "OK"], eol="\r\n")
    c.expect("*", top="exp-slr-unsupported-release", must_not=["exp-slr-auth-code-not-quoted", "exp-slr-with-onprem-account", "exp-slr-update-confirmation-pending"])
    c.at("exp-slr-unsupported-release", "exp-c-k1.log", "reservation request")


@case("exp-reservation-first-installation", healthy=True, covers=[46, 47, 51, 52, 53])
def _(c):
    c.story = "The first installation of a reservation on X14.2.5, in order: enabled, requested, installed in quotes. The node prints a confirmation code all the same; the first installation needs none. Pairs with exp-reservation-update-open and exp-reservation-on-x14-0-11."
    c.sources = [("steps and the missing need of a confirmation", "seed S1"), ("texts", "seeds S0, S1")]
    c.made = "values and codes."
    exp = Expressway("exp-c-k2", "X14.2.5", "0E600002")
    c.add("input/session-exp-c-k2.txt", login(exp) + REQUEST + ["Enter this request code in the Cisco Smart Software Manager portal:", "CD-ZExpressway:0E600002-AfPXeaLk5-4C", "OK",
                                                               f'xcommand License Smart Reservation Install "{CODE}"', "Authorization code installed.", "Please enter the confirmation code to CSSM account: 71c0ab3e", "OK"])
    c.expect("*", must_not=["exp-slr-update-confirmation-pending", "exp-slr-unsupported-release", "exp-slr-auth-code-not-quoted", "exp-slr-with-onprem-account"])


@case("exp-reservation-update-open", covers=[58, 59, 60])
def _(c):
    c.story = "Five rooms were added to a reservation: the new code is installed, the confirmation code is not entered, and CSSM still offers Enter Confirmation Code. Differs from exp-reservation-first-installation: no request, and the list of CSSM."
    c.sources = [("update is complete only with the confirmation code", "seeds S0, S1, public P4"), ("list of CSSM", "seeds S0, S1")]
    c.made = "values and codes."
    exp = Expressway("exp-c-k3", "X14.2.7", "0E600003")
    c.add("input/update/session.log", login(exp) + [f'xcommand license Smart reservation install "{CODE}"', "Authorization code installed.", "Please enter the confirmation code to CSSM account: 3e11c0da", "OK"])
    c.add("input/update/cssm.txt", ["Virtual Account: Collab-Prod   General  Licenses  Product Instances  Event Log", "Name  Product Type  Last Contact  Alerts  Actions",
                                    "UDI_PID:Expressway; UDI_SN:0E600003; UDI_VID:1.0;  EXPY  2024-Mar-18 19:34:23 (Reserved Licenses)  Actions: Transfer... Enter Confirmation Code... Remove..."])
    c.expect("*", top="exp-slr-update-confirmation-pending", may=["exp-instance-name-and-privacy"], must_not=["exp-slr-return-code-lost", "exp-slr-auth-code-not-quoted", "exp-slr-unsupported-release"])
    c.at("exp-slr-update-confirmation-pending", "session.log", "confirmation code")


@case("exp-reservation-code-without-quotes", covers=[52, 61])
def _(c):
    c.story = "The authorization code was pasted without quotes and is refused; there is no `Authorization code installed.` in the session."
    c.sources = [("quotes in front and behind", "seeds S0, S1, public P4")]
    c.made = "values, codes and the error of the command line."
    exp = Expressway("exp-c-k4", "X14.2.7", "0E600004")
    c.add("input/putty.log", login(exp) + REQUEST + ["CD-ZExpressway:0E600004-AfPXeaLk5-77", "OK", f"xcommand License Smart Reservation Install {CODE}", 'ERROR: "Command not recognized"', "OK"], encoding="utf-16-le", bom=b"\xff\xfe", eol="\r\n")
    c.expect("*", top="exp-slr-auth-code-not-quoted", must_not=["exp-slr-unsupported-release", "exp-slr-update-confirmation-pending"])
    c.at("exp-slr-auth-code-not-quoted", "putty.log", "Reservation Install")


@case("exp-reservation-return-code-gone", covers=[55, 56, 57])
def _(c):
    c.story = "A node was taken down: the reservation was returned, the window closed, and CSSM still lists the instance with reserved licences."
    c.sources = [("return, and what to do without the code", "seeds S0, S1"), ("list of CSSM", "seeds S0, S1")]
    c.made = "values, the mail."
    exp = Expressway("exp-c-k5", "X14.2.7", "0E600005")
    c.add("input/session.log", login(exp) + ["xcommand License Smart Reservation return", "Enter the following return code into the CSSM:"])
    c.add("input/mail.txt", ["Hello,", "the old node was returned on Friday before we switched it off, but the return code was not saved.", "CSSM still shows:",
                             "UDI_PID:Expressway; UDI_SN:0E600005; UDI_VID:1.0;  EXPY  2024-Mar-18 19:34:23 (Reserved Licenses)  Actions", "How do we get the licenses back?"])
    c.expect("*", top="exp-slr-return-code-lost", may=["exp-instance-name-and-privacy"], must_not=["exp-slr-update-confirmation-pending", "exp-slr-auth-code-not-quoted"])


@case("exp-reservation-with-onprem", covers=[41, 42, 45])
def _(c):
    c.story = "Reservation is switched on while the transport is On-Prem and a request code was made for the virtual account that On-Prem uses."
    c.sources = [("no SLR with satellite nor in its virtual account", "seeds S0, S1")]
    c.made = "values."
    exp = Expressway("exp-c-k6", "X14.2.7", "0E600006", "10.20.70.26")
    d, now = Dice(c.name), when("2024-03-25 09:00:00")
    url = "https://ssm-onprem.voice.corp.example/SmartTransport"
    name, members = exp.archive(c, "2024-03-25_09:00:00", exp.log(d, when("2024-03-25 08:00:00"), now, 50), exp.xconf("Cssm", url, reservation="On"),
                                exp.xstat(now, d, smart_license(eval_left="70 days, 1 hours, 2 minutes, 3 seconds", transport=("Smart", url)), [("30035", "")]))
    c.add_tar_gz(f"input/{name}", members)
    c.add("input/exp-c-k6_cli.txt", REQUEST + ["CD-ZExpressway:0E600006-AfPXeaLk5-12", "OK"])
    c.expect("exp-c-k6", top="exp-slr-with-onprem-account", must=["exp-eval-mode"], must_not=["exp-slr-unsupported-release", "exp-onprem-url-suffix-missing", "exp-root-ca-cscwe09378"])


@case("exp-reservation-name-in-cssm", healthy=True, covers=[26, 88])
def _(c):
    c.story = "Asked why CSSM lists a UDI instead of the name: the node has a reservation, and with a reservation that is so."
    c.sources = [("UDI_PID:Expressway; UDI_SN…", "seeds S0, S1")]
    c.made = "values."
    exp = Expressway("exp-c-k7", "X14.2.7", "0E600007", "10.20.70.27")
    d, now = Dice(c.name), when("2024-03-26 09:00:00")
    c.add("input/xstat_dump_exp-c-k7_2024-03-26_09_00_00.txt", exp.xstat(now, d, reserved_status(when("2024-01-15 10:00:00"))))
    c.add("input/instances.txt", ["Name  Product Type  Last Contact  Alerts  Actions", "381a299b950211edac280242cb007106  CTSPMP  2023-Feb-04 20:52:27 (Reserved Licenses)",
                                  "UDI_PID:Expressway; UDI_SN:0E600007; UDI_VID:1.0;  EXPY  2024-Jan-15 10:00:12 (Reserved Licenses)"])
    c.expect("exp-c-k7", must=["exp-instance-name-and-privacy"], must_not=["exp-slr-return-code-lost", "exp-slr-update-confirmation-pending", "exp-auth-expired", "exp-direct-no-path"])
