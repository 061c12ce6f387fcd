"""Fetches the fonts and scripts of pages and posters, and puts them where the wheel takes them from.

Runs ``npm ci --ignore-scripts`` (exact versions from package-lock.json) and copies, for every
family of FAMILIES, the upright variable woff2 subsets, the license and what the browser and the
poster painter need to find a subset: ``fonts.css`` (all scripts with few files), one stylesheet
for each script with many files (CJK), and ``fonts.json`` (file -> code points). The families that
nearly every page loads are made lighter for pages: only the weights that pages set, and of Arabic
only the letters that texts are written with; posters go on drawing from the whole files.

Usage: python scripts/build_assets.py [--check]
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import logging
import shutil
import subprocess
import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter, parse_unicodes
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ROOT / "node_modules" / "@fontsource-variable"
VENDOR = ROOT / "src" / "crossreel" / "web" / "static" / "vendor"

FAMILIES = (
    # package, family name in CSS, weight range, own stylesheet (None: the common one)
    ("noto-sans", "Noto Sans", "100 900", None),
    ("noto-serif-display", "Noto Serif Display", "100 900", None),
    ("noto-serif-devanagari", "Noto Serif Devanagari", "100 900", None),
    ("noto-serif-bengali", "Noto Serif Bengali", "100 900", None),
    ("noto-serif-tamil", "Noto Serif Tamil", "100 900", None),
    ("noto-serif-telugu", "Noto Serif Telugu", "100 900", None),
    ("noto-serif-malayalam", "Noto Serif Malayalam", "100 900", None),
    ("noto-serif-sinhala", "Noto Serif Sinhala", "100 900", None),
    ("noto-naskh-arabic", "Noto Naskh Arabic", "400 700", None),
    ("noto-serif-hebrew", "Noto Serif Hebrew", "100 900", None),
    ("noto-serif-georgian", "Noto Serif Georgian", "100 900", None),
    ("noto-serif-armenian", "Noto Serif Armenian", "100 900", None),
    ("noto-serif-thai", "Noto Serif Thai", "100 900", None),
    ("noto-serif-jp", "Noto Serif JP", "200 900", "fonts-jp.css"),
    ("noto-serif-sc", "Noto Serif SC", "200 900", "fonts-sc.css"),
    ("noto-serif-kr", "Noto Serif KR", "200 900", "fonts-kr.css"),
)
POSTER_FAMILIES = (
    # package, family: set on posters only, so no stylesheet names them
    ("noto-kufi-arabic", "Noto Kufi Arabic"),
    ("noto-serif-tc", "Noto Serif TC"),
)
NARROWED = {"noto-sans", "noto-serif-display"}
"""Families that posters also set narrowed: their files with a width axis are copied beside."""
NARROWED_SUBSETS = {"latin", "latin-ext", "cyrillic", "greek"}
PAGE_WEIGHTS = (400, 650)
"""The lightest and the boldest weight in the stylesheets."""
LIGHTER = {"noto-sans", "noto-serif-display", "noto-naskh-arabic"}
_LATIN_EXT = "U+0100-024F,U+0259,U+02C7,U+1E00-1E9F,U+1EF2-1EFF,U+20A0-20AB,U+20AD-20C0,U+2113"
WRITTEN = {
    # what texts are written with; phonetic letters, presentation forms and the like stay behind
    ("noto-sans", "latin-ext"): _LATIN_EXT,
    ("noto-serif-display", "latin-ext"): _LATIN_EXT,
    ("noto-naskh-arabic", "arabic"): (
        "U+0600-06FF,U+0750-077F,U+200C-200F,U+2010-2011,U+204F,U+FD3E-FD3F,U+FDF2,U+FDFC"
    ),
}
SCRIPTS = (("htmx.org", "dist/htmx.min.js", "LICENSE"), ("hls.js", "dist/hls.min.js", "LICENSE"))
"""Package, the file that pages load, its license."""
LATIN = {"latin", "latin-ext", "vietnamese"}
"""Subsets that only the first two families bring: other families' Latin letters are not used."""

FACE = """@font-face{{font-family:"{family}";font-style:normal;font-display:swap;font-weight:{weights};\
src:url(fonts/{file}) format("woff2");unicode-range:{ranges}}}
"""


