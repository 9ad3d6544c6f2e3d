-- load_people_facts --
-- Whether a person may be asked to do something for these contacts: no address, no account, nothing that leaves.
select v.contact_id,
  c.suppressed_at is not null or c.erased_at is not null or (
    exists (select from contact_addresses ca where ca.contact_id = c.id)
    and not exists (
      select from contact_addresses ca join addresses a on a.id = ca.address_id
      where ca.contact_id = c.id and a.suppressed_at is null)
  ) as closed,
  heard.replied, heard.unsure
from unnest(%(contact_id)s::uuid[], %(since)s::timestamptz[]) as v (contact_id, since)
join contacts c on c.id = v.contact_id
cross join lateral (
  select coalesce(bool_or(i.at >= v.since), false) as replied,
    coalesce(bool_or(i.payload ->> 'opt_out' = 'unsure'), false) as unsure
  from inbound i
  where i.released_at is null and (i.contact_id = c.id or (i.client_id = c.client_id and i.from_address in (
    select a.value from contact_addresses ca join addresses a on a.id = ca.address_id where ca.contact_id = c.id)))
) heard;

-- load_colleague_replies --
-- When somebody else wrote or called whose mail goes to the same company, by contact; providers of mail to everybody are
-- no company.
select v.contact_id, max(i.at) as replied_at
from unnest(%(contact_id)s::uuid[], %(since)s::timestamptz[]) as v (contact_id, since)
join contact_addresses ca on ca.contact_id = v.contact_id and ca.kind = 'email'
join addresses a on a.id = ca.address_id and split_part(a.value, '@', 2) <> all(%(public_mail)s::text[])
join addresses o on o.client_id = a.client_id and o.kind = 'email' and o.id <> a.id
  and split_part(o.value, '@', 2) = split_part(a.value, '@', 2)
join contact_addresses co on co.address_id = o.id and co.contact_id <> v.contact_id
join inbound i on i.contact_id = co.contact_id and i.client_id = a.client_id and i.at >= v.since
  and i.released_by is distinct from 'automatic_reply'
group by v.contact_id;
