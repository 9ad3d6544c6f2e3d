-- erase_details --
-- Log lines of a client lose a detail that names a person; the line itself stays.
update system_logs s set detail = '{}'::jsonb
where s.client_id = %(client_id)s and exists (
  select from unnest(%(needles)s::text[]) as needle (word)
  where position(lower(needle.word) in lower(s.detail::text)) > 0);

-- erase_findings --
-- The same of what the reconciliation found; and what somebody wrote down as they answered a question about the person.
update reconcile_findings f
set settled_because = null, detail = case when exists (
    select from unnest(%(needles)s::text[]) as needle (word)
    where position(lower(needle.word) in lower(f.detail::text)) > 0) then '{}'::jsonb else f.detail end
where f.client_id = %(client_id)s and (
  (f.settled_because is not null
    and (f.touch_id = any(%(touch_ids)s::uuid[]) or f.address_hash = any(%(hashes)s::bytea[])))
  or exists (
    select from unnest(%(needles)s::text[]) as needle (word)
    where position(lower(needle.word) in lower(f.detail::text || coalesce(f.settled_because, ''))) > 0));

-- untie_imported_logs --
-- Log lines stay when the enrollments they speak of are taken back with an import; nothing was sent in those.
update system_logs s set enrollment_id = null
from sequence_enrollments e join contacts c on c.id = e.contact_id
where c.import_id = %(import_id)s and s.enrollment_id = e.id;

-- forget_logs --
-- Old lines that name no touch and no enrollment.
delete from system_logs s
where s.id in (
  select l.id from system_logs l
  where l.at < %(before)s and l.touch_id is null and l.enrollment_id is null
  limit %(at_most)s
);

-- forget_proof_logs --
-- Lines that belong to touches and enrollments go when the ledger goes.
delete from system_logs s where s.id in (select l.id from system_logs l where l.at < %(before)s limit %(at_most)s);

-- forget_findings --
-- What the reconciliation found years ago.
delete from reconcile_findings f
where (f.account_id, f.kind, f.provider_id) in (
  select r.account_id, r.kind, r.provider_id from reconcile_findings r where r.found_at < %(before)s limit %(at_most)s
);

-- forget_breakers --
-- Numbers that have dialled again for long.
delete from sender_breakers s
where (s.account_id, s.sender) in (
  select b.account_id, b.sender from sender_breakers b where b.closes_at < %(before)s limit %(at_most)s
);