def fetch() -> None:
    """Installs the packages of package-lock.json into node_modules, running none of their scripts."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is not installed. Install Node.js 18 or newer, then run this again.")
    subprocess.run([npm, "ci", "--ignore-scripts"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def subsets(package: str, axis: str = "wght") -> dict[str, tuple[Path, str]]:
    """Subset name -> (its upright woff2 file with that axis, its unicode-range)."""
    folder = PACKAGES / package
    ranges: dict[str, str] = json.loads((folder / "unicode.json").read_text(encoding="utf-8"))
    found = {}
    for name, text in ranges.items():
        plain = name.strip("[]")
        file = folder / "files" / f"{package}-{plain}-{axis}-normal.woff2"
        if file.is_file():
            found[plain] = (file, text)
    if not found:
        sys.exit(f"{folder} holds no upright variable woff2 files; its layout has changed.")
    return found


def build() -> None:
    """Writes the vendor folder anew."""
    fonts = VENDOR / "fonts"
    shutil.rmtree(VENDOR, ignore_errors=True)
    fonts.mkdir(parents=True)
    sheets: dict[str, list[str]] = {"fonts.css": []}
    index = []
    for package, family, weights, sheet in FAMILIES:
        latin_too = package in {"noto-sans", "noto-serif-display"}
        for name, (file, ranges) in subsets(package).items():
            if name in LATIN and not latin_too:
                continue
            shutil.copyfile(file, fonts / file.name)
            page, used, written = file.name, weights, ranges
            if package in LIGHTER:
                used, written = "{} {}".format(*PAGE_WEIGHTS), WRITTEN.get((package, name), ranges)
                page = lighter(file, written, fonts)
            rule = FACE.format(family=family, weights=used, file=page, ranges=written)
            sheets.setdefault(sheet or "fonts.css", []).append(rule)
            drawn = narrowed(package, name, fonts) or file.name
            index.append({"family": family, "file": drawn, "ranges": ranges})
        shutil.copyfile(PACKAGES / package / "LICENSE", fonts / f"{package}.LICENSE")
    index += copy_poster_families(fonts)
    for package, script, license_ in SCRIPTS:
        folder = ROOT / "node_modules" / package
        shutil.copyfile(folder / script, VENDOR / Path(script).name)
        shutil.copyfile(folder / license_, VENDOR / f"{package}.LICENSE")
    for name, rules in sheets.items():
        (VENDOR / name).write_text("".join(rules), encoding="utf-8")
    (VENDOR / "fonts.json").write_text(json.dumps(index, indent=0), encoding="utf-8")


def lighter(file: Path, written: str, fonts: Path) -> str:
    """Writes a font with the weights of pages and these code points only; its name."""
    weighted = instantiateVariableFont(TTFont(file), {"wght": PAGE_WEIGHTS})
    weighted.flavor = None
    whole = io.BytesIO()
    weighted.save(whole)  # a font that was just cut has to be read anew before it is cut again
    font = TTFont(whole)
    options = Options(layout_features=["*"], notdef_outline=True)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[0x20, 0xA0, *parse_unicodes(written.replace("U+", ""))])
    subsetter.subset(font)
    font.flavor = "woff2"
    name = f"{file.name.removesuffix('.woff2')}-page.woff2"
    font.save(fonts / name)
    return name


def narrowed(package: str, subset: str, fonts: Path) -> str | None:
    """Copies the subset's file with a width axis, if posters want it; its name."""
    if package not in NARROWED or subset not in NARROWED_SUBSETS:
        return None
    file, _ = subsets(package, "wdth")[subset]
    shutil.copyfile(file, fonts / file.name)
    return file.name


def copy_poster_families(fonts: Path) -> list[dict[str, str]]:
    """Copies the families that only posters use; their part of the index."""
    index = []
    for package, family in POSTER_FAMILIES:
        for name, (file, ranges) in subsets(package).items():
            if name not in LATIN:
                shutil.copyfile(file, fonts / file.name)
                index.append({"family": family, "file": file.name, "ranges": ranges})
        shutil.copyfile(PACKAGES / package / "LICENSE", fonts / f"{package}.LICENSE")
    return index


def lock_stamp() -> str:
    """What the vendor folder was built from; it is up to date while this stays the same."""
    digest = hashlib.sha256((ROOT / "package-lock.json").read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()


def main() -> None:
    """Builds the vendor folder unless it is already what the lock asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="only say whether it is up to date (exit 1: no)")
    arguments = parser.parse_args()
    stamp = VENDOR / ".built-from"
    current = stamp.is_file() and stamp.read_text(encoding="utf-8") == lock_stamp()
    if arguments.check or current:
        print("assets are up to date" if current else "assets are out of date: run scripts/build_assets.py")
        sys.exit(0 if current else 1)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    fetch()
    build()
    stamp.write_text(lock_stamp(), encoding="utf-8")
    size = sum(file.stat().st_size for file in VENDOR.rglob("*") if file.is_file())
    count = len(list((VENDOR / "fonts").glob("*.woff2")))
    print(f"{count} font files, {size / 1e6:.1f} MB in {VENDOR.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
