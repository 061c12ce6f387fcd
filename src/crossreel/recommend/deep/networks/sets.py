"""Networks over a viewer's titles as a set: every one gives (viewers, titles) logits."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

__all__ = ["Crosses", "SetNetwork", "Softmax", "Towers"]


class SetNetwork(nn.Module):
    """The shape that all of them share."""

    def logits(self, histories: torch.Tensor) -> torch.Tensor:
        """(viewers, titles) strengths of what each viewer liked -> (viewers, titles)."""
        raise TypeError(f"{type(self).__name__} gives no logits")

    def loss(self, histories: torch.Tensor, liked: torch.Tensor) -> torch.Tensor:
        """Multinomial likelihood of the liked titles, each viewer with one voice."""
        shares = functional.log_softmax(self.logits(histories), dim=1)
        each = liked.sum(dim=1, keepdim=True).clamp_min(1e-9)
        return -(shares * liked / each).sum(dim=1).mean()

    def answers(self, histories: torch.Tensor) -> torch.Tensor:
        """Positive scores, each row summing to 1."""
        return torch.softmax(self.logits(histories), dim=1)


def _mean(histories: torch.Tensor) -> torch.Tensor:
    """Rows of length 1: of a set of n equal likes each counts n^-1/2."""
    return functional.normalize(histories, dim=1)


class Softmax(SetNetwork):
    """Embedding -> hidden ReLU -> softmax over titles.

    Args:
        titles: size of the catalog.
        width: of the embeddings.
        hidden: of the hidden layer.
        dropout: of the history's titles and of the hidden layer.
    """

    def __init__(self, titles: int, width: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.embedding = nn.Linear(titles, width, bias=False)
        self.hidden = nn.Linear(width, hidden)
        self.output = nn.Linear(hidden, titles)
        nn.init.normal_(self.embedding.weight, std=width**-0.5)
        nn.init.normal_(self.output.weight, std=0.02)
        nn.init.zeros_(self.output.bias)
        self.dropout = nn.Dropout(dropout)

    def logits(self, histories: torch.Tensor) -> torch.Tensor:
        """See ``SetNetwork``."""
        embedded = self.embedding(self.dropout(_mean(histories)))
        result: torch.Tensor = self.output(self.dropout(functional.relu(self.hidden(embedded))))
        return result


class Crosses(SetNetwork):
    """sigma(theta' x + b), x the products of the viewer's features with the title's.

    Args:
        features: (titles, features) of titles; a viewer's are the mean of the liked titles'.
    """

    features: torch.Tensor

    def __init__(self, features: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("features", features, persistent=False)
        titles, count = features.shape
        self.theta = nn.Parameter(torch.zeros(count, count))
        self.own = nn.Parameter(torch.zeros(count))
        self.bias = nn.Parameter(torch.full((titles,), -3.0))

    def logits(self, histories: torch.Tensor) -> torch.Tensor:
        """See ``SetNetwork``."""
        total = histories.sum(dim=1, keepdim=True).clamp_min(1e-9)
        viewers = (histories / total) @ self.features
        crossed = viewers @ self.theta + self.own
        return crossed @ self.features.T + self.bias

    def loss(self, histories: torch.Tensor, liked: torch.Tensor) -> torch.Tensor:
        """Logistic loss of every title that the history does not hold: clicked or not."""
        asked = (histories == 0).float()
        losses = functional.binary_cross_entropy_with_logits(
            self.logits(histories), (liked > 0).float(), weight=asked, reduction="sum"
        )
        return losses / asked.sum().clamp_min(1)

    def answers(self, histories: torch.Tensor) -> torch.Tensor:
        """Probabilities of a click."""
        return torch.sigmoid(self.logits(histories))


class Towers(SetNetwork):
    """A tower for viewers and one for titles; a title is its features and, once liked, itself.

    Args:
        features: (titles, features) sparse, of titles.
        liked: (titles,) bool, who has been liked; the others have features alone.
        width: of the towers' ends.
        hidden: of their hidden layers.
        dropout: of the hidden layers.
        forget: share of titles whose own embedding is left out in a step, so that features learn
            to stand alone.
    """

    features: torch.Tensor
    liked: torch.Tensor

    def __init__(
        self,
        features: torch.Tensor,
        liked: torch.Tensor,
        width: int,
        hidden: int,
        dropout: float,
        forget: float,
    ) -> None:
        super().__init__()
        self.register_buffer("features", features, persistent=False)
        self.register_buffer("liked", liked[:, None].float(), persistent=False)
        self.own = nn.Parameter(torch.randn(features.shape[0], width) * 0.1)
        self.made_of = nn.Parameter(torch.randn(features.shape[1], width) * 0.1)
        self.title = nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, width))
        self.viewer = nn.Sequential(
            nn.Linear(width, hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, width)
        )
        self.heat = nn.Parameter(torch.tensor([2.5]))
        self.forget = forget

    def titles(self) -> torch.Tensor:
        """(titles, width) ends of the titles' tower, of length 1."""
        own = self.own * self.liked
        if self.training:
            own = own * (torch.rand(len(own), 1, device=own.device) >= self.forget)
        whole = own + torch.sparse.mm(self.features, self.made_of)
        return functional.normalize(whole + self.title(whole), dim=1)

    def logits(self, histories: torch.Tensor) -> torch.Tensor:
        """See ``SetNetwork``."""
        titles = self.titles()
        mean = _mean(histories) @ titles
        viewers = functional.normalize(mean + self.viewer(mean), dim=1)
        return (viewers @ titles.T) * self.heat.exp()
