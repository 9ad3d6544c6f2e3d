import { Badge, Group, Text, Title } from "@mantine/core";
import { useParams, useRouteContext } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";

import { ClientMark } from "../features/accounts/ClientMark";
import { CLIENT_STATUS } from "../features/accounts/words";

interface Props {
  title: string;
  lead: string;
  aside?: ReactNode;
}

/** Whose page this is, and what it is: the client's name and colour come before the page's own name. */
export function PageHeader({ title, lead, aside }: Props) {
  const { client: slug } = useParams({ from: "/signed-in/clients/$client" });
  const { session } = useRouteContext({ from: "/signed-in" });
  const client = session.clients.find((one) => one.slug === slug);
  const name = client?.name ?? slug;
  useEffect(() => {
    document.title = `${title} · ${name} · Omnify`;
  }, [title, name]);
  const status = client && CLIENT_STATUS[client.status];

  return (
    <div className="page-header">
      <Group justify="space-between" gap="sm" mb={4} wrap="nowrap">
        <Group gap={8} wrap="nowrap" miw={0}>
          <ClientMark slug={slug} name={name} size={22} />
          <Text fw={600} size="sm" truncate data-testid="page-client">
            {name}
          </Text>
          {status?.words && (
            <Badge variant="light" color={status.colour} size="sm" tt="none">
              {status.words}
            </Badge>
          )}
        </Group>
        {aside}
      </Group>
      <Title order={1} size="h2" lh={1.2}>
        {title}
      </Title>
      <Text c="dimmed" size="sm">
        {lead}
      </Text>
    </div>
  );
}
