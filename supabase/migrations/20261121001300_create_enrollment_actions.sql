-- Why: what a person does with one contact's way through a sequence is kept: who, why, when, from where and to where.
-- And a pause may find, when it ends, that somebody has to look first (paused to held).
-- Lock risk: a share lock on sequence_enrollments for the references' sake, for an instant; the table is new.
-- Undo: drop table enrollment_actions; drop function house.guard_action();
-- delete from enrollment_transitions where from_state = 'paused' and to_state = 'held';
set lock_timeout = '5s';

create table enrollment_actions (
  id uuid primary key,
  client_id uuid not null,
  enrollment_id uuid not null,
  verb text not null check (verb in ('pause', 'resume', 'stop', 'skip', 'jump', 'reschedule', 'move')),
  acted_by text not null check (acted_by <> ''),
  reason text,
  at timestamptz not null,
  from_status text not null references enrollment_states,
  from_step text,
  from_visit integer not null,
  from_due_at timestamptz,
  to_status text not null references enrollment_states,
  to_step text,
  to_visit integer not null,
  to_due_at timestamptz,
  -- where a move led to
  moved_to uuid,
  check ((verb = 'move') = (moved_to is not null)),
  -- it goes with its enrollment: five years after that ended, or with an import that is taken back
  foreign key (client_id, enrollment_id) references sequence_enrollments (client_id, id) on delete cascade,
  foreign key (client_id, moved_to) references sequence_enrollments (client_id, id) on delete cascade
);
create index enrollment_actions_enrollment on enrollment_actions (client_id, enrollment_id, at desc);
create index enrollment_actions_moved_to on enrollment_actions (client_id, moved_to) where moved_to is not null;

-- append-only; the words of the reason alone may go, for they may name a person who is erased
create function house.guard_action() returns trigger language plpgsql set search_path = '' as $$
begin
  if new.reason is not null or to_jsonb(new) - 'reason' <> to_jsonb(old) - 'reason' then
    raise exception '% is append-only: add a row instead', tg_table_name using errcode = '23514';
  end if;
  return new;
end
$$;
revoke all on function house.guard_action() from public;
create trigger enrollment_actions_append_only before update on enrollment_actions
  for each row execute function house.guard_action();

alter table enrollment_actions enable row level security;
revoke all on enrollment_actions from anon, authenticated;
create policy tenant on enrollment_actions to omnify_api using (client_id in (select house.my_clients()));
grant select on enrollment_actions to omnify_api;

insert into enrollment_transitions values ('paused', 'held');
