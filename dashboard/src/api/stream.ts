/** What is known of the line to the server: `closed` only between our own attempts to open it again. */
export type Link = "open" | "broken";

interface Listener<T> {
  event: string;
  onData: (data: T) => void;
  onLink: (link: Link) => void;
}

const OPEN_AGAIN_MS = 5_000;

/**
 * Follows a server-sent stream until the returned function is called. The browser opens it again by itself and resumes
 * after the last event id; only when the server refused it for good (EventSource is CLOSED) do we open a new one.
 */
export function follow<T>(url: string, { event, onData, onLink }: Listener<T>): () => void {
  let source: EventSource;
  let timer: number | undefined;
  const open = () => {
    source = new EventSource(url, { withCredentials: true });
    source.addEventListener("open", () => onLink("open"));
    source.addEventListener("error", () => {
      onLink("broken");
      if (source.readyState === EventSource.CLOSED) timer = window.setTimeout(open, OPEN_AGAIN_MS);
    });
    source.addEventListener(event, (message: MessageEvent<string>) => onData(JSON.parse(message.data) as T));
  };
  open();
  return () => {
    window.clearTimeout(timer);
    source.close();
  };
}
