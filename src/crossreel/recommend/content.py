"""Content-to-content: titles made of the same things, for viewers and titles without any events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.catalog.search import tokens
from crossreel.catalog.title import CreditRole, Title
from crossreel.errors import BadInput
from crossreel.recommend.configuration import Configured, check_range
from crossreel.recommend.content_weights import learned
from crossreel.recommend.features import TitleFeatures
from crossreel.recommend.products import dense
from crossreel.recommend.roles import AnswerPath, Contribution, Floats, TrainingContext, TrainingData
from crossreel.recommend.similarity import cosine, loudest, tf_idf

__all__ = ["ContentModel", "ContentToContent"]

_PEOPLE = (CreditRole.DIRECTOR, CreditRole.WRITER, CreditRole.CAST, CreditRole.COMPOSER)
_BILLED = 10
"""Names of a cast beyond the tenth tell little of a title."""


@dataclass(frozen=True, slots=True)
class ContentToContent(Configured):
    """C-C: titles most similar, in what they are made of, to what the viewer liked.

    Each field of a title is a row of counts under TF-IDF (``recommend.similarity``: rare features
    count more, rows have length 1). The fields stand side by side, times the root of their
    weight, and the whole row has length 1 again, so that S_ij is the weighted mean of the fields'
    cosines: score(u, i) = sum_j x_uj S_ij over the history's titles j, j = i left out
    (P. Lops, M. de Gemmis, G. Semeraro, Recommender Systems Handbook, 2011, chapter 3).

    Attributes:
        genres, people, keywords, countries, text: weights of the fields, 0 to 100. People are
            directors, writers, composers and the first ten of the cast; text is names, taglines
            and synopses in all languages.
        decade: weight of the decade of the first showing.
        pictured: weight of what an analysis found in the film: kinds of things, people, pace.
        meaning: weight of what synopses mean across languages (``recommend.meanings``); without
            vectors the other fields share everything.
        learn: how often over all fields their weights are learned from the audience's likes
            (``recommend.content_weights``), beginning from those above; 0 (not at all) to 10.
    """

    genres: float = 1.0
    people: float = 1.0
    keywords: float = 1.0
    countries: float = 0.2
    text: float = 0.5
    decade: float = 0.1
    pictured: float = 0.3
    meaning: float = 1.0
    learn: int = 0

    name: ClassVar[str] = "content"

    def __post_init__(self) -> None:
        for key, weight in self.weights.items():
            check_range(self.name, key, weight, 0, 100)
        check_range(self.name, "learn", self.learn, 0, 10)

    @property
    def weights(self) -> dict[str, float]:
        """The fields' weights by their names."""
        return {name: weight for name, weight in self.to_dict().items() if name != "learn"}

    def fit(self, data: TrainingData, context: TrainingContext = TrainingContext()) -> ContentModel:  # noqa: B008 - frozen
        """Reads the titles' records; the audience's likes are used by ``learn`` alone.

        Raises:
            BadInput: no title of the vocabulary has a record.
        """
        if not any(data.titles):
            raise BadInput(
                "Content-to-content cannot learn: the catalog has none of these titles.",
                advice="Import their catalog records.",
            )
        vectors = (
            data.meanings.make(data.titles, context.progress) if data.meanings and self.meaning else None
        )
        chosen = self._learned(data, vectors, context) if self.learn else self
        return chosen.of_titles(data.titles, vectors=vectors)

    def _learned(self, data: TrainingData, vectors: Floats | None, context: TrainingContext) -> Self:
        counts = TitleFeatures().counts(data.titles, _FIELDS)
        fields = {name: tf_idf(count) for name, count in zip(_FIELDS, counts, strict=True)}
        known = fields if vectors is None else {**fields, "meaning": vectors}
        start = {name: self.weights[name] for name in known}
        if not any(start.values()):
            start = dict.fromkeys(known, 1.0)
        liked = data.interactions.liked
        found = learned(known, start, liked, self.learn, context.seed, context.progress)
        return replace(self, **found, learn=0)

    def of_titles(
        self,
        titles: Sequence[Title | None],
        features: TitleFeatures | None = None,
        vectors: Floats | None = None,
    ) -> ContentModel:
        """The model of these titles, in their order; a title without a record resembles nothing.

        Args:
            titles: the records.
            features: what is remembered of titles met before; default is nothing.
            vectors: (titles, dimensions) what they mean, rows of length 1 or 0.
        """
        weights = {name: weight for name, weight in self.weights.items() if weight > 0}
        meaning = weights.pop("meaning", 0.0)
        counts = (features or TitleFeatures()).counts(titles, {name: _FIELDS[name] for name in weights})
        fields = [
            tf_idf(count) * np.float32(np.sqrt(weight))
            for count, weight in zip(counts, weights.values(), strict=True)
        ]
        if not fields or not titles:
            fields = [sp.csr_array((len(titles), 1), dtype=np.float32)]
        stacked = sp.csr_array(sp.hstack(fields, format="csr"))
        if vectors is None or meaning == 0 or not titles:
            return ContentModel(cosine(stacked))
        return ContentModel(*_of_length_one(stacked, vectors * np.float32(np.sqrt(meaning))))

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> ContentModel:
        """The model whose ``arrays()`` these are."""
        shape = tuple(int(length) for length in arrays["shape"])
        weights = sp.csr_array((arrays["data"], arrays["indices"], arrays["indptr"]), shape=shape)
        return ContentModel(weights, arrays.get("meanings"))


