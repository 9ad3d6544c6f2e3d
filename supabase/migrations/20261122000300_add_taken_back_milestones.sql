-- Why: what a person wrote down by mistake (`milestone add`, a task done) can be taken back: it stays, with who, when and why,
--   and nothing asks about it any more.
-- Lock risk: three columns without a default, no rewrite; the check reads a table of few rows. Lock timeout 5 s. The table's
--   policy and grants cover them.
-- Undo: delete from milestones where taken_back_at is not null; alter table milestones drop column taken_back_at, drop column
--   taken_back_by, drop column taken_back_for; the code before it reads what is left.
set lock_timeout = '5s';

-- null: it counts
alter table milestones
  add column taken_back_at timestamptz,
  add column taken_back_by text check (taken_back_by <> ''),
  add column taken_back_for text check (taken_back_for <> ''),
  add constraint taken_back_together check (num_nulls(taken_back_at, taken_back_by, taken_back_for) in (0, 3));
