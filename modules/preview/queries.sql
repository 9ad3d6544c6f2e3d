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
-- A contact's touches, newest first, each with the consent that its decision names, else the newest word at the time.
select t.id, q.slug as sequence, t.origin, t.step, t.attempt, t.channel, t.provider, t.to_address, t.state, t.reason,
  t.armed_at, t.confirmed_at, t.changed_at, t.evidence_id, t.evidence, t.decision, k.event as consent_event,
  k.at as consent_at, k.source as consent_source, k.wording as consent_wording, k.kind as consent_kind,
  k.wording_version as consent_version
from touches t
left join sequence_enrollments e on e.client_id = t.client_id and e.id = t.enrollment_id
left join sequences q on q.client_id = t.client_id and q.id = e.sequence_id
left join lateral (
  select c.event, c.at, c.source, c.wording, c.kind, c.wording_version from consents c
  where c.contact_id = t.contact_id and c.channel = t.channel and c.at <= t.armed_at
    -- what was agreed to for one number says nothing of another; a test goes elsewhere than was agreed
    and (c.event = 'withdrawn' or c.address is null or c.address = t.to_address or t.decision ? 'redirected')
  order by coalesce(c.event = 'granted' and c.wording_hash = t.decision ->> 'wording_hash'
      and c.kind = t.decision ->> 'consent_kind' and c.at = (t.decision ->> 'consented_at')::timestamptz, false) desc,
    c.at desc, c.event desc, c.id desc limit 1
) k on true
where t.client_id = %(client_id)s and t.contact_id = %(contact_id)s
order by t.armed_at desc, t.id desc
limit %(at_most)s;

-- list_runs --
-- A contact's enrollments, newest first, with the account and the address that the next step would use. What is proven or
-- changed during a pause is no new one: a pause began when it was asked for, or with an enrollment that began paused.
select e.id, e.sequence_id, q.slug as sequence, e.version, e.status, e.status_reason, e.step, e.next_channel, e.due_at,
  e.waiting, e.decision, e.enrolled_at, case when e.status = 'paused' then coalesce((
      select max(a.at) from enrollment_actions a
      where a.client_id = e.client_id and a.enrollment_id = e.id and a.verb = 'pause'), e.enrolled_at)
    else e.changed_at end as changed_at, t.step as last_step, t.state as last_state, p.id as account_id,
  p.provider, p.sends_per_second, ca.address_id,
  (select k.title from tasks k where e.waiting and k.enrollment_id = e.id and k.step = e.step and k.visit = e.visit
   and k.state = 'open') as to_do
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

-- list_deeds --
-- What people did by hand with a contact's enrollments, newest first.
select a.enrollment_id, q.slug as sequence, a.verb, a.acted_by, a.reason, a.at, a.from_status, a.from_step, a.from_due_at,
  a.to_status, a.to_step, a.to_due_at, a.from_version, a.to_version, there.slug as moved_to
from sequence_enrollments e
join enrollment_actions a on a.client_id = e.client_id and a.enrollment_id = e.id
join sequences q on q.client_id = e.client_id and q.id = e.sequence_id
left join sequence_enrollments o on o.client_id = a.client_id and o.id = a.moved_to
left join sequences there on there.client_id = o.client_id and there.id = o.sequence_id
where e.client_id = %(client_id)s and e.contact_id = %(contact_id)s
order by a.at desc, a.id desc
limit %(at_most)s;

-- load_subject --
-- One contact and the client for whom it is written to, for the evidence pack.
select c.id, c.external_ref, nullif(concat_ws(' ', c.first_name, c.last_name), '') as name, c.time_zone, c.fields,
  c.suppressed_at, c.suppressed_reason, c.created_at, c.import_id, c.erased_at, cl.slug as client, cl.name as client_name,
  cl.seller, cl.postal_address, cl.help_contact, i.file_name as import_file, i.file_hash as import_file_hash,
  i.attested_by as import_attested_by, i.started_at as imported_at
from contacts c
join clients cl on cl.id = c.client_id
left join imports i on i.client_id = c.client_id and i.id = c.import_id
where c.client_id = %(client_id)s and c.id = %(contact_id)s;

