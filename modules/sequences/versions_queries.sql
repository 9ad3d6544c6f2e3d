-- create_sequence --
-- A place for versions; nothing happens when the client has this slug already.
insert into sequences (id, client_id, slug, name, current_version, created_at)
values (%(id)s, %(client_id)s, %(slug)s, %(name)s, 0, %(now)s)
on conflict (client_id, slug) do nothing;

-- lock_sequence --
-- The sequence of this slug, locked until the transaction ends: publishers take turns. What the current version says is
-- asked afterwards, in a statement of its own, so that it sees what the publisher before has committed.
select id, slug, name, current_version from sequences
where client_id = %(client_id)s and slug = %(slug)s
for no key update;

-- find_sequence --
-- The sequence of this slug, published at least once.
select id, slug, name, current_version from sequences
where client_id = %(client_id)s and slug = %(slug)s and current_version > 0;

-- load_source --
-- One version's text, exactly as it was published.
select source from sequence_versions where sequence_id = %(sequence_id)s and version = %(version)s;

-- add_version --
-- A new immutable version.
insert into sequence_versions (client_id, sequence_id, version, source, definition, published_at, published_by, restores)
values (%(client_id)s, %(sequence_id)s, %(version)s, %(source)s, %(definition)s, %(now)s, %(by)s, %(restores)s);

-- make_current --
-- New enrollments take this version from now on; running ones stay with theirs.
update sequences set current_version = %(version)s, name = %(name)s
where client_id = %(client_id)s and id = %(sequence_id)s;

-- load_definitions --
-- Definitions of many versions at once; a version that does not exist gives no row.
select v.sequence_id, v.version, v.definition
from unnest(%(sequence_ids)s::uuid[], %(versions)s::integer[]) as wanted (sequence_id, version)
join sequence_versions v on v.sequence_id = wanted.sequence_id and v.version = wanted.version;

-- list_sequences --
-- A client's sequences by name, with how many contacts stand where (all versions together).
select s.id, s.slug, s.name, s.current_version, v.published_at, jsonb_array_length(v.definition -> 'steps') as step_count,
       coalesce(counted.by_status, '{}'::jsonb) as by_status
from sequences s
join sequence_versions v on v.sequence_id = s.id and v.version = s.current_version
left join lateral (
  select jsonb_object_agg(one.status, one.how_many) as by_status
  from (
    select e.status, count(*) as how_many from sequence_enrollments e
    where e.client_id = s.client_id and e.sequence_id = s.id
    group by e.status
  ) one
) counted on true
where s.client_id = %(client_id)s
order by s.name, s.slug;

-- list_versions --
-- A sequence's versions, the newest first, with how many are under way on each.
select v.version, v.published_at, v.published_by, v.restores, jsonb_array_length(v.definition -> 'steps') as step_count,
  coalesce(counted.running, 0) as running
from sequence_versions v
left join (
  select e.version, count(*) as running from sequence_enrollments e
  where e.client_id = %(client_id)s and e.sequence_id = %(sequence_id)s and e.status in ('active', 'paused', 'held')
  group by e.version
) counted on counted.version = v.version
where v.client_id = %(client_id)s and v.sequence_id = %(sequence_id)s
order by v.version desc;
