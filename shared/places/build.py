"""Rebuilds areas.csv.xz from the npm package idn-area-data.

    npm pack idn-area-data@4.0.1 && tar xzf idn-area-data-4.0.1.tgz
    python -m shared.places.build package/data

The islands are left out: no one in Kail lives by an island's code. The answer is the same for the same input, byte
for byte.
"""

import csv
import lzma
import sys
from pathlib import Path

from shared.places.areas import FILE

TABLES = ("provinces", "regencies", "districts", "villages")


def build(source: Path, target: Path = FILE) -> int:
    """Write the areas found in the package's data directory; returns how many there are."""
    rows: list[tuple[str, str]] = []
    for table in TABLES:
        with (source / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            rows += [(row["code"], " ".join(row["name"].split())) for row in csv.DictReader(file)]
    text = "".join(f"{code}\t{name}\n" for code, name in sorted(rows))
    target.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    return len(rows)


if __name__ == "__main__":
    print(build(Path(sys.argv[1])), "areas")
