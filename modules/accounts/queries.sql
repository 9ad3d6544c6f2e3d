-- add_client --
-- A new tenant; no row when the slug is taken.
insert into clients (id, slug, name, status, created_at)
values (%(id)s, %(slug)s, %(name)s, %(status)s, %(now)s)
on conflict (slug) do nothing;

-- list_clients --
-- Every tenant the role may see, by slug.
select id, slug, name, status from clients order by slug;

-- find_client --
-- One tenant by its slug.
select id, slug, name, status from clients where slug = %(slug)s;

-- change_client --
-- What is told of a tenant; null leaves a value as it is, and the same again writes nothing.
update clients c
set status = coalesce(%(status)s, c.status), seller = coalesce(%(seller)s, c.seller),
  postal_address = coalesce(%(postal_address)s, c.postal_address), help_contact = coalesce(%(help_contact)s, c.help_contact),
  daily_budget_micros = case when %(unlimited)s then null else coalesce(%(daily_budget_micros)s, c.daily_budget_micros) end
where c.id = %(id)s
  and (coalesce(%(status)s, c.status), coalesce(%(seller)s, c.seller), coalesce(%(postal_address)s, c.postal_address),
       coalesce(%(help_contact)s, c.help_contact),
       case when %(unlimited)s then null else coalesce(%(daily_budget_micros)s, c.daily_budget_micros) end)
    is distinct from (c.status, c.seller, c.postal_address, c.help_contact, c.daily_budget_micros);

-- load_profile --
-- What is told of a tenant.
select status, seller, postal_address, help_contact, daily_budget_micros from clients where id = %(id)s;

-- add_member --
-- A person at a tenant; a second time changes the role.
insert into members (client_id, user_id, role, added_at)
values (%(client_id)s, %(user_id)s, %(role)s, %(now)s)
on conflict (client_id, user_id) do update set role = excluded.role;

-- memberships_of --
-- The tenants of one person, by slug.
select c.id, c.slug, c.name, c.status, m.user_id, m.role
from members m join clients c on c.id = m.client_id
where m.user_id = %(user_id)s
order by c.slug;

-- member_ids_of --
-- Who belongs to a tenant.
select user_id from members where client_id = %(client_id)s;

-- retire_account --
-- Takes the account in use out of service; its touches keep pointing at it.
update provider_accounts set retired_at = %(now)s
where client_id = %(client_id)s and channel = %(channel)s and retired_at is null;

-- add_account --
-- A provider account, in use from now on.
insert into provider_accounts (id, client_id, provider, channel, account_key, settings, sealed_secrets,
  from_environment, unknown_policy, sends_per_second, review_unknown, created_at)
values (%(id)s, %(client_id)s, %(provider)s, %(channel)s, %(account_key)s, %(settings)s::jsonb, %(sealed_secrets)s,
  %(from_environment)s, %(unknown_policy)s, %(sends_per_second)s, %(review_unknown)s, %(now)s);

-- stored_accounts --
-- Every account, retired ones too: their messages are still being proven.
select id, client_id, provider, channel, account_key, settings, sealed_secrets, from_environment, unknown_policy,
  sends_per_second, review_unknown, retired_at
from provider_accounts order by created_at, id;

-- find_account_by_key --
-- The account that a hook's address names. Retired ones too: their late webhooks are still true.
select id, client_id, provider, channel, account_key, settings, sealed_secrets, from_environment, unknown_policy,
  sends_per_second, review_unknown
from provider_accounts where account_key = %(account_key)s;

-- environment_accounts --
-- The accounts that use the environment's own credentials at one provider. Retired ones too, for late webhooks.
select id, client_id, provider, channel, account_key, settings, sealed_secrets, from_environment, unknown_policy,
  sends_per_second, review_unknown
from provider_accounts where provider = %(provider)s and from_environment order by created_at, id;

-- distrust_account --
-- What is unknown at this account is never sent again; the row is written only when that is news.
update provider_accounts set unknown_policy = 'never_rearm'
where id = %(id)s and unknown_policy <> 'never_rearm';

-- unheard_accounts --
-- Accounts at which the last look at what changed ended before all was read: since when that is, how far it came, how
-- many looks in a row came no further.
select id, unheard_since, heard_until, looks_stuck from provider_accounts where unheard_since is not null;

-- note_unheard --
-- A look ended early: the next one goes on at `heard_until`. One that ran beside it may have begun further back.
update provider_accounts
set unheard_since = least(unheard_since, %(since)s), looks_stuck = %(stuck)s,
  heard_until = case when unheard_since = %(since)s then greatest(heard_until, %(until)s)
    else least(heard_until, %(until)s) end
where id = %(id)s;

-- note_heard --
-- A look since this instant was read to its end.
update provider_accounts set unheard_since = null, heard_until = null, looks_stuck = null
where id = any(%(ids)s::uuid[]) and unheard_since >= %(since)s;

-- replies_read_to --
-- How far what people wrote at these accounts was read from the provider's own list.
select id, replies_read_to from provider_accounts where id = any(%(ids)s::uuid[]) and replies_read_to is not null;

-- note_replies_read --
-- What people wrote before this instant has been read and taken in.
update provider_accounts set replies_read_to = %(until)s where id = %(id)s and replies_read_to is distinct from %(until)s;

-- lock_sealed --
-- Every sealed secret, locked until the end of the transaction.
select id, client_id, sealed_secrets from provider_accounts
where sealed_secrets is not null order by id for no key update;

-- write_seal --
-- The same secrets under another key.
update provider_accounts set sealed_secrets = %(sealed_secrets)s where id = %(id)s;

-- find_local_user --
-- A person of the local issuer, by the lower-case e-mail address.
select id, email, encrypted_password from auth.users where email = %(email)s;

-- add_local_user --
-- A person of the local issuer; no row when the e-mail address is taken.
insert into auth.users (id, aud, role, email, encrypted_password, email_confirmed_at, created_at, updated_at)
values (%(id)s, 'authenticated', 'authenticated', %(email)s, %(encrypted_password)s, %(now)s, %(now)s, %(now)s)
on conflict (email) do nothing;

-- count_attempt --
-- One more attempt with an address; no row, and nothing written, when there were too many since. Two at once wait for
-- each other.
insert into sign_in_attempts as known (email_hash, counted_at, last_at)
values (%(email_hash)s, array[%(now)s::timestamptz], %(now)s)
on conflict (email_hash) do update
set counted_at = array(select one.at from unnest(known.counted_at) as one (at) where one.at > %(since)s)
    || excluded.last_at,
  last_at = excluded.last_at
where (select count(*) from unnest(known.counted_at) as one (at) where one.at > %(since)s) < %(at_most)s
returning last_at;

-- forget_attempts --
-- Those that count no more.
delete from sign_in_attempts a
where a.email_hash in (select o.email_hash from sign_in_attempts o where o.last_at < %(before)s limit %(at_most)s);
