-- keep_findings --
-- Each once at a provider, however many of our accounts see it; of what was not kept yet, the first so many of each
-- account and kind. Returns what was new.
insert into reconcile_findings (client_id, account_id, kind, provider_id, touch_id, detail, found_at)
select n.client_id, n.account_id, n.kind, n.provider_id, n.touch_id, n.detail, %(now)s
from (
  select v.*, row_number() over (partition by v.account_id, v.kind order by v.place) as among_new
  from unnest(%(client_id)s::uuid[], %(account_id)s::uuid[], %(kind)s::text[], %(provider_id)s::text[],
    %(touch_id)s::uuid[], %(detail)s::jsonb[]) with ordinality
    as v (client_id, account_id, kind, provider_id, touch_id, detail, place)
  where not exists (
    select from provider_accounts own
    join provider_accounts a on a.provider = own.provider
    join reconcile_findings f on f.account_id = a.id and f.kind = v.kind and f.provider_id = v.provider_id
    where own.id = v.account_id
  )
) n
where n.among_new <= %(at_most)s
on conflict (account_id, kind, provider_id) do nothing
returning account_id, kind, provider_id;

-- keep_lost --
-- What the providers took in a gap of our ledger, each once; asked about until a person answers. Returns what was new.
insert into reconcile_findings (client_id, account_id, kind, provider_id, touch_id, channel, address_hash, detail, found_at)
select v.client_id, v.account_id, 'lost', v.provider_id, v.touch_id, v.channel, v.address_hash, v.detail, %(now)s
from unnest(%(client_id)s::uuid[], %(account_id)s::uuid[], %(provider_id)s::text[], %(touch_id)s::uuid[],
  %(channel)s::text[], %(address_hash)s::bytea[], %(detail)s::jsonb[])
  as v (client_id, account_id, provider_id, touch_id, channel, address_hash, detail)
on conflict (account_id, kind, provider_id) do nothing
returning client_id, account_id, kind, provider_id;

-- name_lost --
-- Whom an open question is about, which named nobody when it was kept.
update reconcile_findings f
set address_hash = v.address_hash
from unnest(%(account_id)s::uuid[], %(provider_id)s::text[], %(address_hash)s::bytea[])
  as v (account_id, provider_id, address_hash)
where f.account_id = v.account_id and f.kind = 'lost' and f.provider_id = v.provider_id
  and f.address_hash is null and f.settled_at is null and v.address_hash is not null;

-- known_lost --
-- Of these items those that need no name any more: their question names somebody, or has its answer.
select f.account_id, f.provider_id from reconcile_findings f
where f.account_id = any(%(account_ids)s::uuid[]) and f.kind = 'lost' and f.provider_id = any(%(provider_ids)s::text[])
  and (f.address_hash is not null or f.settled_at is not null);

-- keep_orphans --
-- Facts of a client's own account that came for a touch nobody knows, and still wait: each once, and not where the same
-- item stands as found already; the first so many of each account.
insert into reconcile_findings (client_id, account_id, kind, provider_id, detail, found_at)
select n.client_id, n.account_id, 'orphan', n.provider_id,
  jsonb_strip_nulls(jsonb_build_object('status', n.status, 'reference', n.reference)), %(now)s
from (
  select one.*, row_number() over (partition by one.account_id order by one.received_at, one.provider_id) as among_new
  from (
    select distinct on (e.account_id, e.payload ->> 'provider_id') e.client_id, e.account_id, e.received_at,
      e.payload ->> 'provider_id' as provider_id, e.payload ->> 'status' as status, e.payload ->> 'reference' as reference
    from inbox_events e
    where e.kind = 'unknown_touch' and e.client_id is not null and e.payload ? 'provider_id'
      and e.received_at > %(since)s and e.received_at <= %(until)s
      and not exists (
        select from provider_accounts a
        join touches t on t.account_id = a.id and t.provider_id = e.payload ->> 'provider_id'
        where a.provider = e.provider and a.client_id = e.client_id
      )
      and not exists (
        select from provider_accounts a
        join reconcile_findings f on f.account_id = a.id and f.provider_id = e.payload ->> 'provider_id'
        where a.provider = e.provider
      )
    order by e.account_id, e.payload ->> 'provider_id', e.received_at
  ) one
) n
where n.among_new <= %(at_most)s
on conflict (account_id, kind, provider_id) do nothing
returning client_id, account_id, kind, provider_id, detail ? 'reference' as names_a_row;

