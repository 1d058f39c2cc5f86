"""A console session: commands at the prompt of one box, each with its answer."""


def session(box, *answers, ends=True):
    """answers: (command, lines); a command alone answers nothing. A command that begins with `(` is typed in that mode."""
    out = []
    for answer in answers:
        command, lines = answer if isinstance(answer, tuple) else (answer, ())
        mode, command = command.split(" ", 1) if command.startswith("(") else ("", command)
        out += [f"{box.host}{mode}#{command}", *lines]
    return out + ([f"{box.host}#"] if ends else [])


def configured(*lines):
    """What is typed to change the configuration."""
    return ["configure terminal"] + [f"(config) {line}" for line in lines] + ["(config) end"]


def refused(command):
    """A command that the device does not take."""
    return (command, ["                          ^", "% Invalid input detected at '^' marker.", ""])


def small_version(box, t):
    """The lines of `show version` that say who it is; the copyright between them is left out."""
    lines = box.show_version(t)
    return lines[:2] + [x for x in lines[2:] if any(k in x for k in (" uptime is", "processor with", "System image", "Processor board ID", "Model Number", "System Serial Number",
                                                                    "Smart Licensing Status", "Switch 0", "Last reload reason", "Configuration register"))]
