-- Why: a look at what changed at a provider may end before all was read (its limit, an outage). Where the next one goes on
--   must outlive the process, or what people wrote meanwhile grows too old for the next look and is never heard.
-- Lock risk: three columns without a default, no rewrite; the checks read a table of few rows. Lock timeout 5 s.
-- Undo: alter table provider_accounts drop column unheard_since, drop column heard_until, drop column looks_stuck.
set lock_timeout = '5s';

-- null: the last look heard everything
alter table provider_accounts
  add column unheard_since timestamptz,
  add column heard_until timestamptz,
  add column looks_stuck integer,
  add constraint unheard_together check (num_nulls(unheard_since, heard_until, looks_stuck) in (0, 3)),
  add constraint unheard_in_order check (heard_until >= unheard_since);
