-- begin_as --
-- A touch that claims to have begun in this state.
insert into touches (id, client_id, account_id, origin, origin_id, part, attempt, contact_id, channel, provider, to_address,
  body, body_hash, envelope, state, armed_at, look_at, confirm_by, confirmed_at, changed_at, evidence_id, evidence, decision)
values (%(id)s, %(client_id)s, %(account_id)s, 'test', %(id)s, 0, 1, %(contact_id)s, 'sms', 'twilio', '+12125550100', 'x',
  repeat('0', 64), '{}', %(state)s, %(now)s, %(now)s, %(now)s, %(now)s, %(now)s, 'SM:delivered', '[]', '{}');

-- without_look --
-- A touch that nobody would ever look at again.
update touches set look_at = null where id = %(id)s;

-- without_due --
-- An active enrollment that nobody would ever look at again.
update sequence_enrollments set due_at = null where id = %(id)s;

-- move_enrollment --
-- An enrollment's status by hand.
update sequence_enrollments set status = %(state)s where id = %(id)s;

-- enroll_for --
-- An enrollment of one client with a contact, sequence or touch of another, or beginning in some other state.
insert into sequence_enrollments (id, client_id, contact_id, sequence_id, version, status, step, visit, next_channel, due_at,
  waiting, enrolled_at, changed_at)
select %(id)s, %(client_id)s, e.contact_id, e.sequence_id, e.version, %(state)s, e.step, 0, e.next_channel, e.due_at, false,
  %(now)s, %(now)s
from sequence_enrollments e where e.id = %(like)s;

-- borrow_touch --
-- An enrollment that names another client's touch as its own.
update sequence_enrollments set last_touch_id = %(touch_id)s where id = %(id)s;

-- rewrite_consents --
-- What was agreed to, after the fact.
update consents set wording = 'something else';

-- rewrite_versions --
-- What was published, after the fact.
update sequence_versions set source = 'something else';

-- touch_states --
-- The states of a touch as the database knows them.
select state, is_open, is_terminal, is_success from touch_states;

-- touch_transitions --
-- The moves of a touch as the database knows them.
select from_state, to_state from touch_transitions;

-- enrollment_states --
-- The states of an enrollment as the database knows them.
select state, is_terminal from enrollment_states;

-- enrollment_transitions --
-- The moves of an enrollment as the database knows them.
select from_state, to_state from enrollment_transitions;
