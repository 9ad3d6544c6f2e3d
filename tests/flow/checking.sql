-- may_begin_proven --
-- The state of a touch that is planted is not asked for; until the transaction ends, for it is never committed.
alter table touches disable trigger touches_state;

-- plant_history --
-- The one check that left, so many times more in the hours before its own, two of three proven a minute after they left.
insert into touches
select (jsonb_populate_record(t, jsonb_build_object('id', md5(n::text)::uuid, 'part', t.part - n,
  'armed_at', t.armed_at - n * interval '1 hour', 'changed_at', t.armed_at - n * interval '1 hour',
  'confirmed_at', t.armed_at - n * interval '1 hour' + interval '1 minute',
  'state', case when n %% 3 = 0 then 'expired' else 'delivered' end, 'look_at', null,
  'evidence_id', 'planted-' || n, 'provider_id', 'planted-' || n))).*
from touches t
cross join generate_series(1, %(many)s::int) n
where t.origin = 'canary';

-- begin_earlier --
-- The canary began so long ago that what was planted are its turns.
update canaries set started_at = started_at - %(many)s * interval '1 hour';

-- number_turns --
update touches set part = part + %(many)s where origin = 'canary';

-- count_again --
-- As autovacuum does after so many rows.
analyze touches;