-- list_subject_addresses --
-- The contact's addresses, and those that anything was sent to for this contact.
select a.id, a.kind, a.value, a.suppressed_at, a.suppressed_reason, a.held_until, a.held_reason, a.created_at,
  exists (
    select from contact_addresses ca where ca.contact_id = %(contact_id)s and ca.address_id = a.id
  ) as is_current
from addresses a
where a.client_id = %(client_id)s
  and (a.id in (select ca.address_id from contact_addresses ca where ca.contact_id = %(contact_id)s)
       or a.value in (
         select t.to_address from touches t where t.client_id = %(client_id)s and t.contact_id = %(contact_id)s))
order by a.kind, a.value;

-- list_consents --
-- Everything the contact agreed to or withdrew, oldest first.
select k.id, k.event, k.channel, k.kind, k.seller, k.wording, k.wording_hash, k.wording_version, k.covers_ai_voice,
  k.address, k.source, k.proof, k.at, k.expires_at, k.import_id
from consents k
where k.client_id = %(client_id)s and k.contact_id = %(contact_id)s
order by k.at, k.event, k.id;

-- list_reopenings --
-- Closed addresses that a fresh consent opened again.
select r.address_id, a.value, r.consent_id, r.closed_at, r.closed_reason, r.reopened_at, r.reopened_by
from reopenings r
join addresses a on a.client_id = r.client_id and a.id = r.address_id
where r.client_id = %(client_id)s and r.address_id = any(%(address_ids)s::uuid[])
order by r.reopened_at, r.address_id;

-- list_kept --
-- What stays closed at this client after an erasure, by the hashes of the addresses that are known (again).
select encode(k.hash, 'hex') as hash, k.kind, k.reason, k.suppressed_at, k.kept_at
from kept_suppressions k
where k.client_id = %(client_id)s and k.hash = any(%(hashes)s::bytea[])
order by k.suppressed_at, k.hash;

-- list_own_words --
-- What this client itself told the house of these addresses; other clients' rows are never read.
select encode(o.hash, 'hex') as hash, o.at
from platform_opt_outs o
where o.client_id = %(client_id)s and o.hash = any(%(hashes)s::bytea[])
order by o.at, o.hash;

-- list_house_decisions --
-- Whether the house holds these addresses back. How many clients are behind it, and since when, is not this client's.
select encode(h.hash, 'hex') as hash, coalesce(h.decision, 'undecided') as decision, h.decided_by, h.decided_at
from platform_holds h
where h.hash = any(%(hashes)s::bytea[])
order by h.hash;

-- list_national_lists --
-- For each number the client's own copy of the national list of its area, and whether the number stands on it.
select a.value, l.area_code, l.issued_on, l.loaded_at, l.numbers, n.phone is not null as is_listed
from addresses a
left join dnc_lists l on l.client_id = a.client_id and l.area_code = substr(a.value, 3, 3)
left join dnc_numbers n on n.client_id = a.client_id and n.phone = substr(a.value, 3)::bigint
where a.client_id = %(client_id)s and a.id = any(%(address_ids)s::uuid[]) and a.kind = 'phone'
  and a.value ~ '^\+1[2-9][0-9]{9}$'
order by a.value;

-- list_number_checks --
-- What services said of the numbers, oldest first.
select a.value, c.kind, c.answer, c.consented_on, c.source, c.asked_at
from number_checks c
join addresses a on a.client_id = c.client_id and a.id = c.address_id
where c.client_id = %(client_id)s and c.address_id = any(%(address_ids)s::uuid[])
order by c.asked_at, a.value, c.kind;

-- list_clearances --
-- The states in which the client says it may sell.
select s.state, s.reference, s.cleared_by, s.cleared_at, s.ends_at
from state_clearances s
where s.client_id = %(client_id)s and s.state = any(%(states)s::text[])
order by s.state;

-- list_enrollments --
-- The contact's ways through sequences, oldest first.
select e.id, q.slug as sequence, e.version, e.status, e.status_reason, e.step, e.due_at, e.enrolled_at, e.changed_at,
  e.decision, coalesce((
    select jsonb_agg(to_jsonb(a) - 'client_id' - 'enrollment_id' order by a.at, a.id)
    from enrollment_actions a where a.client_id = e.client_id and a.enrollment_id = e.id), '[]') as done_by_hand
