-- tables_without_walls --
select c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relrowsecurity order by 1;

-- loose_references --
-- Foreign keys between two tables that both have client_id, without client_id on both sides.
select k.conname::text as name
from pg_constraint k
where k.contype = 'f' and k.connamespace = 'public'::regnamespace
  and exists (select from pg_attribute a where a.attrelid = k.conrelid and a.attname = 'client_id' and not a.attisdropped)
  and exists (select from pg_attribute a where a.attrelid = k.confrelid and a.attname = 'client_id' and not a.attisdropped)
  and not exists (
    select from unnest(k.conkey, k.confkey) as pair (here, there)
    join pg_attribute h on h.attrelid = k.conrelid and h.attnum = pair.here and h.attname = 'client_id'
    join pg_attribute t on t.attrelid = k.confrelid and t.attnum = pair.there and t.attname = 'client_id')
order by 1;

-- relations --
select format('%%I.%%I', n.nspname, c.relname) as name, c.relkind::text as kind
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname in ('public', 'house') and c.relkind in ('r', 'p', 'v', 'm', 'S') order by 1;

-- functions --
select p.oid::regprocedure::text as name,
  format('%%I.%%I(%%s)', n.nspname, p.proname, array_to_string(array(
    select 'null::' || format_type(t, null) from unnest(p.proargtypes) as t), ', ')) as call
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname in ('public', 'house') order by 1;

-- become --
select set_config('role', %(role)s, true);

-- read_relation --
select * from {relation} limit 1;

-- draw_number --
select nextval({relation});

-- call_function --
select {call};

-- make_late_function --
create function public.late_function() returns int language sql as $$ select 1 $$;

-- read_seals --
select sealed_secrets from provider_accounts;

-- read_accounts --
select id, client_id from provider_accounts;

-- read_members --
select client_id, user_id from members;

-- add_foreign_touch --
insert into touches (id, client_id, account_id, origin, origin_id, part, attempt, contact_id, channel, provider, to_address,
  body, body_hash, envelope, state, armed_at, look_at, confirm_by, changed_at, evidence, decision)
values (%(id)s, %(client_id)s, %(account_id)s, 'test', %(id)s, 0, 1, %(contact_id)s, 'sms', 'twilio', '+12025550100',
  'Hello', repeat('a', 64), '{}', 'sending', %(now)s, %(now)s, %(now)s, %(now)s, '[]', '{}');
