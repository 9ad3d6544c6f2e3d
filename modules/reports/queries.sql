-- ledger_page --
-- One client's touches, newest first, after a cursor; without client_id, those of every client the role may see.
select t.id, c.slug as client, t.contact_id as contact, t.enrollment_id as enrollment, q.slug as sequence, t.step,
  t.attempt, t.channel, t.provider, t.to_address, t.body_hash, t.state, t.reason, t.armed_at, t.confirmed_at,
  t.changed_at, t.provider_id, t.evidence_id, t.decision,
  nullif(concat_ws(' ', p.first_name, p.last_name), '') as contact_name
from touches t
join clients c on c.id = t.client_id
join contacts p on p.client_id = t.client_id and p.id = t.contact_id
left join sequence_enrollments e on e.client_id = t.client_id and e.id = t.enrollment_id
left join sequences q on q.client_id = t.client_id and q.id = e.sequence_id
where (%(client_id)s::uuid is null or t.client_id = %(client_id)s::uuid)
  and (%(state)s::text is null or t.state = %(state)s::text)
  and (%(channel)s::text is null or t.channel = %(channel)s::text)
  and (%(before_at)s::timestamptz is null or (t.armed_at, t.id) < (%(before_at)s::timestamptz, %(before_id)s::uuid))
order by t.armed_at desc, t.id desc
limit %(limit)s;

-- ledger_changes --
-- One client's touches in the order they changed, after a mark. For the live stream.
select t.id, c.slug as client, t.contact_id as contact, t.enrollment_id as enrollment, q.slug as sequence, t.step,
  t.attempt, t.channel, t.provider, t.to_address, t.body_hash, t.state, t.reason, t.armed_at, t.confirmed_at,
  t.changed_at, t.provider_id, t.evidence_id, t.decision,
  nullif(concat_ws(' ', p.first_name, p.last_name), '') as contact_name
from touches t
join clients c on c.id = t.client_id
join contacts p on p.client_id = t.client_id and p.id = t.contact_id
left join sequence_enrollments e on e.client_id = t.client_id and e.id = t.enrollment_id
left join sequences q on q.client_id = t.client_id and q.id = e.sequence_id
where t.client_id = %(client_id)s and (t.changed_at, t.id) > (%(after_at)s::timestamptz, %(after_id)s::uuid)
order by t.changed_at, t.id
limit %(limit)s;

-- change_before_last --
-- The change just before the newest so many after a mark; no row when there are not more than that.
select changed_at as at, id from touches
where client_id = %(client_id)s and (changed_at, id) > (%(after_at)s::timestamptz, %(after_id)s::uuid)
order by changed_at desc, id desc
offset %(newest)s limit 1;

-- latest_change --
-- When one of this client's touches changed last; null before the first.
select max(changed_at) as at from touches where client_id = %(client_id)s;

-- ledger_summary --
-- How many touches one client has in each state, by channel.
select channel, state, count(*) as touches from touches
where client_id = %(client_id)s group by channel, state order by channel, state;
