-- Why: a sequence may be written down before it is published (a draft is text, and may be faulty); a version says who
-- published it and which older one it brings back; and people in flight may be taken over to a newer version, which is
-- recorded as every other deed is.
-- Lock risk: exclusive locks on sequence_versions and enrollment_actions for an instant (columns without defaults; the
-- widened check is added without looking at old rows, and looked at under a weaker lock).
-- Undo: drop table sequence_drafts; alter table sequence_versions drop column published_by, drop column restores;
-- alter table enrollment_actions drop column from_version, drop column to_version; put the old check on verb back.
set lock_timeout = '5s';

create table sequence_drafts (
  client_id uuid not null references clients,
  slug text not null check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  source text not null,
  -- the version that was current when the draft was begun; 0 before the first
  based_on integer not null check (based_on >= 0),
  saved_by text not null check (saved_by <> ''),
  saved_at timestamptz not null,
  primary key (client_id, slug)
);
alter table sequence_drafts enable row level security;
revoke all on sequence_drafts from anon, authenticated;
create policy tenant on sequence_drafts to omnify_api using (client_id in (select house.my_clients()));
grant select on sequence_drafts to omnify_api;

alter table sequence_versions
  add column published_by text check (published_by <> ''),
  -- the older version whose text this one brings back
  add column restores integer check (restores > 0 and restores < version),
  add foreign key (client_id, sequence_id, restores) references sequence_versions (client_id, sequence_id, version);

alter table enrollment_actions
  add column from_version integer,
  add column to_version integer,
  drop constraint enrollment_actions_verb_check,
  add constraint enrollment_actions_verb_check
    check (verb in ('pause', 'resume', 'stop', 'skip', 'jump', 'reschedule', 'move', 'adopt')) not valid,
  add constraint enrollment_actions_versions
    check ((verb = 'adopt') = (from_version is not null and to_version > from_version)) not valid;
alter table enrollment_actions validate constraint enrollment_actions_verb_check;
alter table enrollment_actions validate constraint enrollment_actions_versions;
