"""What people say of a film in several languages, and what each of them means by it.

pip install 'crossreel[text]' && crossreel models pull e5-small lid-176
python examples/read_opinions.py
"""

from crossreel.app import text_tools
from crossreel.insight.text.aspects import find_aspects

REVIEWS = (
    "The picture is superb, but the subtitles are full of mistakes.",
    "배우들의 연기가 정말 훌륭하고 감동적이었다.",
    "Un film interminable et mal joué, j'ai failli m'endormir.",
    "导演很有才华，故事感人，值得一看。",
)


def main() -> None:
    tools = text_tools()
    scorer = tools.scorer()
    scores = scorer.score(REVIEWS)
    aspects = find_aspects(REVIEWS, tools.splitter, scorer, [score.language for score in scores])
    for review, score, mentions in zip(REVIEWS, scores, aspects, strict=True):
        print(f"{score.language}  {score.label:9}  {score.positive:.2f}  {review}")
        for mention in mentions:
            print(f"      {mention.aspect}: {mention.opinion.label} ({mention.span.strip()!r})")


if __name__ == "__main__":
    main()
