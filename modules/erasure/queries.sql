-- record_erasure --
-- The certificate.
insert into erasures (id, client_id, contact_id, erased_by, counts, erased_at)
values (%(id)s, %(client_id)s, %(contact_id)s, %(erased_by)s, %(counts)s, %(now)s);

-- find_erasure --
-- The certificate of a person who was erased before.
select id, client_id, contact_id, erased_by, erased_at, counts
from erasures where client_id = %(client_id)s and contact_id = %(contact_id)s;

-- newest_erasure --
-- When somebody of these clients was erased last.
select max(erased_at) as at from erasures where client_id = any(%(client_ids)s::uuid[]);

-- insert_proof --
-- What a person agreed to, sealed.
insert into erased_proofs (client_id, contact_id, sealed, delete_at)
values (%(client_id)s, %(contact_id)s, %(sealed)s, %(delete_at)s);

-- load_proof --
-- The sealed proof of one person.
select sealed from erased_proofs where client_id = %(client_id)s and contact_id = %(contact_id)s;

-- page_proofs --
-- All sealed proofs, a page after a person.
select client_id, contact_id, sealed from erased_proofs
where contact_id > %(after)s order by contact_id limit %(limit)s;

-- reseal_proof --
-- The same proof under another seal.
update erased_proofs set sealed = %(sealed)s where client_id = %(client_id)s and contact_id = %(contact_id)s;

-- forget_proofs --
-- Proofs whose time is over.
delete from erased_proofs p
where p.contact_id in (select e.contact_id from erased_proofs e where e.delete_at <= %(now)s limit %(at_most)s);
