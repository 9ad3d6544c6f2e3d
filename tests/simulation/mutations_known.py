"""What the rules and the real engine can lose, each with seeds that noticed it the last time somebody looked."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from tests.simulation import mutations_canaries as canaries
from tests.simulation import mutations_desk as desk
from tests.simulation import mutations_forks as forks
from tests.simulation import mutations_replies as replies
from tests.simulation import mutations_t1 as t1

Known = tuple[tuple[Callable[[], AbstractContextManager[None]], tuple[int, ...]], ...]

LATE_ON_THE_RULES = {
    "any_touch_moves_its_enrollment": (185,),
    "what_was_settled_meanwhile_is_repeated": (339,),
    "what_a_provider_said_counts_for_ever": (66,),
    "without_the_guard_provider_dnd": (66,),
    "without_the_guard_possibly_sent": (85,),
}
"""Of the rules alone those that the first seeds do not notice, or only at the end of long stories."""

_T1: Known = (
    (t1.quarantine_is_zero, (44,)),
    (t1.sent_again_after_a_timeout, (1, 2)),
    (t1.addresses_are_not_locked, (12,)),
    (t1.addresses_and_contacts_are_not_locked, (1,)),
    (t1.senders_are_not_locked, (11,)),
    (t1.runs_are_not_locked, (16,)),
    (t1.confirmations_lock_nothing, (8,)),
    (t1.confirmations_do_not_lock_the_enrollment, (109,)),
    (t1.facts_and_moves_in_two_transactions, (1, 2)),
    (t1.any_touch_moves_its_enrollment, (68,)),
    (t1.a_closing_fact_closes_nothing, (7, 27)),
    (t1.a_stop_that_was_heard_closes_nothing, (4, 12)),
    (t1.a_second_touch_may_be_in_flight, (4, 2)),
    (t1.the_provider_is_never_asked, (2,)),
    (t1.the_repetition_asks_no_guard, (204,)),
    (t1.acceptance_counts_as_success, (1, 2)),
    (t1.unknown_counts_as_failed, (2, 1)),
    (t1.what_expired_is_tried_again, (42,)),
)
_AT_DESKS: Known = (
    (desk.the_test_is_forgotten_at_arming, (37, 47)),
    (desk.the_test_is_forgotten_at_the_bytes, (37, 47)),
    (desk.a_repetition_forgets_the_test, (47, 79)),
    (desk.answers_forget_the_test, (37, 47)),
    (desk.what_the_tester_said_is_not_asked, (24, 82)),
    (desk.what_the_person_said_is_not_asked_in_a_test, (37,)),
    (desk.the_testers_click_is_the_persons_own, (37, 48)),
    (desk.a_visit_may_be_asked_for_twice, (25, 28)),
    (desk.nobody_waits_for_a_task, (25,)),
    (desk.a_task_is_settled_as_often_as_somebody_says, (25,)),
    (desk.more_time_is_not_told_of_the_task, (49,)),
    (desk.any_task_moves_its_enrollment, (26,)),
    (desk.a_settled_task_moves_nobody, (9, 28)),
    (desk.orders_do_not_wait_for_an_arming, (109,)),
    (desk.orders_leave_a_step_under_way, (8,)),
    (desk.orders_write_no_record, (7, 16)),
    (desk.a_jump_begins_no_visit, (7, 8)),
    (desk.nobody_takes_whom_they_are_handed, (25, 101)),
    (desk.what_is_paused_is_armed, (16,)),
    (desk.a_paused_one_is_repeated, (179, 349)),
    (desk.people_are_taken_over_in_the_middle_of_a_step, (83,)),
)
_WRITTEN_BACK: Known = (
    (replies.a_reply_leaves_again, (118, 153)),
    (replies.what_was_taken_back_leaves, (103,)),
    (replies.replies_ask_no_guard, (118, 128)),
    (replies.a_reply_has_all_the_time_in_the_world, (118, 153)),
)
_CHECKED: Known = (
    (canaries.a_turn_leaves_again, (106, 156)),
    (canaries.a_turn_that_left_meanwhile_leaves_again, (106, 156)),
    (canaries.what_was_stopped_leaves, (106,)),
    (canaries.stops_do_not_wait_for_an_arming, (256,)),
    (canaries.checks_ask_no_guard, (156,)),
    (canaries.checks_count_for_nobody, (156,)),
    (canaries.a_turn_is_never_over, (196,)),
    (canaries.every_turn_is_called_the_first, (106, 156)),
)
_AT_FORKS: Known = (
    (forks.a_milestone_wakes_nobody, (129, 149)),
    (forks.what_happened_on_the_way_is_forgotten, (129, 199)),
    (forks.what_was_taken_back_still_counts, (339, 389)),
    (forks.a_day_that_was_called_off_comes_all_the_same, (339, 389)),
    (forks.every_first_case_is_so, (119,)),
    (forks.no_case_is_so, (129, 109)),
)
ON_THE_ENGINE: Known = (*_T1, *_AT_DESKS, *_WRITTEN_BACK, *_CHECKED, *_AT_FORKS)
GUARDS_ON_THE_ENGINE: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("suppressed", (4,)),
    ("quiet_hours", (5,)),
    ("sequence_window", (6,)),
    ("contact_cap", (3,)),
    ("sender_throttle", (11,)),
)
