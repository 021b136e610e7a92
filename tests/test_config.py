from __future__ import annotations

from pathlib import Path

import pytest

from benchbuilder.config import build_config, dump_config, load_config, rooted
from benchbuilder.errors import ConfigError
from benchbuilder.resources import preset_names, preset_path


def test_one_seed_reaches_every_stage_that_draws() -> None:
    config = load_config("default", ["seed=7"])
    assert (config.seed, config.cluster.seed, config.sample.seed, config.report.seed) == (7,) * 4


def test_a_second_seed_is_an_error() -> None:
    with pytest.raises(ConfigError, match="one seed") as caught:
        load_config("default", ["sample.seed=7"])
    assert caught.value.hint == "set `seed` at the top level"


def test_an_unknown_key_suggests_the_nearest() -> None:
    with pytest.raises(
        ConfigError, match=r"per_clusters`: unknown key; did you mean `sample.per_cl"
    ):
        load_config("default", ["sample.per_clusters=3"])


def test_an_unknown_section_suggests_the_nearest() -> None:
    with pytest.raises(ConfigError, match="`anotate`: unknown key; did you mean `annotate`"):
        build_config({"anotate": {}}, origin="x.yaml")


def test_a_value_that_does_not_fit_is_named() -> None:
    with pytest.raises(ConfigError, match=r"`sample.min_score`.*7.*found 9"):
        load_config("default", ["sample.min_score=9"])


def test_an_override_without_a_value_is_an_error() -> None:
    with pytest.raises(ConfigError, match="expected key=value"):
        load_config("default", ["seed"])


def test_an_override_below_a_plain_value_is_an_error() -> None:
    with pytest.raises(ConfigError, match="'seed' has no keys below it"):
        load_config("default", ["seed.deep=1"])


def test_a_missing_file_lists_the_presets() -> None:
    with pytest.raises(ConfigError, match="no config file or preset 'nowhere'") as caught:
        load_config("nowhere")
    assert "default" in str(caught.value.hint)


@pytest.mark.parametrize("text", ["a: [", "- 1\n- 2", "seed: {"])
def test_a_file_that_is_no_settings_file_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=r"bad\.yaml"):
        load_config(file)


def test_fractional_cluster_thresholds_are_accepted() -> None:
    assert load_config("default", ["sample.min_cluster_score=5.5"]).sample.min_cluster_score == 5.5


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_loads_and_survives_a_round_trip(name: str) -> None:
    config = load_config(name)
    assert build_config(dump_config(config), origin=name) == config


@pytest.mark.parametrize("name", sorted(set(preset_names()) - {"default"}))
def test_what_a_preset_changes_says_where_it_comes_from(name: str) -> None:
    """A line that no default has is a comment or carries one."""
    defaults = set(preset_path("default").read_text(encoding="utf-8").splitlines())
    own = preset_path(name).read_text(encoding="utf-8").splitlines()
    assert [line for line in own if line not in defaults and "# " not in line] == []


def test_the_default_preset_documents_every_key() -> None:
    """Every key of every section stands in the file, with a comment before it or beside it."""
    lines = preset_path("default").read_text(encoding="utf-8").splitlines()
    documented = set()
    section = ""
    for place, line in enumerate(lines):
        key = line.split(":")[0]
        if not key.strip() or key.lstrip().startswith(("#", "-")):
            continue
        if not line.startswith(" "):
            section = key
        has_comment = "#" in line or lines[place - 1].lstrip().startswith("#")
        if has_comment:
            documented.add(key if not line.startswith(" ") else f"{section}.{key.strip()}")
    plain = dump_config(load_config("default"))
    wanted = {"seed", "models"}
    for name, values in plain.items():
        if isinstance(values, dict) and name != "models":
            wanted |= {f"{name}.{key}" for key in values}
    assert wanted - documented == set()


def test_the_default_preset_and_the_defaults_in_code_are_one() -> None:
    assert load_config("default") == build_config({}, origin="nothing")


def test_openai_is_declared_out_of_the_box() -> None:
    settings = load_config("default").declared_model("openai")
    assert (settings.api_key_env, settings.base_url_env) == ("OPENAI_API_KEY", "OPENAI_BASE_URL")


def test_an_undeclared_model_is_an_error_with_a_suggestion() -> None:
    with pytest.raises(ConfigError, match=r"'openia'.*did you mean `openai`"):
        load_config("default").declared_model("openia")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sample:\n  target: 0", r"^\S*my\.yaml:2: `sample\.target`"),
        ("sample:\n  at_most: {lang: {}}", r"did you mean `sample\.at_most\.language`"),
        ("annotate: {cascade: {enable: true}}", r"did you mean `annotate\.cascade\.enabled`"),
        ("models: {m: {modle: x}}", r"`models\.m\.modle`.*did you mean `models\.m\.model`"),
        ("ingest: {languages: [no]}", r"expected text, found false \(yes, no, on and off are"),
        ("sample: {at_most: {language: {no: 3}}}", r"a key must be text, found false"),
        ("embed: {model: 5}", r"expected text, found 5 \(a number is text where"),
        ("cluster: {areas: -1}", r"`cluster\.areas`: expected at least 0 or 'auto', found -1"),
        ("judge: {stop: best}", r"expected top-N, like top-10, found 'best'"),
        ("annotate: {panel: [local]}", r"`annotate`: an annotator is named twice"),
        ("sample:\n  target: 3\nsample: {}", r"my\.yaml:3: `sample` stands a second time"),
        ("sample:\n\ttarget: 3", r"my\.yaml:2: not valid YAML"),
        ("seed: null", r"`seed`: expected a whole number, found nothing"),
        ("seed: 1.5", r"`seed`: expected a whole number, found 1\.5"),
        ("sample: [1]", r"`sample`: expected `key: value` lines, found \[1\]"),
        ("sample: {min_score: high}", r"`sample\.min_score`: expected a number, found 'high'"),
        ("sample: {must_include: ids.txt}", r"`sample\.must_include`: expected a list"),
        ("sample: {target: 0}", r"`sample\.target`: expected at least 1, found 0"),
        ("judge: {positions: all}", r"`judge\.positions`: expected 'both' or 'alternate'"),
    ],
)
def test_a_value_that_does_not_fit_is_said_in_plain_words(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "my.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=message):
        load_config(path)


def test_what_is_wrong_with_the_seed_is_said_once() -> None:
    with pytest.raises(ConfigError) as caught:
        load_config("default", ["seed=high"])
    assert str(caught.value) == "--set seed=high: `seed`: expected a whole number, found 'high'"
    assert "default.yaml" in str(caught.value.hint)


def test_topics_in_quotas_go_by_number_or_name() -> None:
    quotas = load_config("default", ["sample.at_most.topic={3: 5, code: 2}"]).sample.at_most
    assert quotas.topic == {"3": 5, "code": 2}


def test_a_section_without_lines_has_its_defaults(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text("sample:\n  # min_score: 6\ncluster:\nannotate:\n  cascade:\nmodels:\n")
    assert load_config(path) == build_config({}, origin="test")


def test_a_long_rubric_is_no_path() -> None:
    rubrics = {"law": "Cites the paragraph. " * 30, "code": "Runs."}
    config = build_config({"judge": {"rubrics": rubrics}}, origin="test")
    assert rooted(config).judge.rubrics == rubrics
