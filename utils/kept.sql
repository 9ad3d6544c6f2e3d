-- call_kept --
-- The question that stands for a kept statement: the same values, the same rows.
select * from {function}({values});
