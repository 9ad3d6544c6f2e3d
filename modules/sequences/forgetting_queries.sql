-- lock_runs_of --
-- First lock of an erasure: every enrollment of a person.
select e.id from sequence_enrollments e
where e.client_id = %(client_id)s and e.contact_id = %(contact_id)s
order by e.id
for no key update;

-- erase_runs --
-- Whatever a person runs in ends.
update sequence_enrollments e
set status = 'stopped', status_reason = %(reason)s, step = null, next_channel = 'settle', due_at = null, waiting = false,
  decision = e.decision - 'detail', changed_at = %(now)s
where e.client_id = %(client_id)s and e.contact_id = %(contact_id)s
  and e.status in ('active', 'paused', 'held', 'quarantined');

-- forget_last_touches --
-- Enrollments that ended years ago let go of their last touch, so that the ledger can forget it.
update sequence_enrollments set last_touch_id = null
where id in (
  select e.id from sequence_enrollments e
  where e.status in ('finished', 'stopped') and e.changed_at < %(before)s and e.last_touch_id is not null
  limit %(at_most)s
);

-- forget_runs --
-- Enrollments that ended years ago and of which the ledger knows nothing any more.
delete from sequence_enrollments s
where s.id in (
  select e.id from sequence_enrollments e
  where e.status in ('finished', 'stopped') and e.changed_at < %(before)s and e.last_touch_id is null
    and not exists (select from touches t where t.enrollment_id = e.id)
    and not exists (select from system_logs l where l.enrollment_id = e.id)
  limit %(at_most)s
);

-- forget_reasons --
-- What people wrote down about why they did something with an erased person's enrollments; the deed itself stays.
update enrollment_actions a set reason = null
from sequence_enrollments e
where e.client_id = %(client_id)s and e.contact_id = %(contact_id)s
  and a.client_id = e.client_id and a.enrollment_id = e.id and a.reason is not null;
