import { Anchor, Button, Center, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { type ErrorComponentProps, Link, Outlet, useRouter } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { problemOf } from "../api/problem";
import { SignOutButton } from "../features/accounts/SignOutButton";

export const Root = () => <Outlet />;

function Edge({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Center component="main" mih="100dvh" p="lg">
      <Stack maw={440} gap="md">
        <Title order={1} size="h2">
          {title}
        </Title>
        {children}
      </Stack>
    </Center>
  );
}

export const Waiting = () => (
  <Center component="main" mih="60dvh">
    <Loader aria-label="Loading" />
  </Center>
);

export function NotFound() {
  return (
    <Edge title="There is no such page">
      <Text>The address may be mistyped, or the page has moved.</Text>
      <Anchor component={Link} to="/">
        Go to the start
      </Anchor>
    </Edge>
  );
}

export function NoClient() {
  return (
    <Edge title="You are signed in, and see no client yet">
      <Text>Ask an owner of the client to add you. Then load this page again.</Text>
      <Group>
        <SignOutButton />
      </Group>
    </Edge>
  );
}

export function Wrong({ error }: ErrorComponentProps) {
  const router = useRouter();
  const problem = problemOf(error);
  return (
    <Edge title={problem.title}>
      <Text>{problem.detail}</Text>
      <Group>
        <Button onClick={() => void router.invalidate()}>Try again</Button>
      </Group>
    </Edge>
  );
}
