"""What is set right between Apertium's programs, on streams as they print them."""

import pytest

from crossreel.localize.translate.engines.apertium_brazilian import spoken_in_brazil, with_subjects
from crossreel.localize.translate.engines.apertium_edits import reworded
from crossreel.localize.translate.engines.apertium_french import decided_french, said_in_spanish
from crossreel.localize.translate.engines.apertium_portuguese import decided_spanish
from crossreel.localize.translate.wording import finished, prepared
from crossreel.values.language import Language


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (
            "^Nos/Nos<prn><pro><p1><mf><pl>$ ^ves/ver<vblex><pri><p2><sg>$",
            "^Tú/Tú<prn><tn><p2><mf><sg>$ ^nos/nos<prn>",
        ),
        (
            "^No/No<adv>$ ^puedes/poder<vbmod><pri><p2><sg>$",
            "^Tú/Tú<prn><tn><p2><mf><sg>$ ^no/no<adv>$ ^puedes/",
        ),
        (
            "^tú/tú<prn><tn><p2><mf><sg>$ ^sabes/saber<vblex><pri><p2><sg>$",
            "^tú/tú<prn><tn><p2><mf><sg>$ ^sabes/",
        ),
        ("^me/me<prn><pro>$ ^gustas/gustar<vblex><pri><p2><sg>$", "^me/me<prn><pro>$ ^gustas/"),
        ("^mira/mirar<vblex><pri><p3><sg>/mirar<vblex><imp><p2><sg>$", "^mira/"),
    ],
)
def test_the_one_spoken_to_is_named_in_brazil(given: str, wanted: str) -> None:
    assert with_subjects(given).startswith(wanted)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (
            "^Usar<vblex><pri><p3><sg>+Se<prn><enc><ref><p3><mf><sp>$",
            "^Se<prn><pro><ref><p3><mf><sp>$ ^usar<vblex><pri><p3><sg>$",
        ),
        (
            "^Ver<vblex><imp><p1><pl>$ ^isto<prn><tn><nt>$",
            "^Ir<vblex><pri><p1><pl>$ ^ver<vblex><inf>$ ^isto<prn><tn><nt>$",
        ),
        (
            "^Querer<vbmod><pis><p3><sg>$ ^ver<vblex><inf>$",
            "^Gostar<vblex><cni><p3><sg>$ ^de<pr>$ ^ver<vblex><inf>$",
        ),
        ("^Ficar<vblex><imp><p3><sg>+se<prn><enc><ref><p3><mf><sp>$", "^Ficar<vblex><imp><p3><sg>$"),
        (
            "^Eu<prn><tn><p1><mf><sg>$ ^o<prn><pro><p3><nt>$ ^dizer<vblex><pri><p1><sg>$",
            "^Eu<prn><tn><p1><mf><sg>$ ^dizer<vblex><pri><p1><sg>$",
        ),
        ("^Criar<vblex><ifi><p1><pl>$", "^Criar<vblex><pri><p1><pl>$"),
        (
            "^Quando<cnjadv>$ ^você<prn><tn><p3><mf><sg>$ ^ir<vblex><prs><p3><sg>$",
            "^Quando<cnjadv>$ ^você<prn><tn><p3><mf><sg>$ ^ir<vblex><fts><p3><sg>$",
        ),
        (
            "^o<det><def><f><sg>$ ^seguinte<adj><mf><sg>$ ^lição<n><f><sg>$",
            "^o<det><def><f><sg>$ ^próximo<adj><f><sg>$ ^lição<n><f><sg>$",
        ),
        (
            "^Que<prn><itg><mf><sg>$ ^fazer<vblex><pri><p3><sg>$",
            "O ^que<prn><itg><mf><sg>$ ^fazer<vblex><pri><p3><sg>$",
        ),
        (
            "^De<pr>$ ^que<prn><itg><mf><sg>$ ^falar<vblex><pri><p3><sg>$",
            "^De<pr>$ ^que<prn><itg><mf><sg>$ ^falar<vblex><pri><p3><sg>$",
        ),
        ("^o<prn><pro><p3><m><sg>$ ^enviar<vblex><inf>$", "^enviar<vblex><inf>+o<prn><enc><p3><m><sg>$"),
    ],
)  # fmt: skip
def test_portuguese_as_brazil_says_it(given: str, wanted: str) -> None:
    assert spoken_in_brazil(given) == wanted


