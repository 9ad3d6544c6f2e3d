-- save_draft --
-- The draft as it is now. Which version it was begun on stays: saving again does not take over what others published.
insert into sequence_drafts (client_id, slug, source, based_on, saved_by, saved_at)
values (%(client_id)s, %(slug)s, %(source)s, %(based_on)s, %(saved_by)s, %(now)s)
on conflict (client_id, slug) do update
set source = excluded.source, saved_by = excluded.saved_by, saved_at = excluded.saved_at
returning slug, source, based_on, saved_by, saved_at;

-- find_draft --
-- The client's draft of this slug.
select slug, source, based_on, saved_by, saved_at from sequence_drafts
where client_id = %(client_id)s and slug = %(slug)s;

-- lock_draft --
-- The same, locked until the transaction ends: whoever publishes it takes exactly this text away.
select slug, source, based_on, saved_by, saved_at from sequence_drafts
where client_id = %(client_id)s and slug = %(slug)s
for update;

-- drop_draft --
-- It was published, or is not wanted any more.
delete from sequence_drafts where client_id = %(client_id)s and slug = %(slug)s;

-- list_drafts --
-- A client's drafts by slug, with the version that is current now (0: none was published yet).
select d.slug, d.source, d.based_on, d.saved_by, d.saved_at, coalesce(s.current_version, 0) as current_version
from sequence_drafts d
left join sequences s on s.client_id = d.client_id and s.slug = d.slug
where d.client_id = %(client_id)s
order by d.slug;
