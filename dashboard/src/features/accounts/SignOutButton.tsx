import { Button } from "@mantine/core";

import { useSignOut } from "./signOut";

export function SignOutButton() {
  const signOut = useSignOut();
  return (
    <Button variant="default" loading={signOut.isPending} onClick={() => signOut.mutate({})}>
      Sign out
    </Button>
  );
}
