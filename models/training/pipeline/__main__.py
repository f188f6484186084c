"""All of it: photographs, faces, four models, their files, their cards."""

import argparse
import pathlib
import subprocess
import sys

from . import sources, teachers

TRAINED = ("eyes", "liveness", "detector", "embedder")

# Those that teach, and beside which ours are measured.
PUBLISHED = ("yunet-n-320", "mobilefacenet-112", "minifasnet-v2-80")


def step(module, *arguments):
    print(f"— {module} {' '.join(arguments[:2])}", flush=True)
    subprocess.run([sys.executable, "-m", f"pipeline.{module}", *arguments], check=True)


def check_published():
    """Before hours go by: whether all published models are here, and the very ones of the manifest."""
    missing = []
    for name in PUBLISHED:
        try:
            teachers.path_of(name)
        except SystemExit as why:
            missing.append(str(why))
    if missing:
        raise SystemExit("\n".join(missing))


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", required=True, help="where photographs and what becomes of them are kept")
    options.add_argument("--folder", action="append", default=[], help="NAME=FOLDER of a source that is here already")
    options.add_argument("--only", action="append", choices=(*TRAINED, "cards"), help="the cards are written in any case")
    given = options.parse_args()
    check_published()
    data, models = pathlib.Path(given.data).resolve(), teachers.ROOT / "models"
    here = dict(pair.split("=", 1) for pair in given.folder)
    for name, source in sources.PHOTOGRAPHS.items():
        if name not in here:
            here[name] = str(sources.brought(data, *source))
    if "pairs" not in here:
        here["pairs"] = str(sources.brought(data, *sources.PAIRS) / "pairs.txt")
    folders = [part for name, folder in here.items() for part in ("--folder", f"{name}={folder}")]
    for name in sources.PREPARED:
        if not (data / f"prepared/{name}.npz").exists():
            step("prepare", name, here[name], str(data))
    (data / "trained").mkdir(exist_ok=True)
    for role in TRAINED:
        if given.only and role not in given.only:
            continue
        state = str(data / f"trained/{role}.pt")
        step(role, "--data", str(data), *folders, "--out", state)
        step("export", role, state, str(models / f"proof-{role}.onnx"))
    # After every training: the manifest has to name the bytes that were exported.
    step("cards", "--data", str(data), *folders)


if __name__ == "__main__":
    main()
