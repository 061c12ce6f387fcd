"""Which recommender finds what a workspace's viewers liked next, on likes that none of them saw.

crossreel demo --no-serve --home crossreel-demo
python examples/compare_recommenders.py crossreel-demo popular title-neighbors ease
"""

import sys
from pathlib import Path

from crossreel import open_app
from crossreel.desk.choosing import workspace_data
from crossreel.recommend.evaluate.protocol import Protocol
from crossreel.recommend.evaluate.run import evaluate
from crossreel.recommend.registry import configure


def main(home: str, *algorithms: str) -> None:
    app = open_app(Path(home))
    try:
        data = workspace_data(app)
    finally:
        app.close()
    found = evaluate(data, [configure(name) for name in algorithms], Protocol("leave-last-out", seed=42))
    print(found.signature)
    for result in sorted(found.results, key=lambda one: -one.metrics["ndcg@10"].value):
        ndcg = result.metrics["ndcg@10"]
        print(f"{result.algorithm:20} NDCG@10 {ndcg.value:.3f} ({ndcg.low:.3f} to {ndcg.high:.3f})")


if __name__ == "__main__":
    main(*sys.argv[1:])
