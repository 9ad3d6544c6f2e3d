-- load_person --
-- One contact with the addresses that messages would go to.
select c.id, c.client_id, cl.slug as client, nullif(concat_ws(' ', c.first_name, c.last_name), '') as name, c.external_ref,
  c.time_zone, c.fields, phone.value as phone, email.value as email, c.suppressed_at, c.suppressed_reason
from contacts c
join clients cl on cl.id = c.client_id
left join contact_addresses cp on cp.contact_id = c.id and cp.kind = 'phone'
left join addresses phone on phone.id = cp.address_id
left join contact_addresses ce on ce.contact_id = c.id and ce.kind = 'email'
left join addresses email on email.id = ce.address_id
where c.client_id = %(client_id)s and c.id = %(contact_id)s;

-- list_sent --
-- A contact's touches, newest first, each with the newest word on consent at the time it was armed.
select t.id, q.slug as sequence, t.origin, t.step, t.attempt, t.channel, t.provider, t.to_address, t.state, t.reason,
  t.armed_at, t.confirmed_at, t.changed_at, t.evidence_id, t.evidence, t.decision, k.event as consent_event,
  k.at as consent_at, k.source as consent_source, k.wording as consent_wording
from touches t
left join sequence_enrollments e on e.client_id = t.client_id and e.id = t.enrollment_id
left join sequences q on q.client_id = t.client_id and q.id = e.sequence_id
left join lateral (
  select c.event, c.at, c.source, c.wording from consents c
  where c.contact_id = t.contact_id and c.channel = t.channel and c.at <= t.armed_at
  order by c.at desc, c.id desc limit 1
) k on true
where t.client_id = %(client_id)s and t.contact_id = %(contact_id)s
order by t.armed_at desc, t.id desc
limit %(at_most)s;

-- list_runs --
-- A contact's enrollments, newest first, with the account and the address that the next step would use.
select e.id, e.sequence_id, q.slug as sequence, e.version, e.status, e.status_reason, e.step, e.next_channel, e.due_at,
  e.waiting, e.decision, e.enrolled_at, e.changed_at, t.step as last_step, t.state as last_state, p.id as account_id,
  p.provider, p.sends_per_second, ca.address_id
from sequence_enrollments e
join sequences q on q.client_id = e.client_id and q.id = e.sequence_id
left join touches t on t.client_id = e.client_id and t.id = e.last_touch_id
left join provider_accounts p on p.client_id = e.client_id and p.channel = e.next_channel and p.retired_at is null
left join contact_addresses ca on ca.contact_id = e.contact_id
  and ca.kind = case e.next_channel when 'email' then 'email' when 'sms' then 'phone' when 'voice' then 'phone' end
where e.client_id = %(client_id)s and e.contact_id = %(contact_id)s
order by e.changed_at desc, e.id desc
limit %(at_most)s;

-- list_heard --
-- What came in from a contact, or from one of their addresses, and nobody has released.
select i.kind, i.channel, i.from_address, i.at, i.opted_out, coalesce(i.payload ->> 'opt_out' = 'unsure', false) as unsure
from inbound i
where i.client_id = %(client_id)s and i.released_at is null
  and (i.contact_id = %(contact_id)s
       or i.from_address in (
         select a.value from contact_addresses ca join addresses a on a.id = ca.address_id
         where ca.contact_id = %(contact_id)s))
order by i.at desc, i.id desc
limit %(at_most)s;

-- list_closed --
-- A contact's addresses that are closed.
select a.value, a.suppressed_reason as reason, a.suppressed_at as at
from contact_addresses ca
join addresses a on a.client_id = ca.client_id and a.id = ca.address_id
where ca.client_id = %(client_id)s and ca.contact_id = %(contact_id)s and a.suppressed_at is not null
order by a.suppressed_at desc, a.value;
