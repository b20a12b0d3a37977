import pytest

# Suites are no test files; without this their assertions fail without a word.
pytest.register_assert_rewrite("tests.contract.ports.search_index")
