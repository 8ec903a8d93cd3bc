"""Runs a command and prints what it took: python3 measured.py COMMAND...

One line of JSON: wall and processor time in milliseconds, that of all its children included; the most
memory that any one of its processes had resident, in MiB; its exit status; and what it printed.
"""

import json
import resource
import subprocess
import sys
import time

began = time.monotonic()
ended = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
wall = time.monotonic() - began
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(
    json.dumps(
        {
            "wall_ms": wall * 1000,
            "cpu_ms": (used.ru_utime + used.ru_stime) * 1000,
            "peak_mib": used.ru_maxrss / 1024,
            "status": ended.returncode,
            "stdout": ended.stdout.decode("utf-8", "replace"),
        }
    )
)
