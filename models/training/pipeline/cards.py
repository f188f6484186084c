"""Measures what is to be shipped and writes it where people look: the tables of the model cards, and the
thresholds and rates of the manifest."""

import argparse
import hashlib
import json
import pathlib
import re

from . import choose, detector, liveness, report_faces, report_life, sources, teachers

BEGIN, END = "<!-- measured by models/training; do not edit -->", "<!-- end -->"


def measured(models, data, folders):
    """The thresholds, and everything that is said about the models in numbers."""
    backgrounds = detector.nobody(data, folders)
    print("thresholds", flush=True)
    thresholds, chosen = choose.all_of(models, data, folders, backgrounds)
    print(thresholds, flush=True)
    pairs = sources.official_pairs(folders["pairs"])
    sets = report_faces.sets(models, thresholds["detector"]["threshold"])
    print("people who are reported on", flush=True)
    files, found = report_faces.lfw(folders["lfw"], pairs, sets, "reporting")
    at = {"default": thresholds["embedder"]["threshold"], "published": thresholds["published"]["threshold"]}
    report = {
        "thresholds": thresholds,
        "detection": report_faces.detection(files, found),
        "comparison": report_faces.comparison(files, found, pairs, chosen, at),
    }
    report["covers"] = report_faces.covers(files, found, sets, at)
    print("nobody there", flush=True)
    empty = {name: folders[name] for name in sources.WITHOUT_FACES if name in folders}
    report["empty"] = report_faces.empty(empty, sets)
    held = report_life.held_out(data, folders, "reporting")
    report["sizes"] = report_faces.sizes(held, backgrounds, sets)
    if "utkface" in folders:
        print("groups", flush=True)
        report["groups"] = report_faces.groups(folders["utkface"], sets, at)
    print("copies", flush=True)
    ours, published = report_life.Ours(models), liveness.Published()
    scores = report_life.simulated(held, backgrounds, ours)
    networks = {"default": ours, "published": published}
    at = {"default": thresholds["liveness"]["threshold"], "published": 0.5}
    report["copies"] = report_life.rates(scores, at["default"])
    report["untouched"] = report_life.untouched(held, networks, at)
    if "attacks" in folders:
        report["attacks"] = report_life.real_attacks(folders["attacks"], networks, at, teachers.yunet(0.6))
    print("eyes", flush=True)
    report["eyes"] = report_life.eye_states(models, folders, thresholds["eyes"]["threshold"])
    return report


def percent(value):
    return f"{100 * value:.2f} %" if abs(value) < 0.0995 else f"{100 * value:.1f} %"


def shown(rate):
    if rate["rate"] is None:
        return "none"
    return f"{percent(rate['rate'])} ({percent(rate['low'])} to {percent(rate['high'])}, n = {rate['of']:,})"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def both(label, report, path):
    row = [label]
    for set_name in ("default", "published"):
        value = report[set_name]
        for key in path:
            value = value.get(key, {}) if isinstance(value, dict) else {}
        row.append(shown(value) if value else "")
    return row


def detector_tables(report):
    head = ["", "default", "published"]
    rows = [both("The person in the middle is missed", report["detection"], ["missed"])]
    points = report["detection"]["default"]["points"]
    for name in report["empty"]["default"]:
        rows.append(both(f"A face is seen in a photograph without ({name})", report["empty"], [name]))
    sizes = [both(f"{name} pixels", report["sizes"], [name]) for name in report["sizes"]["default"]]
    text = table(head, rows) + "\n\nFound, by the face's larger side in a picture of 256 pixels:\n\n" + table(head, sizes)
    text += (
        f"\n\nThe five points are {percent(points['median'])} of the distance between the eyes away from the "
        f"published detector's in the median and {percent(points['p95'])} in 95 of 100 photographs."
    )
    if "groups" in report:
        groups = [both(name, report["groups"], [name, "missed"]) for name in report["groups"]["default"]]
        text += "\n\nMissed, by group (UTKFace, labels are others' impressions):\n\n" + table(head, groups)
    return text


def embedder_tables(report):
    comparison = report["comparison"]
    ours = comparison["default"]
    head = ["", "default", "published"]

    def row(label, value):
        return [label] + [value(comparison[name]) for name in ("default", "published")]

    rows = [row("Accuracy on the official pairs of tenths 9 and 10, threshold from tenth 8", lambda c: shown(c["official"]))]
    rows.append(row("Equal error rate, all pairs", lambda c: percent(c["eer"])))
    rows.append(
        row(
            "At the threshold of the manifest",
            lambda c: f"{percent(c['chosen']['far'])} false accepts, {percent(c['chosen']['frr'])} "
            f"({percent(c['chosen']['interval'][0])} to {percent(c['chosen']['interval'][1])}) false rejects, "
            f"threshold {c['chosen']['threshold']:.3f}",
        )
    )
    for far in ("0.01", "0.001"):
        rows.append(
            row(
                f"False rejects at {float(far):.1%} false accepts",
                lambda c, far=far: f"{percent(c['at'][far]['frr'])} ({percent(c['at'][far]['interval'][0])} to "
                f"{percent(c['at'][far]['interval'][1])}), threshold {c['at'][far]['threshold']:.3f}",
            )
        )
    text = (
        f"{ours['photographs']:,} photographs of {ours['people']} people: {ours['same']:,} pairs of the same and "
        f"{ours['other']:,} of different people. Each person counts alike; intervals by drawing people again.\n\n"
    )
    text += table(head, rows)
    for look, thirds in ours["fairness"].items():
        rows = [
            [f"{label} third", shown(values["frr"]), shown(values["far"])] for label, values in thirds.items()
        ]
        text += f"\n\nBy {look}, at the threshold of the manifest (default set):\n\n"
        text += table(["", "false rejects", "false accepts"], rows)
    rows = [both(name, report["covers"], [name]) for name in report["covers"]["default"]]
    text += "\n\nEverybody's last photograph refused against the first, with something painted over the face:\n\n"
    text += table(head, rows)
    if "groups" in report:
        rows = [
            both(name, report["groups"], [name, "far"]) for name in report["groups"]["default"]
        ]
        text += "\n\nStrangers of one group taken for one person, at the same threshold (UTKFace):\n\n" + table(head, rows)
    return text


