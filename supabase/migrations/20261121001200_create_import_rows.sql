-- Why: an import is read into rows of its own first, judged there, and then taken over as a whole or not at all.
-- Lock risk: sequence_enrollments and system_logs cannot be written while their index is built (a second for a million
-- rows); the other tables are new and still empty.
-- Undo: drop table import_rows; drop index reopenings_consent, enrollments_contact, system_logs_enrollment;
-- alter table imports drop column closed.
set lock_timeout = '5s';

alter table imports
  -- rows whose number or address is closed here: they came in, or were known, and stay closed
  add column closed integer not null default 0;

-- lives for one transaction: filled, judged, taken over, emptied
create table import_rows (
  client_id uuid not null,
  import_id uuid not null,
  -- as a spreadsheet counts: the header is row 1
  row_no integer not null check (row_no > 1),
  outcome text not null check (outcome in ('new', 'known', 'twice', 'rejected')),
  fault text,
  field text,
  detail text,
  first_row integer,
  -- the row as it stood in the file, a JSON array
  cells text not null,
  contact_id uuid,
  known_id uuid,
  external_ref text,
  first_name text,
  last_name text,
  time_zone text,
  fields jsonb,
  phone text,
  phone_id uuid,
  phone_hash bytea,
  email text,
  email_id uuid,
  email_hash bytea,
  closed boolean not null default false,
  channels text[] not null,
  consent_ids uuid[] not null,
  consent_at timestamptz,
  wording text,
  covers_ai_voice boolean,
  proof jsonb,
  consent_fault text,
  consent_detail text,
  primary key (import_id, row_no),
  foreign key (client_id, import_id) references imports (client_id, id),
  check ((outcome = 'rejected') = (contact_id is null)),
  check (outcome <> 'rejected' or fault is not null),
  check ((outcome = 'known') = (known_id is not null))
);
alter table import_rows enable row level security;
revoke all on import_rows from anon, authenticated;
create policy tenant on import_rows to omnify_api using (client_id in (select house.my_clients()));

-- An import that is undone deletes by the thousand, and each row asks who still refers to it: without these, by reading
-- the whole table each time.
create index reopenings_consent on reopenings (consent_id);
create index enrollments_contact on sequence_enrollments (contact_id);
create index system_logs_enrollment on system_logs (enrollment_id) where enrollment_id is not null;
