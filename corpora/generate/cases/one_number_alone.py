"""Healthy devices of which one number or one missing line, taken alone, looks like a failure."""
from case import case


def slp(product, *rest):
    return ["Smart Licensing Using Policy:", "  Status: ENABLED", "", "Transport:", "  Type: Smart", "  URL: https://smartreceiver.cisco.com/licservice/license", "  Proxy:", "    Not Configured",
            "  VRF:", "    Not Configured", "", *rest, ""]


@case("thousand-reports-acknowledged", healthy=True)
def _(c):
    c.story = "Twelve hundred usage reports in the summary, nearly all of them acknowledged and purged. Only reports that wait cost anything; nothing is known of the CPU and the release."
    c.sources = [("layout of the summary", "seed S4"), ("what costs CPU is what waits for an acknowledgement", "public P2")]
    c.made = "all values."
    c.add("input/sw-gent-4.log", ["sw-gent-4#show license all", *slp("C9300-48P", "Usage Reporting:", "  Last ACK received: Feb 20 04:11:09 2024 UTC", "  Next ACK deadline: May 20 04:11:09 2024 UTC",
        "  Last report push: Feb 21 04:06:55 2024 UTC", "", "Usage Report Summary:", "=====================", "Total: 1204,  Purged: 1131", "Total Acknowledged Received: 1197,  Waiting for Ack: 1",
        "Available to Report: 4  Collecting Data: 2"), "sw-gent-4#"])
    c.expect("sw-gent-4", must_not=["rum-high-cpu-fn72578", "rum-memory-leak-fn72578", "slp-rum-accumulating"])


@case("no-acknowledgement-yet-product-unknown", healthy=True)
def _(c):
    c.story = "Trust was installed yesterday and no acknowledgement came yet; neither product nor release is in the case. The obligation of the C9800-CL is that of one model among hundreds."
    c.sources = [("obligation of the C9800-CL", "seed S3"), ("layout", "public P14")]
    c.made = "all values."
    c.add("input/core-alta-1.log", ["core-alta-1#show license status", *slp("", "Policy:", "  Policy in use: Merged from multiple sources.", "", "Usage Reporting:", "  Last ACK received: <none>",
        "  Next ACK deadline: Jun 03 10:20:00 2024 UTC", "  Last report push: <none>", "", "Trust Code Installed: Mar 05 10:20:00 2024 UTC"), "core-alta-1#"])
    c.expect("core-alta-1", must=["slp-trust-established"], must_not=["c9800cl-ack-mandatory", "slp-report-overdue"])
