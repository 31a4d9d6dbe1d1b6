"""Reads what somebody sent as a programme in a process of its own, with a limit to its processor time and memory.

Conditions and examples are asked while a file is checked, so a file can ask for any amount of work. The process is
started anew for each file (`python -m shared.programmes.apart`), takes the text on its standard input and answers with
what it found; where it is ended, the file is refused and whoever asked goes on.
"""

import json
import resource
import signal
import subprocess
import sys
import threading

from shared.kernel.errors import TooMany
from shared.programmes.definition import Programme
from shared.programmes.findings import Finding, ProgrammeInvalid

PROCESSOR_SECONDS = 10
"""The longest programme so far needs one, most of it to begin."""
MEMORY = 1024**3
"""Bytes of address space."""
MOST_FINDINGS = 200
AT_ONCE = 2
"""Files that one process has read at the same time; whoever comes then is asked to wait."""
TOO_MUCH = Finding(
    1,
    "This file takes too long to check, or too much memory: its conditions and examples ask for too much.",
    "Make the conditions simpler, and the lists and examples shorter.",
)

_places = threading.BoundedSemaphore(AT_ONCE)


class OthersAreChecked(TooMany):
    """Other programmes are being checked at the moment; wait a little and send it again."""

    indonesian = "Program lain sedang diperiksa; tunggu sebentar lalu kirim lagi."


def read(text: str, name: str = "the text") -> Programme:
    """The programme that a text defines; raises ProgrammeInvalid, OthersAreChecked."""
    from shared.programmes import load

    found = findings(text)
    if found:
        raise ProgrammeInvalid(name, found)
    return load.read_again(text, name)


def findings(text: str) -> list[Finding]:
    """What is wrong in a text, from the top down; raises OthersAreChecked."""
    if not _places.acquire(blocking=False):
        raise OthersAreChecked
    try:
        done = subprocess.run(
            [sys.executable, "-m", "shared.programmes.apart", str(PROCESSOR_SECONDS), str(MEMORY)],
            input=json.dumps(text).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    finally:
        _places.release()
    if done.returncode != 0:
        return [TOO_MUCH]
    return [Finding(*each) for each in json.loads(done.stdout)]


def main() -> None:
    """Read standard input within so many processor seconds and bytes, and write what is wrong to standard output."""
    seconds, memory = map(int, sys.argv[1:])
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from shared.programmes import load

    found: tuple[Finding, ...] = ()
    try:
        load.read(json.load(sys.stdin))
    except ProgrammeInvalid as invalid:
        found = invalid.found
    except (MemoryError, RecursionError):
        found = (TOO_MUCH,)
    json.dump([[each.line, each.what, each.remedy] for each in found[:MOST_FINDINGS]], sys.stdout)


if __name__ == "__main__":
    main()
