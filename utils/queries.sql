-- enter_as_caller --
-- From here to the end of the transaction: our API role, and the caller's claims for row-level security. One statement.
select set_config('role', 'omnify_api', true), set_config('request.jwt.claims', %(claims)s, true);
