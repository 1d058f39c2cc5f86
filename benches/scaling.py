"""How time and memory go with the size of a log, read and mapped: python3 benches/scaling.py BINARY [GB...]

Writes a log of each size below the temporary folder, diagnoses it with and without `--mmap` in turn, and takes it away. Prints the
median of five runs, the rate, and the highest resident memory (which counts mapped pages of the file).
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

from memory import log

RUNS = 5


def run(command):
    """Seconds and MiB."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert os.waitstatus_to_exitcode(status) in (0, 1), command
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def main():
    binary, *sizes = sys.argv[1:]
    print("| log | reads | | mapped | |\n| --- | --- | --- | --- | --- |")
    for size in map(float, sizes or ["0.1", "1", "4"]):
        with tempfile.NamedTemporaryFile(suffix=".log") as file:
            for piece in log(int(size * 1e9)):
                file.write(piece)
            file.flush()
            bytes_ = os.path.getsize(file.name)
            ways = [[binary, "diagnose", "-f", "json", *way, file.name] for way in ([], ["--mmap"])]
            runs = [[run(way) for way in ways] for _ in range(RUNS + 1)][1:]
            cells = []
            for times in zip(*runs):
                seconds = statistics.median(time for time, _ in times)
                cells += [f"{seconds:.2f} s, {bytes_ / seconds / 1e9:.1f} GB/s", f"{max(peak for _, peak in times):.0f} MiB"]
            print(f"| {size:g} GB | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
