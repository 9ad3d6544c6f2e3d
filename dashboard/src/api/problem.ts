export interface Problem {
  title: string;
  detail: string;
  status: number | null;
}

const NO_ANSWER: Problem = {
  title: "The server cannot be reached",
  detail: "Please check your connection. Nothing is lost: sending goes on without this page.",
  status: null,
};

/** What went wrong, as the API said it (problem+json), or in our words when there was no answer that can be read. */
export function problemOf(error: unknown): Problem {
  if (typeof error !== "object" || error === null || error instanceof Error) return NO_ANSWER;
  const said = error as Record<string, unknown>;
  return {
    title: typeof said.title === "string" ? said.title : "That did not work",
    detail: typeof said.detail === "string" ? said.detail : "The server gave no reason.",
    status: typeof said.status === "number" ? said.status : null,
  };
}

export const isSignedOut = (error: unknown): boolean => problemOf(error).status === 401;
