import { Alert, Button, Group, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconAlertCircle } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { type FormEvent, useEffect, useRef } from "react";

import { $api } from "../../api/client";
import { problemOf } from "../../api/problem";
import { ColourSchemeToggle } from "../../app/ColourSchemeToggle";
import { sessionQuery } from "../../app/queries";
import classes from "./accounts.module.css";

export function SignInPage() {
  const { then } = useSearch({ from: "/sign-in" });
  const queries = useQueryClient();
  const router = useRouter();
  const password = useRef<HTMLInputElement>(null);
  const signIn = $api.useMutation("post", "/api/v1/session", {
    onSuccess: (session) => {
      queries.clear();
      queries.setQueryData(sessionQuery.queryKey, session);
      router.history.push(then ?? "/");
    },
    onError: () => password.current?.select(),
  });
  useEffect(() => {
    document.title = "Sign in · Omnify";
  }, []);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    signIn.mutate({ body: { email: String(form.get("email")).trim(), password: String(form.get("password")) } });
  };
  const problem = signIn.isError ? problemOf(signIn.error) : null;

  return (
    <main className={classes.signIn}>
      <Paper component="form" onSubmit={submit} withBorder p={{ base: "lg", xs: "xl" }} w="100%" maw={400} radius="lg">
        <Stack gap="md">
          <Group justify="space-between" align="flex-start" wrap="nowrap">
            <div>
              <Title order={1} size="h3">
                Sign in to Omnify
              </Title>
              <Text c="dimmed" size="sm">
                See what was sent, to whom, and the proof of it.
              </Text>
            </div>
            <ColourSchemeToggle />
          </Group>
          {problem && (
            <Alert role="alert" color="red" icon={<IconAlertCircle />} title={problem.title}>
              {problem.detail}
            </Alert>
          )}
          <TextInput name="email" type="email" label="E-mail" autoComplete="username" required autoFocus withAsterisk={false} />
          <PasswordInput
            ref={password}
            name="password"
            label="Password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            visibilityToggleButtonProps={{ "aria-label": "Show or hide the password" }}
          />
          <Button type="submit" loading={signIn.isPending} fullWidth>
            Sign in
          </Button>
        </Stack>
      </Paper>
    </main>
  );
}
