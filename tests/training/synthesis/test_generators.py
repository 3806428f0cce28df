"""Every portrait has a generator, be it the unknown one, and each says what is known of its terms."""

from training.synthesis.generators import generator_of, generators
from training.synthesis.tags import portrait_tags


def test_a_figure_of_one_generator_names_it() -> None:
    assert generator_of("FLUX1_dev_images_with_prompts_003").name == "FLUX.1-dev"


def test_a_printed_label_names_the_generator() -> None:
    assert generator_of("textual_search_1_hair_color_top_8_matches_009").name == "FLUX.1-schnell"


def test_a_mixed_figure_leaves_the_generator_unknown() -> None:
    assert generator_of("textual_search_1_hair_color_top_8_matches_010").name == "unknown"


def test_every_generator_tells_its_terms_and_where_they_were_read() -> None:
    assert all(each.terms and each.terms_source for each in generators())


def test_no_portrait_has_two_generators() -> None:
    assert not [name for name in portrait_tags() if sum(each.made(name) for each in generators()) > 1]


def test_every_picture_that_a_label_names_is_a_portrait() -> None:
    assert {name for each in generators() for name in each.pictures} <= set(portrait_tags())
