"""The same by REST: what is open in a country, and what one viewer gets to see there.

crossreel demo --home crossreel-demo &
crossreel operator add you@example.org --role editor --home crossreel-demo
TOKEN=$(crossreel operator token you@example.org --scope read --home crossreel-demo)
python examples/drive_by_rest.py http://127.0.0.1:8420 $TOKEN BR
"""

import json
import sys
from urllib.parse import urlencode
from urllib.request import Request, urlopen


def main(address: str, token: str, territory: str) -> None:
    def get(path: str, **query: object) -> dict:
        request = Request(
            f"{address}/api/v1{path}?{urlencode(query)}", headers={"Authorization": f"Bearer {token}"}
        )
        with urlopen(request) as answer:
            return json.load(answer)

    for found in get("/titles/search", q="moon", limit=3)["items"]:
        rights = get("/rights/check", title=found["title_id"], territory=territory, mode="SVOD")
        state = "open" if rights["available"] else rights["because"][0]["text"]
        print(f"{found['title_id']}  {found['title']} ({found['year']}): {state}")
    viewer = get("/audience/viewers", limit=1)["items"][0]["id"]
    for item in get("/recommend/top", viewer=viewer, territory=territory, n=5)["items"]:
        print(f"  {item['title']}  {item['score']:.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
