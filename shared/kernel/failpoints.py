"""Places where a test may kill the process, to prove that dying just there loses nothing.

`KAIL_FAILPOINT=name` kills at the first pass, `name:3` at the third; unset, a failpoint costs one look-up. With
`KAIL_FAILPOINT_FUSE=/some/file` it kills only whoever can still remove that file, so that a part which is started
again does not die again.
"""

import os
import signal
from pathlib import Path

_passes: dict[str, int] = {}


def failpoint(name: str) -> None:
    """Die by SIGKILL if this point was chosen by `KAIL_FAILPOINT`."""
    chosen = os.environ.get("KAIL_FAILPOINT")
    if not chosen:
        return
    wanted, _, nth = chosen.partition(":")
    if wanted != name:
        return
    _passes[name] = _passes.get(name, 0) + 1
    if _passes[name] == int(nth or 1) and _burns():
        os.kill(os.getpid(), signal.SIGKILL)


def _burns() -> bool:
    fuse = os.environ.get("KAIL_FAILPOINT_FUSE")
    if not fuse:
        return True
    try:
        Path(fuse).unlink()
    except FileNotFoundError:
        return False
    return True
