-- try_lock_client --
-- One import of a client at a time, or one that is taken back: two that know nothing of each other would add the same
-- person twice, or count somebody as known who is gone a moment later.
select pg_try_advisory_xact_lock(hashtextextended(%(key)s, 12)) as is_ours;

-- insert_import --
-- An import that begins; whoever is outside its transaction sees it only once it is done.
insert into imports (id, client_id, file_name, file_hash, mapping, attested_by, state, started_at)
values (%(id)s, %(client_id)s, %(file_name)s, %(file_hash)s, %(mapping)s, %(attested_by)s, 'loading', %(now)s);

-- copy_rows --
-- The file's rows as they were read and checked.
copy import_rows (client_id, import_id, row_no, cells, outcome, fault, field, detail, contact_id, external_ref, first_name,
  last_name, time_zone, fields, phone, phone_id, phone_hash, email, email_id, email_hash, channels, consent_ids, consent_at,
  wording, covers_ai_voice, proof, consent_fault, consent_detail)
from stdin;

-- measure_rows --
-- Tells the planner what was just copied: it would plan for an empty table.
analyze import_rows;

-- judge_twins --
-- Rows whose reference, phone or e-mail stands in an earlier row. Another name with the same phone is another person.
with held as (
  select r.row_no, 1 as rank, 'reference' as field, min(r.row_no) over (partition by r.external_ref) as first_row
  from import_rows r where r.import_id = %(import_id)s and r.outcome = 'new' and r.external_ref is not null
  union all
  select r.row_no, 2, 'phone', min(r.row_no) over (partition by r.phone)
  from import_rows r where r.import_id = %(import_id)s and r.outcome = 'new' and r.phone is not null
  union all
  select r.row_no, 3, 'e-mail', min(r.row_no) over (partition by r.email)
  from import_rows r where r.import_id = %(import_id)s and r.outcome = 'new' and r.email is not null
), twin as (
  select distinct on (h.row_no) h.row_no, h.field, h.first_row
  from held h where h.first_row < h.row_no
  order by h.row_no, h.rank
)
update import_rows r
set outcome = 'twice', field = t.field, first_row = t.first_row,
  fault = case when t.field <> 'reference'
    and (lower(concat(f.first_name, ' ', f.last_name)) <> lower(concat(r.first_name, ' ', r.last_name))
         or f.external_ref <> r.external_ref) then 'shared' else 'twice' end
from twin t
join import_rows f on f.import_id = %(import_id)s and f.row_no = t.first_row
where r.import_id = %(import_id)s and r.row_no = t.row_no;

-- judge_known --
-- Rows of people the client has: by reference before phone before e-mail, and the more alike the better.
with met as (
  select r.row_no, c.id as contact_id, 4 as weight, 'reference' as field
  from import_rows r
  join contacts c on c.client_id = r.client_id and c.external_ref = r.external_ref
  where r.import_id = %(import_id)s and r.outcome = 'new'
  union all
  select r.row_no, ca.contact_id, 2, 'phone'
  from import_rows r
  join addresses a on a.client_id = r.client_id and a.kind = 'phone' and a.value = r.phone
  join contact_addresses ca on ca.address_id = a.id
  where r.import_id = %(import_id)s and r.outcome = 'new'
  union all
  select r.row_no, ca.contact_id, 1, 'e-mail'
  from import_rows r
  join addresses a on a.client_id = r.client_id and a.kind = 'email' and a.value = r.email
  join contact_addresses ca on ca.address_id = a.id
  where r.import_id = %(import_id)s and r.outcome = 'new'
), best as (
  select distinct on (m.row_no) m.row_no, m.contact_id, m.field
  from (
    select m.row_no, m.contact_id, sum(m.weight) as weight, (array_agg(m.field order by m.weight desc))[1] as field
    from met m group by m.row_no, m.contact_id
  ) m
  join contacts c on c.id = m.contact_id
  join import_rows r on r.import_id = %(import_id)s and r.row_no = m.row_no
  order by m.row_no, m.weight desc, lower(c.first_name) = lower(r.first_name) desc nulls last, c.created_at, c.id
)
update import_rows r
set outcome = 'known', fault = 'known', known_id = b.contact_id, field = b.field
from best b
where r.import_id = %(import_id)s and r.row_no = b.row_no;

