-- load_proofs --
-- What the providers have proven of a touch, named by our id or by theirs, in the order in which we heard it.
select t.id, t.state, t.reason, t.provider_id, t.provider_status, t.evidence, t.armed_at
from touches t
where t.id = %(id)s or t.provider_id = %(name)s
order by t.armed_at, t.id;
