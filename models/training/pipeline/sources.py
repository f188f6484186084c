"""Where the photographs come from, and who of them is never trained on."""

import hashlib
import pathlib
import re
import shutil
import subprocess

import numpy

HOST = "https://github.com"

# name: (repository, commit, folder in it). What each holds and under which licence: README.md.
PHOTOGRAPHS = {
    "lfw": (
        "braun-steven/dfi-tensorflow",
        "0a86d9a0c4e0c208f03766075a0fbaead1374e3e",
        "data/lfw-deepfunneled",
    ),
    "masks": ("chandrikadeb7/Face-Mask-Detection", "7e500749401bad4bb338790fbdb89b58e41ef2d9", "dataset"),
    "catsdogs": (
        "chanakya2734/Image-classification-using-CNN",
        "bf746c6e53f1edacd97b383de350f7a495cef0e1",
        "dataset/test_set",
    ),
    "dtd": ("pan8915/DeepTexture", "522f46f683af11e93673bff29f81df14f49edfb2", "images"),
    "flowers": ("JoelOscarsson/dl-assignment", "05bf18b10cd76b8225e93e93beef1cb94c77cfbb", "data/flowers"),
    "eyestate": (
        "purnenduvashistha/Eye-State-Detection",
        "4f8af40d5861d420710bb97edc5730766d580be0",
        "originalData",
    ),
    "cew": ("Guarouba/face_rec", "b03d7c6865f46322bfeecbba8883acc7b9bfb321", "dataset"),
    "utkface": ("xerow03/UTKFace", "d5a7ff2988caf3f49d2c6b47c7569fcf3fc85a0f", "data"),
}
PAIRS = ("davidsandberg/facenet", "096ed770f163957c1e56efa7feeb194773920f6e", "data")

# Prepared by the teacher before training; the others are measured with or cut already.
PREPARED = ("lfw", "masks", "catsdogs", "dtd", "flowers")
WITHOUT_FACES = ("catsdogs", "dtd", "flowers")

# People of these tenths of the official pairs are looked at, never trained on: the ninth to choose
# settings by, the last two to report on.
CHOOSING, REPORTING = {8}, {9, 10}


def brought(data, repository, commit, folder):
    """The folder of the repository at this commit, fetched at first use. It has its name only when all
    of it is there, so that a fetch that was cut off is made again."""
    place = pathlib.Path(data) / "sources" / repository.replace("/", "+")
    if not (place / folder).exists():
        part = place.with_name(f"{place.name}.part")
        for left in (part, place):
            shutil.rmtree(left, ignore_errors=True)
        part.mkdir(parents=True)
        git = ["git", "-C", str(part)]
        subprocess.run([*git, "init", "-q"], check=True)
        subprocess.run([*git, "remote", "add", "origin", f"{HOST}/{repository}"], check=True)
        for setting, value in (("promisor", "true"), ("partialclonefilter", "blob:none")):
            subprocess.run([*git, "config", f"remote.origin.{setting}", value], check=True)
        subprocess.run([*git, "sparse-checkout", "set", "--no-cone", f"/{folder}/"], check=True)
        subprocess.run([*git, "fetch", "-q", "--depth=1", "--filter=blob:none", "origin", commit], check=True)
        subprocess.run([*git, "checkout", "-q", "FETCH_HEAD"], check=True)
        part.rename(place)
    return place / folder


def person_of(file):
    """LFW names files by who is seen; others by nothing that can be relied on."""
    match = re.fullmatch(r"(.+)_\d{4}\.jpg", pathlib.Path(file).name)
    return match.group(1) if match else None


def official_pairs(file):
    """(tenth, name, number, name, number) of LFW's ten tenths, in which no person is twice."""
    lines = pathlib.Path(file).read_text().split("\n")
    tenths, each = map(int, lines[0].split())
    pairs = []
    for at, line in enumerate(line for line in lines[1:] if line.strip()):
        parts = line.split()
        tenth = at // (2 * each) + 1
        if len(parts) == 3:
            parts = [parts[0], parts[1], parts[0], parts[2]]
        pairs.append((tenth, parts[0], int(parts[1]), parts[2], int(parts[3])))
    assert pairs[-1][0] == tenths
    return pairs


def splits(pairs, people):
    """Which person is for what. Those of the official pairs by their tenth; of the others, who are seen
    in no official pair, a few more for reporting, by a hash of the name."""
    of = {}
    for tenth, a, _, b, _ in pairs:
        use = "choosing" if tenth in CHOOSING else "reporting" if tenth in REPORTING else "training"
        of.setdefault(a, use)
        of.setdefault(b, use)
    for person in people:
        chance = hashlib.sha256(person.encode()).digest()[0]
        of.setdefault(person, "reporting" if chance < 13 else "training")
    return of


def names(data, source):
    """The files of a prepared source."""
    return [str(file) for file in numpy.load(pathlib.Path(data) / "prepared" / f"{source}.npz")["files"]]


def use_of(file):
    """What shows nobody, by a hash of the file's name: half to train on, a quarter each for the rest."""
    chance = hashlib.sha256(pathlib.Path(file).name.encode()).digest()[0]
    return {1: "choosing", 3: "reporting"}.get(chance % 4, "training")


def for_training(file):
    return use_of(file) == "training"