def _of_length_one(stacked: sp.csr_array, meanings: Floats) -> tuple[sp.csr_array, Floats]:
    """Both blocks divided by the length of the rows that they make side by side."""
    squares = np.asarray(stacked.multiply(stacked).sum(axis=1), dtype=np.float32).ravel()
    length = np.sqrt(squares + np.einsum("td,td->t", meanings, meanings))
    scale = (1 / np.where(length > 0, length, 1)).astype(np.float32)
    data = (stacked.data * np.repeat(scale, np.diff(stacked.indptr))).astype(np.float32)
    weights = sp.csr_array((data, stacked.indices, stacked.indptr), shape=stacked.shape)
    return weights, meanings * scale[:, None]


def _people(title: Title) -> Iterable[str]:
    cast = 0
    for credit in title.credits:
        cast += credit.role is CreditRole.CAST
        if credit.role in _PEOPLE and (credit.role is not CreditRole.CAST or cast <= _BILLED):
            yield credit.name


def _words(title: Title) -> Iterable[str]:
    yield from tokens(title.name)
    for text in title.texts:
        for part in (text.name, text.tagline, text.synopsis):
            yield from tokens(part)


_FIELDS: dict[str, Callable[[Title], Iterable[str]]] = {
    "genres": lambda title: title.genres,
    "people": _people,
    "keywords": lambda title: title.keywords,
    "countries": lambda title: [country.code for country in title.countries],
    "text": _words,
    "pictured": lambda title: [shown for one in title.attachments for shown in one.shows],
    "decade": lambda title: () if title.year is None else (f"{title.year // 10}0s",),
}


class ContentModel:
    """W, (titles, features), beside V, (titles, dimensions): rows of length 1 or 0 together.

    S = W W' + V V' is never formed.
    """

    name: ClassVar[str] = ContentToContent.name
    personal: ClassVar[bool] = True
    path: ClassVar[AnswerPath] = "content"

    def __init__(self, weights: sp.csr_array, meanings: Floats | None = None) -> None:
        self._weights = weights
        self._meanings = np.zeros((weights.shape[0], 0), dtype=np.float32) if meanings is None else meanings
        self._across = sp.csr_array(weights.T)
        self._own = np.asarray(weights.multiply(weights).sum(axis=1), dtype=np.float32).ravel()
        self._own += np.einsum("td,td->t", self._meanings, self._meanings)

    @property
    def meant(self) -> int:
        """How many titles are compared by what their synopsis means."""
        return int(self._meanings.any(axis=1).sum())

    @property
    def features(self) -> sp.csr_array:
        """W, (titles, features) float32."""
        return self._weights

    def scores(self, histories: sp.csr_array) -> Floats:
        """(viewers, titles) sums of likenesses to the history's other titles."""
        scores = dense((histories @ self._weights) @ self._across)
        if self._meanings.shape[1]:
            scores += np.asarray(histories @ self._meanings, dtype=np.float32) @ self._meanings.T
        own = histories.multiply(self._own[None, :]).tocoo()
        scores[own.row, own.col] -= own.data
        return np.maximum(scores, 0)

    def similar(self, title: int) -> Floats:
        """(titles,) S_ij, 0 to 1; its own entry is 0."""
        one = sp.csr_array(([np.float32(1)], ([0], [title])), shape=(1, self._weights.shape[0]))
        row: Floats = self.scores(one)[0]
        return row

    def between(self, titles: npt.NDArray[np.integer]) -> Floats:
        """(m, m) S_ij of some titles with each other; the diagonal is 1, or 0 of a title without facts."""
        some, meant = self._weights[titles], self._meanings[titles]
        return np.asarray(dense(some @ sp.csr_array(some.T)) + meant @ meant.T, dtype=np.float32)

    def because(self, history: sp.csr_array, titles: Sequence[int], limit: int) -> list[list[Contribution]]:
        """The history's titles j by S_ij x_j."""
        wanted = np.asarray(titles, dtype=np.int64)
        liked = history.indices
        likeness = (self._weights[liked] @ self._weights[wanted].T).toarray()
        likeness += self._meanings[liked] @ self._meanings[wanted].T
        share = likeness * history.data[:, None]
        share[liked[:, None] == wanted[None, :]] = 0
        return [loudest(liked, share[:, place], limit) for place in range(len(wanted))]

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """W as CSR parts, and V where there is one."""
        meanings = {"meanings": self._meanings} if self._meanings.shape[1] else {}
        return meanings | {
            "data": self._weights.data,
            "indices": self._weights.indices,
            "indptr": self._weights.indptr,
            "shape": np.array(self._weights.shape),
        }
