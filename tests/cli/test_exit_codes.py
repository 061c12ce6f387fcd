from crossreel.cli.exit_codes import EXIT_CODES, exit_code
from crossreel.errors import BadRows, CrossreelError, MissingModel, RowProblem, error_classes


def test_every_error_class_has_an_exit_code() -> None:
    for cls in error_classes():
        assert any(parent in EXIT_CODES for parent in cls.__mro__)


def test_the_nearest_ancestor_decides() -> None:
    assert exit_code(BadRows([RowProblem("f", 1, "", "no")])) == 3
    assert exit_code(MissingModel("gone")) == 4
    assert exit_code(CrossreelError("fault")) == 1
