"""Runs a command and writes what it took to a file, children included: measured.py RESULT COMMAND [ARGUMENT...]"""
import json
import os
import subprocess
import sys
import time

result, *command = sys.argv[1:]
started = time.monotonic()
child = subprocess.Popen(command)
_, status, usage = os.wait4(child.pid, 0)
elapsed = time.monotonic() - started
with open(result, "w") as file:
    json.dump(
        {
            "exitCode": os.waitstatus_to_exitcode(status),
            "wallMs": elapsed * 1000,
            "cpuMs": (usage.ru_utime + usage.ru_stime) * 1000,
            "peakBytes": usage.ru_maxrss * 1024,
        },
        file,
    )
