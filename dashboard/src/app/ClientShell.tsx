import { Alert, Anchor, AppShell, Box, Burger, Group, NavLink, Stack, Text, Title, VisuallyHidden } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAlertTriangle, IconShieldCheck } from "@tabler/icons-react";
import { Link, Outlet, useParams, useRouteContext } from "@tanstack/react-router";

import { AccountMenu } from "../features/accounts/AccountMenu";
import { ClientSwitcher } from "../features/accounts/ClientSwitcher";
import { clientColour } from "./clientColour";
import { ColourSchemeToggle } from "./ColourSchemeToggle";

/** Every page of one client: its name and colour stand on top, so that nobody works on the wrong one. */
export function ClientShell() {
  const { client: slug } = useParams({ from: "/signed-in/clients/$client" });
  const { session } = useRouteContext({ from: "/signed-in" });
  const [menuOpen, menu] = useDisclosure();
  const client = session.clients.find((one) => one.slug === slug);

  return (
    <AppShell
      header={{ height: 60 }}
      navbar={{ width: 184, breakpoint: "sm", collapsed: { mobile: !menuOpen } }}
      padding={{ base: "sm", sm: "lg" }}
    >
      <AppShell.Header zIndex={102}>
        <a className="skip" href="#page">
          Skip to the page
        </a>
        <Box h={4} bg={client ? clientColour(slug) : "gray"} data-testid="client-colour" />
        <Group h={55} px="sm" gap="xs" wrap="nowrap" justify="space-between">
          <Group gap="xs" wrap="nowrap" miw={0}>
            <Burger opened={menuOpen} onClick={menu.toggle} hiddenFrom="sm" size="sm" aria-label="Pages of this client" />
            <Text visibleFrom="sm" fw={700} w={156} pl={4} className="product">
              Omnify
            </Text>
            <ClientSwitcher clients={session.clients} current={client} />
          </Group>
          <Group gap={6} wrap="nowrap">
            <ColourSchemeToggle />
            <AccountMenu email={session.user.email} role={client?.role} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages">
        <NavLink
          renderRoot={(props) => <Link {...props} to="/clients/$client/ledger" params={{ client: slug }} onClick={menu.close} />}
          label="Ledger"
          leftSection={<IconShieldCheck size={18} stroke={1.6} />}
          active
          color="gray"
          className="page-link"
        />
      </AppShell.Navbar>
      <AppShell.Main id="page" tabIndex={-1}>
        {client ? <Outlet /> : <UnknownClient slug={slug} others={session.clients} />}
      </AppShell.Main>
    </AppShell>
  );
}

function UnknownClient({ slug, others }: { slug: string; others: { slug: string; name: string }[] }) {
  return (
    <Stack maw={520}>
      <Title order={1} size="h3">
        You cannot see “{slug}”
      </Title>
      <Alert color="yellow" icon={<IconAlertTriangle />} title="No such client for you">
        It does not exist, or nobody has added you to it.
      </Alert>
      <VisuallyHidden>Clients you can see</VisuallyHidden>
      {others.map((one) => (
        <Anchor key={one.slug} renderRoot={(props) => <Link {...props} to="/clients/$client/ledger" params={{ client: one.slug }} />}>
          {one.name}
        </Anchor>
      ))}
    </Stack>
  );
}
