-- withdrawn --
-- Consents that ended.
select contact_id, channel, source, wording from consents where event = 'withdrawn' order by contact_id, channel;

-- checks --
-- Receipts.
select a.value as phone, k.answer, k.consented_on, k.source from number_checks k join addresses a on a.id = k.address_id
order by k.asked_at, a.value;

-- share_phones --
-- Everybody has the first one's telephone.
update contact_addresses ca
set address_id = (select a.id from addresses a where a.kind = 'phone' order by a.value limit 1)
where ca.kind = 'phone' returning ca.contact_id;

-- agree_again --
-- Everybody but these agrees once more to be texted.
insert into consents (id, client_id, contact_id, channel, event, wording, source, at, kind, seller, wording_hash,
  covers_ai_voice)
select md5(k.id::text)::uuid, k.client_id, k.contact_id, k.channel, k.event, k.wording, k.source, %(at)s, k.kind, k.seller,
  k.wording_hash, k.covers_ai_voice
from consents k
where k.channel = 'sms' and not k.contact_id = any(%(but)s::uuid[]);
