"""Runs many scenarios at once in random order, and judges the outcome of every single one.

Run by ``tox -e volume``, or ``python benchmarks/volume/run.py [--scenarios N] [--runs N] ...``.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import perf_counter

import psutil
from effects import orders
from judging import Wrong, judge

HERE = Path(__file__).parent
DEADLINE = 900.0
"""Seconds after which a run is killed."""
SAMPLED_EVERY = 0.1
NEEDED = ("DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS", "REDIS_URL")
_HEAD = ("run", "seed", "seconds", "items", "defects", "false red", "false green")
_HEAD = (*_HEAD, "wrong violation", "lost", "memory MiB")


@dataclass(slots=True, kw_only=True)
class Run:
    """One session, and what is wrong with it.

    Attributes:
        seconds: from start to end, with starting the servers.
        memory: most that the processes of pytest held at once, in bytes.
        items: how many ran; ``defects`` of them had to fail.
    """

    number: int
    seed: int
    seconds: float = 0.0
    memory: int = 0
    items: int = 0
    defects: int = 0
    wrong: list[Wrong] = field(default_factory=list)

    def cells(self) -> tuple[str, ...]:
        """The run's line of the table."""
        kinds = ("false red", "false green", "wrong violation", "lost")
        counts = [str(sum(each.kind == kind for each in self.wrong)) for kind in kinds]
        seconds, memory = f"{self.seconds:.1f}", f"{self.memory / 2**20:.0f}"
        head = (str(self.number), str(self.seed), seconds, str(self.items), str(self.defects))
        return (*head, *counts, memory)


def main() -> int:
    """Run as often as asked for.

    Returns:
        1 if a single outcome was not what it had to be.
    """
    arguments = _arguments()
    missing = [name for name in NEEDED if not os.environ.get(name)]
    if arguments.environment == "external" and missing:
        print(f"the environment 'external' needs {', '.join(missing)}", file=sys.stderr)
        return 2
    folder = Path(tempfile.mkdtemp(prefix="orchestra-volume-"))
    shutil.copytree(HERE / "suite", folder, dirs_exist_ok=True)
    _write_orders(folder / "orders.csv", arguments.scenarios)
    print(" | ".join(_HEAD), flush=True)
    runs = []
    for number in range(1, arguments.runs + 1):
        runs.append(_run(folder, arguments, number))
        print(" | ".join(runs[-1].cells()), flush=True)
        for wrong in runs[-1].wrong[: arguments.show]:
            print(f"    {wrong}", flush=True)
    is_right = all(not run.wrong for run in runs)
    if is_right and not arguments.keep:
        shutil.rmtree(folder)
    else:
        print(f"kept: {folder}")
    return 0 if is_right else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenarios", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1, help="of the first run; then one more each")
    parser.add_argument("--environment", choices=("embedded", "external"), default="embedded")
    parser.add_argument("--concurrency", type=int, default=50)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--noise", type=int, default=2, help="messages of others for each of ours")
    parser.add_argument("--show", type=int, default=20, help="wrong outcomes that are told a run")
    parser.add_argument("--keep", action="store_true", help="keep the folder in any case")
    return parser.parse_args()


def _write_orders(path: Path, number: int) -> None:
    rows = [{"name": each.reference, **asdict(each)} for each in orders(number)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def _run(folder: Path, arguments: argparse.Namespace, number: int) -> Run:
    run = Run(number=number, seed=arguments.seed + number - 1)
    shutil.rmtree(folder / ".orchestra", ignore_errors=True)
    variables = {
        **os.environ,
        "PYTHONUTF8": "1",
        "VOLUME_SYSTEM": str(HERE / "system.py"),
        "VOLUME_SEED": str(run.seed),
        "VOLUME_ORDERS": str(arguments.scenarios),
        "VOLUME_NOISE": str(arguments.noise),
    }
    output = folder / f"run-{number}.txt"
    began = perf_counter()
    with (
        output.open("wb") as file,
        subprocess.Popen(
            _command(arguments, run), cwd=folder, env=variables, stdout=file, stderr=file
        ) as process,
        _watched(process.pid) as peak,
    ):
        watchdog = threading.Timer(DEADLINE, process.kill)
        watchdog.start()
        process.wait()
        watchdog.cancel()
    run.seconds, run.memory = perf_counter() - began, max(peak)
    judged = judge(folder, run.seed, orders(arguments.scenarios))
    run.items, run.defects, run.wrong = judged.items, judged.defects, judged.wrong
    if process.returncode not in (0, 1):
        said = output.read_text("utf-8", errors="replace")[-2000:]
        run.wrong.append(Wrong("lost", "the session", f"exit code {process.returncode}: {said}"))
    return run


def _command(arguments: argparse.Namespace, run: Run) -> Sequence[str]:
    return (
        *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short"),
        *("-p", "randomly", f"--randomly-seed={run.seed}", "-n", str(arguments.workers)),
        *("--orchestra-suite=volume.suite.yaml", f"--orchestra-env={arguments.environment}"),
        *(f"--orchestra-concurrency={arguments.concurrency}", "--orchestra-mode=RUN_ALL_STEPS"),
        "--junitxml=junit.xml",
    )


@contextmanager
def _watched(pid: int) -> Iterator[list[int]]:
    """Take down how much memory a process and its children hold, again and again."""
    sums, over = [0], threading.Event()

    def watch() -> None:
        while not over.wait(SAMPLED_EVERY):
            sums.append(_held(pid))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield sums
    finally:
        over.set()
        thread.join()


def _held(pid: int) -> int:
    try:
        process = psutil.Process(pid)
        return sum(each.memory_info().rss for each in (process, *process.children(recursive=True)))
    except psutil.NoSuchProcess:
        return 0


if __name__ == "__main__":
    sys.exit(main())
