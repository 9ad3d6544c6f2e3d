-- cut_transactions --
-- Ends every other backend of this database that is in the middle of a transaction which has locked or written a row (one
-- that only looks whether there is more to do is nobody's loss); returns when they are gone.
select count(*) filter (where pg_terminate_backend(pid, 5000)) as cut from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and state = 'idle in transaction' and backend_xid is not null;

-- limit_connections --
-- The server lets no more in for this role.
alter role omnify_owner connection limit 3;

-- lift_limit --
-- As before.
alter role omnify_owner connection limit -1;

-- due --
-- How many still wait to be armed.
select count(*) as n from sequence_enrollments e
where e.status = 'active' and not exists (select from touches t where t.enrollment_id = e.id);

-- count_reached --
-- How many touches of one channel this person has, as this transaction sees it now.
select count(*) as n from touches where contact_id = %(contact_id)s and channel = %(channel)s;

-- spread_due --
-- One after the other is due, a second apart, so that each has a round of their own.
update sequence_enrollments e set due_at = v.due_at
from unnest(%(id)s::uuid[], %(due_at)s::timestamptz[]) as v (id, due_at)
where e.id = v.id;

-- whose_runs --
-- The persons of these enrollments.
select id, contact_id from sequence_enrollments where id = any(%(id)s::uuid[]);

-- plant_accepted --
-- A touch of some hours ago, accepted by the provider and long past its deadline.
insert into touches (id, client_id, account_id, origin, origin_id, part, attempt, enrollment_id, step, contact_id, channel,
  provider, to_address, body, body_hash, envelope, state, armed_at, look_at, confirm_by, changed_at, evidence, decision)
select v.id, %(client_id)s, %(account_id)s, 'reply', v.id, 0, 1, null, null, v.contact_id, %(channel)s, %(provider)s,
  v.value, 'x', repeat('0', 64), '{}', 'sending', %(at)s, %(at)s, %(at)s, %(at)s, '[]', '{}'
from unnest(%(id)s::uuid[], %(contact_id)s::uuid[], %(value)s::text[]) as v (id, contact_id, value);

-- accept_planted --
-- What was planted was taken.
update touches set state = 'accepted', provider_id = id::text where state = 'sending';

-- expire_planted --
-- And nothing was heard of it: a call that is long over holds up no other one.
update touches set state = 'expired', look_at = null, reason = 'unconfirmed' where state = 'accepted';

-- hold_touches --
-- Nobody else writes a touch until this transaction ends.
lock table touches in exclusive mode;
