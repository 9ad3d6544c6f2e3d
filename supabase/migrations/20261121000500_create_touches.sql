-- Why: the outbox and proof ledger: everything that leaves for a contact is a row here before it is a request.
-- Lock risk: none, only new tables.
-- Undo: drop table touches, touch_transitions, touch_states cascade.
set lock_timeout = '5s';

create table touch_states (
  state text primary key,
  is_open boolean not null,
  is_terminal boolean not null,
  is_success boolean not null
);
insert into touch_states values
  ('claimed', true, false, false), ('sending', true, false, false), ('unknown', true, false, false),
  ('accepted', false, false, false), ('review', false, false, false),
  ('delivered', false, true, true), ('completed', false, true, true),
  ('failed', false, true, false), ('bounced', false, true, false), ('complained', false, true, false),
  ('expired', false, true, false), ('not_sent', false, true, false), ('suppressed', false, true, false),
  ('cancelled', false, true, false);

create table touch_transitions (
  from_state text not null references touch_states,
  to_state text not null references touch_states,
  primary key (from_state, to_state)
);
-- equal to modules/touches/states.py (tests/db/test_states.py proves it)
insert into touch_transitions values
  ('claimed', 'sending'), ('claimed', 'suppressed'), ('claimed', 'not_sent'), ('claimed', 'cancelled'),
  ('sending', 'accepted'), ('sending', 'unknown'), ('sending', 'not_sent'), ('sending', 'review'), ('sending', 'expired'),
  ('sending', 'delivered'), ('sending', 'completed'), ('sending', 'failed'), ('sending', 'bounced'),
  ('sending', 'complained'), ('sending', 'cancelled'),
  ('unknown', 'accepted'), ('unknown', 'not_sent'), ('unknown', 'review'), ('unknown', 'expired'),
  ('unknown', 'delivered'), ('unknown', 'completed'), ('unknown', 'failed'), ('unknown', 'bounced'),
  ('unknown', 'complained'), ('unknown', 'cancelled'),
  ('review', 'accepted'), ('review', 'not_sent'), ('review', 'expired'), ('review', 'delivered'),
  ('review', 'completed'), ('review', 'failed'), ('review', 'bounced'), ('review', 'complained'), ('review', 'cancelled'),
  ('accepted', 'delivered'), ('accepted', 'completed'), ('accepted', 'failed'), ('accepted', 'bounced'),
  ('accepted', 'complained'), ('accepted', 'expired'), ('accepted', 'cancelled'),
  ('delivered', 'bounced'), ('delivered', 'complained'), ('bounced', 'complained'),
  ('expired', 'delivered'), ('expired', 'completed'), ('expired', 'failed'), ('expired', 'bounced'),
  ('expired', 'complained'), ('expired', 'cancelled'),
  ('not_sent', 'delivered'), ('not_sent', 'completed'), ('not_sent', 'failed'), ('not_sent', 'bounced'),
  ('not_sent', 'complained'), ('not_sent', 'cancelled');

create table touches (
  id uuid primary key,
  client_id uuid not null,
  account_id uuid not null,
  origin text not null check (origin in
    ('step', 'reply', 'confirmation', 'help', 'task', 'reminder', 'rescue', 'test', 'canary')),
  origin_id uuid not null,
  part integer not null,
  attempt integer not null check (attempt > 0),
  enrollment_id uuid,
  step text,
  contact_id uuid not null,
  channel text not null check (channel in ('sms', 'email', 'voice')),
  provider text not null,
  to_address text not null,
  subject text,
  body text not null,
  body_hash text not null check (body_hash ~ '^[0-9a-f]{64}$'),
  envelope jsonb not null,
  state text not null references touch_states,
  reason text,
  armed_at timestamptz not null,
  look_at timestamptz,
  confirm_by timestamptz not null,
  confirmed_at timestamptz,
  changed_at timestamptz not null,
  provider_id text,
  provider_status text,
  evidence_id text,
  evidence jsonb not null,
  decision jsonb not null,
  cost_micros bigint,
  cost_currency text,
  cost_source text,
  unique (client_id, id),
  unique (origin, origin_id, part, attempt),
  unique (account_id, provider_id),
  check (state not in ('delivered', 'completed') or (evidence_id is not null and confirmed_at is not null)),
  check (state in ('delivered', 'completed', 'failed', 'bounced', 'complained', 'expired', 'not_sent', 'suppressed', 'cancelled')
         or look_at is not null),
  check (origin <> 'step' or (enrollment_id is not null and enrollment_id = origin_id and step is not null)),
  foreign key (client_id, account_id) references provider_accounts (client_id, id),
  foreign key (client_id, enrollment_id) references sequence_enrollments (client_id, id),
  foreign key (client_id, contact_id) references contacts (client_id, id)
) with (fillfactor = 80);
create unique index touches_open_enrollment on touches (enrollment_id) where state in ('claimed', 'sending', 'unknown');
create unique index touches_open_address on touches (client_id, channel, to_address)
  where state in ('claimed', 'sending', 'unknown');
create index touches_look on touches (look_at) where state in ('claimed', 'sending', 'unknown', 'accepted', 'review');
create index touches_changed on touches (client_id, changed_at, id);
create index touches_client on touches (client_id, armed_at desc, id desc);
create index touches_contact on touches (contact_id, armed_at desc);
create index touches_address on touches (client_id, to_address, armed_at desc);
create index touches_account on touches (account_id, armed_at desc);
create index touches_enrollment on touches (enrollment_id);

alter table sequence_enrollments add foreign key (client_id, last_touch_id) references touches (client_id, id);

create function house.guard_touch_state() returns trigger language plpgsql set search_path = '' as $$
begin
  if tg_op = 'INSERT' then
    if new.state not in ('claimed', 'sending') then
      raise exception 'touch % may not begin as %', new.id, new.state using errcode = '23514';
    end if;
  elsif new.state <> old.state and not exists (
    select from public.touch_transitions t where t.from_state = old.state and t.to_state = new.state
  ) then
    raise exception 'illegal move of touch % from % to %', new.id, old.state, new.state using errcode = '23514';
  end if;
  return new;
end
$$;
create trigger touches_state before insert or update of state on touches
  for each row execute function house.guard_touch_state();
