-- Why: attempts to sign in are counted for all processes of the web function together; each counted its own, so that ten
-- a minute became ten for each of them.
-- Lock risk: none; a new table.
-- Undo: drop table sign_in_attempts.
set lock_timeout = '5s';

create table sign_in_attempts (
  -- of the address that was typed, whoever's it is
  email_hash text primary key check (email_hash ~ '^[0-9a-f]{64}$'),
  -- those of the last minute, at most ten
  counted_at timestamptz[] not null,
  last_at timestamptz not null
);
create index sign_in_attempts_last on sign_in_attempts (last_at);

-- nobody's rows: no policy lets the API's role see one, and the engine counts as the owner
alter table sign_in_attempts enable row level security;
revoke all on sign_in_attempts from anon, authenticated;
