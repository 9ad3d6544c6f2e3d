-- lock_enrollment --
-- First lock of a person's order: waits for whoever decides about it right now. What is read here of other rows may be
-- older than the lock, so the place itself is loaded by a statement of its own, afterwards.
select e.client_id, e.contact_id, e.last_touch_id
from sequence_enrollments e
where e.id = %(id)s
for no key update;

-- let_go_of_touch --
-- Late news of the touch before is recorded with the touch, and turns the way no more.
update sequence_enrollments set last_touch_id = null where id = %(id)s;

-- record_action --
-- Who did what, why, when, from where and to where.
insert into enrollment_actions (id, client_id, enrollment_id, verb, acted_by, reason, at, from_status, from_step, from_visit,
  from_due_at, to_status, to_step, to_visit, to_due_at, moved_to)
values (%(id)s, %(client_id)s, %(enrollment_id)s, %(verb)s, %(acted_by)s, %(reason)s, %(at)s, %(from_status)s, %(from_step)s,
  %(from_visit)s, %(from_due_at)s, %(to_status)s, %(to_step)s, %(to_visit)s, %(to_due_at)s, %(moved_to)s);

-- find_enrollment --
-- One enrollment by its id, with its sequence; of one client where that is given.
select e.id, e.client_id, e.contact_id, s.slug as sequence, e.status
from sequence_enrollments e
join sequences s on s.client_id = e.client_id and s.id = e.sequence_id
where e.id = %(id)s and (%(client_id)s::uuid is null or e.client_id = %(client_id)s::uuid);

-- list_runs_of --
-- What a contact runs in, or is set aside in; the newest first.
select e.id, e.client_id, e.contact_id, s.slug as sequence, e.status
from sequence_enrollments e
join sequences s on s.client_id = e.client_id and s.id = e.sequence_id
where e.client_id = %(client_id)s and e.contact_id = %(contact_id)s
  and e.status in ('active', 'paused', 'held', 'quarantined')
order by e.enrolled_at desc, e.id desc;
