"""Who can be given a project."""

from __future__ import annotations

from waizhuan.projects.assignment.rules import AT_ONCE, can_assign, can_lead


def test_only_an_authorised_lead_can_be_given_a_project() -> None:
    assert can_lead(7, {7, 8})
    refusal = can_lead(9, {7, 8})
    assert not refusal
    assert refusal.field == "lead"
    assert refusal.remedy is not None
    assert not can_lead(None, {7})


def test_at_least_one_and_at_most_a_pageful() -> None:
    assert not can_assign(0)
    assert can_assign(1)
    assert can_assign(AT_ONCE)
    assert not can_assign(AT_ONCE + 1)
