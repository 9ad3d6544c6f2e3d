-- Why: sequences, their immutable versions, and each contact's way through one.
-- Lock risk: none, only new tables.
-- Undo: drop view sequence_steps; drop table sequence_enrollments, enrollment_transitions, enrollment_states, sequence_versions, sequences cascade.
set lock_timeout = '5s';

create table sequences (
  id uuid primary key,
  client_id uuid not null references clients,
  slug text not null check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null,
  current_version integer not null,
  created_at timestamptz not null,
  unique (client_id, id),
  unique (client_id, slug)
);

create table sequence_versions (
  client_id uuid not null,
  sequence_id uuid not null,
  version integer not null check (version > 0),
  source text not null,
  definition jsonb not null,
  published_at timestamptz not null,
  primary key (sequence_id, version),
  unique (client_id, sequence_id, version),
  foreign key (client_id, sequence_id) references sequences (client_id, id)
);
create trigger sequence_versions_immutable before update on sequence_versions
  for each row execute function house.refuse_rewrite();

create view sequence_steps with (security_invoker = true) as
select v.client_id, v.sequence_id, v.version, (step.position)::integer as position,
       step.value ->> 'key' as key, step.value ->> 'channel' as channel, step.value as definition
from sequence_versions v
cross join lateral jsonb_array_elements(v.definition -> 'steps') with ordinality as step (value, position);

create table enrollment_states (
  state text primary key,
  is_terminal boolean not null
);
insert into enrollment_states values
  ('active', false), ('paused', false), ('held', false), ('finished', true), ('stopped', true), ('quarantined', true);

create table enrollment_transitions (
  from_state text not null references enrollment_states,
  to_state text not null references enrollment_states,
  primary key (from_state, to_state)
);
insert into enrollment_transitions values
  ('active', 'paused'), ('active', 'held'), ('active', 'finished'), ('active', 'stopped'), ('active', 'quarantined'),
  ('paused', 'active'), ('paused', 'stopped'), ('paused', 'finished'), ('held', 'active'), ('held', 'stopped'),
  ('held', 'finished'),
  ('quarantined', 'active'), ('quarantined', 'stopped');

create table sequence_enrollments (
  id uuid primary key,
  client_id uuid not null,
  contact_id uuid not null,
  sequence_id uuid not null,
  version integer not null,
  status text not null references enrollment_states,
  status_reason text,
  step text,
  visit integer not null check (visit >= 0),
  next_channel text not null check (next_channel in ('sms', 'email', 'voice', 'task', 'settle')),
  due_at timestamptz,
  waiting boolean not null,
  last_touch_id uuid,
  decision jsonb,
  enrolled_at timestamptz not null,
  changed_at timestamptz not null,
  unique (client_id, id),
  check (status <> 'active' or due_at is not null),
  foreign key (client_id, contact_id) references contacts (client_id, id),
  foreign key (client_id, sequence_id, version) references sequence_versions (client_id, sequence_id, version)
) with (fillfactor = 80);
create index enrollments_due on sequence_enrollments (client_id, next_channel, due_at, id) where status = 'active';
create unique index enrollments_one_running on sequence_enrollments (contact_id, sequence_id)
  where status in ('active', 'paused', 'held');
create index enrollments_sequence on sequence_enrollments (client_id, sequence_id, status);

create function house.guard_enrollment_status() returns trigger language plpgsql set search_path = '' as $$
begin
  if tg_op = 'INSERT' then
    if new.status <> 'active' then
      raise exception 'enrollment % may not begin as %', new.id, new.status using errcode = '23514';
    end if;
  elsif new.status <> old.status and not exists (
    select from public.enrollment_transitions t where t.from_state = old.status and t.to_state = new.status
  ) then
    raise exception 'illegal move of enrollment % from % to %', new.id, old.status, new.status using errcode = '23514';
  end if;
  return new;
end
$$;
create trigger enrollments_status before insert or update of status on sequence_enrollments
  for each row execute function house.guard_enrollment_status();
