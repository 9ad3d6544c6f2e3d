import "@mantine/core/styles.css";
import "./app/font.css";
import "./app/app.css";

import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { makeQueryClient } from "./app/queries";
import { makeRouter } from "./app/router";
import { cssVariables, theme } from "./app/theme";

const queries = makeQueryClient(() => {
  queries.clear();
  void router.invalidate();
});
const router = makeRouter(queries);

createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