def test_spanish_readings_that_neighbors_decide() -> None:
    know = "^No/No<adv>$ ^sé/ser<vbser><imp><p2><sg>/saber<vblex><pri><p1><sg>$"
    assert decided_spanish(know).endswith("^sé/saber<vblex><pri><p1><sg>$")
    both = "^Para/Para<pr>/Parar<vblex><imp><p2><sg>$ ^{}$"
    assert "<imp>" not in decided_spanish(both.format("hacer/hacer<vblex><inf>"))
    assert decided_spanish(both.format("ya/ya<adv>")).startswith("^Para/Parar<vblex><imp><p2><sg>$")
    joined = "^Pulsa/pulsar<vblex><imp><p2><sg>$ ^y/y<cnjcoo>$ ^mira/mirar<vblex><pri><p3><sg>/{}$"
    assert decided_spanish(joined.format("mirar<vblex><imp><p2><sg>")).endswith(
        "^mira/mirar<vblex><imp><p2><sg>$"
    )


def test_french_readings_and_words_that_the_dictionary_lacks() -> None:
    we = decided_french("^On/On<prn><pro>$ ^va/aller<vblex><pri><p3><sg>$")
    assert we == "^Nous/Nous<prn><tn><p1><mf><pl>$ ^va/aller<vblex><pri><p1><pl>$"
    mouse = decided_french(
        "^la/le<det><def><f><sg>/le<prn><pro>$ ^souris/souris<n><f><sp>/sourire<vblex><pri>$"
    )
    assert mouse == "^la/le<det><def><f><sg>$ ^souris/souris<n><f><sp>$"
    can = "^je/je<prn><tn>$ ^ne/ne<adv>$ ^peux/pouvoir<vbmod><pri><p2><sg>/pouvoir<vbmod><pri><p1><sg>$"
    assert decided_french(can).endswith("^peux/pouvoir<vbmod><pri><p1><sg>$")
    tab = decided_french("^onglets/*onglets$")
    assert tab == "^onglets/onglet<n><m><pl>$"
    assert reworded("^onglet<n><m><pl>/@onglet<n><m><pl>$", "fr-es") == "^onglet<n><m><pl>/pestaña<n><f><pl>$"


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (
            "^Tener<vblex><pri><p1><pl>$ ^necesidad<n><f><sg>$ ^de<pr>$ ^ti<prn>$",
            "^Necesitar<vblex><pri><p1><pl>$ ^ti<prn>$",
        ),
        (
            "^intentar<vblex><inf>$ ^de<pr>$ ^ver<vblex><inf>$",
            "^intentar<vblex><inf>$ ^ver<vblex><inf>$",
        ),
        ("^sí<adv>$ ^duro<adj><m><sg>$", "^tan<preadv>$ ^duro<adj><m><sg>$"),
        (
            "^estar<vblex><pri><p3><sg>$ ^llegar<vblex><pp><f><sg>$",
            "^haber<vbhaver><pri><p3><sg>$ ^llegar<vblex><pp><m><sg>$",
        ),
        (
            "^Esto<prn><tn><nt><sg>$ ^no<adv>$ ^ser<vbser><pri><p3><sg>$",
            "^No<adv>$ ^ser<vbser><pri><p3><sg>$",
        ),
        (
            "^fácil<adj><mf><sg>$ ^a<pr>$ ^ver<vblex><inf>$",
            "^fácil<adj><mf><sg>$ ^de<pr>$ ^ver<vblex><inf>$",
        ),
    ],
)  # fmt: skip
def test_spanish_from_french(given: str, wanted: str) -> None:
    assert said_in_spanish(given) == wanted


def test_wordings_of_brazil_are_not_those_of_portugal() -> None:
    said = "Os cães correm para acima."
    assert finished(said, "x.", Language.parse("pt-BR")) == "os cachorros correm para cima."
    assert finished(said, "x.", Language.parse("pt")) == "os cães correm para acima."
    assert prepared("Ma sœur !", Language.parse("fr"))[0] == "Ma soeur !"
    assert prepared("Algo esta bien, lo se.", Language.parse("es"))[0] == "Algo está bien, lo sé."
