-- load_people_facts --
-- Whether a person may be asked to do something for these contacts: no address, no account, nothing that leaves.
select v.contact_id,
  c.suppressed_at is not null or c.erased_at is not null or (
    exists (select from contact_addresses ca where ca.contact_id = c.id)
    and not exists (
      select from contact_addresses ca join addresses a on a.id = ca.address_id
      where ca.contact_id = c.id and a.suppressed_at is null)
  ) as closed,
  heard.replied_at, heard.unsure
from unnest(%(contact_id)s::uuid[]) as v (contact_id)
join contacts c on c.id = v.contact_id
cross join lateral (
  -- each way by its own index: asked with an "or", every message that ever came in would be read
  select max(own.at) as replied_at, coalesce(bool_or(own.payload ->> 'opt_out' = 'unsure'), false) as unsure
  from (
    select i.at, i.payload from inbound i where i.contact_id = c.id and i.released_at is null
    union all
    select i.at, i.payload
    from contact_addresses ca
    join addresses a on a.id = ca.address_id
    join inbound i on i.client_id = c.client_id and i.from_address = a.value
    where ca.contact_id = c.id and i.released_at is null
  ) own
) heard;

-- load_colleague_replies --
-- When somebody else wrote or called whose mail goes to the same company, by contact; providers of mail to everybody are
-- no company. A company is asked about once, however many of its people are asked for; `offset 0` keeps it so that its
-- people are looked up by their indexes, where the planner would rather read everybody's.
with asked as (
  select v.contact_id, v.since, a.client_id, split_part(a.value, '@', 2) as company
  from unnest(%(contact_id)s::uuid[], %(since)s::timestamptz[]) as v (contact_id, since)
  join contact_addresses ca on ca.contact_id = v.contact_id and ca.kind = 'email'
  join addresses a on a.id = ca.address_id and split_part(a.value, '@', 2) <> all(%(public_mail)s::text[])
),
heard as materialized (
  select firm.client_id, firm.company, own.contact_id, own.at
  from (select client_id, company, min(since) as since from asked group by client_id, company) firm
  cross join lateral (
    select co.contact_id, latest.at
    from addresses o
    join contact_addresses co on co.address_id = o.id
    cross join lateral (
      select max(i.at) as at from inbound i
      where i.contact_id = co.contact_id and i.client_id = firm.client_id and i.at >= firm.since
        and coalesce(i.released_by, '') not in ('automatic_reply', 'help') and i.kind <> 'own_call'
    ) latest
    where o.client_id = firm.client_id and o.kind = 'email' and split_part(o.value, '@', 2) = firm.company
      and latest.at is not null
    offset 0
  ) own
)
select asked.contact_id, max(heard.at) as replied_at
from asked
join heard on heard.client_id = asked.client_id and heard.company = asked.company
where heard.contact_id <> asked.contact_id and heard.at >= asked.since
group by asked.contact_id;
