-- Why: what people write is told once, by a webhook; where ours was away it stands in the provider's list only. How far that
--   was read must outlive the process, or what was written while nothing of ours ran is never heard.
-- Lock risk: one column without a default, no rewrite, on a table of few rows. Lock timeout 5 s.
-- Undo: alter table provider_accounts drop column replies_read_to.
set lock_timeout = '5s';

-- null: never read; only of providers that keep what people wrote. Of accounts that are one and the same there, one has it
alter table provider_accounts add column replies_read_to timestamptz;
