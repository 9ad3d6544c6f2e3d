-- load_house_key --
-- The sealed key of a name.
select sealed from house_keys where name = %(name)s;

-- add_house_key --
-- A key of the house, once: of two processes that make it at the same time the first wins.
insert into house_keys (name, sealed, created_at) values (%(name)s, %(sealed)s, %(now)s) on conflict (name) do nothing;

-- reseal_house_key --
-- The same key under another seal.
update house_keys set sealed = %(sealed)s where name = %(name)s;

-- keep_suppressions --
-- What stays closed after its row is gone: the first closing counts.
insert into kept_suppressions (client_id, hash, kind, reason, suppressed_at, kept_at)
select %(client_id)s, v.hash, v.kind, v.reason, v.suppressed_at, %(now)s
from unnest(%(hash)s::bytea[], %(kind)s::text[], %(reason)s::text[], %(suppressed_at)s::timestamptz[])
  as v (hash, kind, reason, suppressed_at)
on conflict (client_id, hash) do nothing;

-- kept_own_word --
-- Whether somebody said stop whose address is known no more.
select exists (
  select from kept_suppressions k
  where k.client_id = %(client_id)s and k.hash = %(hash)s
    and k.reason in ('opted_out', 'provider_opt_out', 'complained')) as said;

-- take_kept --
-- A suppression without an address, taken out again because its address is known again.
delete from kept_suppressions where client_id = %(client_id)s and hash = %(hash)s
returning hash, kind, reason, suppressed_at;

-- lock_platform_hash --
-- Those who count one address take turns: two who are told at the same instant would each miss the other.
select pg_advisory_xact_lock(hashtextextended(encode(%(hash)s, 'hex'), 41));

-- note_platform_opt_out --
-- That an address opted out at a client, once.
insert into platform_opt_outs (hash, client_id, at) values (%(hash)s, %(client_id)s, %(now)s)
on conflict (hash, client_id) do nothing;

-- open_platform_hold --
-- An address that opted out at so many clients waits everywhere until a person decides. One that was released before
-- is held again only when another client has been told since.
insert into platform_holds (hash, clients, opened_at)
select o.hash, count(*), %(now)s from platform_opt_outs o where o.hash = %(hash)s
group by o.hash
having count(*) >= %(at_least)s
on conflict (hash) do update
set clients = excluded.clients, opened_at = excluded.opened_at, decision = null, decided_by = null, decided_at = null
where platform_holds.decision = 'released' and excluded.clients > platform_holds.clients;

-- list_platform_holds --
-- Holds over all clients, newest first; they name nobody.
select encode(h.hash, 'hex') as hash, h.clients, h.opened_at, h.decision, h.decided_by, h.decided_at
from platform_holds h
where %(decided)s or h.decision is null
order by h.opened_at desc, h.hash;

-- decide_platform_hold --
-- A person's word on holds whose hash begins so; a later word replaces it.
update platform_holds set decision = %(decision)s, decided_by = %(by)s, decided_at = %(now)s
where encode(hash, 'hex') like %(prefix)s || '%%';
