"""A problem is small, whatever it is about."""

from shared.http import LINK_BYTES, MOST_ERRORS, FieldError, ProblemError, link_header


def test_a_problem_repeats_the_beginning_of_what_is_long() -> None:
    errors = (FieldError(field="k" * 10**6, message="m" * 10**6) for _ in range(10**6))
    problem = ProblemError(422, "invalid", "d" * 10**6, errors).problem("/" * 10**6)
    assert len(problem.errors) == MOST_ERRORS
    assert len(problem.model_dump_json()) < 20_000
    assert problem.errors[0].field.startswith("kkk")
    assert problem.errors[0].field.endswith("…")


def test_what_is_short_stays_as_it_is() -> None:
    problem = ProblemError(422, "invalid", "detail", [FieldError(field="f", message="m")])
    assert (problem.problem("/a").instance, problem.detail) == ("/a", "detail")
    assert (problem.errors[0].field, problem.errors[0].message) == ("f", "m")


def test_links_are_left_out_where_they_would_be_too_long() -> None:
    assert link_header(["<a>", "<b>"]) == {"Link": "<a>, <b>"}
    assert link_header([]) == {}
    assert link_header(["a" * LINK_BYTES, "b"]) == {}
