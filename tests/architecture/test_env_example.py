"""`.env.example` lists every setting, and no secret."""

import pytest

from services.cli.env_example import TARGET, compose_variables, render


def test_the_example_is_what_the_settings_classes_say() -> None:
    assert TARGET.read_text(encoding="utf-8") == render(), "run `make contracts`"


@pytest.mark.parametrize("name", sorted(compose_variables()))
def test_a_variable_of_the_compose_file_is_listed(name: str) -> None:
    assert f"\n#{name}=" in render()


@pytest.mark.parametrize("name", ["REDIS_URL", "REDIS_PASSWORD", "OPENSEARCH_PASSWORD"])
def test_a_secret_is_shown_empty(name: str) -> None:
    assert f"\n#{name}=\n" in render()
