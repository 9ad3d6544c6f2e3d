-- Why: one message of a provider is the proof of one touch. Unique for each account was not enough: two clients may share
-- one account at a provider, and each has its own row of it. All providers' ids are unique at the provider, not only
-- within an account (Twilio's SIDs, the UUIDs of Resend and Vapi, Retell's call ids, GHL's document ids; our own
-- `handed:` holds the touch's id), so the new index takes the place of the old one, and what has no id yet is not in it.
-- Lock risk: writes to touches wait while the index is built, and all of touches for the moment in which the old one goes.
-- Where two touches hold one id already, this fails, names the id and changes nothing: whose message it was is not for us
-- to guess. Find both (select * from touches where provider_id = …), take the id from the one whose message it is not
-- (update touches set provider_id = null where id = …; its evidence stays), and migrate again.
-- Undo: alter table touches add unique (account_id, provider_id); drop index touches_proof.
set lock_timeout = '5s';

create unique index touches_proof on touches (provider_id, provider) where provider_id is not null;
alter table touches drop constraint touches_account_id_provider_id_key;