-- close_explained --
-- What has found its explanation asks nobody any more: the item has its touch, or what was silent has been heard of.
-- Beside them the clients one of whose losses found its answer lately.
with closed as (
  update reconcile_findings f
  set settled_at = %(now)s, settled_as = 'explained', settled_by = 'reconcile'
  where f.settled_at is null
    and case when f.kind = 'silent' then exists (
        select from touches t where t.id = f.touch_id and t.state not in ('accepted', 'expired')
      ) else exists (
        select from provider_accounts own
        join provider_accounts a on a.provider = own.provider
        join touches t on t.account_id = a.id and t.provider_id = f.provider_id
        where own.id = f.account_id
      ) end
  returning f.client_id, f.kind
)
select client_id, kind, true as now_closed from closed
union all
select distinct f.client_id, f.kind, false from reconcile_findings f where f.kind = 'lost' and f.settled_at > %(since)s;

-- close_heard --
-- What was silent and stands in a later list.
update reconcile_findings f
set settled_at = %(now)s, settled_as = 'explained', settled_by = 'reconcile'
where f.settled_at is null and f.kind = 'silent' and f.account_id = any(%(account_ids)s::uuid[])
  and f.provider_id = any(%(listed)s::text[]);

-- list_findings --
-- What was found, in the order in which the providers took it.
select f.client_id, c.slug as client, a.provider, f.channel, f.kind, f.provider_id, f.touch_id, f.found_at, f.detail,
  f.address_hash, f.settled_at, f.settled_as, f.settled_by, f.settled_because
from reconcile_findings f
join clients c on c.id = f.client_id
join provider_accounts a on a.id = f.account_id
where (%(client_id)s::uuid is null or f.client_id = %(client_id)s::uuid) and (%(settled)s or f.settled_at is null)
order by coalesce(f.detail ->> 'created_at', ''), f.found_at, f.provider_id, f.kind;

-- lock_findings --
-- Open findings whose item's id begins so, of one client or of all, in the order in which the provider took them.
select f.client_id, f.account_id, f.kind, f.provider_id, f.channel, f.address_hash, f.detail ->> 'created_at' as taken_at
from reconcile_findings f
where f.settled_at is null and (%(client_id)s::uuid is null or f.client_id = %(client_id)s::uuid)
  and starts_with(f.provider_id, %(prefix)s)
order by coalesce(f.detail ->> 'created_at', ''), f.found_at, f.provider_id, f.kind
for update of f;

-- settle_finding --
-- A person's answer to one finding.
update reconcile_findings f
set settled_at = %(now)s, settled_as = %(word)s, settled_by = %(by)s, settled_because = %(because)s
where f.account_id = %(account_id)s and f.kind = %(kind)s and f.provider_id = %(provider_id)s and f.settled_at is null;

-- open_questions --
-- Whom the open questions of a client are about.
select distinct f.channel, f.address_hash from reconcile_findings f
where f.client_id = %(client_id)s and f.kind = 'lost' and f.settled_at is null and f.address_hash is not null;

-- waiting_runs --
-- Enrollments of a client that wait for such an answer, with the addresses of the person that are of its channel.
select e.id as enrollment_id, e.next_channel as channel, a.kind, a.value
from sequence_enrollments e
join contact_addresses ca on ca.contact_id = e.contact_id
join addresses a on a.id = ca.address_id
where e.client_id = %(client_id)s and e.status in ('held', 'paused') and e.status_reason = 'possibly_sent'
  and a.kind = case e.next_channel when 'email' then 'email' else 'phone' end
order by e.id;

-- addresses_of_refs --
-- Whom a provider means by its own ids for people, at one client.
select r.ref, a.kind, a.value
from contact_refs r
join contact_addresses ca on ca.contact_id = r.contact_id
join addresses a on a.id = ca.address_id
where r.client_id = %(client_id)s and r.provider = %(provider)s and r.ref = any(%(refs)s::text[])
order by r.ref, a.kind, a.value;
