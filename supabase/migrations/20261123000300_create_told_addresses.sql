-- Why: an erasure finds every number and address that another system ever told of a person, also one that was replaced
-- before anything went there, or was not taken because the one before it is closed.
-- Lock risk: none; a new table.
-- Undo: drop table told_addresses.
set lock_timeout = '5s';

create table told_addresses (
  client_id uuid not null,
  contact_id uuid not null,
  address_id uuid not null,
  primary key (contact_id, address_id),
  foreign key (client_id, contact_id) references contacts (client_id, id) on delete cascade,
  foreign key (client_id, address_id) references addresses (client_id, id) on delete cascade
);
create index told_addresses_address on told_addresses (address_id);

alter table told_addresses enable row level security;
create policy tenant on told_addresses to omnify_api using (client_id in (select house.my_clients()));
revoke all on told_addresses from anon, authenticated;
grant select on told_addresses to omnify_api;