def liveness_tables(report):
    rows = [[name, shown(value)] for name, value in report["copies"].items()]
    text = "Simulated, of people who were not trained on:\n\n" + table(["", "default"], rows)
    rows = [both("People in photographs as they are, refused (BPCER)", {k: {"x": v} for k, v in report["untouched"].items()}, ["x"])]
    if "attacks" in report:
        attacks = report["attacks"]
        rows += [both(f"Real frames of others: {kind}", attacks, [kind]) for kind in ("BPCER", "APCER")]
        areas = [f"{attacks[name]['area']:.2f}" for name in ("default", "published")]
        rows.append(["Real frames of others: how often a person scores above an attack (0.5 is chance)", *areas])
    return text + "\n\nBoth networks on the same photographs:\n\n" + table(["", "default", "published"], rows)


def eyes_tables(report):
    names = list(report["eyes"])
    rows = [[kind] + [shown(report["eyes"][name][kind]) for name in names] for kind in report["eyes"][names[0]]]
    return table(["", *names], rows)


TABLES = {
    "detector": detector_tables,
    "embedder": embedder_tables,
    "liveness": liveness_tables,
    "eyes": eyes_tables,
}


def write(models, report):
    for role, tables in TABLES.items():
        file = models / f"proof-{role}.md"
        text = file.read_text()
        start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
        file.write_text(f"{text[:start]}\n{tables(report)}\n{text[end:]}")
    manifest = models / "manifest.toml"
    first, *entries = manifest.read_text().split("[[model]]\n")
    named = [(re.search(r'name = "(.*?)"', entry).group(1), entry) for entry in entries]
    manifest.write_text("[[model]]\n".join([first] + [entry_of(models, report, *pair) for pair in named]))


def entry_of(models, report, name, text):
    """An entry with what was measured of it: ours all of it, the published embedder its threshold."""
    role = "published" if name == "mobilefacenet-112" else name.removeprefix("proof-")
    if role not in report["thresholds"]:
        return text
    chosen = report["thresholds"][role]
    text = re.sub(r"(?m)^threshold = .*$", f"threshold = {chosen['threshold']}", text)
    if role != "published":
        hash_ = hashlib.sha256((models / f"{name}.onnx").read_bytes()).hexdigest()
        text = re.sub(r'(?m)^sha256 = ".*"$', f'sha256 = "{hash_}"', text)
    text = re.sub(r"(?s)(# [^\n]*\n)*\[model\.(calibration|error_rates)\]\n.*?(\n\n|$)", "", text).rstrip() + "\n"
    for table_name, values in (("calibration", chosen.get("calibration")), ("error_rates", rates(report, role))):
        if values:
            lines = "".join(f"{key} = {value}\n" for key, value in values.items())
            text += f"\n[model.{table_name}]\n{lines}"
    return text + "\n"


def rates(report, role):
    """What the manifest says of how often a model is wrong."""
    if role in ("embedder", "published"):
        at = report["comparison"]["default" if role == "embedder" else "published"]["chosen"]
        return {"false_accepts": round(at["far"], 6), "false_rejects": round(at["frr"], 5)}
    if role == "detector":
        nothing = [value["rate"] for name, value in report["empty"]["default"].items() if name != "catsdogs"]
        missed = report["detection"]["default"]["missed"]["rate"]
        return {"missed": round(missed, 5), "seen_in_nothing": round(sum(nothing) / len(nothing), 5)}
    if role == "liveness":
        passed = [value["rate"] for name, value in report["copies"].items() if name.startswith("APCER")]
        return {"people_refused": round(report["copies"]["BPCER"]["rate"], 5), "copies_passed": round(max(passed), 5)}
    return {f"wrong_{name}": round(1 - values["accuracy"]["rate"], 5) for name, values in report["eyes"].items()}


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--data", required=True)
    options.add_argument("--models", default=str(teachers.ROOT / "models"))
    options.add_argument("--folder", action="append", required=True)
    given = options.parse_args()
    folders = dict(pair.split("=", 1) for pair in given.folder)
    models = pathlib.Path(given.models)
    report = measured(models, given.data, folders)
    (pathlib.Path(given.data) / "measured.json").write_text(json.dumps(report, indent=1))
    write(models, report)
