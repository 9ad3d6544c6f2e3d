import { ActionIcon, Menu, Text } from "@mantine/core";
import { IconLogout, IconUser } from "@tabler/icons-react";

import { problemOf } from "../../api/problem";
import type { Role } from "../../api/shapes";
import { useSignOut } from "./signOut";
import { ROLE } from "./words";

export function AccountMenu({ email, role }: { email: string | null; role: Role | undefined }) {
  const signOut = useSignOut();
  return (
    <Menu
      position="bottom-end"
      width={240}
      shadow="md"
      closeOnItemClick={false}
      withinPortal={false}
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Account of ${email ?? "somebody without an e-mail address"}`}>
          <IconUser size={18} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Text size="sm" fw={600} px="sm" pt={6} truncate>
          {email ?? "Signed in"}
        </Text>
        {role && (
          <Text size="xs" c="dimmed" px="sm" pb={6}>
            {ROLE[role]} of this client
          </Text>
        )}
        <Menu.Item leftSection={<IconLogout size={16} />} disabled={signOut.isPending} onClick={() => signOut.mutate({})}>
          Sign out
        </Menu.Item>
        {signOut.isError && (
          <Text role="alert" size="xs" c="red" px="sm" pb={6}>
            Not signed out: {problemOf(signOut.error).detail}
          </Text>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
