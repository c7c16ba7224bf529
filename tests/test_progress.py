"""Reports of parts of the work, as reports of the whole."""

from sanet.progress import part, unreported


def test_a_part_is_reported_as_its_share_of_the_whole():
    reports = []
    second_half = part(lambda done, stage: reports.append((done, stage)), 0.5, 0.5, "Painting")
    second_half(0.0)
    part(second_half, 0.5, 0.25)(1.0)
    assert reports == [(0.5, "Painting"), (0.875, "Painting")]


def test_a_part_without_a_stage_says_that_of_its_own_reports():
    reports = []
    part(lambda *report: reports.append(report), 0.0, 0.8)(0.5, "Matching style 1")
    part(lambda *report: reports.append(report), 0.2, 0.4)(0.5)
    assert reports == [(0.4, "Matching style 1"), (0.4,)]


def test_what_is_reported_to_nobody_may_be_anything():
    assert unreported(0.5) is None
    assert unreported(0.5, "Painting") is None
