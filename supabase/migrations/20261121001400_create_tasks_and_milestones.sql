-- Why: what people of the client do for a contact (tasks), what happened with a contact (milestones), and which links
-- they followed; and whose steps are worked first, and how many begin at a time.
-- Lock risk: sequence_enrollments and sequences get columns with constant defaults (no rewrite); the index of due
-- enrollments is built anew, for which writers of that table wait: run it when little is under way.
-- Undo: drop table tasks, milestones, click_events; drop index enrollments_due; create index enrollments_due on
-- sequence_enrollments (client_id, next_channel, due_at, id) where status = 'active'; alter table sequence_enrollments
-- drop column priority; alter table sequences drop column portion_at, drop column portion_taken;
-- drop index addresses_company; delete from the history of migrations.
set lock_timeout = '5s';

create table tasks (
  id uuid primary key,
  client_id uuid not null,
  contact_id uuid not null,
  enrollment_id uuid,
  step text,
  visit integer,
  title text not null check (title <> ''),
  instructions text not null,
  state text not null check (state in ('open', 'done', 'dismissed', 'withdrawn')),
  blocks boolean not null,
  -- the milestone that doing it writes
  records text check (records ~ '^[a-z][a-z0-9_]{0,62}$'),
  -- how long the sequence waits for it; null when nothing waits
  due_by timestamptz,
  created_at timestamptz not null,
  settled_at timestamptz,
  settled_by text,
  note text,
  unique (client_id, id),
  unique (enrollment_id, step, visit),
  check ((state = 'open') = (settled_at is null)),
  check (num_nulls(enrollment_id, step, visit) in (0, 3)),
  foreign key (client_id, contact_id) references contacts (client_id, id),
  -- it goes with its enrollment, as the record of what was done with it
  foreign key (client_id, enrollment_id) references sequence_enrollments (client_id, id) on delete cascade
);
create index tasks_open on tasks (client_id, created_at, id) where state = 'open';
create index tasks_contact on tasks (contact_id, created_at desc);

create table milestones (
  id uuid primary key,
  client_id uuid not null,
  contact_id uuid not null,
  name text not null check (name ~ '^[a-z][a-z0-9_]{0,62}$'),
  -- when it happened or is to happen
  at timestamptz not null,
  source text not null check (source <> ''),
  -- what the source calls it: the same thing told twice is one
  ref text,
  noted_by text,
  noted_at timestamptz not null,
  unique (client_id, source, ref),
  foreign key (client_id, contact_id) references contacts (client_id, id)
);
create index milestones_contact on milestones (contact_id, name, at);

create table click_events (
  id uuid primary key,
  client_id uuid not null,
  touch_id uuid not null,
  -- the provider's own id of the event: told twice, it is one
  event text not null,
  at timestamptz not null,
  -- followed by a scanner rather than by a person
  by_machine boolean not null,
  unique (client_id, event),
  foreign key (client_id, touch_id) references touches (client_id, id) on delete cascade
);
create index click_events_touch on click_events (touch_id, at);

alter table tasks enable row level security;
alter table milestones enable row level security;
alter table click_events enable row level security;
create policy tenant on tasks to omnify_api using (client_id in (select house.my_clients()));
create policy tenant on milestones to omnify_api using (client_id in (select house.my_clients()));
create policy tenant on click_events to omnify_api using (client_id in (select house.my_clients()));
revoke all on tasks, milestones, click_events from anon, authenticated;
grant select on tasks, milestones, click_events to omnify_api;

-- 1 high, 2 normal, 3 low: a group of its own in each sweep
alter table sequence_enrollments add column priority smallint not null default 2 check (priority between 1 and 3);
drop index enrollments_due;
create index enrollments_due on sequence_enrollments (client_id, next_channel, priority, due_at, id)
  where status = 'active';

-- the portion in which people begin now, and how many of its places are taken
alter table sequences add column portion_at timestamptz, add column portion_taken integer not null default 0;

-- colleagues: whose mail goes to the same company
create index addresses_company on addresses (client_id, split_part(value, '@', 2)) where kind = 'email';
