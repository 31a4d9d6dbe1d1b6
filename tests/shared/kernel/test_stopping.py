"""A signal ends a wait, however the two meet."""

import subprocess
import sys
import time

PROGRAM = """
import os, signal, threading
from shared.kernel.stopping import Stopping

stopping = Stopping([signal.SIGUSR1])
sender = threading.Thread(target=lambda: [os.kill(os.getpid(), signal.SIGUSR1) for _ in range(20_000)])
assert not stopping.wait(0.01)
sender.start()
while sender.is_alive():
    stopping.wait(0)
assert stopping and stopping.wait(60) and stopping.is_set()
print("ended")
"""


def test_a_storm_of_signals_neither_blocks_the_process_nor_is_overheard():
    began = time.monotonic()
    said = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert said.stdout == "ended\n"
    assert time.monotonic() - began < 40
