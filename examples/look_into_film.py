"""The shots of a film and the best pictures of them, with a report that opens in a browser.

pip install 'crossreel[vision]'
python examples/look_into_film.py film.mp4 report/
"""

import sys
from pathlib import Path

from crossreel.studio.film import analyze_film


def main(film: str, out: str) -> None:
    found = analyze_film(Path(film), Path(out), best=3)
    for shot in found["shots"]:
        print(f"{shot['start']:8.3f} to {shot['end']:8.3f}  begins with a {shot['transition']}")
    for picture in found["keyframes"]:
        print(f"{picture['time']:8.3f}  {picture['file']}  {picture['score']:.2f}")
    print(f"Open {Path(out) / 'report.html'}")


if __name__ == "__main__":
    main(*sys.argv[1:])
