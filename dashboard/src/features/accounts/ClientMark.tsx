import { clientColour, initials } from "../../app/clientColour";
import classes from "./accounts.module.css";

/** A client's own sign: its letters on its colour. The name always stands beside it. */
export function ClientMark({ slug, name, size }: { slug: string; name: string; size: number }) {
  return (
    <span
      aria-hidden
      className={classes.mark}
      style={{ backgroundColor: clientColour(slug), width: size, height: size, fontSize: size * 0.44 }}
    >
      {initials(name)}
    </span>
  );
}