-- judge_known_consents --
-- What a file says a known person agreed to counts only for an address that is theirs, and undoes no withdrawal unless
-- it says that it is newer.
update import_rows r
set consent_fault = case when theirs.missing then 'other_address' else 'withdrawn' end
from (
  select r.row_no,
    bool_or(not exists (
      select from contact_addresses ca join addresses a on a.id = ca.address_id
      where ca.contact_id = r.known_id
        and ((ch.channel = 'email' and a.kind = 'email' and a.value = r.email)
             or (ch.channel <> 'email' and a.kind = 'phone' and a.value = r.phone)))) as missing,
    bool_or(r.consent_at is null and 'withdrawn' = (
      select k.event from consents k where k.contact_id = r.known_id and k.channel = ch.channel
      order by k.at desc, k.event desc, k.id desc limit 1)) as withdrew
  from import_rows r cross join unnest(r.channels) as ch (channel)
  where r.import_id = %(import_id)s and r.outcome = 'known'
  group by r.row_no
) theirs
where r.import_id = %(import_id)s and r.row_no = theirs.row_no and (theirs.missing or theirs.withdrew);

-- judge_closed --
-- Rows whose number, address or person is closed here, or was before an erasure.
update import_rows r
set closed = true
where r.import_id = %(import_id)s and r.outcome in ('new', 'known') and (
  exists (select from addresses a where a.client_id = r.client_id and a.kind = 'phone' and a.value = r.phone
    and a.suppressed_at is not null)
  or exists (select from addresses a where a.client_id = r.client_id and a.kind = 'email' and a.value = r.email
    and a.suppressed_at is not null)
  or exists (select from kept_suppressions k where k.client_id = r.client_id and k.hash in (r.phone_hash, r.email_hash))
  or exists (select from contacts c where c.id = r.known_id and c.suppressed_at is not null));

-- judge_stopped_consents --
-- Nor does it undo what the person said: after a stop only a consent that says that it is newer counts, for START opens a
-- number by it, and a call would rest on it.
update import_rows r
set consent_fault = 'stopped'
where r.import_id = %(import_id)s and r.closed and r.channels <> '{}' and r.consent_at is null and r.consent_fault is null
  and (
    exists (
      select from unnest(r.channels) as ch (channel)
      join addresses a on a.client_id = r.client_id
        and ((ch.channel = 'email' and a.kind = 'email' and a.value = r.email)
             or (ch.channel <> 'email' and a.kind = 'phone' and a.value = r.phone))
      where a.suppressed_reason in ('opted_out', 'provider_opt_out', 'complained'))
    or exists (
      select from unnest(r.channels) as ch (channel)
      join kept_suppressions k on k.client_id = r.client_id
        and k.hash = case ch.channel when 'email' then r.email_hash else r.phone_hash end
      where k.reason in ('opted_out', 'provider_opt_out', 'complained'))
    or exists (
      select from contacts c
      where c.id = r.known_id and c.suppressed_reason in ('opted_out', 'provider_opt_out', 'complained')));

-- count_rows --
-- What became of the rows.
select count(*) as read,
  count(*) filter (where r.outcome = 'new') as added,
  count(*) filter (where r.outcome = 'known') as known,
  count(*) filter (where r.outcome = 'twice') as twice,
  count(*) filter (where r.outcome = 'rejected') as rejected,
  count(*) filter (where r.closed) as closed,
  count(*) filter (where r.consent_fault is not null and r.outcome in ('new', 'known')) as without_consent
from import_rows r
where r.import_id = %(import_id)s;

-- page_left_out --
-- Rows that were not taken as they stand, in the file's order, a page after a row.
select r.row_no, r.outcome, r.fault, r.field, r.detail, r.first_row, r.cells, r.consent_fault, r.consent_detail
from import_rows r
where r.import_id = %(import_id)s and r.row_no > %(after)s and (r.outcome <> 'new' or r.consent_fault is not null)
order by r.row_no
limit %(limit)s;

