-- insert_consent --
-- What a person agreed to; rows are never changed.
insert into consents (id, client_id, contact_id, channel, event, wording, source, at, kind, seller, wording_hash,
  wording_version, covers_ai_voice, address, proof, expires_at)
select %(id)s, %(client_id)s, %(contact_id)s, %(channel)s, 'granted', %(wording)s, %(source)s, %(at)s, %(kind)s,
  coalesce(c.seller, c.name), %(wording_hash)s, %(wording_version)s, %(covers_ai_voice)s, %(address)s, %(proof)s,
  %(expires_at)s
from clients c
where c.id = %(client_id)s;

-- withdraw_consents --
-- Another system says that a person is not to be reached on these channels: what was agreed to there holds no more.
-- Of two events of one instant the withdrawal counts, also where the clock was set back since they agreed.
insert into consents (id, client_id, contact_id, channel, event, wording, source, at, seller, wording_hash)
select v.id, %(client_id)s, %(contact_id)s, v.channel, 'withdrawn', %(wording)s, %(source)s,
  greatest(%(now)s::timestamptz, last.at), coalesce(c.seller, c.name), %(wording_hash)s
from unnest(%(id)s::uuid[], %(channel)s::text[]) as v (id, channel)
join clients c on c.id = %(client_id)s
left join lateral (
  select k.event, k.at from consents k
  where k.contact_id = %(contact_id)s and k.channel = v.channel order by k.at desc, k.event desc, k.id desc limit 1
) last on true
where coalesce(last.event, case when v.channel = 'email' then 'granted' else 'withdrawn' end) = 'granted';

-- take_consents --
-- Everything a person agreed to and took back, oldest first, on its way into the sealed proof.
select to_jsonb(k) as row from consents k
where k.client_id = %(client_id)s and k.contact_id = %(contact_id)s
order by k.at, k.id;

-- erase_consents --
-- The plain rows; the sealed proof keeps them.
delete from consents k where k.client_id = %(client_id)s and k.contact_id = %(contact_id)s;

-- add_imported_consents --
-- What the rows of an import say was agreed to, by new people and by known ones whose address it is and who were not
-- erased meanwhile. The same words for the same address again are nothing new, unless they are signed now.
insert into consents (id, client_id, contact_id, channel, event, wording, source, at, kind, seller, wording_hash,
  wording_version, covers_ai_voice, address, proof, import_id)
select v.id, r.client_id, who.id, v.channel, 'granted', said.wording, %(source)s, coalesce(r.consent_at, %(now)s), %(kind)s,
  coalesce(c.seller, c.name), said.hash, %(version)s, v.channel = 'voice' and r.covers_ai_voice, said.address,
  r.proof || jsonb_build_object('file', %(file_name)s::text, 'row', r.row_no::text, 'file_sha256', %(file_hash)s::text,
    'attested_by', %(attested_by)s::text),
  r.import_id
from import_rows r
join clients c on c.id = r.client_id
cross join unnest(r.consent_ids, r.channels) as v (id, channel)
join contacts who on who.client_id = r.client_id and who.id = coalesce(r.known_id, r.contact_id) and who.erased_at is null
cross join lateral (
  select w.wording, encode(sha256(convert_to(w.wording, 'UTF8')), 'hex') as hash,
    case v.channel when 'email' then r.email else r.phone end as address
  from (select coalesce(r.wording, %(wording)s) as wording) w
) said
where r.import_id = %(import_id)s and r.outcome in ('new', 'known') and r.consent_fault is null
  and not (r.outcome = 'known' and exists (
    select from consents k
    where k.contact_id = r.known_id and k.channel = v.channel and k.event = 'granted' and k.wording_hash = said.hash
      and k.kind in (%(kind)s, 'written') and k.address = said.address and (r.consent_at is null or k.at = r.consent_at)));

-- measure_consents --
-- Tells the planner of thousands of rows that it has not seen: it would look for a person's by their client.
analyze consents;

-- drop_imported_consents --
-- What an import said was agreed to, and every other word of the people whom it added.
-- A union, because an OR with a subquery would read it anew for each row once it outgrows the planner's memory.
delete from consents k using (
  select i.id from consents i where i.import_id = %(import_id)s
  union
  select t.id from consents t join contacts c on c.id = t.contact_id where c.import_id = %(import_id)s
) gone
where k.id = gone.id;
