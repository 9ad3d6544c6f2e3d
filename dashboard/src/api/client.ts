import createFetchClient, { type Middleware } from "openapi-fetch";
import createClient from "openapi-react-query";

import type { paths } from "./schema.gen";

// A form of another site cannot set this header, so the API can tell a click in here from a click over there.
const marksWrites: Middleware = {
  onRequest({ request }) {
    if (request.method !== "GET") request.headers.set("X-Omnify", "1");
    return request;
  },
};

const client = createFetchClient<paths>({ baseUrl: window.location.origin });
client.use(marksWrites);

/** The one way to ask the API: typed paths, and query keys that nobody writes by hand. */
export const $api = createClient(client);
