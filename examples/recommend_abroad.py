"""What one viewer gets to see in two countries, and why.

crossreel demo --no-serve --home crossreel-demo
python examples/recommend_abroad.py crossreel-demo DE JP
"""

import sys
from pathlib import Path

from crossreel import Territory, open_app


def main(home: str, *territories: str) -> None:
    app = open_app(Path(home))
    try:
        viewer = app.viewers.page(limit=1)[0].id
        for code in territories:
            print(f"{viewer} in {code}")
            for item in app.shelf.top(viewer, Territory.parse(code), 5).items:
                title = app.catalog.get([item.title])[item.title]
                reasons = ", ".join(reason.code for reason in item.reasons)
                print(f"  {item.score:7.3f}  {title.name} ({title.year})  {item.path}: {reasons}")
    finally:
        app.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
