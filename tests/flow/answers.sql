-- stop_sending --
-- The client's kill switch, on or (null) off.
update clients set sending_stopped_at = %(at)s where id = %(client_id)s;

-- speaks --
-- What is known of the person's language.
update contacts set fields = fields || jsonb_build_object('language', %(language)s::text) where client_id = %(client_id)s;

-- forget_help --
-- The client has not said where help is.
update clients set help_contact = null where id = %(client_id)s;

-- hold_contact --
-- Somebody else is busy with this person, until the transaction ends.
select id from contacts where id = %(id)s for no key update;

-- reopenings --
-- What was opened again, and by what.
select r.*, k.wording, k.kind, k.wording_version, k.address from reopenings r join consents k on k.id = r.consent_id
order by r.reopened_at;

-- take_phone --
-- Their number is nobody's any more; the mailbox stays.
delete from contact_addresses where contact_id = %(contact_id)s and kind = 'phone';
