-- give_database --
-- A copy belongs to the superuser who made it; a queue makes its own tables in it.
alter database {copy} owner to {owner};

-- arm_one --
-- What a queue's job writes before it sends: the touch, and the enrollment's timer, in one statement. Run again after a
-- crash it finds its row and writes it again. $1 is the enrollment, which gives the touch its id, too; $2 the instant.
with due as (
  select e.id, e.client_id, e.contact_id, e.step, e.visit, p.id as account_id, a.value as to_address,
    'Hi ' || c.first_name || ', news from Bench' as body
  from sequence_enrollments e
  join contacts c on c.id = e.contact_id
  join contact_addresses ca on ca.contact_id = e.contact_id and ca.kind = 'phone'
  join addresses a on a.id = ca.address_id
  join provider_accounts p on p.client_id = e.client_id and p.channel = e.next_channel
  where e.id = $1::uuid
),
armed as (
  insert into touches (id, client_id, account_id, origin, origin_id, part, attempt, enrollment_id, step, contact_id, channel,
    provider, to_address, body, body_hash, envelope, state, armed_at, look_at, confirm_by, changed_at, evidence, decision)
  select d.id, d.client_id, d.account_id, 'step', d.id, d.visit, 1, d.id, d.step, d.contact_id, 'sms', 'twilio', d.to_address,
    d.body, encode(sha256(d.body::bytea), 'hex'), '{}', 'sending', $2::timestamptz, $2::timestamptz + interval '5 minutes',
    $2::timestamptz + interval '5 hours', $2::timestamptz, '[]', '{}'
  from due d
  on conflict (id) do update set armed_at = excluded.armed_at
  returning id, to_address, body
),
timed as (
  update sequence_enrollments e
  set waiting = true, due_at = $2::timestamptz + interval '5 hours 5 minutes', last_touch_id = armed.id, changed_at = $2::timestamptz
  from armed where e.id = armed.id
)
select to_address, body from armed;

-- record_one --
-- What it writes when the provider has answered: the acceptance, and the enrollment's next step. $1 is the touch, $2 the
-- provider's id, $3 the instant.
with told as (
  update touches set state = 'accepted', provider_id = $2::text, provider_status = 'queued',
    look_at = $3::timestamptz + interval '10 minutes', changed_at = $3::timestamptz
  where id = $1::uuid and state = 'sending'
  returning enrollment_id
)
update sequence_enrollments e
set step = 'second', visit = e.visit + 1, waiting = false, due_at = $3::timestamptz + interval '1 day', changed_at = $3::timestamptz
from told where e.id = told.enrollment_id;

-- claim_and_arm --
-- A batch of the bare worker: whoever is due and not locked elsewhere ($1 the instant, $2 how many, $3 the client), the same rows as above.
with due as (
  select e.id, e.client_id, e.contact_id, e.step, e.visit
  from sequence_enrollments e
  where e.status = 'active' and e.next_channel = 'sms' and not e.waiting and e.due_at <= $1::timestamptz
    and e.client_id = $3::uuid and e.priority = 2
  order by e.due_at, e.id
  limit $2::int
  for update skip locked
),
armed as (
  insert into touches (id, client_id, account_id, origin, origin_id, part, attempt, enrollment_id, step, contact_id, channel,
    provider, to_address, body, body_hash, envelope, state, armed_at, look_at, confirm_by, changed_at, evidence, decision)
  select d.id, d.client_id, p.id, 'step', d.id, d.visit, 1, d.id, d.step, d.contact_id, 'sms', 'twilio', a.value, t.body,
    encode(sha256(t.body::bytea), 'hex'), '{}', 'sending', $1::timestamptz, $1::timestamptz + interval '5 minutes',
    $1::timestamptz + interval '5 hours', $1::timestamptz, '[]', '{}'
  from due d
  join contacts c on c.id = d.contact_id
  join contact_addresses ca on ca.contact_id = d.contact_id and ca.kind = 'phone'
  join addresses a on a.id = ca.address_id
  join provider_accounts p on p.client_id = d.client_id and p.channel = 'sms'
  cross join lateral (select 'Hi ' || c.first_name || ', news from Bench' as body) t
  returning id, to_address, body
),
timed as (
  update sequence_enrollments e
  set waiting = true, due_at = $1::timestamptz + interval '5 hours 5 minutes', last_touch_id = armed.id, changed_at = $1::timestamptz
  from armed where e.id = armed.id
)
select id, to_address, body from armed;

-- record_many --
-- Its answers: $1 the touches, $2 the provider's ids, $3 the instant.
with told as (
  update touches t set state = 'accepted', provider_id = v.provider_id, provider_status = 'queued',
    look_at = $3::timestamptz + interval '10 minutes', changed_at = $3::timestamptz
  from unnest($1::uuid[], $2::text[]) as v (id, provider_id)
  where t.id = v.id and t.state = 'sending'
  returning t.enrollment_id
)
update sequence_enrollments e
set step = 'second', visit = e.visit + 1, waiting = false, due_at = $3::timestamptz + interval '1 day', changed_at = $3::timestamptz
from told where e.id = told.enrollment_id;

-- still_open --
-- Touches whose fate is not known.
select count(*)::int as n from touches where state in ('claimed', 'sending', 'unknown');

-- locked_jobs --
-- Who holds Graphile Worker's jobs.
select locked_by from graphile_worker._private_jobs where locked_at is not null;
