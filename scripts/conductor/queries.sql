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
