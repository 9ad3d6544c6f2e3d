import { Menu, Text, UnstyledButton } from "@mantine/core";
import { IconCheck, IconSelector } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

import type { SessionClient } from "../../api/shapes";
import classes from "./accounts.module.css";
import { ClientMark } from "./ClientMark";
import { CLIENT_STATUS } from "./words";

interface Props {
  clients: SessionClient[];
  current: SessionClient | undefined;
}

export function ClientSwitcher({ clients, current }: Props) {
  return (
    <Menu position="bottom-start" width={280} shadow="md" withinPortal={false} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <UnstyledButton className={classes.switcher} aria-label={`Client: ${current?.name ?? "none"}. Change client`}>
          {current && <ClientMark slug={current.slug} name={current.name} size={30} />}
          <span className={classes.name}>{current?.name ?? "Choose a client"}</span>
          <IconSelector size={16} stroke={1.6} aria-hidden style={{ flex: "none" }} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {clients.map((one) => (
          <Menu.Item
            key={one.id}
            renderRoot={(props) => <Link {...props} to="/clients/$client/ledger" params={{ client: one.slug }} />}
            leftSection={<ClientMark slug={one.slug} name={one.name} size={28} />}
            rightSection={one.id === current?.id ? <IconCheck size={16} aria-label="shown now" /> : undefined}
          >
            <Text size="sm" fw={600} lh={1.3}>
              {one.name}
            </Text>
            <Text size="xs" c="dimmed">
              {CLIENT_STATUS[one.status].words ?? one.slug}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