from sequence_enrollments e
join sequences q on q.client_id = e.client_id and q.id = e.sequence_id
where e.client_id = %(client_id)s and e.contact_id = %(contact_id)s
order by e.enrolled_at, e.id;

-- list_touches --
-- Everything that left or was to leave for the contact, oldest first: its text, its template, the account's registration
-- as it stands, and the consent that its decision names, else the newest word at the time.
select t.id, t.origin, t.origin_id, t.step, t.attempt, t.channel, t.provider, t.account_id, t.sender, t.to_address, t.subject,
  t.body, t.body_hash, t.envelope, t.state, t.reason, t.armed_at, t.confirmed_at, t.changed_at, t.provider_id,
  t.provider_status, t.evidence_id, t.evidence, t.decision, t.call_started_at, t.call_ended_at,
  t.recording is not null as is_recorded, q.slug as sequence, v.version, v.source, v.published_at, r.campaign,
  r.status as registration, r.registered_by, r.changed_at as registration_at, k.id as consent_id,
  k.event as consent_event, k.kind as consent_kind, k.at as consent_at, w.inbound_id as replies_to, w.written_by
from touches t
left join replies w on t.origin = 'reply' and w.client_id = t.client_id and w.id = t.origin_id
left join sequence_enrollments e on e.client_id = t.client_id and e.id = t.enrollment_id
left join sequences q on q.client_id = t.client_id and q.id = e.sequence_id
left join sequence_versions v on v.client_id = t.client_id and v.sequence_id = e.sequence_id
  and v.version = coalesce((t.decision ->> 'version')::integer, e.version)
left join sender_registrations r on r.client_id = t.client_id and r.account_id = t.account_id
left join lateral (
  select c.id, c.event, c.kind, c.at from consents c
  where c.contact_id = t.contact_id and c.channel = t.channel and c.at <= t.armed_at
    -- what was agreed to for one number says nothing of another; a test goes elsewhere than was agreed
    and (c.event = 'withdrawn' or c.address is null or c.address = t.to_address or t.decision ? 'redirected')
  order by coalesce(c.event = 'granted' and c.wording_hash = t.decision ->> 'wording_hash'
      and c.kind = t.decision ->> 'consent_kind' and c.at = (t.decision ->> 'consented_at')::timestamptz, false) desc,
    c.at desc, c.event desc, c.id desc limit 1
) k on true
where t.client_id = %(client_id)s and t.contact_id = %(contact_id)s
order by t.armed_at, t.id;

-- list_answers --
-- What came in from the contact or one of the addresses, oldest first: when the address closed, and what code answered.
select i.id, i.channel, i.kind, i.from_address, i.to_address, i.subject, i.body, i.at, i.opted_out, i.answer, i.released_at,
  i.released_by,
  (select min(closed.at) from (
     select a.suppressed_at as at from addresses a where a.client_id = i.client_id and a.value = i.from_address
     union all
     select r.closed_at from reopenings r join addresses a on a.client_id = r.client_id and a.id = r.address_id
     where r.client_id = i.client_id and a.value = i.from_address
     union all
     select c.suppressed_at from contacts c where c.client_id = i.client_id and c.id = i.contact_id
   ) closed where closed.at >= i.at) as closed_at,
  t.id as answer_touch, t.armed_at as answered_at, t.state as answer_state, t.confirmed_at as answer_confirmed_at
from inbound i
left join touches t on t.client_id = i.client_id and t.origin in ('confirmation', 'help') and t.origin_id = i.id
  and t.attempt = (
    select max(o.attempt) from touches o where o.client_id = t.client_id and o.origin = t.origin and o.origin_id = t.origin_id)
where i.client_id = %(client_id)s
  and (i.contact_id = %(contact_id)s or i.from_address = any(%(values)s::text[]))
order by i.at, i.id;

-- load_erasure --
-- That the contact was erased, by whom, and until when their proof of consent is kept under seal.
select e.id, e.erased_by, e.erased_at, e.counts, p.delete_at
from erasures e
left join erased_proofs p on p.client_id = e.client_id and p.contact_id = e.contact_id
where e.client_id = %(client_id)s and e.contact_id = %(contact_id)s;

-- make_read_only --
-- From here on this transaction cannot write or lock a row, whatever it is asked for.
select set_config('transaction_read_only', 'on', true);
