import { expect, test } from "vitest";

import { clientColour, HUES, initials } from "./clientColour";

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

test.each([...HUES])("white words can be read on %s", (hue) => {
  expect(1.05 / (luminance(hue) + 0.05)).toBeGreaterThanOrEqual(4.5);
});

test("a client keeps its colour, and neighbours in the alphabet do not share one", () => {
  expect(clientColour("acme-dental")).toBe(clientColour("acme-dental"));
  const colours = new Set(["acme-a", "acme-b", "acme-c", "acme-d", "acme-e"].map(clientColour));
  expect(colours.size).toBeGreaterThanOrEqual(4);
});

test("initials stand for a name of any length", () => {
  expect(initials("Acme Plumbing Ltd")).toBe("AP");
  expect(initials("Zahnärzte")).toBe("ZA");
  expect(initials("")).toBe("?");
});