-- drop_rows --
-- The import's own rows; what they became stays.
delete from import_rows where import_id = %(import_id)s;

-- finish_import --
-- The import is done; its counts stay.
update imports
set state = 'done', read_rows = %(read)s, added = %(added)s, known = %(known)s, rejected = %(rejected)s, closed = %(closed)s,
  finished_at = %(now)s
where id = %(import_id)s;

-- lock_import --
-- An import for whoever takes it back; two who do so at once come one after the other.
select i.id, i.client_id, i.file_name, i.state, i.added, i.undone_at, c.slug
from imports i
join clients c on c.id = i.client_id
where i.id = %(import_id)s
for update of i;

-- count_reached --
-- Who of an import was written to or wrote: people that it added, and known ones since it said that they had agreed. Who
-- texted before the import is written back to while nobody knows yet that the text was theirs.
select
  (select count(distinct t.contact_id) from touches t join contacts c on c.id = t.contact_id
    where c.import_id = %(import_id)s and c.erased_at is null) as written_to,
  (select count(distinct n.contact_id) from inbound n join contacts c on c.id = n.contact_id
    where c.import_id = %(import_id)s and c.erased_at is null) as wrote,
  (select count(distinct r.contact_id) from replies r join contacts c on c.id = r.contact_id
    where c.import_id = %(import_id)s and c.erased_at is null) as written_back_to,
  (select count(distinct k.contact_id) from canaries k join contacts c on c.id = k.contact_id
    where c.import_id = %(import_id)s and c.erased_at is null) as checked,
  (select count(distinct t.contact_id) from touches t
    join consents k on k.contact_id = t.contact_id and k.channel = t.channel
    join contacts c on c.id = t.contact_id
    join imports i on i.id = k.import_id
    where k.import_id = %(import_id)s and c.import_id is distinct from k.import_id
      and t.armed_at >= i.started_at) as relied_on;

-- mark_undone --
-- The import was taken back; that it was there stays known.
update imports set state = 'undone', undone_at = %(now)s where id = %(import_id)s;

-- list_imports --
-- A client's imports, newest first. What is neither added, known nor rejected was twice in the file.
select i.id, i.file_name, i.state, i.read_rows, i.added, i.known, i.read_rows - i.added - i.known - i.rejected as twice,
  i.rejected, i.closed, i.attested_by, i.started_at, i.undone_at
from imports i
where i.client_id = %(client_id)s
order by i.started_at desc, i.id desc;

-- list_field_names --
-- Every field that a client's people have.
select distinct n.name
from contacts c cross join jsonb_object_keys(c.fields) as n (name)
where c.client_id = %(client_id)s and c.erased_at is null
order by n.name;

-- page_people --
-- A client's people with addresses, the newest word on each channel, and what is closed; a page after an id. Each limit
-- keeps the planner from joining all of the client's people for every page.
select c.*, p.value as phone, p.suppressed_reason as phone_closed, e.value as email, e.suppressed_reason as email_closed,
  said.consents
from (
  select n.id, n.external_ref, n.first_name, n.last_name, n.time_zone, n.fields, n.created_at, n.suppressed_reason
  from contacts n
  where n.client_id = %(client_id)s and n.erased_at is null and n.id > %(after)s
  order by n.id
  limit %(limit)s
) c
left join lateral (
  select a.value, a.suppressed_reason
  from contact_addresses ca join addresses a on a.id = ca.address_id
  where ca.contact_id = c.id and ca.kind = 'phone' limit 1
) p on true
left join lateral (
  select a.value, a.suppressed_reason
  from contact_addresses ca join addresses a on a.id = ca.address_id
  where ca.contact_id = c.id and ca.kind = 'email' limit 1
) e on true
left join lateral (
  select jsonb_object_agg(n.channel, jsonb_build_object('event', n.event, 'kind', n.kind, 'at', n.at)) as consents
  from (
    select distinct on (k.channel) k.channel, k.event, k.kind, k.at
    from consents k where k.contact_id = c.id
    order by k.channel, k.at desc, k.event desc, k.id desc
  ) n
) said on true
order by c.id;
