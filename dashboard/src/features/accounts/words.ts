import type { ClientStatus, Role } from "../../api/shapes";

/** What a client's status means to whoever works here; a live client needs no word. */
export const CLIENT_STATUS: Record<ClientStatus, { words: string | null; colour: string }> = {
  live: { words: null, colour: "gray" },
  test: { words: "Test mode", colour: "violet" },
  paused: { words: "Paused: nothing is sent", colour: "orange" },
};

export const ROLE: Record<Role, string> = { owner: "Owner", marketer: "Marketer", viewer: "Viewer" };
