-- Why: the database keeps the plans of these statements (utils/kept.py). Written by scripts.database.keep_statements.
-- Lock risk: none; functions only.
-- Undo: take the marks `Kept as` out of the queries.sql, then drop the functions.
set lock_timeout = '5s';

create function house.numbers_to_check_970935be(statuses_ text[], now_ timestamptz, channel_ text, client_id_ uuid, contact_ids_ uuid[], proof_holds_for_ interval, check_holds_for_ interval)
returns table ("contact_id" uuid, "address_id" uuid, "phone" text, "consented_on" date) language plpgsql
  set search_path = public, pg_temp
  set plan_cache_mode = force_generic_plan
  set enable_hashjoin = off
  set enable_mergejoin = off
  set enable_seqscan = off
  set join_collapse_limit = 1
  set jit = off
as $kept$
#variable_conflict use_column
begin return query
select c.id as contact_id, a.id as address_id, a.value as phone, proof.day as consented_on
from contacts c
join clients cl on cl.id = c.client_id and cl.status = any($1::text[]) and cl.sending_stopped_at is null
join contact_addresses ca on ca.contact_id = c.id and ca.kind = 'phone'
join addresses a on a.id = ca.address_id and a.suppressed_at is null and a.value like '+1%'
cross join lateral (
  select k.event, k.at, coalesce(k.expires_at > $2::timestamptz, true) or exists (
      select from consents u
      where u.contact_id = c.id and u.channel = $3 and u.event = 'granted'
        and (u.address is null or u.address = a.value) and (u.expires_at is null or u.expires_at > $2::timestamptz)
        and not exists (
          select from consents w
          where w.contact_id = c.id and w.channel = u.channel and w.event = 'withdrawn' and w.at >= u.at)
    ) as holds
  from consents k
  where k.contact_id = c.id and k.channel = $3::text
    and (k.event = 'withdrawn' or k.address is null or k.address = a.value)
  order by k.at desc, k.event desc, k.id desc limit 1
) agreed
left join lateral (
  select i.at from inbound i where i.client_id = c.client_id and i.from_address = a.value and i.kind <> 'own_call'
  order by i.at desc limit 1
) heard on true
cross join lateral (
  select greatest(agreed.at, heard.at) as at, (greatest(agreed.at, heard.at) at time zone 'Etc/GMT+12')::date as day
) proof
where c.client_id = $4::uuid and c.id = any($5::uuid[]) and c.suppressed_at is null
  and c.erased_at is null
  and agreed.event = 'granted' and agreed.holds
  and proof.at <= $2::timestamptz - $6::interval
  and not exists (
    select from number_checks n
    where n.address_id = a.id and n.kind = 'reassigned' and n.asked_at > $2::timestamptz - $7::interval
      and case n.answer
        when 'no' then n.consented_on <= proof.day
        when 'yes' then n.consented_on >= proof.day
        else n.consented_on = proof.day
      end
  )
order by a.id, c.id;
end
$kept$;
revoke all on function house.numbers_to_check_970935be from public, anon, authenticated;
