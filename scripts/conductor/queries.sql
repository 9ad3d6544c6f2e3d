-- all_touches --
-- Our own ledger, for the comparison with the twin's.
select t.id, t.origin_id, t.part, t.attempt, t.state, t.channel, t.provider, t.provider_id, t.evidence_id, t.body_hash, t.armed_at,
  t.confirm_by, t.to_address, a.suppressed_at, a.suppressed_reason, t.client_id, t.origin, t.body, c.name as brand,
  i.at as asked_at, i.opted_out as asked_to_stop,
  (
    select count(*) from reopenings r where r.address_id = a.id and r.reopened_at <= t.armed_at
  ) as reopened
from touches t
join clients c on c.id = t.client_id
left join addresses a on a.client_id = t.client_id and a.value = t.to_address
left join inbound i on i.id = t.origin_id
order by t.armed_at, t.id;

-- enrollment_counts --
-- Where everybody stands.
select status, coalesce(status_reason, '') as reason, count(*) as how_many from sequence_enrollments group by 1, 2;

-- news --
-- What the people of the demo have to hear of: what reached a contact, what a contact wrote, what there is to do.
select t.id, 'touch' as kind, t.contact_id, t.confirmed_at as at, t.step, s.slug, t.channel, t.subject
from touches t
join sequence_enrollments e on e.id = t.enrollment_id
join sequences s on s.id = e.sequence_id
where t.state in ('delivered', 'completed') and t.confirmed_at >= %(since)s
union all
select i.id, 'reply', i.contact_id, i.at, null, null, i.channel, i.subject
from inbound i
where i.released_at is null and i.contact_id is not null and i.at >= %(since)s::timestamptz - interval '1 day'
union all
select k.id, 'task', k.contact_id, k.created_at, k.step, null, null, null
from tasks k
where k.state = 'open' and k.created_at >= %(since)s
order by 4, 1;

-- ends --
-- How many came to which end of which sequence, or where they stand.
select s.slug, e.status, e.status_reason as reason, e.decision ->> 'to' as handed_to, e.contact_id
from sequence_enrollments e
join sequences s on s.id = e.sequence_id
order by e.enrolled_at, e.id;
