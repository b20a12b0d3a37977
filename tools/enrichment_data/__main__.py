import gzip
import sys
from importlib.metadata import version
from pathlib import Path

from tools.enrichment_data import country_names, english_classes, first_names, subjects

FOLDER = Path(__file__).parents[2] / "services" / "enrich" / "data"
LISTS = {
    "english_classes.txt.gz": english_classes,
    "first_names.txt.gz": first_names,
    "country_names.json.gz": country_names,
    "subjects.json.gz": subjects,
}


def main() -> None:
    notice = [Path(__file__).with_name("NOTICE.head.txt").read_text("utf-8")]
    for name, source in LISTS.items():
        text = source.make()
        # Neither a name nor a time goes into the header: the file changes with its content only.
        (FOLDER / name).write_bytes(gzip.compress(text.encode(), 9, mtime=0))
        sys.stdout.write(f"{name}: {len(text):,} characters\n")
        packages = ", ".join(f"{package} {version(package)}" for package in source.PACKAGES)
        made_from = f"  made from {packages}\n" if packages else ""
        notice.append(f"{name}\n{made_from}{source.LICENCE}")
    (FOLDER / "NOTICE").write_text("\n".join(notice), "utf-8")


if __name__ == "__main__":
    main()
