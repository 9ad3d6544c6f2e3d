-- echo_text --
select coalesce(array_agg(v.value order by v.place), '{}') as values,
  coalesce(array_agg(v.place order by v.place), '{}') as places
from unnest(%(values)b::text[]) with ordinality as v (value, place);

-- echo_uuid --
select coalesce(array_agg(v.value order by v.place), '{}') as values,
  coalesce(array_agg(v.place order by v.place), '{}') as places
from unnest(%(values)b::uuid[]) with ordinality as v (value, place);

-- echo_int --
select coalesce(array_agg(v.value order by v.place), '{}') as values,
  coalesce(array_agg(v.place order by v.place), '{}') as places
from unnest(%(values)b::int[]) with ordinality as v (value, place);

-- echo_bigint --
select coalesce(array_agg(v.value order by v.place), '{}') as values,
  coalesce(array_agg(v.place order by v.place), '{}') as places
from unnest(%(values)b::bigint[]) with ordinality as v (value, place);

-- echo_timestamptz --
select coalesce(array_agg(v.value order by v.place), '{}') as values,
  coalesce(array_agg(v.place order by v.place), '{}') as places
from unnest(%(values)b::timestamptz[]) with ordinality as v (value, place);

-- echo_bytea --
select coalesce(array_agg(v.value order by v.place), '{}') as values,
  coalesce(array_agg(v.place order by v.place), '{}') as places
from unnest(%(values)b::bytea[]) with ordinality as v (value, place);

-- echo_boolean --
select coalesce(array_agg(v.value order by v.place), '{}') as values,
  coalesce(array_agg(v.place order by v.place), '{}') as places
from unnest(%(values)b::boolean[]) with ordinality as v (value, place);

-- echo_jsonb --
select coalesce(array_agg(v.value order by v.place), '{}') as values,
  coalesce(array_agg(v.place order by v.place), '{}') as places
from unnest(%(values)b::jsonb[]) with ordinality as v (value, place);

-- echo_nested --
select %(nested)b::int[] as nested, %(plain)s::text[] as plain;
