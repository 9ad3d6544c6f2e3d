import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { $api } from "../../api/client";

/** Ends the session and forgets everything that was read under it. */
export function useSignOut() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return $api.useMutation("delete", "/api/v1/session", {
    onSuccess: async () => {
      await navigate({ to: "/sign-in" });
      queries.clear();
    },
  });
}
